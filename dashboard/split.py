"""A page as one, or its parts twice beside each other: for the reader's model and text, and for the second ones."""

from collections.abc import Callable
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import choices, frame, shelf, worlds
from dashboard.choices.second import Second
from dashboard.choices.sides import Side, on
from dashboard.interface import says
from dashboard.questions import COMPARES, QUESTIONS, SPLITS
from interpret.wording import clipped

VIEWS = Path(__file__).parent / "views"
CLIPPED = 60  # characters of a text above a side


def offered(path: str) -> Callable[[], None] | None:
    """What draws, in the side bar, what a page is compared with; the page that is about two sides asks itself."""
    return None if path == COMPARES else partial(choices.choose_second, offered=path in SPLITS)


def show(page: Any, path: str) -> None:
    """Draw a page, split if the reader compares and the page can be."""
    beside = choices.second() if path in SPLITS and not choices.guessing() else None
    if beside is None:
        page.run()
        return
    first = choices.first()
    shown = (first,) if first == beside else (first, beside)
    if len(shown) == 1:
        frame.notice(
            says("split.both-sides-are-the-same"), says("split.choose-another-model-stage"), "status"
        )
    above = st.container()
    controls = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with st.container(key="sides"):
        columns = st.columns(len(shown), gap="medium")
    below = st.container()
    sides = [
        Side(
            second=number == 1, model=one.model, text=one.text, alike=_alike(first, beside), above=above,
            controls=controls, below=below,
        )
        for number, one in enumerate(shown)
    ]  # fmt: skip
    sides[-1].chosen, sides[-1].said = sides[0].chosen, sides[0].said
    for column, side, one in zip(columns, sides, shown, strict=True):
        with column, on(side):
            _head(one, first.text == beside.text)
            if side.second:
                _again(next(one.file for one in QUESTIONS if one.path == path))
            else:
                page.run()
    with below:
        st.page_link(
            "views/compare.py", label=says("split.what-differs-in-numbers"), icon=":material/compare_arrows:"
        )


def _alike(first: Second, beside: Second) -> bool:
    """Whether the words of both sides have the same numbers: a classifier reads no mark before them."""
    judges = [shelf.task(one.model) == "classify" for one in (first, beside)]
    return first.text == beside.text and judges[0] == judges[1]


def _head(one: Second, same_text: bool) -> None:
    """Whose side this is."""
    said = [one.name] if same_text else [one.name, f"“{clipped(one.text.strip(), CLIPPED)}”"]
    frame.side(*said)
    if strange := worlds.strangers(one.model, one.text):
        frame.quiet(says("split.words-this-model-does-not", strange=", ".join(strange[:8])))


def _again(file: str) -> None:
    """Draw the page's parts once more; Streamlit's own page can be drawn only once."""
    spec = spec_from_file_location(f"second_{file}", VIEWS / f"{file}.py")
    assert spec is not None and spec.loader is not None
    spec.loader.exec_module(module_from_spec(spec))
