"""A reader's own model: where it is, and which training they watch."""

import streamlit as st

from dashboard.choices.address import now, write
from dashboard.interface import says


def own_place() -> tuple[str, bool]:
    """Where the reader's own model is, and whether the hub may be asked."""
    where = st.text_input(
        says("choice-own.folder-file-or-name"),
        key="own_where",
        placeholder=says("choice-own.my-model-lm-pth"),
        max_chars=300,
    )
    hub = st.toggle(says("choice-own.ask-the-hugging-face-hub"), key="own_hub")
    return where.strip(), hub


def take_entry() -> None:
    """An entry of the readers' folder was chosen: look at it."""
    st.session_state["own_where"] = st.session_state.get("own_entry") or ""


def job() -> str | None:
    """The name of the training this reader watches, from the session or the address."""
    return st.session_state.get("job", now().get("job"))


def keep_job(name: str | None) -> None:
    """Watch this training from now on; None: no longer any."""
    st.session_state["job"] = name
    write(job=name)
