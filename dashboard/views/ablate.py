"""What if a unit is off? Probabilities, the loss, the text it writes, beside random units."""

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.interface import says
from dashboard.panels import ablate, units

WAYS = {
    "mean": says("view-ablate.at-its-mean"),
    "zero": says("view-ablate.at-0"),
    "resampled": says("view-ablate.at-values-from-elsewhere"),
}
frame.asks("ablate")
card, heads = shelf.card(choices.model()), 0
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = choices.unit(
        says("view-ablate.units-or-heads-with-commas"), says("view-ablate.the-one-that-changes-most")
    )
    way = choices.pick("held", says("view-ablate.held"), WAYS)
if card.family == "transformer" and card.heads and card.task == "causal":
    heads = choices.number(
        "heads", says("view-ablate.or-so-many-random-heads"), 0, card.heads * card.layers - 1, 0
    )
first = answers.ask("ablate", units=chosen, way=way, heads=heads, write=0, corpus=False)
frame.answer(first.in_words(), first)
st.plotly_chart(figures.draw(first), key=choices.key("ablation"), config=figures.CONFIG, alt=first.in_words())
found = answers.ask("ablate", units=chosen, way=way, heads=heads)
ablate.numbers(found)
ablate.texts(found)
frame.check(found)
units.findings(several=True)
frame.notes("ablate", found=found)
