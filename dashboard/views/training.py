"""What happens while a model learns? Train one on Storyland, watch it, then ask it anything."""

import streamlit as st

from dashboard import choices, frame, jobs
from dashboard.interface import says
from dashboard.panels import learning

frame.asks("train")
job = jobs.look(choices.job())
choices.keep_job(job.name if job else None)


@st.fragment(run_every=2.0 if job and job.alive else None)
def watched() -> None:
    """The training as it stands; while it runs, looked at again every two seconds."""
    now = jobs.look(choices.job())
    if (now and now.alive) != (job and job.alive):
        st.rerun()
    if now is None:
        frame.said(says("view-training.train-a-small-model"))
        return
    frame.said(learning.so_far(now) if now.points else says("view-training.it-has-read-nothing-yet"))
    if now.state == "done":
        name = learning.take_in(now)
        if st.button(
            says("view-training.ask-it-what-comes-next"),
            type="primary",
            on_click=choices.open_model,
            args=(name,),
        ):
            st.switch_page("views/next_words.py")
        frame.quiet(says("view-training.is-in-the-list", now=learning.title(now)))
    elif now.alive:
        learning.progress(now)
    else:
        learning.ended(now)
    if now.points:
        learning.curves(now)
        learning.samples(now)


watched()
if not (job and job.alive):
    frame.section(says("view-training.train-another") if job else says("view-training.train-one"))
    learning.ask()
frame.notes("training")
