"""Download one file: checked by its MD5 sum, written whole or not at all."""

from __future__ import annotations

import hashlib
import threading
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from pathlib import Path

from cnnlab.common.files import replacing
from cnnlab.errors import CnnlabError

# Not pooch: it takes one address a file where these sets have mirrors, and changes names without fsync.
TIMEOUT_SECONDS = 15
TOLD_SECONDS = 0.2  # how often, even while nothing arrives, so that whoever gave up can say so
Progress = Callable[[str, int, int], None]  # file name, bytes so far, bytes in all


def fetch(target: Path, urls: Sequence[str], md5: str, progress: Progress | None = None) -> None:
    """Download `target` from the first of `urls` that delivers the content with this MD5 sum.

    `progress(name, bytes so far, bytes in all)` is called about five times a second; when it raises, the download ends.
    Raises CnnlabError when none delivers.
    """
    reasons = []
    for url in urls:
        try:
            return _told(_Download(target, url, md5), progress)
        except OSError as error:  # URLError and time-outs are OSErrors
            reasons.append(str(getattr(error, "reason", error)))
    raise CnnlabError(
        f"{target} is missing and could not be downloaded ({'; '.join(dict.fromkeys(reasons))}): "
        f"connect to the network and try again, or put the official {target.name} into {target.parent}."
    )


class _Download:
    """One attempt, in a thread of its own: a server that stalls must not hold the caller."""

    def __init__(self, target: Path, url: str, md5: str):
        self.target, self.url, self.md5 = target, url, md5
        self.done = self.total = 0
        self.given_up = threading.Event()

    def run(self, result: Future[None]) -> None:
        try:
            self._fetch()
        except BaseException as error:  # for the thread that waits
            result.set_exception(error)
        else:
            result.set_result(None)

    def _fetch(self) -> None:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.md5(usedforsecurity=False)
        with urllib.request.urlopen(self.url, timeout=TIMEOUT_SECONDS) as response, replacing(self.target) as part:
            self.total = int(response.headers.get("Content-Length") or 0)
            while block := response.read(1 << 16):
                if self.given_up.is_set():
                    raise OSError("given up")
                part.write(block)
                digest.update(block)
                self.done += len(block)
            if digest.hexdigest() != self.md5:
                raise OSError(f"{self.url} delivered a different or incomplete file")


def _told(download: _Download, progress: Progress | None) -> None:
    """Carry out the download; raise what it or `progress` raises."""
    result: Future[None] = Future()
    threading.Thread(target=download.run, args=(result,), daemon=True, name=f"download {download.target.name}").start()
    try:
        while not wait([result], TOLD_SECONDS).done:
            if progress:
                progress(download.target.name, download.done, download.total)
    finally:
        download.given_up.set()
    result.result()
    if progress:
        progress(download.target.name, download.done, download.total)
