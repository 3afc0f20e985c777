"""Which units know these words? Choose words: the units that are on there and off elsewhere."""

from dashboard import choices, frame, shelf
from dashboard.panels import behind, select_units

frame.asks("select")
card, kind = shelf.card(choices.model()), ""
if "cells" in card.abilities:
    kind = choices.pick("kind", "Units", {"cell": "cells", "hidden": "hidden states"})
select_units.show(kind, behind.offered())
frame.notes("select_units")
