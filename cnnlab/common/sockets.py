"""How the server's sockets send."""

from __future__ import annotations

import gc
import socket


def send_at_once(port: int) -> None:
    """Let whatever is accepted on `port` send small pieces at once, instead of waiting for an acknowledgement.

    Streamlit makes its socket without naming the protocol, and asyncio sets TCP_NODELAY only where that is named: the
    body of an answer then waits 40 ms for the browser to acknowledge its head. Accepted sockets inherit what is set.
    """
    for each in gc.get_objects():
        if issubclass(type(each), socket.socket) and _listens(each, port):  # some objects warn when asked
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _listens(candidate: socket.socket, port: int) -> bool:
    internet = candidate.family in (socket.AF_INET, socket.AF_INET6) and candidate.type == socket.SOCK_STREAM
    return internet and candidate.fileno() >= 0 and candidate.getsockname()[1] == port
