"""How does it do on my texts? Many at once: the worst first, one beside another model, slices, calibration."""

from html import escape

import streamlit as st

from dashboard import answers, choices, frame, shelf
from dashboard.panels import across_texts, overlaid, text_sets

frame.asks("across-texts")
found = answers.ask("texts", **text_sets.chosen())
frame.said(found.in_words())
st.html(f'<p class="meta">{escape(found.model)} · {escape(found.shows())}</p>')
row = across_texts.table(found)
if row is not None:
    across_texts.one(found, row)
    if shelf.task(choices.model()) != "classify":
        overlaid.beside(found.texts[row])
across_texts.taken(found)
across_texts.slices(found)
across_texts.sure(found)
frame.check(found)
frame.notes("texts", found.task)
