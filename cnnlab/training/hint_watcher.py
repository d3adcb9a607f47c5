"""One hint at a time for a run: which rule holds, and for how long, so that what is shown never flickers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cnnlab.errors import CnnlabError
from cnnlab.training.advice_rules import ADVICE, plateau, rising, still_learning
from cnnlab.training.config import TrainConfig
from cnnlab.training.fault_rules import FAULTS, Rule, not_a_number
from cnnlab.training.hint_evidence import Evidence, Hint
from cnnlab.training.results import EpochResult, Evaluation, Event

RULES: tuple[Rule, ...] = (*FAULTS, *ADVICE)  # a rule before another one is shown in its place
HOLDS = 2  # looks in a row in which a rule must hold before it is shown: one batch may look like anything
OF_EPOCHS = (rising, plateau, still_learning)  # whole epochs are no accident, and after the last nobody looks again
LETS_GO = 3  # looks in a row in which it must not hold before it is taken away


class HintWatcher:
    """Follows a run by its evaluations, epochs and events; `hint` is what is to be shown of it.

    A hint keeps the words and figures with which it was first shown for as long as its rule holds.
    """

    def __init__(self, config: TrainConfig, classes: Sequence[str], steps_per_epoch: int):
        """classes: the names of what the run tells apart."""
        self._seen = Evidence(config, classes, steps_per_epoch)
        self._held = dict.fromkeys(RULES, 0)  # looks in a row in which each rule held
        self._gone = 0  # looks in a row in which the shown one did not
        self._shown: Rule | None = None
        self.hint: Hint | None = None

    def evaluated(self, evaluation: Evaluation) -> None:
        """Look at the run after an evaluation."""
        self._seen.add_evaluation(evaluation)
        self._look()

    def epoch_ended(self, epoch: EpochResult) -> None:
        """Look at the run after an epoch, complete or not."""
        self._seen.add_epoch(epoch)
        self._look()

    def happened(self, event: Event) -> None:
        """Take in what happened to the run; that its loss is no number any more is shown at once."""
        self._seen.add_event(event)
        if self._seen.evaluations and (ended := not_a_number(self._seen)):
            self._show(not_a_number, ended)

    def _look(self) -> None:
        if not self._seen.evaluations or self._shown is not_a_number:
            return
        found = {rule: hint for rule in RULES if (hint := rule(self._seen))}
        self._held = {rule: self._held[rule] + 1 if rule in found else 0 for rule in RULES}
        if self._shown:
            self._gone = 0 if self._shown in found else self._gone + 1
        stays = self._shown and self._gone < LETS_GO
        for rule, hint in found.items():
            if rule is self._shown or (stays and RULES.index(rule) > RULES.index(self._shown)):
                return
            if self._held[rule] >= HOLDS or rule in OF_EPOCHS:
                self._show(rule, hint)
                return
        if not stays:
            self._shown = self.hint = None

    def _show(self, rule: Rule, hint: Hint) -> None:
        self._shown, self.hint, self._gone = rule, possible(hint, self._seen.config), 0


def possible(hint: Hint, config: TrainConfig) -> Hint:
    """The hint, without a change that would leave `config` as it is or that its other settings do not allow."""
    try:
        changed = config.replace(**hint.change)
    except CnnlabError:
        changed = config
    return hint.without_change() if changed == config else hint


def replayed(
    watcher: HintWatcher,
    evaluations: Iterable[Evaluation],
    epochs: Iterable[EpochResult] = (),
    events: Iterable[Event] = (),
) -> Hint | None:
    """Let `watcher` follow a run with this record, in the order of its steps; return what it shows at the end."""
    looks = [(each.step, 0, lambda each=each: watcher.evaluated(each)) for each in evaluations]
    looks += [(each.step, 1, lambda each=each: watcher.epoch_ended(each)) for each in epochs]
    looks += [(each.step, 2, lambda each=each: watcher.happened(each)) for each in events]
    for _, _, look in sorted(looks, key=lambda item: item[:2]):
        look()
    return watcher.hint


def hint_of(
    config: TrainConfig,
    classes: Sequence[str],
    evaluations: Sequence[Evaluation],
    epochs: Sequence[EpochResult] = (),
    events: Sequence[Event] = (),
) -> Hint | None:
    """The hint that a run with this record showed at its end; None of a record without a whole epoch."""
    whole = next((row for row in epochs if row.complete and row.epoch), None)
    if not whole:
        return None
    return replayed(HintWatcher(config, classes, whole.step // whole.epoch), evaluations, epochs, events)
