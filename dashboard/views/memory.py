"""What does the LSTM remember? Gates, cell and hidden state under the words, and how long cells remember."""

import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.figures.units import half_lives, saturation
from dashboard.interface import says

frame.asks("memory")
chosen = choices.unit(
    says("view-memory.cells-with-commas-between"), says("view-memory.the-one-that-changes-most")
)
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
    st.caption(says("view-memory.this-cell-reads-from"))
choices.offered_units("variable", says("view-memory.most-variable-on-this-text"), found.variable)
frame.section(says("view-memory.how-often-are-gates-shut"))
over = says("view-memory.over-tokens-of-the-bundled", corpus_tokens=found.corpus_tokens)
st.caption(says("view-memory.each-point-is-a-unit", over=over))
st.plotly_chart(
    saturation(found),
    key=choices.key("saturation"),
    config=figures.CONFIG,
    alt=says("view-memory.saturation-of-gates", over=over),
)
frame.section(says("view-memory.how-long-do-cells-remember"))
st.plotly_chart(
    half_lives(found),
    key=choices.key("lives"),
    config=figures.CONFIG,
    alt=says("view-memory.half-lives-of-cells", over=over),
)
frame.check(found)
frame.notes("memory", found=found)
