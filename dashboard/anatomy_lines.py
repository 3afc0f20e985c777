"""Attention or an LSTM cell in a few lines of code, with the numbers of the text beside them."""

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from dashboard import figures, frame
from dashboard.anatomy_parts import said, size
from dashboard.figures import anatomy as pictures
from dashboard.interface import says
from interpret.results.anatomy import Lines
from interpret.sentences import bare

GATES = {
    "i": says("anatomy-lines.let-in"),
    "f": says("anatomy-lines.keep"),
    "g": says("anatomy-lines.new"),
    "o": says("anatomy-lines.give-out"),
    "c": says("anatomy-lines.cell"),
    "h": says("anatomy-lines.output"),
}


def title(found: Lines | None) -> str:
    """The heading of the section."""
    if found is None:
        return says("anatomy-lines.its-core-in-a-few")
    return (
        says("anatomy-lines.an-lstm-cell-in-four")
        if found.kind == "cell"
        else says("anatomy-lines.attention-in-three-lines")
    )


def lines(found: Lines | None) -> None:
    """The code, the shapes of this text, the numbers it gave, and how far they are from the model's own."""
    if found is None:
        said(says("anatomy-lines.this-model-has-neither-lstm"))
        return
    shapes = dict(found.shapes)
    if found.kind == "cell":
        _cell(found, shapes)
    else:
        _attention(found, shapes)
    mark = "" if found.check.passed else " failed"
    judged = escape(found.check.in_words())
    st.html(f'<ul class="check{mark}"><li><strong>{escape(says("notes.check"))}</strong> {judged}</li></ul>')


def heat(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    label: str,
    hidden: np.ndarray | None = None,
) -> None:
    """Numbers (R, C) as a table, warm above 0 and blue below, the stronger the larger; some left out."""
    most = float(np.abs(values).max()) or 1.0
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = ""
    for r, name in enumerate(rows):
        body += f'<tr><th scope="row"><bdi>{escape(name)}</bdi></th>'
        for c, value in enumerate(values[r]):
            if hidden is not None and hidden[r, c]:
                body += '<td class="later">·</td>'
            else:
                body += _field(float(value), most)
        body += "</tr>"
    st.html(
        f'<div class="scrolls heat" tabindex="0" role="region" aria-label="{escape(label)}">'
        f"<table><thead><tr><td></td>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _field(value: float, most: float) -> str:
    level = round(100 * abs(value) / most)
    sign = "against" if value < 0 else "for"
    strong = " strong" if level > 56 else ""  # from here on black reads better than white
    shown = f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")
    return f'<td class="{sign}{strong}" style="--level: {level}">{shown}</td>'


def _cell(found: Lines, shapes: dict[str, tuple[int, ...]]) -> None:
    said(says("anatomy-lines.for-each-token-x"))
    frame.code(found.code)
    said(
        says(
            "anatomy-lines.here-x-has-numbers-w",
            x=size(shapes["x"]),
            w_x=size(shapes["w_x"]),
            w_h=size(shapes["w_h"]),
            others=size(shapes["i, f, g, o, c and h"]),
            unit=found.unit,
        )
    )
    heat(
        np.stack([found.matrices[name] for name in GATES], axis=1),
        _names(found),
        [f"{name}: {does}" for name, does in GATES.items()],
        says("anatomy-lines.gates-cell-and-output", unit=found.unit, tokens=len(found.tokens)),
    )


def _attention(found: Lines, shapes: dict[str, tuple[int, ...]]) -> None:
    frame.code(found.code)
    tokens = says("anatomy-lines.the-first-tokens", tokens=len(found.tokens))
    said(
        f"Queries q, keys k and values v are {size(shapes['q'])} here, {shapes['q'][1]} numbers for each "
        f"token; scores and weights are {size(shapes['weights'])}, out is {size(shapes['out'])}. “later” "
        f"says what is hidden from a token. Below: head 1 of layer 1, {tokens}; each row looks at the "
        "columns."
    )
    later = found.matrices["later"]
    left, right = st.columns(2, gap="large")
    for place, name, what in (
        (left, "scores", "scores"),
        (right, "weights", says("anatomy-lines.weights-the-softmax-of-each")),
    ):
        with place:
            st.html(f'<p class="meta">{escape(what)}</p>')
            label = says("anatomy-lines.attention-of-head-1", name=name, tokens=tokens)
            heat(found.matrices[name], _names(found), _names(found), label, later)
    many = shapes["all weights"]
    said(says("anatomy-lines.many-heads-do-the-same", many=many[0]))
    frame.code(found.many)
    said(says("anatomy-lines.q-k-and-v-go", all_out=size(shapes["all out"]), many=size(many), tokens=tokens))
    st.plotly_chart(
        pictures.heads(found), key="heads", config=figures.CONFIG,
        alt=says("anatomy-lines.attention-weights-of-the-heads", tokens=tokens),
    )  # fmt: skip


def _names(found: Lines) -> list[str]:
    return [bare(token) if token else "▸ start" for token in found.tokens]
