"""What does the LSTM remember? Gates, cell and hidden state under the words, and how long cells remember."""

import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.figures.units import half_lives, saturation

frame.asks("memory")
chosen = choices.unit("Cells, with commas between", "the one that changes most")
found = answers.ask("memory", units=chosen)
frame.answer(found.in_words(), found)
with st.container(key=choices.key("memory-scroll")):
    width = "content" if len(found.tokens) > 42 else "stretch"
    st.plotly_chart(
        figures.draw(found),
        key=choices.key("tracks"),
        config=figures.CONFIG,
        alt=found.in_words(),
        width=width,
    )
if any(found.backwards):
    st.caption("This cell reads from the end of the text to its beginning: look at it from right to left.")
choices.offered_units("variable", "Most variable on this text", found.variable)
frame.section("How often are gates shut or open?")
over = f"over {found.corpus_tokens:,} tokens of the bundled texts"
st.caption(
    f"Each point is a unit: the share of time its gate is below 0.1 (across) and above 0.9 (up), {over}."
)
st.plotly_chart(
    saturation(found),
    key=choices.key("saturation"),
    config=figures.CONFIG,
    alt=f"Saturation of gates {over}.",
)
frame.section("How long do cells remember?")
st.plotly_chart(
    half_lives(found), key=choices.key("lives"), config=figures.CONFIG, alt=f"Half-lives of cells {over}."
)
frame.check(found)
frame.notes("memory", found=found)
