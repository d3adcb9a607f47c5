"""Several networks answer as one: an ensemble, its mistakes, and keeping it as a run."""

from __future__ import annotations

import streamlit as st

from cnnlab.evaluation.joint_predictions import joint_predictions
from cnnlab.models.families.ensemble_net import FEWEST, MEAN, RULES
from cnnlab.ui.cache import predictions_cache
from cnnlab.ui.components.required_choice import required
from cnnlab.ui.ensemble import members as ensemble
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.chosen_network import network

shown = network()
ensemble.show_made()
with presenting.main_view("sentence"):
    headline = st.empty()
left, right = st.columns([2, 1], vertical_alignment="bottom")
with left:
    members = ensemble.choose(shown)
if len(members) < FEWEST:
    headline.subheader("Networks that differ make different mistakes: choose two or more.")
    st.info("Members can be any runs on the data of the sidebar's run, with the same classes and split.")
    st.stop()
address.remember("rule", "ensemble_rule", one_of(RULES), MEAN)
rule = required(
    right.segmented_control("Answer by", list(RULES), key="ensemble_rule", format_func=RULES.__getitem__, required=True)
)
images = predictions_cache.sets_for(members[0])[0]
alone = [predictions_cache.predictions(member, images) for member in members]
by_rule = {each: joint_predictions(alone, each) for each in RULES}
together = by_rule[rule]
names = [member.run for member in members]
headline.subheader(ensemble.sentence(together, names))
chart, form = st.columns([2, 1], vertical_alignment="center")
with chart, presenting.main_view("mistakes"):
    ensemble.compare(by_rule, names)
with form:
    st.markdown(f"They disagree on **{len(together.disputed):,}** of {len(images):,} images.")
    ensemble.save(members, rule)
ensemble.changed(together, images, names)
