from __future__ import annotations

import socket

from cnnlab.common.sockets import send_at_once


def nodelay(each: socket.socket) -> bool:
    return bool(each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def test_what_is_accepted_on_the_port_sends_at_once_and_other_ports_are_left_alone():
    with socket.socket() as server, socket.socket() as other:
        for each in (server, other):
            each.bind(("127.0.0.1", 0))
        send_at_once(server.getsockname()[1])
        server.listen()
        with socket.create_connection(server.getsockname()) as client:
            accepted, _ = server.accept()
            with accepted:
                assert nodelay(accepted)
            assert not nodelay(client)
        assert not nodelay(other)
