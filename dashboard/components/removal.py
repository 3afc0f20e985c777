"""removal: take words away one by one with a slider, and see the answer go; curves, table, struck text."""

from collections.abc import Mapping, Sequence
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
START = 3  # words taken away at first


def removal(
    words: Sequence[Word],
    numbers: Sequence[int],
    methods: Sequence[dict[str, Any]],
    random: dict[str, Any],
    *,
    key: str,
    held: Mapping[str, str],
    greedy: dict[str, Any] | None = None,
    explained: Sequence[int] = (),
    after: str = "",
    way: str = "left out",
    name: str = "removal",
    caption: str = "",
    direction: str = "ltr",
    label: str = "",
) -> str:
    """Draw the slider, the text, the curves and the table; return where they stand, as `standing` reads it.

    Args:
        words: The text.
        numbers: Which words can be taken away, (K,).
        methods: For each `name`, `title`, `order` (K), `deletion` (K+1), `insertion` (K+1) or None, `areas` (2; the
            second None without insertion), `aopc` (2), `chance`: True if its order is no better than one
            drawn at random.
        random: `deletion` and `insertion` ((3, K+1): mean, low, high; insertion may be None), `areas` and
            `aopc` (3, 2).
        key: The component's key.
        held: Where the slider stood before, see `choices.held`.
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
    names = [line["name"] for line in methods] + (["greedy"] if greedy else [])
    can_go_back = random["insertion"] is not None
    step, back, line = standing(held["at"], count, names, can_go_back=can_go_back)
    load("removal", "frame", "curves", "removal_table")(
        key=key,
        data=_plain({
            "words": list(words), "numbers": numbers, "methods": list(methods), "random": random,
            "greedy": greedy, "explained": explained, "after": after, "did": DID[way], "name": name,
            "caption": caption, "direction": direction, "label": label,
            "held": {"of": held["of"], "step": step, "back": back, "line": line},
        }),
        default={"held": None},
        on_held_change=lambda: None,
    )  # fmt: skip
    if (step, back, line) == standing("", count, names, can_go_back=can_go_back):
        return ""
    return "-".join([str(step), *(["back"] if back else []), *([names[line]] if line else [])])


def standing(told: str, count: int, names: Sequence[str], *, can_go_back: bool) -> tuple[int, bool, int]:
    """How many words are moved, whether back, and which order is in front, of for instance "5-back-gradient_norm".

    What is not there is as at first.

    Args:
        told: The number of words; "back", if they are put back; the order's name, if it is not the first.
        count: How many words there are.
        names: The orders; the greedy one knows no way back.
        can_go_back: Whether any does.
    """
    number, *more = told.split("-")
    step = int(number) if number in map(str, range(count + 1)) else min(START, count - 1)
    back = can_go_back and more[:1] == ["back"]
    line = names.index(more[-1]) if more and more[-1] in names else 0
    return step, back, 0 if back and names[line] == "greedy" else line


def _plain(value: Any) -> Any:
    """Arrays as lists, for JSON; numbers to seven figures."""
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value
