"""How is it built? The model's parts, what they compute for the text, and each step on the text's numbers."""

import streamlit as st

from dashboard import anatomy_lines, anatomy_parts, answers, figures, frame
from dashboard.figures.anatomy import parts
from dashboard.interface import says

frame.asks("anatomy")
found = answers.ask("anatomy")
frame.answer(found.in_words(), found)
st.plotly_chart(parts(found), key="parts", config=figures.CONFIG, alt=found.in_words())
anatomy_parts.difference(found)
anatomy_parts.table(found)
frame.section(says("view-anatomy.what-does-the-encoder-keep"))
anatomy_parts.kept(found)
frame.section(says("view-anatomy.how-does-the-text-become"))
anatomy_parts.cutting(found)
words = st.container()  # filled last: fastai takes seconds to import, once
frame.section(anatomy_lines.title(found.lines))
anatomy_lines.lines(found.lines)
frame.notes("anatomy")
with words:
    anatomy_parts.words(answers.ask("words"))
