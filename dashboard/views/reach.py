"""How far does it look? What a guess costs when the text further back is cut off, shuffled or replaced."""

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.panels import reach

frame.asks("reach")
name = choices.model()
if shelf.task(name) != "causal":
    writes = [n for n in shelf.titles() if shelf.task(n) == "causal"]
    frame.notice(
        f"{shelf.card(name).name} does not write on from what stands before, so nothing is further back.",
        f"Choose one that does: {', '.join(writes)}.",
    )
else:
    found = answers.ask("reach")
    frame.answer(found.in_words(), found)
    st.plotly_chart(
        figures.draw(found), key=choices.key("reach"), config=figures.CONFIG, alt=found.in_words()
    )
    if "window" in found.ways:
        st.caption(
            "“No weight further back” lets each layer look so far: through several it still reaches further."
        )
    reach.beside(found)
    frame.check(found)
    frame.notes("reach", found=found)
