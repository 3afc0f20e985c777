"""Which texts stand behind a unit? Let a model read many texts in the background, then open any unit on them."""

import streamlit as st

from dashboard import choices, frame, indexes
from dashboard.interface import says
from dashboard.panels import behind

frame.asks("behind")
job = indexes.look(choices.index())
choices.keep_index(job.name if job else None)


@st.fragment(run_every=1.0 if job and job.alive else None)
def watched() -> None:
    """The index as it stands; while it is made, looked at again every second."""
    now = indexes.look(choices.index())
    if (now and now.alive) != (job and job.alive):
        st.rerun()
    if now is None:
        frame.said(says("view-behind.until-you-say-otherwise-our"))
    elif now.state == "done":
        frame.said(behind.in_words(now))
        behind.finished(now)
    elif now.alive:
        frame.said(says("view-behind.is-reading", model=now.model, title=now.title))
        behind.progress(now)
    else:
        frame.said(says("view-behind.has-not-read-all", model=now.model, title=now.title))
        behind.ended(now)


watched()
if not (job and job.alive):
    frame.section(says("view-behind.let-it-read-others") if job else says("view-behind.let-it-read"))
    behind.ask()
behind.listed(job.name if job else None)
behind.notes()
