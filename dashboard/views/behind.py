"""Which texts stand behind a unit? Let a model read many texts in the background, then open any unit on them."""

import streamlit as st

from dashboard import choices, frame, indexes
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
        frame.said(
            "Until you say otherwise, our own short texts. Let the model read yours, and every unit is shown "
            "where it is strong in them."
        )
    elif now.state == "done":
        frame.said(behind.in_words(now))
        behind.finished(now)
    elif now.alive:
        frame.said(f"{now.model} is reading {now.title}.")
        behind.progress(now)
    else:
        frame.said(f"{now.model} has not read all of {now.title}.")
        behind.ended(now)


watched()
if not (job and job.alive):
    frame.section("Let it read others" if job else "Let it read")
    behind.ask()
behind.listed(job.name if job else None)
behind.notes()
