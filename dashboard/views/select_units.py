"""Which units know these words? Choose words: the units that are on there and off elsewhere."""

from dashboard import choices, frame, shelf
from dashboard.interface import says
from dashboard.panels import behind, select_units

frame.asks("select")
card, kind = shelf.card(choices.model()), ""
if "cells" in card.abilities:
    kind = choices.pick(
        "kind",
        says("view-select-units.units"),
        {"cell": says("view-select-units.cells"), "hidden": says("view-select-units.hidden-states")},
    )
select_units.show(kind, behind.offered())
frame.notes("select_units")
