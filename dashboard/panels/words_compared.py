"""A model's words beside another model's: what fine-tuning moved, and which layers see alike."""

from html import escape
from typing import Any

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.figures import contexts as grids
from dashboard.figures import space as pictures
from dashboard.panels import words
from interpret.results import Likeness, WordShift
from interpret.sentences import bare, percent

ITSELF = "itself"


def shift() -> None:
    """Which words moved most from one model to its relative."""
    others = words.beginning().relatives
    if not others:
        frame.notice(
            "No bundled model has the same pieces as this one, so there is nothing to lay it on.",
            "Choose wiki-lstm or another of the English models.",
        )
        return
    left, right = st.columns(2)
    with left:
        other = choices.among("relative", "Beside", {name: name for name in others}, others[0])
    with right:
        word = choices.written("moved", "A word to look up")
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
    head = (
        f"<tr><th>word</th><th>moved by</th><th>nearest in {escape(found.first)}</th>"
        f"<th>nearest in {escape(found.second)}</th><th>of 10 in common</th></tr>"
    )
    st.html(f'<div class="scrolls moved"><table>{head}{rows}</table></div>')


def _listed(words: tuple[str, ...]) -> str:
    return escape(", ".join(bare(word) for word in words))


def alike() -> None:
    """CKA of all layers of two models; a clicked cell shows its words."""
    others = words.beginning().comparable
    other = choices.among("seen_by", "Beside", {name: name for name in (*others, ITSELF)})
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
    frame.section(f"What do {_layer(row)} of {found.model} and {_layer(column)} of {found.other} share?")
    st.plotly_chart(
        grids.matched(found), key=choices.key("matched"), config=figures.CONFIG,
        alt=f"Each word along the direction the two layers share; correlation {found.correlation:.2f}.",
    )  # fmt: skip
    st.caption(
        f"Each dot is a word in its text, placed along the direction in which the two layers vary together most "
        f"(correlation {found.correlation:.2f}). Click a cell above for another pair of layers."
    )


def _layer(layer: int) -> str:
    return "the embedding" if layer == 0 else f"layer {layer}"


LOOKS: dict[str, tuple[str, Any]] = {
    "shift": ("After fine-tuning", shift), "alike": ("Do two models see alike?", alike),
}  # fmt: skip
