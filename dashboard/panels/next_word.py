"""What comes next? The guesses of a model that writes, and how surprised it was on the way."""

import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.interface import says
from dashboard.literal import literal
from dashboard.panels import predicting
from dashboard.panels.surprises import surprise_part
from interpret.sentences import bare, writable

ASKS = "next"


def show() -> None:
    """Bars to click, pieces to go on with, the text coloured by surprise."""
    found = answers.guesses()
    predicting.next_words(found)
    predicting.surprising(found)
    last, whole = found.candidates[-1], frame.is_whole(found)
    frame.answer(found.in_words(), found)
    st.plotly_chart(
        figures.draw(found), key=choices.key("next"), selection_mode="points", config=figures.CONFIG,
        alt=found.in_words(),
        on_select=(lambda: choices.continue_with_bar("next", last)) if whole else "ignore",
    )  # fmt: skip
    pairs = zip(last, found.marked(), strict=True)
    shown = {piece: bare(said) for piece, said in pairs if writable(piece)}
    if shown and whole:
        st.pills(
            says("next-word.continue-the-text"), list(shown)[:6], key=choices.key("continue"),
            format_func=lambda piece: literal(shown[piece]), on_change=choices.continue_with_pill, args=("continue",),
        )  # fmt: skip
    surprise_part(found, says("next-word.how-surprised-was"))
    frame.check(found)
    frame.notes("next_words", found=found)
