"""Let several networks answer as one."""

from __future__ import annotations

import streamlit as st

from cnnlab.evaluation.ensembles import council
from cnnlab.models.ensemble import FEWEST, MEAN, RULES
from cnnlab.ui import answers, ensemble
from cnnlab.ui.choice import network
from cnnlab.ui.keep import keep

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
keep(ensemble_rule=MEAN)
rule = right.segmented_control("Answer by", list(RULES), key="ensemble_rule", format_func=RULES.get, required=True)
images = answers.sets_for(members[0])[0]
told = [answers.answers(member, images) for member in members]
councils = {each: council(told, each) for each in RULES}
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
