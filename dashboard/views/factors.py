"""Which units work together? A few factors stand for thousands of activations; point at one."""

import streamlit as st

from dashboard import answers, choices, frame, shelf
from dashboard.interface import says
from dashboard.panels import text_factors

frame.asks("factors")
card = shelf.card(choices.model())
many = choices.pick("across", says("view-factors.over"), text_factors.SETS)
with st.container(horizontal=True, vertical_alignment="bottom"):
    count = choices.number("count", says("view-factors.factors"), 2, 16, 6)
    known = {0: says("view-factors.all-layers"), **{n: f"layer {n}" for n in range(1, card.layers + 1)}}
    layer = choices.among("layer", says("view-factors.of"), known)
    write = (
        choices.switch("write", says("view-factors.let-it-write"))
        if card.task == "causal" and not many
        else False
    )
if many:
    text_factors.over_texts(count, layer)
else:
    found = answers.ask("factors", count=count, layers=str(layer or ""), write=24 * write)
    frame.answer(found.in_words(), found)
    text_factors.coloured(found, says("view-factors.factors"))
    frame.check(found)
    frame.notes("factors", found=found)
