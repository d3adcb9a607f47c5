"""Let several networks answer as one."""

from __future__ import annotations

import streamlit as st

from cnnlab.evaluation.joint_predictions import joint_predictions
from cnnlab.models.families.ensemble_net import FEWEST, MEAN, RULES
from cnnlab.ui.cache import predictions_cache
from cnnlab.ui.ensemble import members as ensemble
from cnnlab.ui.state.chosen_network import network
from cnnlab.ui.state.persistent_widgets import remember

shown = network()
ensemble.show_made()
headline = st.empty()
left, right = st.columns([2, 1], vertical_alignment="bottom")
with left:
    members = ensemble.choose(shown)
if len(members) < FEWEST:
    headline.subheader("Networks that differ make different mistakes: choose two or more.")
    st.info("Members can be any runs on the data of the sidebar's run, with the same classes and split.")
    st.stop()
remember(ensemble_rule=MEAN)
rule = right.segmented_control("Answer by", list(RULES), key="ensemble_rule", format_func=RULES.get, required=True)
images = predictions_cache.sets_for(members[0])[0]
told = [predictions_cache.predictions(member, images) for member in members]
councils = {each: joint_predictions(told, each) for each in RULES}
names = [member.run for member in members]
headline.subheader(ensemble.sentence(councils[rule], names))
chart, form = st.columns([2, 1], vertical_alignment="center")
with chart:
    ensemble.compare(councils, names)
with form:
    disputed = len(councils[rule].disputed)
    st.markdown(f"They disagree on **{disputed:,}** of {len(images):,} images.")
    ensemble.save(members, rule)
ensemble.changed(councils[rule], images, names)
