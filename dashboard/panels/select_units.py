"""Choosing words in the text, and the units that tell them apart."""

from typing import Any

import numpy as np
import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.components.unit_strip import unit_strip
from dashboard.panels import units
from dashboard.panels.tokens import pieces_of

KEY = "brush"


@st.fragment
def show(kind: str) -> None:
    """Choosing other words reruns only this part."""
    places = str(choices.played(KEY).get("chosen", choices.kept("places")))
    found = _ranked(places, kind)
    frame.answer(found.in_words(), found)
    track, low = found.tracks[0], bool(found.low[0])
    unit_strip(
        pieces_of(found), track.tolist(), address=found.units[0],
        limit=float(np.abs(track).max()) or 1.0, key=KEY, scale="this text",
        chosen=places or _written(found.inside),
        caption=frame.caption(found, "Select by example"), direction=figures.direction(found.text),
    )  # fmt: skip
    choices.keep(places=places or None)
    with st.container(key="ranking-scroll"):
        st.plotly_chart(figures.draw(found), key="ranking", config=figures.CONFIG, alt=found.in_words())
    choices.offered_units("best", "Choose a unit, then look at it", found.units[:8])
    st.page_link("views/unit.py", label="What does one unit watch for?", icon=":material/visibility:")
    frame.section(f"More like this: where {found.units[0]} is {'lowest' if low else 'highest'}")
    units.snippets("In the bundled texts", found.alike)
    frame.check(found)


def _ranked(places: str, kind: str) -> Any:
    return answers.ask("select_units", places=places, kind=kind)


def _written(inside: np.ndarray) -> str:
    """The chosen tokens of a first look, one run."""
    at = np.flatnonzero(inside)
    return f"{at[0]}-{at[-1]}" if len(at) else ""
