"""The address of a view: everything chosen is in it, so that a link opens the same view.

A text too long for an address stays out of it, and the page says so.
"""

from collections.abc import Collection
from typing import Any
from urllib.parse import quote, urlencode

import streamlit as st

LONGEST = 4000  # characters of the address taken by the text


def fits(text: str) -> bool:
    """Whether a text is short enough for an address."""
    return len(quote(text, errors="replace")) <= LONGEST


def linked(name: str, known: Collection[Any], first: Any = None) -> None:
    """Before its widget is drawn: the choice starts from the address, if that names one there is."""
    if st.session_state.get(name) not in known:
        known_first = next(iter(known)) if first is None else first
        given = {str(value): value for value in known}.get(st.query_params.get(name, ""), known_first)
        st.session_state[name] = given


def write(**choices: str | None) -> None:
    """Put choices into the address in one step, for Back to be one step too; None takes one out."""
    now = st.query_params.to_dict()
    wanted = {name: value for name, value in {**now, **choices}.items() if value is not None}
    if wanted != now:
        st.query_params.from_dict(wanted)
    st.session_state["address"] = {**st.session_state.get("address", {}), **choices}


def go_back() -> None:
    """Take up what the address says where it is not what was last written: the reader went back."""
    for name, written in st.session_state.get("address", {}).items():
        given = st.query_params.get(name)
        if given not in (None, written) and st.session_state.get(name) == written:  # else newly chosen: kept
            st.session_state[name] = given


def link() -> str | None:
    """The address that opens this view again; None when the text does not fit into one."""
    if "text" not in st.query_params:
        return None
    return (st.context.url or "").split("?")[0] + "?" + urlencode(st.query_params.to_dict(), quote_via=quote)
