"""A network's answers to a set of images: what every view of the confusion page shows in its own way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cnnlab.data.dataset import noun
from cnnlab.data.drawing.preprocessing import SIDE
from cnnlab.evaluation.evaluation_set import EvaluationSet
from cnnlab.evaluation.predictions import Predictions
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.components.tiles import ImageTile
from cnnlab.ui.state.shared_image import SharedImage


@dataclass(frozen=True)
class Answers:
    """A network, the images it was shown, and its answers to them, in the same order."""

    network: Checkpoint
    images: EvaluationSet
    predictions: Predictions

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""
        return self.predictions.classes

    @property
    def noun(self) -> str:
        """What a class is called: digit for MNIST."""
        return "digit" if noun(self.classes) == "digit" else "class"

    @property
    def drawable(self) -> bool:
        """Whether the draw page can take its images."""
        return tuple(self.network.image_shape) == (1, SIDE, SIDE)

    def tiles(self, places: Iterable[int]) -> list[ImageTile]:
        """Images titled true → predicted, with their number and how sure the network is."""
        return [self._tile(int(place)) for place in places]

    def _tile(self, place: int) -> ImageTile:
        found, index = self.predictions, int(self.images.indices[place])
        true, predicted = (self.classes[int(values[place])] for values in (found.labels, found.predicted))
        image = self.images.data.images[place].numpy()
        thing, known = ("drawing", None) if self.images.drawings else ("test image", index)
        subject = SharedImage(image, f"{thing} {index:,}", int(found.labels[place]), known)
        return ImageTile(
            subject, f"{true} → {predicted}", f"#{index} · {found.confidence[place]:.1%}", bool(found.right[place])
        )
