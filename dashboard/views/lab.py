"""Is attention an explanation? Experiments on one sentence and on many, both sides, and a verdict with numbers."""

import streamlit as st

from dashboard import answers, figures, frame
from dashboard.interface import says
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
    st.caption(says("view-lab.each-row-as-shares") + found.erased())
    st.caption(says("view-lab.encoded-words-point-one-way", conicity=percent(found.conicity)))
    frame.check(found)
    lab.another()
    lab.sides()
    lab_table.show()
    lab.many()
    frame.notes("attention_agreement")
