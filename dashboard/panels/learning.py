"""A model that learns: what to train, how far it is, what it knows by now."""

from html import escape

import numpy as np
import streamlit as st

from dashboard import choices, figures, frame, jobs, shelf
from dashboard.figures import curve
from dashboard.interface import says
from dashboard.jobs import Job

STAGES = 6  # texts of its own that are shown


def ask() -> None:
    """What to train, and a button that begins."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        recipe = choices.pick("recipe", says("learning.what-learns"), jobs.RECIPES)
        minutes = choices.pick(
            "minutes", says("learning.for-how-long"), {m: f"{m} min" for m in jobs.MINUTES}, 3
        )
        seed = st.number_input(
            says("learning.seed"), jobs.SEEDS[0], jobs.SEEDS[-1], 1, key="seed", width=120,
            help=says("learning.the-number-from-which"),
        )  # fmt: skip
        begin = st.button(says("learning.train-it"), type="primary")
    if begin:
        try:
            choices.keep_job(jobs.start(recipe, minutes, int(seed)))
        except shelf.Refusal as refusal:
            frame.notice(str(refusal), says("learning.one-learns-at-a-time"))
        else:
            st.rerun()


def title(job: Job) -> str:
    """What a reader's own model is called."""
    return says("learning.your-min-seed", kind=job.kind, minutes=job.minutes, seed=job.seed)


def take_in(job: Job) -> str:
    """Put a finished model into the reader's list; returns its name there."""
    name = f"own-{job.name}"
    shelf.adopt(name, title(job), job.folder)
    if choices.take_in(name):
        st.rerun()  # the side bar has been drawn without it
    return name


def progress(job: Job) -> None:
    """How far it is, and two ways to end it."""
    share = min(1.0, job.seconds / (60 * job.minutes))
    left = 60 * job.minutes - job.seconds
    said = {
        "starting": says("learning.starting-the-libraries-are"),
        "learning": says("learning.learning-about-s-left", left=left),
        "measuring": says("learning.measuring-it-on-stories"),
    }
    st.progress(share, text=said[job.state])
    with st.container(horizontal=True):
        st.button(
            says("learning.finish-now"), key="finish", on_click=jobs.finish, args=(job.name,),
            help=says("learning.ends-the-training-and-keeps"),
        )  # fmt: skip
        _throw_away(job, says("learning.cancel"))


def ended(job: Job) -> None:
    """A training that ended too early: why, and what can be done."""
    frame.notice(says("learning.this-training-ended-before"), job.why or "")
    with st.container(horizontal=True):
        if job.points:
            st.button(
                says("learning.keep-what-it-has-learned"),
                key="rescue",
                on_click=jobs.finish,
                args=(job.name,),
            )
        _throw_away(job, says("learning.forget-it"))


def _throw_away(job: Job, label: str) -> None:
    def gone() -> None:
        jobs.discard(job.name)
        choices.keep_job(None)

    st.button(label, key="discard", on_click=gone, help=says("learning.ends-the-training-nothing"))


def so_far(job: Job) -> str:
    """What it has read, what it knows, in one sentence."""
    now = job.points[-1]
    near, far = (round(100 * share) for share in now["agreement"])
    gap = now["held_out_nats"] - now["grammar_nats"]
    nearest = says("learning.so-it-goes") if near - far > 25 and far < 45 else ""
    return says(
        "learning.after-it-has-read-words",
        seconds=_span(now["seconds"]),
        tokens=now["tokens"],
        gap=gap,
        near=near,
        far=far,
        nearest=nearest,
    )


def _span(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 90 else f"{seconds / 60:.1f} minutes"


def curves(job: Job) -> None:
    """Its loss and its verbs, along the training."""
    frame.section(says("learning.how-well-does-it-guess"))
    st.plotly_chart(curve.loss(job.points), key="loss", config=figures.CONFIG, alt=so_far(job))
    frame.section(says("learning.does-the-verb-agree"))
    st.plotly_chart(curve.verbs(job.points), key="verbs", config=figures.CONFIG, alt=so_far(job))


def samples(job: Job) -> None:
    """What it wrote at some stages, from the same beginning and with the same chances."""
    frame.section(says("learning.what-does-it-write"))
    shown = np.unique(np.geomspace(1, len(job.points), STAGES).round().astype(int)) - 1
    rows = "".join(_row(job.points[k]) for k in shown)
    st.html(
        f'<div class="scrolls" role="region" aria-label="{escape(says("learning.texts"))}" tabindex="0">'
        '<table class="stages">'
        f"<tr>{frame.heads('learning.after', 'learning.read', 'learning.its-text')}</tr>{rows}</table></div>"
    )


def _row(point: dict) -> str:
    text, given, lawful = point["sample"], point["given"], point["lawful"]
    return (
        f"<tr><td>{_span(point['seconds'])}</td><td>{point['tokens']:,}</td><td>"
        f'<span class="given">{escape(text[:given])}</span><span>{escape(text[given:lawful])}</span>'
        f"<s>{escape(text[lawful:])}</s></td></tr>"
    )
