"""Is attention an explanation? Experiments on one sentence and on many, both sides, and a verdict with numbers."""

import streamlit as st

from dashboard import answers, figures, frame
from dashboard.panels import head_lab, lab, lab_table
from interpret.sentences import percent

frame.asks("lab")
if head_lab.fits():
    known = head_lab.agreement()
    head_lab.another(known)
    lab.sides()
    head_lab.many()
    frame.notes("heads_agreement")
elif lab.fits():
    found = answers.ask("attention_agreement")
    frame.answer(found.in_words(), found)
    st.plotly_chart(figures.draw(found), key="three-maps", config=figures.CONFIG, alt=found.in_words())
    st.caption("Each row as shares of its largest. " + found.erased())
    st.caption(
        f"Encoded words point {percent(found.conicity)} one way (conicity): the more, the less attention can do."
    )
    frame.check(found)
    lab.another()
    lab.sides()
    lab_table.show()
    lab.many()
    frame.notes("attention_agreement")
