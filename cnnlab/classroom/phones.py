"""The phones of the class: each is known by a signed cookie, may ask so often, and counts while it listens."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from itsdangerous import BadSignature, Signer

from cnnlab.classroom.rate_limits import RateLimit
from cnnlab.errors import CnnlabError

COOKIE = "cnnlab_phone"
MOST_LISTENING = 400
# (a second on the long run, at once) of one phone; a hand draws slower
LIMITS = {"read": (4.0, 12), "drawing": (0.5, 8), "vote": (2.0, 8), "listen": (0.5, 8)}
JOINING = (1.0, 200)  # of one address: a whole class may come from behind one
ASKING = (150.0, 450)  # of one address, in all


class RefusedError(CnnlabError):
    """What a phone asked for is not done; status: as HTTP says why."""

    def __init__(self, sentence: str, status: int):
        super().__init__(sentence)
        self.status = status


class Phones:
    """For the thread of the server alone; a restart forgets all phones."""

    def __init__(self, now: Callable[[], float] = time.monotonic):
        """now: seconds that only grow."""
        self._signer = Signer(secrets.token_bytes(32))
        self._limits = {what: RateLimit(*limit, now) for what, limit in LIMITS.items()}
        self._joining, self._asking = RateLimit(*JOINING, now), RateLimit(*ASKING, now)
        self._listening: dict[str, object] = {}

    @property
    def count(self) -> int:
        """How many phones listen now."""
        return len(self._listening)

    def join(self, address: str, cookie: str) -> str | None:
        """The cookie of a new phone; None where this one is known. Raises RefusedError when too many come."""
        if self.known(cookie) is not None:
            return None
        if not self._joining.take(address):
            raise RefusedError("Too many phones come from this address: wait a minute.", 429)
        return self._signer.sign(secrets.token_urlsafe(9)).decode()

    def known(self, cookie: str) -> str | None:
        """The phone that a cookie was made for."""
        try:
            return self._signer.unsign(cookie).decode()
        except BadSignature:
            return None

    def admit(self, address: str, cookie: str, what: str) -> str:
        """The phone that asks for `what`, of LIMITS. Raises RefusedError where it may not, or not so often."""
        if not self._asking.take(address):
            raise RefusedError("Too much is asked from this address: wait a minute.", 429)
        phone = self.known(cookie)
        if phone is None:
            raise RefusedError("This phone is not known any more: load the page again.", 401)
        if not self._limits[what].take(phone):
            raise RefusedError("That was too often: wait a few seconds.", 429)
        return phone

    def enter(self, phone: str) -> object:
        """Count a phone that listens from now on; what is returned tells this time from later ones."""
        if phone not in self._listening and len(self._listening) >= MOST_LISTENING:
            raise RefusedError(f"There are {MOST_LISTENING} phones already: no more can join.", 503)
        self._listening[phone] = this_time = object()
        return this_time

    def listens(self, phone: str, this_time: object) -> bool:
        """Whether it still does, and has not begun anew."""
        return self._listening.get(phone) is this_time

    def leave(self, phone: str, this_time: object) -> None:
        """Count it no more."""
        if self.listens(phone, this_time):
            del self._listening[phone]


phones = Phones()
"""Those of the process's one lesson."""
