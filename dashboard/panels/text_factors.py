"""Factors over a set of texts: the set, the texts by factor, and one text in the factors' colours."""

from html import escape

import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.components.factors import factors
from dashboard.interface import says
from dashboard.panels import text_sets
from dashboard.panels.tokens import pieces_of
from interpret.results import Factors, TextFactors

SETS = {False: says("text-factors.the-text-in-the-side"), True: says("text-factors.a-set-of-texts")}
SHOWN = 60  # characters of a text in the list


def over_texts(count: int, layer: int) -> None:
    """The answer over a set, and one of its texts."""
    found = answers.ask("text_factors", factors=count, layers=str(layer or ""), **text_sets.chosen())
    frame.said(found.in_words())
    st.html(f'<p class="meta">{escape(found.model)} · {escape(found.shows())}</p>')
    most = [
        says("text-factors.factor-most-in-text", k=k + 1, numbers=found.numbers[found.strongest(k)[0]])
        for k in range(len(found.names))
    ]
    st.plotly_chart(
        figures.draw(found), key=choices.key("factors-of-texts"), config=figures.CONFIG,
        alt=says("text-factors.how-strong-each-factor", most='; '.join(most)),
    )  # fmt: skip
    text = _chosen(found)
    coloured(found.of(text), says("text-factors.factors-over-texts"))
    frame.check(found)
    frame.notes("text_factors")


def _chosen(found: TextFactors) -> int:
    """The text to look at: by default the one in which the first factor is strongest."""
    by = choices.among("by_factor", says("text-factors.texts-in-which-this"), {
        k: f"factor {k + 1}: {name}" for k, name in enumerate(found.names)
    })  # fmt: skip
    means = found.means()[by]
    choices.anew("factor_text", str(by))
    return choices.among("factor_text", says("text-factors.text"), {
        text: f"{found.numbers[text]} ({means[text]:.2f}): {' '.join(found.texts[text].split())[:SHOWN]}"
        for text in found.strongest(by)
    })  # fmt: skip


def coloured(found: Factors, title: str) -> None:
    """The text in its factors' colours, a line for each factor, and the strongest units."""
    held = choices.held("factor", "factors", choices.model(), *found.names)
    at = factors(
        pieces_of(found), found.values.tolist(), names=found.names, units=found.units,
        stability=found.stability.tolist(), share=found.share.tolist(), written=found.written,
        key=choices.key("factors"), held=held, caption=frame.caption(found, title),
        direction=figures.direction(found.text), group=choices.group("text"),
        selected=choices.token("factors", len(found.tokens)),
    )  # fmt: skip
    choices.keep(factor=at or None)
    first = dict.fromkeys(unit.removesuffix(" (−)") for units in found.units for unit in units[:2])
    choices.offered_units("strongest", says("text-factors.the-strongest-units-of-each"), list(first))
    st.page_link("views/unit.py", label=says("pages.unit"), icon=":material/visibility:")
