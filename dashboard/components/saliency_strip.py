"""saliency_strip: which earlier words led to this one? Every word is a cause and an answer."""

import base64
from collections.abc import Sequence

import numpy as np

from dashboard.components.strip import Word, draw, numbers


def saliency_strip(
    words: Sequence[Word],
    ghost: Word | None,
    rows: Sequence[int],
    probability: Sequence[float | None],
    scores: np.ndarray,
    *,
    key: str,
    signed: bool,
    unit: str,
    selected: int | None = None,
    name: str = "saliency",
    caption: str = "",
    direction: str = "ltr",
    label: str = "Words and their causes",
    group: str | None = None,
) -> int | None:
    """Draw the strip and return the index of the pinned word, or None.

    Args:
        words: The text.
        ghost: The model's next word, drawn after the last; None for no such word.
        rows: For each row of scores, the word it explains; `len(words)` is the ghost.
        probability: For each row, the model's probability of that word.
        scores: One row per explained word, one column per word. Not finite: no score. Only the
            columns before the explained word are drawn.
        key: The component's key.
        signed: Whether a score pushes up or down; else only its size counts.
        unit: Unit of the scores, such as "nats".
        selected: The word pinned at first, for a deep link.
        name: Stem of the names of downloads; no text of the reader.
        caption: Line under exported pictures.
        direction: "ltr" or "rtl".
        label: Accessible name.
        group: Views of one group mark the word another one points at.
    """
    matrix = np.ascontiguousarray(scores, dtype="<f4")
    if matrix.shape != (len(rows), len(words)):
        raise ValueError(f"scores are {matrix.shape}, not {(len(rows), len(words))}")
    known = {int(row) for row in rows if 0 <= row < len(words) + (ghost is not None)}
    return draw(
        "saliency_strip",
        key=key,
        data={
            "words": list(words),
            "ghost": ghost,
            "rows": [int(row) for row in rows],
            "probability": numbers(probability),
            "w": base64.b64encode(matrix.tobytes()).decode(),
            "signed": bool(signed),
            "unit": unit,
            "name": name,
            "caption": caption,
            "direction": direction,
            "label": label,
            "group": group,
        },
        selected=selected,
        known=known,
    )
