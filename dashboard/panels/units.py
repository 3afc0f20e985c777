"""What pages about units share: the text coloured by one, snippets, findings to click."""

import json
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from dashboard import choices, figures, frame, shelf
from dashboard.components.unit_strip import unit_strip
from dashboard.figures import units as pictures
from dashboard.interface import says
from dashboard.literal import marked
from dashboard.panels import edits
from dashboard.panels.tokens import pieces, pieces_of
from interpret.editing import Change, of_number
from interpret.sentences import with_sign

LOW = '<mark class="low">'  # blue, as low activations are
FINDINGS = Path(__file__).parents[2] / "assets" / "studies" / "units.json"


def coloured(found: Any) -> None:
    """The text in the colours of the unit."""
    unit_strip(
        pieces_of(found),
        found.values.tolist(),
        address=found.address,
        limit=found.limit,
        scale=found.corpus,
        key=choices.key("unit-strip"),
        caption=frame.caption(found, says("units.one-unit")),
        direction=figures.direction(found.text),
        group=choices.group("text"),
        selected=choices.token("unit-strip", len(found.tokens)),
        **edits.offered("unit-strip", found, pieces(found)),
    )
    edits.shown(_moved(found))


def _moved(found: Any) -> list[Change]:
    """What the last edit did to the unit."""
    earlier = edits.same_before("unit", unit=found.address)
    if earlier is None:
        return []
    ways = {"highest": np.max, "mean": np.mean, "lowest": np.min}
    return [
        of_number(f"{way} of {found.address}", float(of(earlier.values)), float(of(found.values)))
        for way, of in ways.items()
    ]


def snippets(title: str, said: Sequence[Any]) -> None:
    """Places of the corpus as a table: the activation, and the text with the token marked."""
    if not said:
        return
    rows = "".join(
        f'<tr><td class="figure">{with_sign(one.value)}</td><td>{escape(one.before)}'
        f"{marked(one.token, LOW if one.value < 0 else '<mark>', '▸')}{escape(one.after)}</td></tr>"
        for one in said
    )
    st.html(
        f'<table class="card snippets"><caption>{escape(title)}</caption>'
        f"<tr>{frame.heads('units.activation', 'units.text')}</tr>{rows}</table>"
    )


def card(found: Any) -> None:
    """What is known of a unit beyond this text."""
    frame.section(says("units.where-is-strong", address=found.address, corpus=found.corpus))
    snippets(says("units.highest"), found.highest)
    snippets(says("units.lowest"), found.lowest)
    snippets(says("units.half-way-up"), found.middling)
    left, right = st.columns(2, gap="large")
    with left:
        frame.section(says("units.what-does-it-go"))
        st.plotly_chart(
            pictures.features(found), key=choices.key("features"), config=figures.CONFIG, alt=found.in_words()
        )
    with right:
        frame.section(says("units.how-often-is-it-how"))
        alt = says(
            "units.histogram-of-over-tokens-up",
            address=found.address,
            corpus_tokens=found.corpus_tokens,
            limit=found.limit,
        )
        st.plotly_chart(figures.draw(found), key=choices.key("histogram"), config=figures.CONFIG, alt=alt)
    _writes(found)


def _writes(found: Any) -> None:
    frame.section(says("units.what-does-it-write"))
    if not found.promoted:
        st.caption(says("units.this-unit-has-no-straight"))
        return
    left, right = st.columns(2, gap="large")
    for place, name, pairs in (
        (left, says("units.promotes"), found.promoted),
        (right, says("units.suppresses"), found.suppressed),
    ):
        with place:
            st.caption(says("units.in-logits-for-one-more", name=name))
            alt = f"{name}: " + ", ".join(f"{word.strip()} {with_sign(value)}" for word, value in pairs[:5])
            st.plotly_chart(pictures.written(pairs), key=choices.key(name), config=figures.CONFIG, alt=alt)


@cache
def _findings() -> list[dict[str, Any]]:
    return json.loads(FINDINGS.read_text(encoding="utf-8")) if FINDINGS.is_file() else []


def findings(*, several: bool = False) -> None:
    """What was found and proved in this model, each with a button that looks at it."""
    card = shelf.card(choices.model())
    known = [one for one in _findings() if one["model"] == card.name]
    if not known:
        return
    frame.section(says("units.what-was-found-in-this"))
    for one in known:
        units = ", ".join(one["units"]) if several else one["units"][0]
        old = "" if one["model_sha256"] == card.sha256 else says("units.measured-on-earlier-weights")
        st.html(f'<p class="said">{escape(one["says"] + old)}</p>')

        def look(unit: str = units, text: str = one["text"]) -> None:
            choices.take_unit(unit)
            choices.take_text(text)

        title = (
            says("units.look-at-the-unit", name=one["name"])
            if not several
            else says("units.switch-off-its-units", units=len(one["units"]))
        )
        st.button(title, key=choices.key(f"finding-{one['name']}"), on_click=look)
