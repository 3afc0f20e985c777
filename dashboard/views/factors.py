"""Which units work together? A few factors stand for thousands of activations; point at one."""

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.components.factors import factors
from dashboard.panels.tokens import pieces_of

frame.question("Which units work together?")
card = shelf.card(choices.model())
with st.container(horizontal=True, vertical_alignment="bottom"):
    count = choices.number("count", "Factors", 2, 16, 6)
    known = {0: "all layers", **{n: f"layer {n}" for n in range(1, card.layers + 1)}}
    layer = choices.among("layer", "Of", known)
    write = choices.switch("write", "Let it write on") if card.task == "causal" else False
found = answers.ask("factors", count=count, layers=str(layer or ""), write=24 * write)
frame.answer(found.in_words(), found)
factors(
    pieces_of(found), found.values.tolist(), names=found.names, units=found.units,
    stability=found.stability.tolist(), share=found.share.tolist(), written=found.written, key="factors",
    caption=frame.caption(found, "Factors"), direction=figures.direction(found.text), group="text",
)  # fmt: skip
first = dict.fromkeys(unit.removesuffix(" (−)") for units in found.units for unit in units[:2])
choices.offered_units(
    "strongest", "The strongest units of each factor: choose one, then look at it", list(first)
)
st.page_link("views/unit.py", label="What does one unit watch for?", icon=":material/visibility:")
frame.check(found)
frame.notes("factors")
