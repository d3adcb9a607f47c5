"""The choice of a network, and its architecture, worked out once for all tabs."""

from __future__ import annotations

import json

from streamlit.delta_generator import DeltaGenerator

from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.inspection.architecture import Architecture, study
from cnnlab.models import custom_store
from cnnlab.ui import messages
from cnnlab.ui.cache import bounded
from cnnlab.ui.components.required_choice import from_list
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of

DIGITS = (1, 28, 28), 10  # the shape of MNIST's images, and its classes
PUBLISHED, ON_DIGITS = "As published", "On MNIST's digits"


def choose(place: DeltaGenerator, label: str, key: str, start: str | None = None) -> custom_store.Choice:
    """Draw a list of every network, registered or custom, into `place`; return the chosen one, at first `start`."""
    known, problems = custom_store.choices()
    for problem in problems:
        messages.warn(problem)
    by_name = {each.name: each for each in known}
    usual = start if start in by_name else known[0].name
    address.remember(key.removeprefix("architectures_"), key, one_of(by_name, str), usual)
    name = from_list(place, label, by_name, key=key, format_func=lambda name: by_name[name].title)
    return by_name[name]


def made_for(choice: custom_store.Choice) -> tuple[tuple[int, int, int], int]:
    """(image shape, classes) a network was published with; those of MNIST for a custom one."""
    return models.spec(choice.network).made_for


def architecture(choice: custom_store.Choice, shape: tuple[int, int, int], classes: int) -> Architecture:
    """The architecture of `choice` on such images. Ends the page with a sentence where they do not fit it."""
    try:
        return of(choice.network, json.dumps(models.Options(choice.options).plain()), shape, classes)
    except CnnlabError as error:
        return messages.refuse(error)


@bounded.kept()
def of(network: str, options: str, shape: tuple[int, int, int], classes: int) -> Architecture:
    """The architecture of a network with options as JSON. Raises CnnlabError as models.outline and study do."""
    return study(models.outline(network, models.ImageSpec(shape, classes), options=json.loads(options)), shape)
