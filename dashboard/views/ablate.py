"""What if a unit is off? Probabilities, the loss, the text it writes, beside random units."""

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.panels import ablate, units

WAYS = {"mean": "at its mean", "zero": "at 0", "resampled": "at values from elsewhere"}
frame.asks("ablate")
card, heads = shelf.card(choices.model()), 0
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = choices.unit("Units or heads, with commas", "the one that changes most")
    way = choices.pick("held", "Held", WAYS)
if card.family == "transformer" and card.heads and card.task == "causal":
    heads = choices.number("heads", "Or: so many random heads", 0, card.heads * card.layers - 1, 0)
found = answers.ask("ablate", units=chosen, way=way, heads=heads)
frame.answer(found.in_words(), found)
st.plotly_chart(figures.draw(found), key=choices.key("ablation"), config=figures.CONFIG, alt=found.in_words())
ablate.numbers(found)
ablate.texts(found)
frame.check(found)
units.findings(several=True)
frame.notes("ablate", found=found)
