"""How far does it look? What a guess costs when the text further back is cut off, shuffled or replaced."""

import streamlit as st

from dashboard import answers, cached, choices, figures, frame

frame.question("How far does it look?")
name = choices.model()
if cached.task(name) != "causal":
    writes = [n for n in cached.titles() if cached.task(n) == "causal"]
    frame.notice(
        f"{cached.card(name).name} does not write on from what stands before, so nothing is further back.",
        f"Choose one that does: {', '.join(writes)}.",
    )
else:
    found = answers.ask("reach")
    frame.answer(found.in_words(), found)
    st.plotly_chart(figures.draw(found), key="reach", config=figures.CONFIG, alt=found.in_words())
    frame.check(found)
    frame.notes("reach")
