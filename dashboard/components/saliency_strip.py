"""saliency_strip: which earlier words led to this one? Every word is a cause and an answer."""

import base64
from collections.abc import Callable, Sequence

import numpy as np

from dashboard.components.strip import Edits, Word, draw, numbers
from dashboard.interface import says


def saliency_strip(
    words: Sequence[Word],
    after: Sequence[Word],
    rows: Sequence[int],
    probability: Sequence[float | None],
    scores: np.ndarray,
    *,
    key: str,
    signed: bool,
    unit: str,
    task: str = "causal",
    first: int | None = None,
    selected: int | None = None,
    name: str = "saliency",
    caption: str = "",
    direction: str = "ltr",
    label: str = says("component-saliency-strip.words-and-their-causes"),
    group: str | None = None,
    phrase: tuple[int, int] | None = None,
    phrase_scores: np.ndarray | None = None,
    versus: tuple[int, str, str] | None = None,
    edits: Edits | None = None,
    on_edit: Callable[[], None] | None = None,
) -> int | None:
    """Draw the strip and return the index of the pinned word, or None.

    Args:
        words: The text.
        after: What stands behind the text and is explained: the model's next word, or the classes.
        rows: For each row of scores, what it explains: a word, or `len(words)` + k of `after`.
        probability: For each row, the model's probability of that word.
        scores: One row per explained word, one column per word. Not finite: no score.
        key: The component's key.
        signed: Whether a score pushes up or down; else only its size counts.
        unit: Unit of the scores, such as "nats".
        task: "causal": only the columns before the explained word are drawn; else all others.
        first: What is explained when nothing is pinned; the last row if None.
        selected: The word pinned at first, for a deep link.
        name: Stem of the names of downloads; no text of the reader.
        caption: Line under exported pictures.
        direction: "ltr" or "rtl".
        label: Accessible name.
        group: Views of one group mark the word another one points at.
        phrase: The first and last word of a phrase that is explained as one; the first is `selected`.
        phrase_scores: Its scores, one for each word; without it the sum over its rows.
        versus: The explained word whose row is a contrast, what it is set against, and the unit of that row.
        edits: What the words can be changed to; without it they cannot be.
        on_edit: Called when a word was changed.
    """
    matrix = np.ascontiguousarray(scores, dtype="<f4")
    if matrix.shape != (len(rows), len(words)):
        raise ValueError(f"scores are {matrix.shape}, not {(len(rows), len(words))}")
    known = {int(row) for row in rows if 0 <= row < len(words) + len(after)}
    return draw(
        "saliency_strip",
        "phrase",
        key=key,
        data={
            "words": list(words),
            "after": list(after),
            "rows": [int(row) for row in rows],
            "task": task,
            "first": first if first in known else max(known, default=None),
            "probability": numbers(probability),
            "w": _packed(matrix),
            "signed": bool(signed),
            "unit": unit,
            "name": name,
            "caption": caption,
            "direction": direction,
            "label": label,
            "group": group,
            "versus": dict(zip(("row", "name", "unit"), versus, strict=True)) if versus else None,
            "until": list(phrase) if phrase else None,
            "phrase": None if phrase_scores is None else _packed(phrase_scores),
        },
        selected=selected,
        known=known,
        more={"until": list(phrase) if phrase else None},
        edits=edits,
        on_edit=on_edit,
    )


def _packed(numbers: np.ndarray) -> str:
    """float32 as base64, for the script."""
    return base64.b64encode(np.ascontiguousarray(numbers, dtype="<f4").tobytes()).decode()
