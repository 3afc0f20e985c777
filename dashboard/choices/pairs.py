"""A pair of sentences taken along to another page."""

import streamlit as st

from dashboard.choices.address import write
from dashboard.choices.subject import text


def open_pair(sentence: str, word: int, rival: str) -> None:
    """Look into a sentence with this word pinned and set against another one. For callbacks."""
    st.session_state["text"], st.session_state["example"] = sentence, None
    st.session_state["saliency"] = {"selected": word}
    st.session_state["versus"] = {"text": sentence, "word": word, "rival": rival} if rival else {}


def open_lens(beginning: str, words: str) -> None:
    """Look at what each layer makes of a beginning, and follow these words. For callbacks."""
    st.session_state["text"], st.session_state["example"] = beginning, None
    st.session_state["watch"] = words


def with_versus(word: int | None, others: list[str]) -> list[str]:
    """The offered rivals of the pinned word, led by the one that another page named for this sentence."""
    asked = st.session_state.get("versus") or {}
    if (asked.get("text"), asked.get("word")) != (text(), word):
        return others
    if not asked.get("told"):
        write(rival=asked["rival"])
        asked["told"] = True
    return [asked["rival"], *(other for other in others if other != asked["rival"])]
