"""Export a run as one zip of its run.json and safetensors files, and import one without trusting its content."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from cnnlab.common import zips
from cnnlab.common.files import passing_folder, replacing
from cnnlab.errors import CnnlabError
from cnnlab.runs import folders, record, store
from cnnlab.runs.names import cleaned
from cnnlab.runs.record import MOST_EPOCHS, Identity
from cnnlab.runs.store import Run

MOST_BYTES = 8_000_000_000  # unpacked
DENSEST = 2  # weights hardly get smaller by packing: what unpacks to more than so many times its size is no run
ALLOWANCE = 10_000_000  # bytes beyond that, for run.json
MOST_MEMBERS = MOST_EPOCHS + 2
_MEMBER = re.compile(r"(?:[^/\\]+/)?(?:run\.json|epoch-\d{3,4}\.safetensors)")
_PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".joblib")


def write(run: Run, file: BinaryIO, epochs: Sequence[int] | None = None) -> None:
    """The run as a zip, with all its epochs or only those in `epochs`. Members are copies, byte by byte."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # weights do not get smaller by compression
        archive.write(run.path / "run.json", f"{run.name}/run.json")
        for epoch in run.epochs if epochs is None else epochs:
            archive.write(run.file(epoch), f"{run.name}/{run.file(epoch).name}")


def export(run: Run, target: Path) -> Path:
    """Write the run as one file, whole or not at all; return its path. Raises CnnlabError when the disk refuses."""
    target = target / f"{run.name}.zip" if target.is_dir() else target
    if target.suffix != ".zip":
        raise CnnlabError(f"{target} does not end in .zip: a run is exported as a zip of safetensors files.")
    try:
        with replacing(target) as file:
            write(run, file)
    except OSError as error:
        raise CnnlabError(
            f"{target} could not be written ({error.strerror or error}): choose another place."
        ) from error
    return target


def read(file: Path | BinaryIO, name: str, root: Path) -> Run:
    """Make the run in `file`, called `name`, one of the runs under `root`; return it.

    Only what `write` makes is taken: safetensors that fit their network, and one run.json. Anything else raises
    CnnlabError naming it, and leaves nothing behind. A name that is taken gets a number.
    """
    try:
        _refuse_pickle(file, name)
        with zips.opened(file) as archive:
            members = _members(archive, zips.packed_bytes(file))
            stem = members[0].filename.rpartition("/")[0] or Path(name).stem
            return _unpack(archive, members, Path(root), cleaned(stem))
    except CnnlabError as error:
        raise CnnlabError(f"{name} was not imported: {error}") from error
    except zips.UNREADABLE as error:
        raise CnnlabError(
            f"{name} was not imported: it is no whole zip file ({error}); export the run again."
        ) from error
    except OSError as error:
        raise CnnlabError(
            f"{name} was not imported ({error.strerror or error}): check file, space and rights."
        ) from error


def _refuse_pickle(file: Path | BinaryIO, name: str) -> None:
    """Foreign weights are the likely mistake, and a pickle runs code when it is read: say so."""
    if isinstance(file, Path):
        with file.open("rb") as content:
            first = content.read(2)
    else:
        file.seek(0)
        first = file.read(2)
        file.seek(0)
    if name.lower().endswith(_PICKLES) or first[:1] == b"\x80":
        raise CnnlabError("it may be a pickle, which can run code; only a zip made by exporting a run is read.")
    if first != b"PK":
        raise CnnlabError("it is no zip file; only a zip made by exporting a run is read.")


def _members(archive: zipfile.ZipFile, packed: int) -> list[zipfile.ZipInfo]:
    """run.json first, then the epochs. Raises CnnlabError for whatever else lies in the archive of `packed` bytes."""
    members = zips.files(archive)
    if len(members) > MOST_MEMBERS:
        raise CnnlabError(f"it holds {len(members):,} files; at most {MOST_MEMBERS:,} are read.")
    for entry in members:
        if entry.filename.lower().endswith(_PICKLES):
            raise CnnlabError(f"its member {entry.filename!r} may be a pickle, which can run code.")
        if zips.points_elsewhere(entry) or not _MEMBER.fullmatch(entry.filename):
            raise CnnlabError(f"its member {entry.filename!r} is neither run.json nor an epoch-NNN.safetensors.")
    names = [entry.filename for entry in members]
    if len(set(names)) < len(names) or len({name.rpartition("/")[0] for name in names}) > 1:
        raise CnnlabError("it holds more than one run, or a file twice.")
    size = zips.unpacked_bytes(members)
    most = min(MOST_BYTES, DENSEST * packed + ALLOWANCE)
    if size > most:
        raise CnnlabError(
            f"its {packed / 1e6:.3g} MB unpack to {size / 1e6:,.0f} MB; of a file of this size at most "
            f"{most / 1e6:,.0f} MB are read."
        )
    members.sort(key=lambda entry: (not entry.filename.endswith("run.json"), entry.filename))
    if not members or not members[0].filename.endswith("run.json"):
        raise CnnlabError("it holds no run.json.")
    if members[0].file_size > record.LARGEST:
        raise CnnlabError(f"its run.json has more than {record.LARGEST / 1e6:g} MB.")
    return members


def _unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], root: Path, name: str) -> Run:
    """Beside the runs, where nothing lists it, until every file has been read as what it claims to be."""
    root.mkdir(parents=True, exist_ok=True)
    with passing_folder(root, "import") as waiting:
        folder = waiting / name
        folder.mkdir()
        for entry in members:
            with archive.open(entry) as source, (folder / entry.filename.rpartition("/")[2]).open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
        _check(folder)
        home = folders.new(root, name)
        home.rmdir()  # its name was only held
        folder.rename(home)
    return store.open_run(home)


def _check(folder: Path) -> None:
    """Read a whole run as pages will. Raises CnnlabError when something cannot be read."""
    try:
        run = store.open_run(folder)
        for epoch in run.epochs:
            head = store.read_head(run.file(epoch))
            if head.epoch != epoch or _identity(head) != _identity(run.record):
                raise CnnlabError("its run.json and its weights are not of one run.")
    except CnnlabError as error:  # names a path that is gone in a moment: keep the file's name only
        raise CnnlabError(str(error).replace(f"{folder}/", "").replace(str(folder), "it")) from error


def _identity(said: Identity) -> Identity:
    return Identity(said.config, said.classes, said.image_shape)
