"""removal: take words away one by one with a slider, and see the answer go; curves, table, struck text."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.components import load
from dashboard.components.strip import Word
from dashboard.interface import says

DID = {
    "left out": says("component-removal.taken-away"),
    "zero": says("component-removal.made-zeros"),
    "mask": "masked",
}


def removal(
    words: Sequence[Word],
    numbers: Sequence[int],
    methods: Sequence[dict[str, Any]],
    random: dict[str, Any],
    *,
    key: str,
    greedy: dict[str, Any] | None = None,
    explained: Sequence[int] = (),
    after: str = "",
    way: str = "left out",
    name: str = "removal",
    caption: str = "",
    direction: str = "ltr",
    label: str = "",
) -> None:
    """Draw the slider, the text, the curves and the table. Nothing goes back to Python.

    Args:
        words: The text.
        numbers: Which words can be taken away, (K,).
        methods: For each `title`, `order` (K), `deletion` (K+1), `insertion` (K+1) or None, `areas` (2; the
            second None without insertion), `aopc` (2), `chance`: True if its order is no better than one
            drawn at random.
        random: `deletion` and `insertion` ((3, K+1): mean, low, high; insertion may be None), `areas` and
            `aopc` (3, 2).
        key: The component's key.
        greedy: `order`, `deletion`, `areas`, of the greedy order.
        explained: The words that are explained.
        after: What is explained and stands behind the text.
        way: How words are taken away: left out, zero or mask.
        name: Stem of the names of downloads; no text of the reader.
        caption: Line under exported pictures.
        direction: "ltr" or "rtl".
        label: What the curves show, in a sentence.
    """
    count = len(numbers)
    for line in (*methods, *([greedy] if greedy else [])):
        if sorted(line["order"]) != list(range(count)) or len(line["deletion"]) != count + 1:
            raise ValueError(
                f"{line.get('title')}: an order of {count} words and {count + 1} numbers are needed"
            )
    load("removal", "frame", "curves", "removal_table")(
        key=key,
        data=_plain({
            "words": list(words), "numbers": numbers, "methods": list(methods), "random": random,
            "greedy": greedy, "explained": explained, "after": after, "did": DID[way], "name": name,
            "caption": caption, "direction": direction, "label": label,
        }),
    )  # fmt: skip


def _plain(value: Any) -> Any:
    """Arrays as lists, for JSON; numbers to seven figures."""
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value
