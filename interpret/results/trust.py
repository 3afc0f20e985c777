"""Evidence about maps of one number: what taking words away does, and how far the map can be believed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import one_of, percent, visible

if TYPE_CHECKING:
    import pandas

SHARES = (0.01, 0.05, 0.10, 0.20, 0.50)  # of the words, as in ERASER
DOES = {"left out": "Deleting", "zero": "Zeroing", "mask": "Masking"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence(Result):
    """What all of them carry: M methods and the K words that can be taken away."""

    names: tuple[str, ...]  # (M,) methods
    titles: tuple[str, ...]  # (M,)
    numbers: np.ndarray  # (K,) which word of the text each one is
    shown: tuple[str, ...]  # (K,)

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "methods": list(self.names), "removable": list(self.shown),
            "word_numbers": self.numbers.tolist(), "sentences": list(self.sentences()),
        }  # fmt: skip

    def sentences(self) -> tuple[str, ...]:
        """Everything there is to say, ready to be read aloud."""
        return (self.in_words(),)

    def quoted(self, words: Iterable[int]) -> str:
        """Some of the K words in a sentence: “a”, “the” (2nd) and “c”."""
        said = []
        for word in words:
            said.append(one_of([visible(shown) for shown in self.shown], word))
        return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def short(area: float) -> str:
    """An area under a curve in a sentence: 0.93, 0.041, less than 0.0001."""
    if area < 5e-5:
        return "less than 0.0001"
    places = 2 if area >= 0.0995 else 3 if area >= 0.00995 else 4
    return f"{area:.{places}f}"


def rank(correlation: float) -> str:
    """A correlation in a sentence: 0.60, −0.40."""
    return f"{correlation:.2f}".replace("-", "−")


@dataclass(frozen=True, kw_only=True, eq=False)
class Curves(Evidence):
    """The probability of what is explained while words are taken away one by one, M methods.

    `values` (M, K+1): after 0 to K removals, in each method's order. `insertion` (M, K+1), if asked for: from
    no word, put back in the same order. Areas are means over the curve (trapezoids, the words counted from 0
    to 1), in units of probability: low is good for deletion, high for insertion. Random orders: the mean
    and the bounds between which 95 % of them lie.
    """

    kind: ClassVar[str] = "curves"
    dims: ClassVar[tuple[str, ...]] = ("method", "removed")
    way: str  # left out, zero, mask
    orders: np.ndarray  # (M, K) indices of words, the first to be taken away first
    random: np.ndarray  # (3, K+1) mean, low, high of deletion
    random_insertion: np.ndarray  # (3, K+1)
    areas: np.ndarray  # (M, 2) deletion, insertion; (M, 1) without insertion
    random_areas: np.ndarray  # (3, 2) mean, low, high
    comprehensiveness: np.ndarray  # (M, 5) p - p(without the top share), for SHARES of the words
    sufficiency: np.ndarray  # (M, 5) p - p(the top share alone)
    aopc: np.ndarray  # (M, 2) means over the five
    random_aopc: np.ndarray  # (3, 2) mean, low, high
    beats_random: np.ndarray  # (M,) whether its deletion area is below that of 97.5 % of random orders
    insertion: np.ndarray | None = None  # (M, K+1)
    greedy: np.ndarray | None = None  # (K+1,) each time the removal that lowers it most
    greedy_order: np.ndarray | None = None  # (K,)
    greedy_area: float | None = None

    @property
    def removed(self) -> np.ndarray:
        """The x of every curve, 0 to K."""
        return np.arange(self.values.shape[1])

    @property
    def logs(self) -> np.ndarray:
        """The same curves in nats, (M, K+1); a probability of 0 counts as the smallest there is."""
        return np.log(np.maximum(self.values, np.finfo(np.float64).tiny))

    def top(self, row: int, most: int = 3) -> tuple[str, ...]:
        """The words that a method would take away first."""
        return tuple(self.shown[word] for word in self.orders[row][:most])

    def in_words(self, row: int = 0) -> str:
        """What taking away the top words of one method does, and what random words do."""
        count = min(3, len(self.shown) - 1)
        words = "3 words" if count == 3 else f"{count} word{'s' * (count > 1)}"
        before, after = (percent(float(self.values[row, at])) for at in (0, count))
        chance, top = percent(float(self.random[0, count])), self.quoted(self.orders[row][:count].tolist())
        said = (
            f"{DOES[self.way]} its top {words} ({top}) takes p from {before} to {after} "
            f"({count} random: {chance})."
        )
        return said if self.beats_random[row] else f"{said} {self.mark(row)}"

    def mark(self, row: int) -> str:
        """Why a method is marked: its order is no better than chance."""
        area, low, high = (short(float(n)) for n in (self.areas[row, 0], *self.random_areas[1:, 0]))
        return f"Its order is not better than chance: area {area}, random orders {low} to {high}."

    def sentences(self) -> tuple[str, ...]:
        return tuple(f"{title}: {self.in_words(row)}" for row, title in enumerate(self.titles))

    def shows(self) -> str:
        return "the probability of what is explained, by how many words are taken away"

    def to_json(self) -> dict[str, Any]:
        arrays = (
            "orders", "insertion", "random", "random_insertion", "areas", "random_areas",
            "comprehensiveness", "sufficiency", "aopc", "random_aopc", "beats_random", "greedy",
            "greedy_order",
        )  # fmt: skip
        found = {name: getattr(self, name) for name in arrays}
        return {
            **super().to_json(), "way": self.way, "shares": list(SHARES), "greedy_area": self.greedy_area,
            **{name: None if array is None else array.tolist() for name, array in found.items()},
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        count = len(self.removed)
        back = {} if self.insertion is None else {"probability_after_insertion": self.insertion.ravel()}
        return pandas.DataFrame(
            {
                **back,
                "method": np.repeat(np.array(self.names, dtype=object), count),
                "words_removed": np.tile(self.removed, len(self.names)),
                "probability_after_deletion": self.values.ravel(),
                "random_deletion_mean": np.tile(self.random[0], len(self.names)),
            }
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Scrambling(Evidence):
    """How alike a map stays while the model is scrambled from the output down, S stages.

    `values` (M, S+1): Spearman's rank correlation of the words' sizes with the map of the trained model, mean
    over seeds; 1 at stage 0, "as trained". `signed_values`: of the scores with their signs. Where `defined`
    is false every seed's map was constant; nothing is to be drawn there (the number is 0).
    """

    kind: ClassVar[str] = "scrambling"
    dims: ClassVar[tuple[str, ...]] = ("method", "stage")
    stages: tuple[str, ...]  # (S+1,): "as trained", then the part scrambled last, output first
    signed_values: np.ndarray  # (M, S+1)
    defined: np.ndarray  # (M, S+1)
    unmoved: np.ndarray  # (M,) flagged: the map of the wholly scrambled model is still alike
    limit: float  # above it a method is flagged

    def in_words(self, row: int = 0) -> str:
        if not self.defined[row, -1]:
            return "With the whole model scrambled its map is constant, so there is nothing to compare."
        left = self.values[row, -1]
        alike = f"rank correlation {rank(left)}, {self.limit:g} is allowed"
        if self.unmoved[row]:
            return (
                f"Its map hardly changes when the whole model is scrambled ({alike}): it shows the text, or "
                "what any network of this build does, more than what this one has learned."
            )
        return f"With the whole model scrambled its map is another one ({alike}), as it should be."

    def sentences(self) -> tuple[str, ...]:
        return tuple(f"{title}: {self.in_words(row)}" for row, title in enumerate(self.titles))

    def shows(self) -> str:
        return "rank correlation with the map of the trained model, by what is scrambled"

    def to_json(self) -> dict[str, Any]:
        arrays = ("signed_values", "defined", "unmoved")
        return {
            **super().to_json(), "stages": list(self.stages), "limit": self.limit,
            **{name: getattr(self, name).tolist() for name in arrays},
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        count = len(self.stages)
        return pandas.DataFrame(
            {
                "method": np.repeat(np.array(self.names, dtype=object), count),
                "scrambled_down_to": np.tile(np.array(self.stages, dtype=object), len(self.names)),
                "rank_correlation_of_sizes": self.values.ravel(),
                "rank_correlation_signed": self.signed_values.ravel(),
                "defined": self.defined.ravel(),
            }
        )
