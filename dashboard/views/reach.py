"""How far does it look? What a guess costs when the text further back is cut off, shuffled or replaced."""

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.interface import says
from dashboard.panels import reach

frame.asks("reach")
name = choices.model()
if shelf.task(name) != "causal":
    writes = [n for n in shelf.titles() if shelf.task(n) == "causal"]
    frame.notice(
        says("view-reach.does-not-write-on-from", name=shelf.card(name).name),
        says("view-reach.choose-one-that-does", writes=", ".join(writes)),
    )
else:
    found = answers.ask("reach")
    frame.answer(found.in_words(), found)
    st.plotly_chart(
        figures.draw(found), key=choices.key("reach"), config=figures.CONFIG, alt=found.in_words()
    )
    if "window" in found.ways:
        st.caption(says("view-reach.no-weight-further-back-lets"))
    reach.beside(found)
    frame.check(found)
    frame.notes("reach", found=found)
