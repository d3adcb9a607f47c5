"""The PIN by which a teacher is known on another machine than the lab's, and the cookie that remembers it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from cachetools import LRUCache
from itsdangerous import BadSignature, TimestampSigner

COOKIE = "cnnlab_teacher"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
LENGTH = 8
REMEMBERED = 12 * 3600  # seconds
FREE_TRIES = 5  # wrong ones of an address, before it has to wait
LONGEST_WAIT = 60.0  # seconds from one try to the next; it doubles from 1
MOST_ADDRESSES = 10_000  # that are remembered
A_SECOND = 10  # tries of all addresses together


def new_pin() -> str:
    """LENGTH random characters."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


class Pin:
    """Compares what is typed, slows those who guess, and signs cookies; a restart forgets them."""

    def __init__(self, pin: str, now: Callable[[], float] = time.monotonic):
        """now: seconds that only grow."""
        self._pin = pin
        self._now = now
        self._signer = TimestampSigner(secrets.token_bytes(32))
        self._wrong: LRUCache[str, tuple[int, float]] = LRUCache(MOST_ADDRESSES)  # tries, and until when to wait
        self._second, self._tries = 0.0, 0

    def wait(self, address: str) -> float:
        """Seconds that this address has to wait until its next try is looked at; 0 when it may try now."""
        now = self._now()
        if now - self._second >= 1:
            self._second, self._tries = now, 0
        _, until = self._wrong.get(address, (0, 0.0))
        return max(until - now, 1.0 if self._tries >= A_SECOND else 0.0)

    def check(self, typed: str, address: str) -> bool:
        """Whether it is the PIN; a try while the address has to wait is wrong, whatever was typed."""
        if self.wait(address) > 0:
            return False
        self._tries += 1
        if secrets.compare_digest(typed.strip().encode(), self._pin.encode()):
            self._wrong.pop(address, None)
            return True
        tries = self._wrong.get(address, (0, 0.0))[0] + 1
        pause = min(LONGEST_WAIT, 2.0 ** min(tries - FREE_TRIES, 10)) if tries >= FREE_TRIES else 0.0
        self._wrong[address] = tries, self._now() + pause
        return False

    def cookie(self) -> str:
        """What a teacher's browser keeps."""
        return self._signer.sign(b"teacher").decode()

    def knows(self, cookie: str) -> bool:
        """Whether a cookie was made here, and not too long ago."""
        try:
            return self._signer.unsign(cookie, max_age=REMEMBERED) == b"teacher"
        except BadSignature:
            return False
