"""The text coloured by surprise, and its bars."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.components.surprise_strip import surprise_strip
from dashboard.interface import says
from dashboard.panels import edits
from interpret.wording import Surprises, surprises


def surprise_part(
    found: Any, title: str, beside: Callable[[Surprises, int | None], None] | None = None
) -> None:
    """Strip and bars; `beside` draws what belongs to the pinned word (or None), under the strip."""
    frame.section(title)

    @choices.fragment
    def strip() -> None:
        """Pinning a word reruns only this part; so does changing one, and the page follows."""
        shown = answers.first("next_words") if choices.changed() else found
        if shown is None:
            return choices.follow()
        by_word = surprises(shown)
        pinned = surprise_strip(
            [word.to_data() for word in by_word.words], by_word.bits, by_word.rank, by_word.band,
            by_word.probability, by_word.expected, pieces=by_word.pieces, key=choices.key("surprise"),
            group=choices.group("text"),
            vocabulary=frame.vocabulary(), selected=choices.word("surprise", len(by_word.words)),
            caption=frame.caption(shown, says("surprises.surprise")), direction=figures.direction(shown.text),
            label=says("surprises.the-text-coloured-by-how"),
            was=edits.bits_before(by_word), **edits.offered("surprise", shown, by_word.words),
        )  # fmt: skip
        edits.shown()
        choices.follow()
        choices.keep_word(pinned)
        frame.share()
        if beside:
            beside(by_word, pinned)
        return None

    strip()
    st.plotly_chart(
        figures.surprise(surprises(found)), key=choices.key("bits"), config=figures.CONFIG,
        alt=says("surprises.bars-surprise-of-each-word"),
    )  # fmt: skip
