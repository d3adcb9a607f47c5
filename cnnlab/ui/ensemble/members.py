"""Choosing networks to answer as one, showing what that changes, and keeping them as a run."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from cnnlab.charts.ensemble_mistakes import mistakes_chart
from cnnlab.errors import CnnlabError
from cnnlab.evaluation.evaluation_set import EvaluationSet
from cnnlab.evaluation.joint_predictions import JointPredictions
from cnnlab.models.families.ensemble_net import MOST, NAME, RULES
from cnnlab.runs import ensemble_runs
from cnnlab.runs.store import Checkpoint, Run
from cnnlab.ui import messages
from cnnlab.ui.cache import loaders
from cnnlab.ui.components import tiles
from cnnlab.ui.components.tiles import ImageTile
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import some_of
from cnnlab.ui.state.persistent_widgets import remember
from cnnlab.ui.state.shared_image import SharedImage
from cnnlab.ui.state.visitor import reserved

BEGIN_WITH = 3  # members chosen at first: the best runs
SHOWN = 24  # images
TILE = 116  # pixels wide: room for what every member says
MADE = "ensemble_made"  # session-state key: the run just kept, until the page has said so


def choose(network: Checkpoint) -> list[Checkpoint]:
    """Draw the choice among the runs on the data of `network`; return the last epoch of each chosen one."""
    known = {run.name: run for run in loaders.runs()[0] if _same_data(run, network)}
    accuracy = {name: run.outcome and run.outcome.test_accuracy for name, run in known.items()}
    best = sorted(known, key=lambda name: -(accuracy[name] or 0))[:BEGIN_WITH]
    address.remember("members", "ensemble_members", some_of(known, most=MOST), best)
    names = st.multiselect("Members", list(known), key="ensemble_members", max_selections=MOST)
    return [loaders.checkpoint(known[name], known[name].epochs[-1]) for name in names]


def _same_data(run: Run, network: Checkpoint) -> bool:
    ours, theirs = network.config, run.config
    return (
        run.outcome is not None
        and theirs.network != NAME
        and (theirs.dataset, theirs.split) == (ours.dataset, ours.split)
        and (run.record.classes, run.record.image_shape) == (network.classes, network.image_shape)
    )


def sentence(joint: JointPredictions, names: list[str]) -> str:
    """How many mistakes the members `names` make together, and the best of them alone."""
    common = int((~joint.common.right).sum())
    alone = int((~joint.members[joint.best].right).sum())
    best, total = names[joint.best], len(joint.common.labels)
    together = f"Together {common:,} mistakes in {total:,}"
    if common < alone:
        return f"{together}; the best alone, {best}, makes {alone:,}."
    if common == alone:
        return f"{together}, as many as {best} makes alone."
    return f"{together}; {best} alone makes only {alone:,}."


def compare(by_rule: dict[str, JointPredictions], names: list[str]) -> None:
    """Draw how many mistakes each makes: members from the worst to the best, then the ensemble by each rule."""
    members = next(iter(by_rule.values())).members
    alone = sorted(((int((~each.right).sum()), name) for each, name in zip(members, names, strict=True)), reverse=True)
    common = [(int((~each.common.right).sum()), RULES[rule]) for rule, each in by_rule.items()]
    rows = [*((count, name, False) for count, name in alone), *((count, name, True) for count, name in common)]
    counts, labels, together = zip(*rows, strict=True)
    chart = mistakes_chart(labels, counts, together)
    st.altair_chart(presenting.fitted(chart, min(580, 80 * len(labels))), key="ensemble_mistakes")


def changed(joint: JointPredictions, images: EvaluationSet, names: list[str]) -> None:
    """Draw the images that the ensemble gets right and its best member wrong, and the other way round."""
    best = names[joint.best]
    st.markdown(f"Below each image: what {', '.join(names)} say, in this order, and what it is.")
    for title, places in (
        (f"{best} alone is wrong, together they are right", joint.corrected),
        (f"{best} alone is right, together they are wrong", joint.spoilt),
    ):
        if len(places):
            more = f", the first {SHOWN}" if len(places) > SHOWN else ""
            st.subheader(f"{title}: {len(places):,}{more}")
            tiles.draw(list(_tiles(joint, images, places[:SHOWN])), key=f"ensemble_tiles_{title}", side=TILE)


def _tiles(joint: JointPredictions, images: EvaluationSet, places: Iterable[int]) -> Iterable[ImageTile]:
    classes = joint.common.classes
    for place in places:
        true, index = int(joint.common.labels[place]), int(images.indices[place])
        said = " ".join(classes[answer] for answer in joint.answers[:, place])
        subject = SharedImage(
            images.data.images[place].numpy(),
            f"test image {index:,}",
            true,
            None if images.drawings else index,
        )
        yield ImageTile(subject, said, f"is {classes[true]}", bool(joint.common.right[place]))


def save(members: list[Checkpoint], rule: str) -> None:
    """Draw the field for a name and the button that keeps the ensemble as a run."""
    remember(ensemble_name=NAME)
    name = st.text_input("Name", key="ensemble_name")
    if not reserved(st.button, "Keep as a run", icon=":material/save:", type="primary", key="ensemble_keep"):
        return
    try:
        with st.spinner("Showing it the test images …"):
            made, _ = ensemble_runs.save(members, rule, name)
    except CnnlabError as error:
        messages.problem(error)
        return
    st.session_state[MADE] = made
    st.rerun()


def show_made() -> None:
    """Say that an ensemble was kept, once."""
    if made := st.session_state.pop(MADE, None):
        st.success(
            f"Kept as **{made}**: choose it in the sidebar, and every page that can use it shows it.",
            icon=":material/check:",
        )
