"""Edits of the text in place: the text they come to, the trail of texts behind it, and the way back."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.choices import address
from dashboard.choices.controls import played
from dashboard.choices.subject import PINS, text
from dashboard.interface import says
from interpret.editing import LONGEST, edited

MOST = 20  # texts of a trail; the oldest makes place
TRAIL = "edited_texts"  # in the session: the texts, and which of them is looked at
SENT_S = 0.1  # until what was drawn is on its way to the browser: a new run drops what is not
CHANGED = "text_changed"  # in the session: a fragment changed the text, and the page has not followed


@dataclass(frozen=True, kw_only=True)
class Trail:
    """The texts of this session that came of each other by edits, and which of them is looked at."""

    texts: tuple[str, ...]
    at: int

    @property
    def before(self) -> str | None:
        """The text before the last edit, if there was one."""
        return self.texts[self.at - 1] if self.at else None


def trail() -> Trail:
    """The trail behind the text; a text that was typed or chosen begins a new one."""
    kept = st.session_state.get(TRAIL)
    if kept is None or kept.texts[kept.at] != text():
        return Trail(texts=(text(),), at=0)
    return kept


def on_edit(key: str, shown: str, places: Sequence[tuple[int, int]] = ()) -> Callable[[], None]:
    """What happens when the component `key` changes a word, undoes a change, or goes back. For callbacks.

    Args:
        key: The component's.
        shown: The text its words are from; the reader's, or its beginning.
        places: Where each word stands in it, (start, end).
    """

    def taken() -> None:
        told = played(key).get("edit")
        if isinstance(told, dict) and text().startswith(shown):
            _take(told, list(places))

    return taken


def change_text(new: str) -> None:
    """Another text, one step further on the trail. For callbacks."""
    if new == text():
        return
    now = trail()
    texts = (*now.texts[: now.at + 1], new)[-MOST:]
    _look_at(Trail(texts=texts, at=len(texts) - 1))


def offered_texts(name: str, title: str, known: dict[str, str]) -> None:
    """Changed texts to choose from, text -> what was changed; a chosen one is the next step of the trail."""

    def taken() -> None:
        chosen = st.session_state.get(name)
        st.session_state[name] = None
        if chosen:
            _forget(0)
            change_text(chosen)

    st.selectbox(
        title, list(known), index=None, format_func=known.__getitem__, key=name, on_change=taken,
        placeholder=says("choice-trail.choose-a-change"),
    )  # fmt: skip


def changed() -> bool:
    """Whether this fragment runs by itself because the text was changed in it: its page is still of the text before."""
    return bool(st.session_state.get(CHANGED)) and address.alone()


def follow() -> None:
    """In a fragment whose strip and trail show the changed text already: now draw the whole page."""
    if st.session_state.pop(CHANGED, False) and address.alone():
        time.sleep(SENT_S)
        st.rerun()


def _take(told: dict[str, Any], places: list[tuple[int, int]]) -> None:
    """What a component told; nothing of it is trusted."""
    now, word, to = trail(), told.get("word"), told.get("to")
    if told.get("undo") is True:
        to = now.at - 1
    if type(to) is int and 0 <= to < len(now.texts):
        _forget(0)
        _look_at(Trail(texts=now.texts, at=to))
    put = told.get("text")
    if type(word) is not int or not 0 <= word < len(places) or not isinstance(put, str) or len(put) > LONGEST:
        return
    new = edited(text(), places[word], put)
    if new is not None:
        if len(put.split()) != 1:
            _forget(word)  # the words behind it have other numbers
        change_text(new)


def _look_at(found: Trail) -> None:
    st.session_state[TRAIL] = found
    st.session_state["text"], st.session_state["example"] = found.texts[found.at], None
    st.session_state[CHANGED] = True


def _forget(first: int) -> None:
    """Let go of what is pinned from this word on, and of pinned tokens, whose numbers are others."""
    for name in PINS:
        kept = played(name).get("selected")
        if kept is None or kept >= first or name in ("unit-strip", "factors"):
            st.session_state.pop(name, None)
            address.forget("word", "until", "token")
