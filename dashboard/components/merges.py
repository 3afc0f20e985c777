"""merges: how the pieces of one word grow, merge by merge, and which numbers they become."""

from collections.abc import Sequence
from typing import Any

from dashboard.components import load
from dashboard.interface import says


def merges(
    words: Sequence[dict[str, Any]],
    *,
    key: str,
    width: int,
    direction: str = "ltr",
    label: str = says("component-merges.words"),
    caption: str = "",
) -> None:
    """Draw the words as buttons, and for the chosen one its merges as rows with a stepper.

    Args:
        words: `word`, `steps` (lists of pieces, the bytes first), `joined` and `ranks` (one a step behind the
            first), and `pieces` (`shown`, `number`, `vector`) for each word.
        key: The component's key.
        width: How many numbers a whole vector has.
        direction: "ltr" or "rtl".
        label: Accessible name.
        caption: Line under exported pictures.
    """
    for at, word in enumerate(words):
        if not len(word["joined"]) == len(word["ranks"]) == len(word["steps"]) - 1:
            raise ValueError(f"word {at}: one merge a step, and {len(word['steps'])} steps")
    load("merges")(
        key=key,
        data={
            "words": list(words),
            "width": int(width),
            "direction": direction,
            "label": label,
            "name": "merges",
            "caption": caption,
        },
    )
