"""What is printed when the lab is open to other machines, and what a teacher needs there."""

from __future__ import annotations

import ipaddress
import socket
import threading
import webbrowser

from cnnlab.classroom import teacher_page


def is_open(address: str | None) -> bool:
    """Whether a server that listens at `address` can be reached from other machines; None is every address."""
    if address in ("localhost", ""):
        return False
    try:
        return address is None or not ipaddress.ip_address(address).is_loopback
    except ValueError:
        return True  # a name of this machine in the network


def own_address() -> str:
    """This machine's address in its network, in figures where there is one; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address kept for documentation
            return probe.getsockname()[0]
        except OSError:
            return socket.gethostname()


def announce(address: str | None, port: int, pin: str, *, browser: bool) -> None:
    """Show the dashboard to whoever started it, if in a browser; print what others need where they get in."""
    if browser:
        threading.Timer(0.5, webbrowser.open, [f"http://localhost:{port}"]).start()  # seconds, until the server answers
    if is_open(address):
        print(announcement(port, pin), flush=True)


def announcement(port: int, pin: str) -> str:
    """For the terminal."""
    address = f"http://{own_address()}:{port}"
    return (
        f"\n  The lab is open to this network:  {address}\n"
        "  Whoever opens it there looks on; at this machine everything can be changed.\n"
        f"  Teacher on another machine:       {address}{teacher_page.PATH}   PIN {pin}\n"
    )
