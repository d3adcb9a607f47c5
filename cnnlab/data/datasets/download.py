"""Download one file: checked by its MD5 sum, written whole or not at all."""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from cnnlab.common.files import replacing
from cnnlab.errors import CnnlabError

# Not pooch: it takes one address a file where these sets have mirrors, and changes names without fsync.
TIMEOUT_SECONDS = 15
Progress = Callable[[str, int, int], None]  # file name, bytes so far, bytes in all


def fetch(target: Path, urls: Sequence[str], md5: str, progress: Progress | None = None) -> None:
    """Download `target` from the first of `urls` that delivers the content with this MD5 sum.

    `progress(name, bytes so far, bytes in all)` is called about every 64 KiB. Raises CnnlabError when none delivers.
    """
    reasons = []
    for url in urls:
        try:
            return _fetch_one(target, url, md5, progress)
        except OSError as error:  # URLError and time-outs are OSErrors
            reasons.append(str(getattr(error, "reason", error)))
    raise CnnlabError(
        f"{target} is missing and could not be downloaded ({'; '.join(dict.fromkeys(reasons))}): "
        f"connect to the network and try again, or put the official {target.name} into {target.parent}."
    )


def _fetch_one(target: Path, url: str, md5: str, progress: Progress | None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.md5(usedforsecurity=False)
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response, replacing(target) as part:
        total, done = int(response.headers.get("Content-Length") or 0), 0
        while block := response.read(1 << 16):
            part.write(block)
            digest.update(block)
            done += len(block)
            if progress:
                progress(target.name, done, total)
        if digest.hexdigest() != md5:
            raise OSError(f"{url} delivered a different or incomplete file")
