"""What does it take this text for? The classes of a classifier."""

import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.interface import says

ASKS = "next-classify"


def show() -> None:
    """The probability of each class."""
    found = answers.guesses()
    frame.answer(found.in_words(), found)
    st.plotly_chart(
        figures.draw(found), key=choices.key("classes"), config=figures.CONFIG, alt=found.in_words()
    )
    st.page_link("views/saliency.py", label=says("classes.which-words-led-to-this"), icon=":material/target:")
    frame.check(found)
    frame.notes("classes", "classify", found)
