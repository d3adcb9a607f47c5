"""Where things lie on the disk: the only reader of environment variables, which are asked anew at every call."""

from __future__ import annotations

import os
from importlib import metadata
from pathlib import Path

from cnnlab.errors import CnnlabError

_CHECKOUT = Path(__file__).resolve().parents[2]
_INSTALLED = "share/cnnlab/app.py"  # below the environment's prefix, where `pip install` puts the lab (pyproject.toml)
TORCHRUN = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


def _find_lab() -> Path:
    """The folder of app.py: a checkout, else what was installed with the package."""
    if (_CHECKOUT / "app.py").exists():
        return _CHECKOUT
    for file in metadata.files("cnnlab") or ():
        if str(file).endswith(_INSTALLED):
            return Path(str(file.locate())).resolve().parent
    return _CHECKOUT


LAB = _find_lab()


def _chosen(variable: str, default: Path) -> Path:
    return Path(os.environ.get(variable) or default)


def checkpoints() -> Path:
    """The folder of runs (CNNLAB_CHECKPOINTS)."""
    return _chosen("CNNLAB_CHECKPOINTS", LAB / "checkpoints")


def studies() -> Path:
    """Studies that sweeps make, beside the runs that they belong to (CNNLAB_STUDIES)."""
    return _chosen("CNNLAB_STUDIES", checkpoints() / ".studies")


def data() -> Path:
    """Downloaded and custom data sets, and the classroom's drawings (CNNLAB_DATA)."""
    return _chosen("CNNLAB_DATA", LAB / "data")


def shipped_data() -> Path:
    """MNIST, which comes with cnnlab and stays where it is."""
    return LAB / "data"


def custom_datasets() -> Path:
    """Data sets made of image folders, a safetensors file each."""
    return data() / "own"


def classroom_set() -> Path:
    """The classroom's drawings, one npz file (CNNLAB_CLASS_SET)."""
    return _chosen("CNNLAB_CLASS_SET", data() / "class_set" / "drawings.npz")


def sweeps() -> Path:
    """Finished sweeps over shifts and corruptions (CNNLAB_SWEEPS)."""
    return _chosen("CNNLAB_SWEEPS", LAB / ".cnnlab" / "sweeps")


def shipped_sweeps() -> Path:
    """Sweeps that come with cnnlab, of the runs that do."""
    return LAB / "data" / "sweeps"


def networks() -> Path:
    """Networks that people built, a JSON file each (CNNLAB_NETWORKS)."""
    return _chosen("CNNLAB_NETWORKS", LAB / "networks")


def lessons() -> Path:
    """Lessons of one's own, a Markdown file each (CNNLAB_LESSONS)."""
    return _chosen("CNNLAB_LESSONS", shipped_lessons())


def shipped_lessons() -> Path:
    """Lessons that come with cnnlab."""
    return LAB / "lessons"


def pin() -> str:
    """The PIN that was chosen for teachers on other machines (CNNLAB_PIN); empty where none was."""
    return os.environ.get("CNNLAB_PIN", "").strip()


def torchrun() -> dict[str, str]:
    """What torchrun tells each process that it starts: its RANK, WORLD_SIZE and the like; empty where it did not."""
    return {name: os.environ[name] for name in TORCHRUN} if all(map(os.environ.get, TORCHRUN)) else {}


def cache_bytes() -> int:
    """How much memory may be kept for pages that were looked at (CNNLAB_CACHE_MB), 600 MB by default."""
    return _bytes("CNNLAB_CACHE_MB", 600)


def dataset_bytes() -> int:
    """How large a custom data set's images may be to be held in memory (CNNLAB_DATASET_MB), 1 GB by default."""
    return _bytes("CNNLAB_DATASET_MB", 1_000)


def _bytes(variable: str, megabytes: int) -> int:
    said = os.environ.get(variable) or str(megabytes)
    if not said.isdecimal() or len(said) > 7:
        raise CnnlabError(f"{variable} is {said!r}: it must be a whole number of megabytes.")
    return int(said) * 1_000_000
