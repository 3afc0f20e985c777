"""The second side: which model, which stage of its training, and which text stand beside the reader's own."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import shelf
from dashboard.choices.address import PLAIN, linked, now, write
from dashboard.choices.subject import model, text, titles

LAST = "as it is now"
LONGEST = 4000  # characters of the second text


@dataclass(frozen=True)
class Second:
    """What stands on the second side."""

    model: str  # its name; NAME@STAGE of a stage
    text: str

    @property
    def name(self) -> str:
        """What to call the model."""
        base, _, stage = self.model.partition("@")
        return f"{shelf.card(base).name}, {stage.replace('-', ' ')}" if stage else shelf.card(base).name


def second() -> Second | None:
    """The second side, if the reader wants one."""
    given, stage = st.session_state.get("with") or "", st.session_state.get("with_stage", LAST)
    other = st.session_state.get("with_text") or ""
    name = given or model()
    if given and stage in stages(name):
        name = f"{name}@{stage}"
    elif not given and not other.strip():
        return None
    return Second(name, other if other.strip() else text())


def stages(name: str) -> Sequence[str]:
    """The stages of a model's training that are kept, the first one first."""
    try:
        return [one["name"] for one in shelf.card(name).snapshots]
    except shelf.Refusal:
        return []


def choose_second(*, offered: bool, wanted: str = "") -> None:
    """In the side bar: what to compare with. `wanted`: the model to begin with, on a page that always compares."""
    known = {"": "Nothing", **titles()}
    if wanted:
        known.pop("")
    if not offered:
        if second() is not None:
            st.caption("This page shows one side only: it is not about one model and one text.")
        return
    if "with_text" not in st.session_state:
        st.session_state["with_text"] = now().get("with_text", "")[:LONGEST]
    linked("with", known, wanted)
    chosen = st.selectbox(
        "Compare with", list(known), format_func=known.__getitem__, key="with", persist_state="session"
    )
    kept = [*stages(chosen), LAST] if chosen else []
    if len(kept) > 1:
        linked("with_stage", kept, LAST)
        st.select_slider("Its training", kept, key="with_stage", persist_state="session")
    else:
        st.session_state.pop("with_stage", None)
    other = st.text_area(
        "… and with another text", key="with_text", height=68, max_chars=LONGEST, persist_state="session",
        placeholder="the same text",
    )  # fmt: skip
    written = other if other and len(other) <= PLAIN else None
    stage = st.session_state.get("with_stage", LAST)
    write(**{"with": chosen or None, "with_stage": stage if stage != LAST else None, "with_text": written})
