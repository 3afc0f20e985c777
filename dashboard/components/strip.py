"""What the two strips of running text share on the Python side."""

import math
from collections.abc import Callable, Collection, Iterable
from typing import Any, NotRequired, TypedDict

import streamlit as st

from dashboard.components import load

SHARED = ("words", "frame", "editor", "strip")  # what all strips with words are made of


class Edits(TypedDict):
    """What the inline editor of a strip knows; it tells `choices.played(key)["edit"]`."""

    swaps: list[list[tuple[str, float]]]  # for each word what could stand there, and how likely
    by: str  # which model would have these
    undo: bool  # whether an edit can be taken back


class Word(TypedDict):
    """A word of the running text."""

    t: str  # text; empty for the mark the model reads first
    s: NotRequired[int]  # 1 where a space stands before it
    n: NotRequired[int]  # newlines before it
    d: NotRequired[str]  # a detail beside what stands behind the text
    a: NotRequired[str]  # what it is, for a screen reader


def numbers(values: Iterable[float | None]) -> list[float | None]:
    """Return plain numbers for JSON; what is missing or not finite becomes None."""
    return [None if v is None or not math.isfinite(v) else float(v) for v in values]


def whole_numbers(values: Iterable[float | None]) -> list[int | None]:
    """Return plain whole numbers for JSON; what is missing or not finite becomes None."""
    return [None if v is None else int(v) for v in numbers(values)]


def draw(
    name: str,
    *shared: str,
    key: str,
    data: dict[str, Any],
    selected: int | None,
    known: Collection[int],
    more: dict[str, Any] | None = None,
    edits: Edits | None = None,
    on_edit: Callable[[], None] | None = None,
) -> int | None:
    """Draw a strip and return the pinned word.

    Args:
        name: Stem of the component's files.
        shared: Stems of what it shares with others, beside what all strips have.
        key: Its key. A page that shows another text under the same key keeps the pin's index.
        data: What the script reads, without `selected`.
        selected: The word pinned at first, for a deep link.
        known: The words that can be pinned; any other pin is dropped.
        more: What else the script may tell, with what holds at first; `choices.played(key)` has it.
        edits: What its words can be changed to; without it they cannot be.
        on_edit: Called when a word was changed.

    Returns:
        The index of the pinned word, or None.
    """
    state = st.session_state.get(key) or {}
    pinned = _known(state.get("selected", selected), known)
    told: dict[str, Any] = {f"on_{state}_change": lambda: None for state in ("selected", *(more or ()))}
    if on_edit:
        told["on_edit_change"] = on_edit
    result = load(name, *SHARED, *shared)(
        key=key,
        data={**data, "selected": pinned, "edits": edits},
        default={"selected": pinned, **(more or {})},
        **told,
    )
    return _known(result.selected, known)


def _known(word: object, known: Collection[int]) -> int | None:
    """Return a word index that can be pinned; what the browser sends is not trusted."""
    return word if type(word) is int and word in known else None
