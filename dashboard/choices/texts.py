"""Texts of the reader's own, several at a time, and one word or one text among many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.choices.files import handed_over


def pasted(name: str, title: str, hint: str, most: int) -> str:
    """Lines the reader pastes. They stay in the session and out of the address, which they would not fit into."""
    return st.text_area(
        title, key=name, persist_state="session", placeholder=hint, height=140, max_chars=most
    ) or ""  # fmt: skip


def lines(name: str) -> str:
    """The lines that were pasted under this name; "" for none."""
    return st.session_state.get(name) or ""


@dataclass(frozen=True)
class OwnTexts:
    """The texts of a file that the reader handed over, with their labels ("" where it gives none)."""

    name: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    left: str  # what was left unread, in a sentence
    how: str = ""  # how it was read: arguments of `interpret.corpus.uploads.read`


def uploaded(title: str, endings: Sequence[str], megabytes: int) -> tuple[str, bytes] | None:
    """The name and content of the file that lies in the box just now; it belongs to this session only."""
    given = handed_over(title, endings, key="own_file", megabytes=megabytes)
    return None if given is None else (given.name, given.getvalue())


def column(name: str, title: str, known: Sequence[str], say: Callable[[str], str] = str) -> str:
    """One of a file's columns, or a way to read it; out of the address, where a reader's file has no business."""
    if st.session_state.get(name) not in known:
        st.session_state.pop(name, None)
    return st.selectbox(title, list(known), format_func=say, key=name)


def keep_texts(found: OwnTexts) -> None:
    """Have these texts on every page of this session."""
    st.session_state["own_texts"] = found


def own_texts() -> OwnTexts | None:
    """The reader's own texts, if a file was read in this session."""
    return st.session_state.get("own_texts")


def forget_texts() -> None:
    """Drop the reader's own texts. For callbacks."""
    st.session_state.pop("own_texts", None)


def choose_bar(chart: str, name: str, values: Sequence[str]) -> None:
    """A bar of `chart` was clicked: choose what it stands for. For callbacks."""
    points = st.session_state[chart]["selection"]["points"]
    if points:
        st.session_state[name] = values[int(points[0]["y"])]


def chosen_row(table: str) -> int | None:
    """The row chosen in a table, if one is."""
    rows = (st.session_state.get(table) or {}).get("selection", {}).get("rows", [])
    return rows[0] if rows else None


def press_cell(table: str, of_label: str, of_said: str, classes: Sequence[str]) -> None:
    """A cell of a confusion table was pressed: show its texts, or all again if they were shown. For callbacks."""
    cell = (st.session_state.get(table) or {}).get("cell")
    if not isinstance(cell, list) or len(cell) != 2 or any(at not in range(len(classes)) for at in cell):
        return
    label, said = (classes[at] for at in cell)
    now = (st.session_state.get(of_label), st.session_state.get(of_said))
    st.session_state[of_label], st.session_state[of_said] = (
        ("", "") if now == (label, said) else (label, said)
    )
