"""Holds back what the server says to a tab, as a slow network or a busy browser does."""

from __future__ import annotations

import re

from playwright.sync_api import Page


class HeldMessages:
    """Between server and tab; made before the tab opens its first page, it lets everything pass until `holding`."""

    def __init__(self, page: Page) -> None:
        self.page, self.held, self.holding = page, [], False
        self._socket = None
        page.route_web_socket(re.compile("_stcore/stream"), self._route)

    def wait(self) -> None:
        """Wait until the server has answered: nothing more for 1.5 seconds."""
        before, still = 0, 0
        while not (before and still == 15):
            self.page.wait_for_timeout(100)
            before, still = len(self.held), still + 1 if len(self.held) == before else 0

    def let_through(self, keep: int = 0) -> list:
        """Hand over what is held, all but the last `keep` messages; return those and hold them no more."""
        kept = [self.held.pop() for _ in range(keep)][::-1]
        self.send(self.held)
        self.held.clear()
        return kept

    def send(self, messages: list) -> None:
        """Hand these to the tab."""
        for said in messages:
            self._socket.send(said)

    def _route(self, socket) -> None:
        self._socket = socket
        server = socket.connect_to_server()
        server.on_message(lambda said: self.held.append(said) if self.holding else socket.send(said))
