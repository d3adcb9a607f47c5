"""A Python that finds torch, torchvision and what these two need, and nothing else that is installed."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

WANTED = ("torch", "torchvision")


def closure(names: tuple[str, ...] = WANTED) -> set[str]:
    """The installed distributions that `names` need, themselves among them."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = re.sub(r"[-_.]+", "-", left.pop()).lower()
        if name in found:
            continue
        try:
            needed = distribution(name).requires or []
        except PackageNotFoundError:
            continue  # for another system
        found.add(name)
        left += [re.split(r"[^\w.-]", each)[0] for each in needed if "extra ==" not in each]
    return found


@contextmanager
def torch_alone() -> Iterator[Path]:
    """A folder of links to those distributions, for `run`."""
    with tempfile.TemporaryDirectory() as folder:
        for name in closure():
            for file in distribution(name).files or []:
                first = file.parts[0]
                link = Path(folder) / first
                if first not in ("..", "bin") and not link.is_symlink():
                    link.symlink_to(Path(str(distribution(name).locate_file(first))))
        yield Path(folder)


def run(packages: Path, program: str, *arguments: str, cwd: Path) -> str:
    """What `program` prints, run with one thread. Raises RuntimeError with its last words when it fails."""
    # -S leaves out what is installed, -I the user's and the present folder
    begin = f"import sys; sys.path.append({str(packages)!r}); sys.argv = ['program', *{list(arguments)!r}]\n"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", begin + program],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={"OMP_NUM_THREADS": "1"},
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return done.stdout
