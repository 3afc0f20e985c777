"""What does one unit watch for? The text in its colours, where it is strong, what it goes with and writes."""

from typing import Any

import streamlit as st

from dashboard import answers, choices, frame
from dashboard.interface import says
from dashboard.panels import behind, units

frame.asks("unit")
controls = st.container(horizontal=True, vertical_alignment="bottom")
with controls:
    chosen = choices.unit(says("view-unit.unit"), says("view-unit.the-one-that-changes-most"))
    corpus = behind.offered()
options: dict[str, Any] = {"corpus": corpus} if corpus else {}
found = answers.ask("unit", unit=chosen, **options)
with controls:
    choices.steps(found.address, found.sizes)
frame.answer(found.in_words(), found)
units.coloured(found)
choices.offered_units("variable", says("view-unit.most-variable-on-this-text"), found.variable)
units.card(found)
frame.check(found)
units.findings()
frame.notes("unit", found=found)
