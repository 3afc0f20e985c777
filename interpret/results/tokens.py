"""Scores of the tokens of a text, for one target or for many."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import by_word, visible

if TYPE_CHECKING:
    import pandas


def _errors(spread: np.ndarray | None) -> dict[str, Any]:
    """The standard errors by the name they have in files; nothing of a method that draws no lots."""
    return {} if spread is None else {"standard_error": spread.tolist()}


@dataclass(frozen=True, kw_only=True, eq=False)
class TokenScores(Result):
    """One number for each token of the text, for one target."""

    kind: ClassVar[str] = "token-scores"
    dims: ClassVar[tuple[str, ...]] = ("token",)
    total: float  # the explained number itself
    spread: np.ndarray | None = None  # (T,) standard errors of the scores, of a method that draws lots

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "total": self.total, **_errors(self.spread)}

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {
                "token": np.arange(len(self.tokens)),
                "shown": self.tokens,
                "start": self.spans[:, 0],
                "end": self.spans[:, 1],
                "score": self.values,
                "unit": self.unit,
                **_errors(self.spread),
            }
        )

    def in_words(self) -> str:
        what = self.asked.in_words()
        led = by_word(self.text, self.spans, self.words, self.values, self.signed)
        return f"{what[0].upper()}{what[1:]} {led}"


@dataclass(frozen=True, kw_only=True, eq=False)
class TokenGrid(Result):
    """One row of token scores for each target of `asked`, (C, T); what cannot matter to it scores 0."""

    kind: ClassVar[str] = "token-grid"
    dims: ClassVar[tuple[str, ...]] = ("target", "token")
    totals: np.ndarray  # (C,) the explained numbers themselves
    spread: np.ndarray | None = None  # (C, T) standard errors of the scores, of a method that draws lots

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "totals": self.totals.tolist(), **_errors(self.spread)}

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        rows, columns = self.values.shape
        return pandas.DataFrame(
            {
                "target": np.repeat(self.asked.places, columns),
                "target_shown": np.repeat(np.array(self.asked.shown, dtype=object), columns),
                "token": np.tile(np.arange(columns), rows),
                "shown": np.tile(np.array(self.tokens, dtype=object), rows),
                "score": self.values.ravel(),
                "unit": self.unit,
                **_errors(None if self.spread is None else self.spread.ravel()),
            }
        )

    def in_words(self, row: int = -1) -> str:
        word = visible(self.asked.shown[row])
        led = by_word(self.text, self.spans, self.words, self.values[row], self.signed)
        return f"“{word}” {led}"
