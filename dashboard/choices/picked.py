"""Words picked on a map with a lasso: kept in the address, and taken along to other pages."""

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
