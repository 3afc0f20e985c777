"""What belongs here? A model that fills gaps, asked about each word of the text in turn."""

import numpy as np
import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.interface import says
from dashboard.panels import predicting
from dashboard.panels.surprises import surprise_part
from interpret.sentences import percent, visible
from interpret.wording import Surprises

ASKS = "next-masked"


def show() -> None:
    """The text coloured by surprise; click a word to hide it and see what the model would put there."""
    found = answers.guesses()
    predicting.surprising(found)
    frame.answer(found.in_words(), found)

    def fill_in(by_word: Surprises, pinned: int | None) -> None:
        worst = int(np.argmax([bits or 0.0 for bits in by_word.bits]))
        number = worst if pinned is None or by_word.bits[pinned] is None else pinned
        word = by_word.words[number]
        at = word.tokens[0]
        rest = says("gaps.its-first-piece") if by_word.pieces[number] > 1 else ""
        frame.section(says("gaps.what-would-it-put", shown=visible(word.shown), rest=rest))
        st.plotly_chart(
            figures.guesses(found, at), key=choices.key("gap"), config=figures.CONFIG,
            alt=says("gaps.bars") + ", ".join(f"{token} {percent(share)}" for token, share in
                                     zip(found.marked(at)[:5], found.values[at], strict=False)),
        )  # fmt: skip

    surprise_part(found, says("gaps.click-a-word-to-hide"), fill_in)
    frame.check(found)
    frame.notes("next_words", "masked", found)
