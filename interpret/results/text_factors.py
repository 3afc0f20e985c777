"""Factors over a set of texts, and the part of them that belongs to one text."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.units import Factors
from interpret.sentences import percent

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class TextFactors(Factors):
    """K factors along the T tokens of N texts, (K, T), the largest first; each reaches 1 somewhere in the set.

    `of_text` (T,): which text a token is of; `spans` (T, 2) are within that text. `numbers` (N,): which of the given
    texts each is, from 1.
    """

    kind: ClassVar[str] = "text-factors"
    where: str
    texts: tuple[str, ...]
    of_text: np.ndarray
    numbers: np.ndarray

    def of(self, text: int) -> Factors:
        """The factors along one text, on the scale of the whole set."""
        inside = self.of_text == text
        words = self.words[inside]
        return Factors(
            method=self.method, model=self.model, model_sha256=self.model_sha256, text=self.texts[text],
            tokens=tuple(token for token, here in zip(self.tokens, inside, strict=True) if here),
            spans=self.spans[inside], words=words - words.min(), asked=self.asked, values=self.values[:, inside],
            unit=self.unit, signed=self.signed, check=self.check, options=self.options, notes=self.notes,
            names=self.names, units=self.units, explained=self.explained, share=self.share, stability=self.stability,
            seeds=self.seeds, neurons=self.neurons, written=0,
        )  # fmt: skip

    def strongest(self, factor: int) -> list[int]:
        """The texts by the mean of a factor along them, the highest first."""
        means = self.means()[factor]
        return [int(text) for text in np.argsort(-means, kind="stable")]

    def means(self) -> np.ndarray:
        """The mean of each factor along each text, (K, N)."""
        count = np.bincount(self.of_text, minlength=len(self.texts))
        sums = np.stack([np.bincount(self.of_text, row, len(self.texts)) for row in self.values])
        return sums / count

    def shows(self) -> str:
        return f"{len(self.tokens):,} tokens of {len(self.texts):,} texts · {self.where} · {super().shows()}"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "target": None, "texts": list(self.texts), "of_text": self.of_text.tolist(),
            "numbers": self.numbers.tolist(), "where": self.where,
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        found = super().to_frame()
        found.insert(0, "text", self.numbers[self.of_text])
        return found

    def in_words(self) -> str:
        steady = int((self.stability >= 0.9).sum())
        return (
            f"{len(self.values)} factors stand for {percent(self.explained)} of what {self.neurons:,} activations do "
            f"on {len(self.texts):,} texts; the largest is strongest on {self.names[0]}. {steady} of "
            f"{len(self.values)} come out alike from {self.seeds} other random starts."
        )
