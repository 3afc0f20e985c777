"""A reader's own model: where it is, and which training they watch."""

import streamlit as st

from dashboard.choices.address import now, write


def own_place() -> tuple[str, bool]:
    """Where the reader's own model is, and whether the hub may be asked."""
    where = st.text_input(
        "Folder, file or name on the hub",
        key="own_where",
        placeholder="my-model, lm.pth or owner/name",
        max_chars=300,
    )
    hub = st.toggle("Ask the Hugging Face hub (needs a network)", key="own_hub")
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
