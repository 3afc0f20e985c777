"""What was picked in a picture, a point or words with a lasso: kept in the address, and taken along to other pages."""

from collections.abc import Sequence

import streamlit as st

from dashboard.choices.address import now, write
from dashboard.choices.controls import set_to
from dashboard.choices.pairs import open_lens
from dashboard.choices.subject import text

MOST = 60  # rows in an address
WATCHED = 8


def picked(name: str, live: list[int], count: int) -> list[int]:
    """Rows below `count` that are picked: those of the lasso if it holds some, else those of the address."""
    given = live[:MOST] if len(live) > 1 else _written(str(now().get(name, "")))
    rows = [row for row in dict.fromkeys(given) if 0 <= row < count]
    write(**{name: "-".join(map(str, rows)) or None})
    return live if len(live) > 1 else rows


def points(chart: str) -> list[dict]:
    """The points chosen in a chart, by its key; what the browser sends is not trusted any further."""
    told = (st.session_state.get(chart) or {}).get("selection", {}).get("points", [])
    return [point for point in told if isinstance(point, dict)]


def clicked(name: str, told: Sequence[int] | None, most: Sequence[int]) -> tuple[int, ...] | None:
    """What was clicked in a picture, as numbers, each below its `most`; None for nothing.

    `told` is what the picture says just now. If that is nothing, the address counts, unless the click was taken back.
    """
    if told is not None:
        st.session_state[f"{name}_clicked"] = True
    elif not st.session_state.pop(f"{name}_clicked", False):
        told = _written(str(now().get(name, "")))
    fits = (
        told is not None
        and len(told) == len(most)
        and all(0 <= n < m for n, m in zip(told, most, strict=True))
    )
    found = tuple(told) if told is not None and fits else None
    write(**{name: "-".join(map(str, found)) if found else None})
    return found


def forget_picked(name: str, chart: str) -> None:
    """Pick nothing. For callbacks."""
    write(**{name: None})
    st.session_state.pop(chart, None)


def watch(words: list[str]) -> None:
    """Follow these words through the layers behind the reader's text. For callbacks."""
    open_lens(text(), " | ".join(words[:WATCHED]))


def look_in_sentences(word: str) -> None:
    """Look at a word's occurrences in sentences. For callbacks."""
    set_to("words", "contexts")
    set_to("in_sentences", word)


def _written(given: str) -> list[int]:
    return [int(part) for part in given.split("-")[:MOST] if part.isdecimal() and len(part) < 9]
