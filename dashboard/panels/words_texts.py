"""Whole texts on a map: which one is looked at, and its nearest texts in truth beside it."""

from contextlib import nullcontext
from html import escape
from typing import Any

import streamlit as st

from dashboard import answers, choices, frame, shelf
from dashboard.figures import space, text_map
from dashboard.interface import says
from dashboard.panels.words import badge, places
from interpret.results import TextMap

HOW = {"pca": "PCA", "umap": "UMAP"}
COLOURS = {
    "groups": says("words-texts.kind"),
    "losses": says("words-texts.loss"),
    "lengths": says("words-texts.length"),
}
KEY = "text-map"
LETTERS = 200_000  # pasted at most


def show() -> None:
    """The map of the bundled texts, or of the reader's own."""
    card = shelf.card(choices.model())
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    with left:
        how = choices.pick("texts_by", says("words-texts.drawn-by"), HOW)
    with middle:
        known = COLOURS if card.task == "causal" else {k: v for k, v in COLOURS.items() if k != "losses"}
        colour = choices.pick("texts_colour", says("words-texts.colour-by"), known)
    with right:
        layer = choices.number("texts_layer", says("words-texts.after-layer"), 0, card.layers, card.layers)
    with st.expander(says("words-texts.texts-of-your-own")) if choices.side() is None else nullcontext():
        lines = choices.pasted(
            "texts_lines", says("words-texts.one-text-a-line"), says("words-texts.a-wonderful-evening-positive"),
            LETTERS,
        )  # fmt: skip
        if choices.side() is None:
            st.caption(says("words-texts.without-any-texts-of-our"))
    found = answers.part("text_map", how=how, layer=layer, lines=lines)
    if found is None:
        return
    row = _chosen(found)
    frame.said(found.in_words())
    st.html(f'<p class="meta">{escape(f"{found.model} · {found.shows()}")}</p>')
    left, right = places(7, 4)
    with left:
        st.plotly_chart(
            text_map.texts(found, colour, row), key=choices.key(KEY), config=space.TOOLS, on_select="rerun",
            selection_mode="points", alt=found.in_words(),
        )  # fmt: skip
        st.caption(says("words-texts.point-at-a-dot"))
    with right:
        _nearest(found, row)
    frame.check(found)
    frame.notes("text_map")


def _chosen(found: TextMap) -> int:
    """The clicked text; the first, if none was. What the browser sends is not trusted."""
    given = [point.get("customdata") for point in choices.points(KEY)]
    rows = [one[0] for one in given if isinstance(one, list) and one and type(one[0]) is int]
    return (choices.clicked("text_row", rows[:1] or None, [len(found.texts)]) or (0,))[0]


def _nearest(found: TextMap, row: int) -> None:
    """The chosen text, and the list in the true space."""
    count = found.near.shape[1]
    lines = "".join(
        f"<tr><th>{escape(_short(found.texts[other]))}<br><small>{escape(found.group_names[found.groups[other]])}"
        f"</small></th><td>{cosine:.2f}</td><td>{badge(int(rank), count)}</td></tr>"
        for other, cosine, rank in zip(found.near[row], found.cosines[row], found.on_map[row], strict=True)
    )
    loss = says("words-texts.nats-a-token", losses=found.losses[row]) if len(found.losses) else ""
    st.html(
        f"<p><strong>{escape(_short(found.texts[row]))}</strong><br><small>"
        f"{escape(found.group_names[found.groups[row]])} · {found.lengths[row]} tokens{loss}</small></p>"
        f'<div class="near"><h2>{escape(says("words.nearest-in-truth"))}</h2><table><thead>'
        f"<tr>{frame.heads('words-texts.text', 'words.cosine', 'words.on-the-map')}</tr></thead>{lines}</table></div>"
    )
    st.button(
        says("words-texts.open-this-text"),
        key=choices.key("open-text"),
        on_click=choices.take_text,
        args=(found.texts[row],),
        help=says("words-texts.puts-it-into-the-side"),
    )


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:88]}…"


LOOKS: dict[str, tuple[str, Any]] = {"texts": (says("words-texts.whole-texts"), show)}
