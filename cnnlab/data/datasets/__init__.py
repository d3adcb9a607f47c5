"""Data sets: a registry, and one file a source. Every file here is imported: adding one is all a new set needs."""

import importlib
import pkgutil

from cnnlab.data.datasets.registry import DatasetSpec, check, images_of, load, names, spec, specs

for _file in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_file.name}")

__all__ = ["DatasetSpec", "check", "images_of", "load", "names", "spec", "specs"]
