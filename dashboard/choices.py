"""What the reader has chosen. The only file that touches session state and the URL.

Everything chosen is in the address, so that a link opens the same view; a text too long for an
address stays out of it, and the page says so.
"""

import json
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import streamlit as st

from dashboard import cached
from interpret.sentences import writable

EXAMPLES = Path(__file__).parents[1] / "assets" / "texts" / "examples.json"
LONGEST_IN_LINK = 4000  # characters of the address taken by the text
MEASURES = {
    "log-prob": "log-probability (nats)",
    "logit": "score before softmax (logit)",
    "probability": "probability",
    "contrast": "lead over the best other guess (logits)",
}


@cache
def examples() -> dict[str, dict[str, str]]:
    """Bundled texts by title, each with the reason it is worth a look."""
    return {entry["title"]: entry for entry in json.loads(EXAMPLES.read_text(encoding="utf-8"))}


def sidebar(*, explains: bool) -> None:
    """Model and text; and, for a page that explains a number, which number."""
    titles = cached.titles()
    _go_back()
    if "text" not in st.session_state:
        first = next(iter(examples().values()))["text"]
        st.session_state["text"] = st.query_params.get("text", first)
    with st.sidebar:
        _linked("model", titles)
        st.selectbox("Model", list(titles), format_func=titles.__getitem__, key="model")
        st.text_area(
            "Text", key="text", height=150, on_change=_own_text,
            help="Ctrl+Enter, or a click elsewhere, looks at the new text.",
        )  # fmt: skip
        st.selectbox(
            "Or an example", list(examples()), index=None, key="example", on_change=_take_example,
            placeholder="Choose a text",
        )  # fmt: skip
        if explains:
            _measure()
        st.caption("Runs on this computer. Nothing is sent anywhere.")
    fits = len(quote(text(), errors="replace")) <= LONGEST_IN_LINK
    chosen = {"measure": measure()} if explains else {}
    _write(model=model(), text=text() if fits else None, **chosen)


def _measure() -> None:
    _linked("measure", MEASURES)
    st.selectbox(
        "What to explain", list(MEASURES), format_func=MEASURES.__getitem__, key="measure",
        persist_state="session",
        help="The number whose causes are shown. With “lead”, each word is set against the word "
        "the model liked best in its place.",
    )  # fmt: skip


def _linked(name: str, known: Collection[str]) -> None:
    """Before its widget is drawn: the choice starts from the address, if that names one there is."""
    if name not in st.session_state:
        given = st.query_params.get(name)
        st.session_state[name] = given if given in known else next(iter(known))


def model() -> str:
    """The chosen model's name."""
    return st.session_state["model"]


def text() -> str:
    """The text as typed."""
    return st.session_state["text"]


def measure() -> str:
    """Which number of each word is explained."""
    return st.session_state.get("measure", next(iter(MEASURES)))


def method(names: dict[str, str]) -> str:
    """One of the methods a view offers: name -> title."""
    _linked("method", names)
    chosen = st.segmented_control(
        "Method", list(names), format_func=names.__getitem__, required=True, key="method",
        persist_state="session", label_visibility="collapsed",
    )  # fmt: skip
    _write(method=str(chosen))
    return str(chosen)


def word(name: str, count: int) -> int | None:
    """The word pinned in a strip, from its state or else the address; None if there is none such."""
    kept: Any = st.session_state.get(name) or {}
    written = kept.get("selected", st.query_params.get("word"))
    try:
        number = int(written)
    except (TypeError, ValueError):
        return None
    return number if 0 <= number < count else None


def keep_word(number: int | None) -> None:
    """Write the pinned word to the address."""
    if number is None:
        st.query_params.pop("word", None)
    else:
        st.query_params["word"] = str(number)


def continue_with(piece: str) -> None:
    """Put a piece behind the text. For callbacks: the text box is drawn afterwards."""
    st.session_state["text"] += piece
    _forget_words()


def continue_with_bar(name: str, pieces: tuple[str, ...]) -> None:
    """A bar of the chart `name` was clicked: put its piece behind the text."""
    points = st.session_state[name]["selection"]["points"]
    piece = pieces[int(points[0]["y"])] if points else ""
    if writable(piece):
        continue_with(piece)


def continue_with_pill(name: str) -> None:
    """One of the pieces offered under `name` was chosen: put it behind the text."""
    piece = st.session_state.get(name)
    st.session_state[name] = None
    if piece:
        continue_with(piece)


def link() -> str | None:
    """The address that opens this view again; None when the text does not fit into one."""
    if "text" not in st.query_params:
        return None
    return (st.context.url or "").split("?")[0] + "?" + urlencode(st.query_params.to_dict(), quote_via=quote)


def stop(key: str) -> None:
    """The reader wants this question's computation to end."""
    st.session_state["stopped"] = key


def stopped(key: str) -> bool:
    """Whether the reader stopped this very question."""
    return st.session_state.get("stopped") == key


def go_on() -> None:
    """The reader wants the stopped computation after all."""
    st.session_state.pop("stopped", None)


def _take_example() -> None:
    chosen = st.session_state.get("example")
    if chosen:
        st.session_state["text"] = examples()[chosen]["text"]
        _forget_words()


def _own_text() -> None:
    """What the reader typed is no example."""
    st.session_state["example"] = None
    _forget_words()


def _forget_words() -> None:
    """A pinned word belongs to the text it was pinned in."""
    for name in ("saliency", "surprise"):
        st.session_state.pop(name, None)
    st.query_params.pop("word", None)


def _write(**choices: str | None) -> None:
    """Put choices into the address in one step, for Back to be one step too; None takes one out."""
    now = st.query_params.to_dict()
    wanted = {name: value for name, value in {**now, **choices}.items() if value is not None}
    if wanted != now:
        st.query_params.from_dict(wanted)
    st.session_state["address"] = {**st.session_state.get("address", {}), **choices}


def _go_back() -> None:
    """Take up what the address says where it is not what was last written: the reader went back."""
    for name, written in st.session_state.get("address", {}).items():
        given = st.query_params.get(name)
        if given not in (None, written) and st.session_state.get(name) == written:  # else newly chosen: kept
            st.session_state[name] = given
