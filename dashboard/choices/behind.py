"""Which texts stand behind a unit: the bundled ones, or an index that this reader started."""

import streamlit as st

from dashboard.choices.address import linked, now, write
from dashboard.interface import says


def index() -> str | None:
    """The name of the index this reader watches, from the session or the address."""
    return st.session_state.get("index", now().get("index"))


def keep_index(name: str | None) -> None:
    """Watch this index from now on, and list it in this session; None: watch none."""
    st.session_state["index"] = name
    write(index=name)
    if name:
        _take_in(name)


def indexes() -> list[str]:
    """The names of this reader's indexes, in the order in which they came, that of the address included."""
    if given := now().get("behind"):
        _take_in(given)
    return list(st.session_state.get("indexes", []))


def forget_index(name: str) -> None:
    """No longer list an index. For callbacks."""
    st.session_state["indexes"] = [one for one in st.session_state.get("indexes", []) if one != name]
    for key in ("index", "behind"):
        if st.session_state.get(key, now().get(key)) == name:
            st.session_state.pop(key, None)
            write(**{key: None})


def behind(known: dict[str, str]) -> str:
    """One of the indexes offered, by name; "" stands for the bundled texts."""
    if len(known) < 2:
        write(behind=None)
        return ""
    linked("behind", known, "")
    chosen = st.selectbox(
        says("choice-behind.texts-behind"),
        list(known),
        format_func=known.__getitem__,
        key="behind",
        persist_state="session",
    )
    write(behind=chosen or None)
    return chosen


def put_behind(name: str) -> None:
    """Take this index from now on. For callbacks."""
    st.session_state["behind"] = name
    write(behind=name)


def _take_in(name: str) -> None:
    known = st.session_state.setdefault("indexes", [])
    if name not in known:
        known.append(name)
