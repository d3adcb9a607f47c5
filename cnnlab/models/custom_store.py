"""Custom networks, one JSON file each, and the list of all networks that can be chosen.

A run carries its network's layers in its own settings: changing or deleting a file here changes no run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cnnlab.common import paths
from cnnlab.common.files import replacing
from cnnlab.common.text import first_line
from cnnlab.errors import CnnlabError
from cnnlab.models import registry
from cnnlab.models.build import layer_specs
from cnnlab.models.families import custom_net
from cnnlab.models.options import Options

CUSTOM = custom_net.NAME
SCHEMA = 1
LARGEST = 100_000  # bytes of a file
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")


@dataclass(frozen=True)
class Choice:
    """A network that can be chosen: what the settings of a run need of it."""

    name: str
    title: str
    network: str
    options: Mapping[str, Any] = field(default_factory=dict)


def choices() -> tuple[list[Choice], list[str]]:
    """(the registered networks, then the custom ones by name; sentences about files that cannot be read)."""
    known = [Choice(spec.name, spec.title, spec.name) for spec in registry.specs() if spec.name != CUSTOM]
    custom, problems = [], []
    for file in sorted(paths.networks().glob("*.json")):
        try:
            custom.append(_choice(file.stem, load(file.stem)))
        except CnnlabError as error:
            problems.append(str(error))
    return known + custom, problems


def name_of(network: str, options: Mapping[str, Any]) -> str:
    """The name of the saved custom network with these layers; `network` itself if there is none or it is registered."""
    if network != CUSTOM:
        return network
    listed = Options(options)
    return next((each.name for each in choices()[0] if each.network == CUSTOM and listed == each.options), network)


def choice(name: str) -> Choice:
    """The network `name`, registered or custom. Raises CnnlabError naming the known ones."""
    known = {each.name: each for each in choices()[0]}
    if name not in known:
        raise CnnlabError(f"network is {name!r}: choose one of {', '.join(known)}.")
    return known[name]


def load(name: str) -> list[dict[str, Any]]:
    """The layers of the custom network `name`. Raises CnnlabError when its file is missing or damaged."""
    file = paths.networks() / f"{name}.json"
    if not _NAME.fullmatch(name):
        raise CnnlabError(_wrong(name))
    try:
        if (size := file.stat().st_size) > LARGEST:
            raise CnnlabError(f"{file} has {size:,} bytes: a network's file has at most {LARGEST:,}.")
        record = json.loads(file.read_text())
        if record["schema"] != SCHEMA:
            raise CnnlabError(f"{file} has schema {record['schema']!r}, this cnnlab reads {SCHEMA}.")
        return layer_specs.checked(record["layers"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise CnnlabError(f"{file} is no network of cnnlab ({first_line(error)}): restore it or remove it.") from error


def save(name: str, listed: Sequence[Mapping[str, Any]]) -> Choice:
    """Keep `listed` as `name`, in place of a custom network of that name. Raises CnnlabError for a wrong name."""
    if not _NAME.fullmatch(name):
        raise CnnlabError(_wrong(name))
    if name in {spec.name for spec in registry.specs()}:
        raise CnnlabError(f"The name {name!r} belongs to a network of cnnlab: choose another one.")
    content = layer_specs.checked(listed)
    try:
        paths.networks().mkdir(parents=True, exist_ok=True)
        with replacing(paths.networks() / f"{name}.json") as file:
            file.write(json.dumps({"schema": SCHEMA, "layers": content}, indent=1).encode())
    except OSError as error:
        raise CnnlabError(
            f"{paths.networks() / name}.json could not be written ({error.strerror or error})."
        ) from error
    return _choice(name, content)


def delete(name: str) -> None:
    """Delete the custom network `name`; its runs stay as they are."""
    (paths.networks() / f"{name}.json").unlink(missing_ok=True)


def _wrong(name: str) -> str:
    return f"The name is {name!r}: use 1 to 30 small letters, digits and hyphens, for example my-net."


def _choice(name: str, listed: list[dict[str, Any]]) -> Choice:
    return Choice(name, f"{name} (own)", CUSTOM, {"layers": listed})
