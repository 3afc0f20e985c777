"""What was picked in a picture, a point or words with a lasso: kept in the address, and taken along to other pages."""

import hashlib
import json
from collections.abc import Sequence

import streamlit as st

from dashboard.choices.address import now, write
from dashboard.choices.controls import played, set_to
from dashboard.choices.pairs import open_lens
from dashboard.choices.several import anew
from dashboard.choices.subject import text

MOST = 60  # rows in an address
WATCHED = 8
HELD = 200  # characters of what is held in a component


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


def held(name: str | None, key: str, *of: str) -> dict[str, str]:
    """What the reader holds in the component `key`: "at", as its script writes it ("" for nothing), and "of", for it.

    What the script told counts, else the address, if there is a `name` for it. What was held of something else, such
    as an earlier text, is let go: `of` says what the component shows, as far as what is held belongs to it.
    """
    about = digest(*of)
    if name is not None:
        anew(name, about)
    told = played(key).get("held")
    if isinstance(told, dict) and told.get("of") == about:
        return {"of": about, "at": str(told.get("at", ""))[:HELD]}
    return {"of": about, "at": str(now().get(name, ""))[:HELD] if name is not None else ""}


def digest(*of: str) -> str:
    """A short name of what a component shows."""
    return hashlib.sha256(json.dumps(of).encode()).hexdigest()[:12]


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
