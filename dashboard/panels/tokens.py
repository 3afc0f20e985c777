"""The tokens of a text one by one, for pictures of what every single token does."""

from dataclasses import replace
from typing import Any

import numpy as np

from interpret.wording import Word, words_of


def pieces_of(found: Any) -> list[Any]:
    """The tokens of a Result as a strip's words; a space that is in no token still stands there."""
    return [piece.to_data() for piece in pieces(found)]


def pieces(found: Any) -> list[Word]:
    """The tokens of a Result, each as a word."""
    known = words_of(found.text, found.spans, np.arange(len(found.tokens)))
    ends, starts = [0, *found.spans[:-1, 1].tolist()], found.spans[:, 0].tolist()
    apart = [found.text[end:start].isspace() for end, start in zip(ends, starts, strict=True)]
    return [replace(p, space=p.space or gap) for p, gap in zip(known, apart, strict=True)]
