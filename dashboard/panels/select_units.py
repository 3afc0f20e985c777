"""Choosing words in the text, and the units that tell them apart."""

from html import escape
from typing import Any

import numpy as np
import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.components.unit_strip import unit_strip
from dashboard.interface import says
from dashboard.panels import edits
from dashboard.panels.tokens import pieces, pieces_of
from interpret.sentences import percent

KEY = "brush"
COLUMNS = ("select-units.units-on", "select-units.before", "select-units.match", "select-units.behind")


@st.fragment
def show(kind: str, corpus: str = "") -> None:
    """Choosing other words reruns only this part."""
    places = str(choices.played(KEY).get("chosen", choices.kept("places")))
    found = _ranked(places, kind)
    frame.answer(found.in_words(), found)
    track = found.tracks[0]
    unit_strip(
        pieces_of(found), track.tolist(), address=found.units[0],
        limit=float(np.abs(track).max()) or 1.0, key=KEY, scale=says("select-units.this-text"),
        chosen=places or _written(found.inside),
        caption=frame.caption(found, says("select-units.select-by-example")), direction=figures.direction(found.text),
        **edits.offered(KEY, found, pieces(found)),
    )  # fmt: skip
    edits.shown()
    choices.follow()
    choices.keep(places=places or None)
    with st.container(key="ranking-scroll"):
        st.plotly_chart(figures.draw(found), key="ranking", config=figures.CONFIG, alt=found.in_words())
    choices.offered_units("best", says("select-units.choose-a-unit-then-look"), found.units[:8])
    st.page_link("views/unit.py", label=says("pages.unit"), icon=":material/visibility:")
    frame.check(found)
    _more_like_this(places, kind, corpus)


def _more_like_this(places: str, kind: str, corpus: str) -> None:
    """Places of the corpus where the same units are on, aligned on the match."""
    frame.section(says("select-units.where-else-are-the-same"))
    behind = {"corpus": corpus} if corpus else {}
    found = answers.part("more_like_this", places=places, kind=kind, **behind)
    if found is None:
        return
    frame.said(found.in_words())
    st.html(aligned(found))
    if found.matches[0][1] > 1:
        st.plotly_chart(figures.draw(found), key="alike-words", config=figures.CONFIG, alt=found.in_words())
    frame.check(found)
    st.page_link(
        "views/behind.py", label=says("select-units.look-in-texts-of-your"), icon=":material/manage_search:"
    )


def aligned(found: Any) -> str:
    """The places as a table (HTML, escaped), the matches under each other."""
    rows = "".join(
        f'<tr><td class="figure">{percent(share)}</td><td class="before"><bdi>{_line(one.before)}</bdi></td>'
        f"<td><mark>{_line(one.token) or '▸'}</mark></td><td>{_line(one.after)}</td></tr>"
        for share, one in zip(found.values, found.places, strict=True)
    )
    return (
        f'<div class="scrolls" tabindex="0" role="region" aria-label="{escape(says("select-units.places-aligned"))}">'
        f'<table class="card aligned"><tr>{frame.heads(*COLUMNS)}</tr>{rows}</table></div>'
    )


def _line(text: str) -> str:
    """A text on one line, escaped."""
    return escape(" ".join(text.splitlines()))


def _ranked(places: str, kind: str) -> Any:
    return answers.ask("select_units", places=places, kind=kind)


def _written(inside: np.ndarray) -> str:
    """The chosen tokens of a first look, one run."""
    at = np.flatnonzero(inside)
    return f"{at[0]}-{at[-1]}" if len(at) else ""
