"""Share: the images of a batch that one of several processes learns from, and how much they count."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Share:
    """Every `world`-th of a batch of `count` images, from number `rank` on.

    Not a run of neighbours: outliers stand last in a batch, and one process would have them all. Where there are fewer
    images than processes, those without one take the last, and it counts nothing: all have to take the same steps.
    """

    count: int
    rank: int = 0
    world: int = 1

    @property
    def counts(self) -> bool:
        """Whether it has an image that no other process has."""
        return self.rank < self.count

    @property
    def places(self) -> slice:
        """Where they stand in the batch."""
        return slice(min(self.rank, self.count - 1), None, self.world)

    def of(self, batch: Tensor) -> Tensor:
        """Those of `batch` [count, …] that are in the share; itself where one process has all."""
        return batch if self.world == 1 else batch[self.places]

    def between(self, start: int, stop: int) -> int:
        """How many of the batch's images start..stop-1 the share has, and counts."""
        return len(range(self.rank, stop, self.world)) - len(range(self.rank, start, self.world))

    def weighed(self, mean: Tensor, part: int, whole: int) -> Tensor:
        """A mean over `part` of `whole` images, so that its mean over all processes is that over the whole."""
        return mean if self.world == 1 else mean * (self.world * part / whole)
