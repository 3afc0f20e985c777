"""unit_strip: where is a unit strong in the text? And, as a brush: which tokens does the reader choose?"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from dashboard.components import load
from dashboard.components.strip import SHARED, Edits, Word, numbers
from dashboard.interface import says

CHOICE = re.compile(r"[0-9, -]{0,2000}")


def unit_strip(
    words: Sequence[Word],
    values: Sequence[float],
    *,
    address: str,
    limit: float,
    key: str,
    signed: bool = True,
    chosen: str | None = None,
    scale: str = says("component-unit-strip.the-bundled-texts"),
    name: str = "unit",
    caption: str = "",
    direction: str = "ltr",
    group: str | None = None,
    selected: int | None = None,
    edits: Edits | None = None,
    on_edit: Callable[[], None] | None = None,
) -> str:
    """Draw the strip; returns the chosen tokens as in "5-7, 12".

    Args:
        words: The tokens of the text.
        values: The unit's activation at each.
        address: How the unit is called, for instance "cell 2.17".
        limit: The activation with the strongest colour; the same for every text.
        key: The component's key.
        signed: Whether low activations have a colour of their own.
        chosen: The tokens chosen at first; None: nothing can be chosen.
        scale: In what `limit` is the unit's largest activation.
        name: Stem of the names of downloads.
        caption: Line under exported pictures.
        direction: "ltr" or "rtl".
        group: Views of one group mark the word another one points at.
        selected: The token pinned at first, for a deep link.
        edits: What the tokens can be changed to; without it they cannot be.
        on_edit: Called when a token was changed.
    """
    if len(values) != len(words):
        raise ValueError(f"values has {len(values)} entries for {len(words)} words")
    now = _plain(chosen)
    told: dict[str, Any] = {"on_edit_change": on_edit} if on_edit else {}
    result = load("unit_strip", *SHARED)(
        key=key,
        data={
            "words": list(words), "values": numbers(values), "address": address, "limit": float(limit),
            "signed": signed, "scale": scale, "brush": chosen is not None, "chosen": now, "name": name,
            "caption": caption,
            "direction": direction, "group": group, "edits": edits, "selected": selected,
            "label": says("component-unit-strip.the-text-coloured", address=address),
        },
        default={"chosen": now, "selected": selected},
        on_chosen_change=lambda: None,
        on_selected_change=lambda: None,
        **told,
    )  # fmt: skip
    return _plain(result.chosen)


def _plain(written: object) -> str:
    """A choice of tokens; what the browser sends is not trusted."""
    return written if isinstance(written, str) and CHOICE.fullmatch(written) else ""
