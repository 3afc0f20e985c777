"""Heads over many sentences: from which kind of word to which, and whether a token can still be told."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.attention import head_name
from interpret.results.base import Result
from interpret.sentences import percent

if TYPE_CHECKING:
    import pandas


LITTLE = 0.01  # of a row


@dataclass(frozen=True, kw_only=True, eq=False)
class WordClassHeads(Result):
    """Mean shares of attention by word class, (L, H, P, C): asking words are of `classes` (P).

    `columns` (C): the classes, then the word itself, words without a class, and marks; rows sum to 1.
    """

    kind: ClassVar[str] = "word-class-heads"
    dims: ClassVar[tuple[str, ...]] = ("layer", "head", "asking", "looked at")
    classes: tuple[str, ...]
    columns: tuple[str, ...]
    even: np.ndarray  # (P, C) of an even look over the same tokens
    n: np.ndarray  # (P,) asking words
    sentences: int
    data: str  # which sentences

    def strongest(self) -> tuple[int, int, int, int]:
        """Where a head most exceeds an even look, between two classes: layer, head, asking, looked at."""
        count = len(self.classes)
        above = (self.values - self.even)[..., :count]
        layer, head, asks, looked = np.unravel_index(int(above.argmax()), above.shape)
        return int(layer), int(head), int(asks), int(looked)

    def of_head(self, layer: int, head: int) -> str:
        """What one head (both from 0) does most, between two classes."""
        above = (self.values[layer, head] - self.even)[:, : len(self.classes)]
        asks, looked = (int(n) for n in np.unravel_index(int(above.argmax()), above.shape))
        name = head_name(layer + 1, head).capitalize()
        if above[asks, looked] < LITTLE:
            marks = float(np.average(self.values[layer, head, :, -1], weights=self.n))
            return (
                f"{name} nowhere exceeds an even look between kinds of words; {percent(marks)} of its weight rests on "
                "the model's marks."
            )
        return f"{name} {self._said(layer, head, asks, looked)}"

    def _said(self, layer: int, head: int, asks: int, looked: int) -> str:
        share, even = float(self.values[layer, head, asks, looked]), float(self.even[asks, looked])
        return (
            f"most exceeds an even look from {self.classes[asks]} to {self.columns[looked]}: {percent(share)} of the "
            f"weight, where an even look would give {percent(even)} (n = {self.n[asks]:,} words)."
        )

    def in_words(self) -> str:
        layer, head, asks, looked = self.strongest()
        if self.values[layer, head, asks, looked] <= self.even[asks, looked]:
            return "No head looks from one kind of word to another more than an even look would."
        return f"Of all heads, {head_name(layer + 1, head)} {self._said(layer, head, asks, looked)}"

    def shows(self) -> str:
        return f"mean share of attention over {self.sentences} of {self.data}"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "target": None, "classes": list(self.classes), "columns": list(self.columns),
            "even": self.even.tolist(), "n": self.n.tolist(), "sentences": self.sentences, "data": self.data,
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        layers, heads, asks, looked = np.indices(self.values.shape).reshape(4, -1)
        return pandas.DataFrame(
            {
                "layer": layers + 1, "head": heads, "asking": np.array(self.classes, dtype=object)[asks],
                "looked_at": np.array(self.columns, dtype=object)[looked], "share": self.values.ravel(),
                "even_look": self.even[asks, looked], "n": self.n[asks],
            }
        )  # fmt: skip


READERS = ("as it is", "linear reader")


@dataclass(frozen=True, kw_only=True, eq=False)
class TokenIdentity(Result):
    """How often the input token can be told from its state, by layer (0: the embedding), (L + 1, 2).

    Columns are READERS: the nearest input vector of the same text to the state itself, and to what a linear map
    makes of it. `chance`: drawn by lot among the text's tokens; `majority`: always the commonest token.
    """

    kind: ClassVar[str] = "token-identity"
    dims: ClassVar[tuple[str, ...]] = ("layer", "reader")
    low: np.ndarray  # (L + 1, 2) 95 % bounds, by bootstrap over texts
    high: np.ndarray
    chance: float
    majority: float
    n: np.ndarray  # (2,) tokens learned from, tested on
    texts: np.ndarray  # (2,)

    def in_words(self) -> str:
        last = len(self.values) - 1
        return (
            f"From its state in the last layer, {percent(float(self.values[last, 0]))} of tokens are still nearest to "
            f"their own input vector among those of the text, and a linear reader finds "
            f"{percent(float(self.values[last, 1]))} ({percent(float(self.low[last, 1]))} to "
            f"{percent(float(self.high[last, 1]))}; by lot {percent(self.chance)}; n = {self.n[1]:,} tokens of "
            f"{self.texts[1]} other texts)."
        )

    def shows(self) -> str:
        return "share of tokens told from their state, by layer"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "target": None, "readers": list(READERS), "low": self.low.tolist(),
            "high": self.high.tolist(), "chance": self.chance, "majority": self.majority, "n": self.n.tolist(),
            "texts": self.texts.tolist(),
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        layers, readers = np.indices(self.values.shape).reshape(2, -1)
        return pandas.DataFrame(
            {
                "layer": layers, "reader": np.array(READERS, dtype=object)[readers], "share": self.values.ravel(),
                "low": self.low.ravel(), "high": self.high.ravel(),
            }
        )  # fmt: skip
