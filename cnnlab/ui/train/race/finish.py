"""What a race showed, in a sentence computed from its lanes, and the page that shows why."""

from __future__ import annotations

from collections.abc import Sequence

from cnnlab.training.results import duration
from cnnlab.training.snapshot import Snapshot


def sentence(lanes: Sequence[Snapshot]) -> str:
    """Best and worst by test accuracy, who ran away, and what the whole race cost; empty until all have ended."""
    if any(lane.active for lane in lanes):
        return ""
    named = [(lane.words, lane) for lane in lanes]
    tested = sorted(
        ((lane.outcome.test_accuracy, words) for words, lane in named if lane.outcome and lane.outcome.test_accuracy),
        reverse=True,
    )
    said = []
    if tested:
        said.append(f"**{tested[0][1]}** came first with {tested[0][0]:.2%} of the test images right")
    if len(tested) > 1:
        said.append(f"**{tested[-1][1]}** last with {tested[-1][0]:.2%}")
    for ended, verb in ((True, "ran away"), (False, "failed")):
        if these := [words for words, lane in named if lane.state == "failed" and lane.diverged == ended]:
            said.append(f"**{', '.join(these)}** {verb}")
    stopped = [words for words, lane in named if lane.state == "stopped"]
    if stopped and not tested:
        said.append(f"stopped after {max(lane.step for lane in lanes):,} steps")
    seconds = sum(lane.seconds for lane in lanes)
    together = f" for all {len(lanes)}" if len(lanes) > 1 else ""
    text = ", ".join(said)
    return f"{text[:1].upper()}{text[1:]}; {duration(seconds)}{together}." if said else ""
