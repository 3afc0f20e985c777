"""Which model, which text, which number: what every page asks."""

import json
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import shelf, worlds
from dashboard.choices import address
from dashboard.choices.address import linked, now, write
from dashboard.interface import says, section

EXAMPLES = Path(__file__).parents[2] / "assets" / "texts" / "examples.json"
MEASURES = section("measures")
PINS = ("saliency", "surprise", "unit-strip", "factors")  # strips in which a word or a token is pinned


@cache
def examples(world: str = "english") -> dict[str, dict[str, str]]:
    """Bundled texts of one world by title, each with the reason it is worth a look."""
    entries = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return {entry["title"]: entry for entry in entries if entry.get("world", "english") == world}


def titles() -> dict[str, str]:
    """The models this reader can choose from, the bundled ones and their own: name -> what to call it."""
    return {**shelf.titles(), **shelf.own(st.session_state.get("own", ()))}


def take_in(name: str) -> bool:
    """Put a model of the reader's own (`shelf.adopt`) into their list; whether it was not there yet."""
    known = st.session_state.setdefault("own", [])
    if name in known:
        return False
    known.append(name)
    return True


def open_model(name: str) -> None:
    """Choose a model, and a text it knows. For callbacks."""
    st.session_state["model"] = name
    _suit_text()


def open_next(name: str) -> None:
    """Choose a model from the next run of the page on."""
    st.session_state["next_model"] = name


def sidebar(*, explains: bool, reads: bool = True, compares: Callable[[], None] | None = None) -> None:
    """Model and text; and, for a page that explains a number, which number.

    `reads`: whether the text matters. `compares`: draws what the page may be compared with.
    """
    address.go_back()
    if shelf.own([given := now().get("model", "")]):
        take_in(given)
    known = titles()
    if "next_model" in st.session_state:
        st.session_state["model"] = st.session_state.pop("next_model")
    if (wanted := st.session_state.get("model", given)) not in known:
        st.session_state.pop("model", None)
        if wanted.startswith("own-"):
            st.session_state["trouble"] = says("side-bar.model-gone", page=says("pages.own"))
    linked("model", known)
    fitting = examples(worlds.world(model()))
    if "text" not in st.session_state:
        first = next(iter(fitting.values()))["text"]
        st.session_state["text"] = address.given_text(first)
    with st.sidebar:
        st.selectbox(
            says("side-bar.model"),
            list(known),
            format_func=known.__getitem__,
            key="model",
            on_change=_suit_text,
        )
        st.text_area(
            says("side-bar.text"), key="text", height=150, on_change=_own_text, help=says("side-bar.text-help")
        )  # fmt: skip
        st.selectbox(
            says("side-bar.example"), list(fitting), index=None, key="example", on_change=_take_example,
            placeholder=says("side-bar.example-none"),
        )  # fmt: skip
        if not reads:
            st.caption(says("side-bar.text-unused"))
        elif strange := worlds.strangers(model(), text()):
            unknown = says("side-bar.words-unknown", words=", ".join(strange[:8]))
            st.html(f'<p class="meta">{escape(unknown)}</p>')
        if explains:
            _measure()
        if compares:
            compares()
        st.caption(says("side-bar.local"))
        with st.popover(says("side-bar.memory"), type="tertiary"):
            st.text(shelf.footprint())
    chosen = {"measure": measure()} if explains else {}
    write(model=model(), text=text(), **chosen)


def _measure() -> None:
    linked("measure", MEASURES)
    st.selectbox(
        says("side-bar.measure"), list(MEASURES), format_func=MEASURES.__getitem__, key="measure",
        persist_state="session",
        help=says("side-bar.measure-help"),
    )  # fmt: skip


def model() -> str:
    """The chosen model's name."""
    return st.session_state["model"]


def text() -> str:
    """The text as typed."""
    return st.session_state["text"]


def measure() -> str:
    """Which number of each word is explained."""
    return st.session_state.get("measure", next(iter(MEASURES)))


def continue_with(piece: str) -> None:
    """Put a piece behind the text. For callbacks: the text box is drawn afterwards."""
    st.session_state["text"] += piece
    _forget_words()


def _take_example() -> None:
    chosen = st.session_state.get("example")
    fitting = examples(worlds.world(model()))
    if chosen in fitting:
        st.session_state["text"] = fitting[chosen]["text"]
        _forget_words()


def _suit_text() -> None:
    """An example from another world than the model's makes place for one that the model knows."""
    world = worlds.world(model())
    for other in ("english", *worlds.WORLDS.values()):
        bundled = [entry["text"] for entry in examples(other).values()]
        if other != world and text() in bundled:
            st.session_state["text"] = next(iter(examples(world).values()))["text"]
            st.session_state["example"] = None
            _forget_words()


def _own_text() -> None:
    """What the reader typed is no example."""
    st.session_state["example"] = None
    _forget_words()


def _forget_words() -> None:
    """A pinned word belongs to the text it was pinned in."""
    for name in PINS:
        st.session_state.pop(name, None)
    address.forget("word", "token")
