"""What is opened and printed when the server starts: the class where other machines can reach it, and the way in."""

from __future__ import annotations

import ipaddress
import socket
import threading
import webbrowser

import psutil

from cnnlab.classroom import phone_routes, teacher_page
from cnnlab.classroom.lesson import Lesson

_OUTSIDE = "192.0.2.1"  # an address kept for documentation: nothing is sent there


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
            probe.connect((_OUTSIDE, 9))
            return probe.getsockname()[0]
        except OSError:
            return next(iter(_of_interfaces()), socket.gethostname())


def own_addresses() -> list[str]:
    """All of this machine's addresses, in figures, that others may reach; the likeliest first."""
    first = own_address()
    return [first, *(each for each in _of_interfaces() if each != first)]


def begin(lesson: Lesson, pin: str, address: str | None, port: int, headless: bool) -> None:
    """Show the dashboard to whoever started it, unless headless; let the class in, and print where, if it can come."""
    to_a_class = is_open(address)
    if not headless:
        page = f"http://localhost:{port}" + "/classroom" * to_a_class
        threading.Timer(0.5, webbrowser.open, [page]).start()  # seconds, until the server answers
    if to_a_class:
        lesson.switch(is_open=True)
        print(announcement(port, pin), flush=True)


def announcement(port: int, pin: str) -> str:
    """For the terminal."""
    address = f"http://{own_address()}:{port}"
    return (
        f"\n  The class joins at               {address}{phone_routes.PATH}\n"
        "  The page Class, at this machine, shows that as a QR code and says what phones may do.\n"
        f"  Teacher on another machine:      {address}{teacher_page.PATH}   PIN {pin}\n"
    )


def _of_interfaces() -> list[str]:
    interfaces = psutil.net_if_addrs().values()
    found = [each.address for addresses in interfaces for each in addresses if each.family is socket.AF_INET]
    return [each for each in found if not ipaddress.ip_address(each).is_loopback]
