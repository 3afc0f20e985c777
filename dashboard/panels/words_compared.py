"""A model's words beside another model's: what fine-tuning moved, and which layers see alike."""

from html import escape
from typing import Any

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.figures import contexts as grids
from dashboard.figures import space as pictures
from dashboard.interface import says
from dashboard.panels import words
from interpret.results import Likeness, WordShift
from interpret.sentences import bare, percent

ITSELF = "itself"


def shift() -> None:
    """Which words moved most from one model to its relative."""
    others = words.beginning().relatives
    if not others:
        frame.notice(
            says("words-compared.no-bundled-model-has"),
            says("words-compared.choose-wiki-lstm-or-another"),
        )
        return
    left, right = st.columns(2)
    with left:
        other = choices.among(
            "relative", says("words-compared.beside"), {name: name for name in others}, others[0]
        )
    with right:
        word = choices.written("moved", says("words-compared.a-word-to-look-up"))
    found = answers.ask("word_shift", other=other, word=word)
    frame.said(found.in_words())
    st.html(f'<p class="meta">{escape(found.shows())}</p>')
    st.plotly_chart(
        pictures.shift(found), key=choices.key("shift"), config=pictures.TOOLS, alt=found.in_words()
    )
    _moved(found)
    frame.check(found)
    frame.notes("word_shift")


def _moved(found: WordShift) -> None:
    rows = "".join(
        f"<tr><th>{escape(bare(found.shown[at]))}</th><td>{found.values[at]:.3f}</td>"
        f"<td>{_listed(before)}</td><td>{_listed(after)}</td><td>{percent(float(found.overlap[at]))}</td></tr>"
        for at, before, after in zip(found.told, found.near_before, found.near_after, strict=True)
    )
    near = "".join(
        f"<th scope='col'>{escape(says('words-compared.nearest-in', model=model))}</th>"
        for model in (found.first, found.second)
    )
    head = (
        f"<tr>{frame.heads('words.word', 'words-compared.moved-by')}{near}"
        f"{frame.heads('words-compared.of-10-in-common')}</tr>"
    )
    st.html(f'<div class="scrolls moved"><table>{head}{rows}</table></div>')


def _listed(words: tuple[str, ...]) -> str:
    return escape(", ".join(bare(word) for word in words))


def alike() -> None:
    """CKA of all layers of two models; a clicked cell shows its words."""
    others = words.beginning().comparable
    other = choices.among(
        "seen_by", says("words-compared.beside"), {name: name for name in (*others, ITSELF)}
    )
    beside = "" if other == ITSELF else other
    layer, other_layer = _cell(f"likeness-{other}", beside or choices.model())
    found = answers.ask("likeness", other=beside, layer=layer, other_layer=other_layer)
    frame.said(found.in_words())
    st.html(f'<p class="meta">{escape(found.shows())}</p>')
    with st.container(key=choices.key("likeness-scroll")):
        st.plotly_chart(
            grids.likeness(found), key=choices.key(f"likeness-{other}"), config=figures.CONFIG, width="content",
            on_select="rerun", selection_mode="points", alt=found.in_words(),
        )  # fmt: skip
    _pair(found)
    frame.check(found)
    frame.notes("likeness")


def _cell(chart: str, other: str) -> tuple[int, ...]:
    """The pair of layers whose cell was clicked; the last ones, if none was."""
    points = choices.points(chart)
    told = (int(points[0]["y"]), int(points[0]["x"])) if points else None
    layers = [shelf.card(name).layers + 1 for name in (choices.model(), other)]
    return choices.clicked("cell", told, layers) or (-1, -1)


def _pair(found: Likeness) -> None:
    row, column = found.cell
    frame.section(
        says(
            "words-compared.what-do",
            row=_layer(row),
            model=found.model,
            column=_layer(column),
            other=found.other,
        )
    )
    st.plotly_chart(
        grids.matched(found), key=choices.key("matched"), config=figures.CONFIG,
        alt=says("words-compared.each-word-along-the-direction", correlation=found.correlation),
    )  # fmt: skip
    st.caption(says("words-compared.each-dot-is-a-word", correlation=found.correlation))


def _layer(layer: int) -> str:
    return says("words-compared.the-embedding") if layer == 0 else f"layer {layer}"


LOOKS: dict[str, tuple[str, Any]] = {
    "shift": (says("words-compared.after-fine-tuning"), shift),
    "alike": (says("words-compared.do-two-models-see-alike"), alike),
}
