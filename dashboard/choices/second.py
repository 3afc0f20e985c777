"""Two sides: the reader's model or a stage of its training, and which model, stage and text stand beside it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import streamlit as st

from dashboard import shelf, worlds
from dashboard.choices.address import PLAIN, linked, now, write
from dashboard.choices.subject import model, text, titles
from dashboard.interface import says

PARTNERS = {  # what each was made from, or the other family that read the same
    "wiki-lstm": "reviews-lstm", "reviews-lstm": "reviews-gpt", "reviews-gpt": "reviews-lstm",
    "reviews-lstm-sentiment": "reviews-bert-sentiment", "reviews-bert-sentiment": "reviews-lstm-sentiment",
    "sst-attention": "sst-average", "sst-average": "sst-attention", "reviews-bert": "reviews-gpt",
    "reviews-lite": "reviews-gpt", "story-lstm": "story-gpt", "story-gpt": "story-lstm", "wiki-ngram": "wiki-lstm",
}  # fmt: skip
LAST = says("choice-second.as-it-is-now")
FIRST_STAGE, SECOND_STAGE = (
    says("choice-second.first-side-how-far"),
    says("choice-second.second-side-how-far"),
)
LONGEST = 4000  # characters of the second text


@dataclass(frozen=True)
class Second:
    """What stands on a side, the second one or the reader's own."""

    model: str  # its name; NAME@STAGE of a stage
    text: str

    @property
    def name(self) -> str:
        """What to call the model."""
        base, _, stage = self.model.partition("@")
        return f"{shelf.card(base).name}, {stage.replace('-', ' ')}" if stage else shelf.card(base).name


def first() -> Second:
    """The reader's own side, where something stands beside it: their model, or a stage of its training."""
    return Second(_staged(model(), "first_stage"), text())


def second() -> Second | None:
    """The second side, if the reader wants one; another text alone is read by what reads the first."""
    given, other = st.session_state.get("with") or "", st.session_state.get("with_text") or ""
    if not given and not other.strip():
        return None
    name = _staged(given, "with_stage") if given else first().model
    return Second(name, other if other.strip() else text())


def _staged(name: str, choice: str) -> str:
    """The name of a model, or of the stage of its training that is chosen under `choice`."""
    stage = st.session_state.get(choice, LAST)
    return f"{name}@{stage}" if stage in stages(name) else name


def stages(name: str) -> Sequence[str]:
    """The stages of a model's training that are kept, the first one first."""
    try:
        return [one["name"] for one in shelf.card(name).snapshots]
    except shelf.Refusal:
        return []


def partner(name: str, known: Collection[str]) -> str:
    """The model to compare one with, unless the reader names another: its relative, or itself."""
    return PARTNERS[name] if PARTNERS.get(name) in known else name


def choose_second(*, offered: bool = True, always: bool = False) -> None:
    """What to compare with. `offered`: whether the page can; `always`: it does, so something is chosen."""
    if not offered:
        if second() is not None:
            st.caption(says("choice-second.this-page-shows-one-side"))
        return
    known, first = titles(), ""
    if always:
        first = partner(model(), known)
        if worlds.world(st.session_state.get("with") or first) != worlds.world(model()):
            st.session_state["with"] = first  # of another world: it knows none of the words
    else:
        known = {"": says("choice-second.nothing"), **known}
    kept_text = st.session_state.get("with_text", now().get("with_text", ""))
    st.session_state["with_text"] = kept_text[:LONGEST]  # set in any case, as in `_chosen`
    _chosen("with", known, first)
    left, right = st.columns(2, gap="medium") if always else (st.container(), st.container())
    with left:
        chosen = st.selectbox(
            says("choice-second.compare-with"),
            list(known),
            format_func=known.__getitem__,
            key="with",
            persist_state="session",
        )
        kept = _stage("with_stage", SECOND_STAGE, chosen, at_first=always and chosen == model())
    other = right.text_area(
        says("choice-second.and-with-another-text"),
        key="with_text",
        height=68,
        max_chars=LONGEST,
        persist_state="session",
        placeholder=says("choice-second.the-same-text"),
    )
    with left:
        own = _stage("first_stage", FIRST_STAGE, model() if chosen or other.strip() else "")
        if stages(model()) and chosen != model():
            st.button(
                says("choice-second.beside-itself-at-an-earlier"),
                key="beside-itself",
                on_click=_beside_itself,
            )
    write(**{
        "with": chosen or None, "with_stage": kept, "first_stage": None if own == LAST else own,
        "with_text": other if other and len(quote(other, errors="replace")) <= PLAIN else None,
    })  # fmt: skip


def _stage(choice: str, title: str, name: str, *, at_first: bool = False) -> str | None:
    """The slider over the stages of a training, if some are kept; `at_first` it stands at the first one."""
    kept = [*stages(name), LAST] if name else []
    if len(kept) < 2:
        st.session_state.pop(choice, None)
        return None
    itself = at_first and not st.session_state["with_text"].strip()
    _chosen(choice, kept, kept[0] if itself else LAST)
    return st.select_slider(title, kept, key=choice, persist_state="session")


def _beside_itself() -> None:
    """Put the first stage of the model's own training beside it. For callbacks."""
    st.session_state["with"], st.session_state["with_stage"] = model(), stages(model())[0]
    st.session_state["first_stage"] = LAST


def _chosen(name: str, known: Collection[str], first: str) -> None:
    """As `linked`; set in any case, because Streamlit begins anew where the list is another one."""
    linked(name, known, first)
    st.session_state[name] = st.session_state[name]
