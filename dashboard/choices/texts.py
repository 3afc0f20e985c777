"""Texts of the reader's own, several at a time, and one word or one text among many."""

from collections.abc import Sequence

import streamlit as st


def pasted(name: str, title: str, hint: str, most: int) -> str:
    """Lines the reader pastes. They stay in the session and out of the address, which they would not fit into."""
    return st.text_area(
        title, key=name, persist_state="session", placeholder=hint, height=140, max_chars=most
    ) or ""  # fmt: skip


def choose_bar(chart: str, name: str, values: Sequence[str]) -> None:
    """A bar of `chart` was clicked: choose what it stands for. For callbacks."""
    points = st.session_state[chart]["selection"]["points"]
    if points:
        st.session_state[name] = values[int(points[0]["y"])]


def chosen_row(table: str) -> int | None:
    """The row chosen in a table, if one is."""
    rows = (st.session_state.get(table) or {}).get("selection", {}).get("rows", [])
    return rows[0] if rows else None
