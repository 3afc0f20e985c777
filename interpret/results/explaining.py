"""Is attention an explanation? What experiments on one text, and on many, say."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import percent, visible

if TYPE_CHECKING:
    import pandas

PAIRS = ("attention and gradients", "attention and leaving out", "gradients and leaving out")
BINS = ((0.0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.01))
FEW = 20  # texts under which no verdict is given


def weighed(low: np.ndarray, high: np.ndarray, texts: int) -> str:
    """A verdict from the bounds (3,) of the mean taus of PAIRS over so many texts."""
    if texts < FEW:
        return f"Fewer than {FEW} texts are too few for a verdict."
    if low[2] > max(high[0], high[1]):
        return (
            "Here attention tells another story than the two other measures, which agree better with each "
            "other; that does not say which is right."
        )
    if high[2] < min(low[0], low[1]):
        return "Here attention agrees with each of the other measures better than they do with each other."
    return "Here attention agrees with the other measures about as well as they do with each other."


@dataclass(frozen=True, kw_only=True, eq=False)
class ThreeMaps(Result):
    """Attention, gradients and leaving out of one text as shares, (3, T), and how alike they rank the words.

    `tau` (3,) for PAIRS; where not `defined` one of the two was constant and tau is 0. `p` their p-values (1
    where undefined).
    """

    kind: ClassVar[str] = "three-maps"
    dims: ClassVar[tuple[str, ...]] = ("map", "token")
    maps: ClassVar[tuple[str, ...]] = ("attention", "gradients", "leaving out")
    tau: np.ndarray
    p: np.ndarray
    defined: np.ndarray
    flips: np.ndarray  # (4,) share of weights to erase before the answer changes, -1: never
    orders: tuple[str, ...]  # (4,)
    answer: str
    probability: float
    conicity: float  # mean cosine of encoded words with their mean

    def in_words(self) -> str:
        said = [
            f"{pair} {tau:+.2f}" if known else f"{pair} not at all (one is constant)"
            for pair, tau, known in zip(PAIRS, self.tau, self.defined, strict=True)
        ]
        return (
            f"“{self.answer}” ({percent(self.probability)}). Ranking the words, by Kendall's tau: "
            f"{said[0]}, {said[1]}, but {said[2]}." if self.tau[2] > max(self.tau[:2]) else
            f"“{self.answer}” ({percent(self.probability)}). Ranking the words, by Kendall's tau: "
            f"{', '.join(said)}."
        )  # fmt: skip

    def erased(self) -> str:
        """What it takes to change the answer."""
        when = {
            order: f"after {percent(float(flip))}"
            for order, flip in zip(self.orders, self.flips, strict=True)
            if flip >= 0
        }
        if not when:
            return "Weights erased one by one, in any order tried, never change the answer."
        said = "; ".join(f"by {order} {share}" for order, share in when.items())
        never = [f"by {order}" for order in self.orders if order not in when]
        rest = f"; {' or '.join(never)} never" if never else ""
        return f"Weights erased one by one change the answer, in the order {said}{rest}."

    def shows(self) -> str:
        return "shares of each map"

    def to_json(self) -> dict[str, Any]:
        arrays = ("tau", "p", "defined", "flips")
        return {
            **super().to_json(), "target": None, "maps": list(self.maps), "orders": list(self.orders),
            "answer": self.answer, "probability": self.probability, "conicity": self.conicity,
            **{name: getattr(self, name).tolist() for name in arrays},
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        columns = dict(zip(self.maps, self.values, strict=True))
        return pandas.DataFrame({"token": np.arange(len(self.tokens)), "shown": self.tokens, **columns})


@dataclass(frozen=True, kw_only=True, eq=False)
class Swapped(Result):
    """The model's own attention and another one in its place, (2, T), and what became of the answer."""

    kind: ClassVar[str] = "swapped"
    dims: ClassVar[tuple[str, ...]] = ("attention", "token")
    way: str  # shuffled, adversary, twin
    exists: bool  # whether another one was found at all
    distance: float  # Jensen-Shannon divergence of the two maps, nats (at most ln 2 = 0.69)
    apart: float  # their total variation
    moved: float  # total variation of the answers
    answers: np.ndarray  # (2, K)
    classes: tuple[str, ...]
    moves: np.ndarray  # (N,) of a shuffle: how far each of N orders moved the answer

    def in_words(self) -> str:
        if not self.exists:
            return "No other weights give this answer: here the answer fixes the map."
        own, other = (int(row.argmax()) for row in self.values)
        before, after = (percent(float(row[int(self.answers[0].argmax())])) for row in self.answers)
        name = self.classes[int(self.answers[0].argmax())]
        words = [visible(self.tokens[at]) for at in (own, other)]
        if self.way == "shuffled":
            median = percent(float(np.median(self.moves)))
            return (
                f"With the weights in {len(self.moves)} random orders the probability of “{name}” moves by "
                f"{median} (median), at most {percent(float(self.moves.max()))}."
            )
        how = "exactly the same answer" if self.way == "twin" else "almost the same answer"
        return (
            f"Another map with {how} ({before} → {after}): its largest weight is on “{words[1]}” "
            f"and not on “{words[0]}”; {percent(self.apart)} of the weight stands elsewhere."
            if own != other else
            f"Another map with {how} ({before} → {after}): {percent(self.apart)} of the weight stands "
            f"elsewhere, "
            f"its largest weight still on “{words[0]}”."
        )  # fmt: skip

    def shows(self) -> str:
        return f"weights; divergence {self.distance:.2f} of at most 0.69 nats"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "target": None, "way": self.way, "exists": self.exists, "jsd": self.distance,
            "tvd": self.apart, "moved": self.moved, "answers": self.answers.tolist(),
            "classes": list(self.classes), "moves": self.moves.tolist(),
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        rows = {"own": self.values[0], "other": self.values[1]}
        return pandas.DataFrame({"token": np.arange(len(self.tokens)), "shown": self.tokens, **rows})


@dataclass(frozen=True, kw_only=True, eq=False)
class Explaining(Result):
    """The experiments over N texts. `values` (N, 3): tau of PAIRS; 0 where not `defined`."""

    kind: ClassVar[str] = "explaining"
    dims: ClassVar[tuple[str, ...]] = ("text", "pair")
    defined: np.ndarray  # (N, 3)
    p: np.ndarray  # (N, 3); 1 where undefined
    predicted: np.ndarray  # (N,) class
    classes: tuple[str, ...]
    largest: np.ndarray  # (N,) largest weight
    shuffled: np.ndarray  # (N,) median change of the answer by shuffling
    distance: np.ndarray  # (N,) of the adversary, nats
    moved: np.ndarray  # (N,) change of the answer by it: at most epsilon
    twins: np.ndarray  # (N,) total variation of the twin, 0: none
    flips: np.ndarray  # (N, 4) share to erase by order, -1: never
    single: np.ndarray  # (N, 4) weight, divergence, top flips, other flips
    orders: tuple[str, ...]
    where: str  # which texts
    low: np.ndarray  # (3,) bounds of the mean tau by bootstrap over texts, 95 %
    high: np.ndarray  # (3,)

    def mean(self, pair: int, only: int | None = None) -> tuple[float, float, float]:
        """Mean and deviation of tau where defined, and the share with p < 0.05; of one predicted class or all."""
        rows = self.defined[:, pair] & ((self.predicted == only) if only is not None else True)
        if not rows.any():
            return 0.0, 0.0, 0.0
        found = self.values[rows, pair]
        return float(found.mean()), float(found.std()), float((self.p[rows, pair] < 0.05).mean())

    @property
    def undefined(self) -> int:
        """Texts in which some tau has no value."""
        return int((~self.defined).any(axis=1).sum())

    def in_words(self) -> str:
        """The verdict, made of this model's numbers."""
        count = len(self.values)
        said = [
            f"{PAIRS[pair]} agree with tau {self.mean(pair)[0]:.2f} ({self.low[pair]:.2f} to "
            f"{self.high[pair]:.2f})"
            for pair in range(3)
        ]
        within = f"{percent(float(np.median(self.shuffled)))} when its weights are shuffled (median)"
        return (
            f"{self.model}, {count} {self.where}: {said[0]}, {said[1]}; {said[2]}. The answer moves by "
            f"{within}, and "
            f"a map at a median divergence of {np.median(self.distance):.2f} (of 0.69) nats gives the same "
            f"answer within {self.options['epsilon']:g}. {self.verdict()}"
        )

    def verdict(self) -> str:
        """One sentence, fair to both sides, from the bounds of the taus."""
        return weighed(self.low, self.high, len(self.values))

    def shows(self) -> str:
        return f"Kendall's tau over {len(self.values)} {self.where}"

    def to_json(self) -> dict[str, Any]:
        arrays = ("defined", "p", "predicted", "largest", "shuffled", "distance", "moved", "twins", "flips",
                  "single", "low", "high")  # fmt: skip
        return {
            **super().to_json(), "target": None, "pairs": list(PAIRS), "orders": list(self.orders),
            "classes": list(self.classes), "where": self.where, "verdict": self.in_words(),
            **{name: getattr(self, name).tolist() for name in arrays},
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {
                "predicted": [self.classes[k] for k in self.predicted],
                **{f"tau: {pair}": self.values[:, at] for at, pair in enumerate(PAIRS)},
                "largest_weight": self.largest, "shuffled_median_change": self.shuffled,
                "adversary_jsd_nats": self.distance, "adversary_change": self.moved, "twin_tvd": self.twins,
                **{f"erased by {order}": self.flips[:, at] for at, order in enumerate(self.orders)},
            }
        )  # fmt: skip
