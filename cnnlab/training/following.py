"""How several processes keep step: rank 0 leads the run, the others follow it, with no record of their own."""

from __future__ import annotations

from collections.abc import Callable

from cnnlab.errors import CnnlabError
from cnnlab.training.loop import trainer_state
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.ranks import Ranks
from cnnlab.training.trainer import Trainer


class Leader:
    """Rank 0's side, or a process's that is alone."""

    def __init__(self, ranks: Ranks):
        self._ranks = ranks
        self._followed = ranks.several

    def goes_on(self, trainer: Trainer, stop: bool) -> bool:
        """Before each step: whether it is to be taken, by all; stop: whether this process wants no more of them."""
        turn = self._ranks.turn(stop, trainer.step_count, trainer.learning_rate)
        self._followed = self._followed and not turn.stop
        return not turn.stop

    def dismiss(self) -> None:
        """Let the others end, between two steps; they may have been told before. Raises RankGoneError."""
        if self._followed:
            self._followed = False
            self._ranks.turn(stop=True)


def follow(run: PreparedRun, interrupted: Callable[[], bool]) -> None:
    """Take rank 0's steps with it until it, or whoever was interrupted, says that it is enough.

    Raises RankGoneError, and CnnlabError where the run fits no trainer or began elsewhere.
    """
    trainer = run.trainer()
    if run.state:
        trainer.go_on(trainer_state(run.state))
    while not (turn := run.ranks.turn(interrupted())).stop:
        if turn.step != trainer.step_count:
            raise CnnlabError(
                f"Rank {run.ranks.rank} stands at step {trainer.step_count:,}, rank 0 at {turn.step:,}: copy the run's "
                "folder from rank 0's machine to this one, and go on with it again."
            )
        trainer.take_rate(turn.rate)
        trainer.step()
    trainer.release()
