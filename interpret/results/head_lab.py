"""Do the heads of a transformer explain its answer? One text, and many."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.attention import head_name
from interpret.results.base import Result
from interpret.results.explaining import PAIRS, weighed
from interpret.sentences import named, percent

if TYPE_CHECKING:
    import pandas

MAPS = ("attention, all heads", "gradients", "leaving out")


@dataclass(frozen=True, kw_only=True, eq=False)
class HeadTaus(Result):
    """Kendall's tau of each head's look with gradients and with leaving out, (L, H, 2); 0 where not `defined`.

    `maps` (3, N): MAPS over the N words' tokens `at`, as shares; `averaged` (3,): tau of PAIRS, attention averaged
    over all heads (0 where not `known`).
    """

    kind: ClassVar[str] = "head-taus"
    dims: ClassVar[tuple[str, ...]] = ("layer", "head", "measure")
    defined: np.ndarray  # (L, H, 2)
    p: np.ndarray  # (L, H, 2); 1 where undefined
    maps: np.ndarray
    at: np.ndarray
    averaged: np.ndarray
    known: np.ndarray  # (3,)
    answer: str
    probability: float

    def best(self, measure: int) -> tuple[int, int]:
        """The head that agrees most with gradients (0) or leaving out (1): layer and head from 0."""
        layer, head = np.unravel_index(int(self.values[..., measure].argmax()), self.values.shape[:2])
        return int(layer), int(head)

    def in_words(self) -> str:
        layer, head = self.best(1)
        said = [
            f"{tau:+.2f}" if known else "without a value"
            for tau, known in zip(self.averaged, self.known, strict=True)
        ]
        return (
            f"{named(self.answer)} ({percent(self.probability)}). Ranking the words by Kendall's tau, attention "
            f"averaged over all heads agrees with gradients {said[0]} and with leaving out {said[1]}, these two with "
            f"each other {said[2]}; of single heads, {head_name(layer + 1, head)} comes closest to leaving out, "
            f"{self.values[layer, head, 1]:+.2f}."
        )

    def shows(self) -> str:
        return f"Kendall's tau over {len(self.at)} tokens"

    def to_json(self) -> dict[str, Any]:
        arrays = ("defined", "p", "maps", "at", "averaged", "known")
        return {
            **super().to_json(), "target": None, "answer": self.answer, "probability": self.probability,
            "pairs": list(PAIRS), **{name: getattr(self, name).tolist() for name in arrays},
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        layers, heads = np.indices(self.values.shape[:2]).reshape(2, -1)
        flat = self.values.reshape(-1, 2)
        return pandas.DataFrame(
            {
                "layer": layers + 1, "head": heads, "tau_gradients": flat[:, 0], "tau_leaving_out": flat[:, 1],
                "p_gradients": self.p.reshape(-1, 2)[:, 0], "p_leaving_out": self.p.reshape(-1, 2)[:, 1],
            }
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class HeadsExplaining(Result):
    """The experiments over N texts. `values` (L, H, 2): mean tau with gradients and with leaving out.

    `averaged` (N, 3): tau of PAIRS with attention averaged over all heads; 0 where not `defined`.
    """

    kind: ClassVar[str] = "heads-explaining"
    dims: ClassVar[tuple[str, ...]] = ("layer", "head", "measure")
    heads_low: np.ndarray  # (L, H, 2) 95 % bounds of the means, by bootstrap over texts
    heads_high: np.ndarray
    averaged: np.ndarray
    defined: np.ndarray  # (N, 3)
    low: np.ndarray  # (3,) bounds of the mean tau of PAIRS
    high: np.ndarray
    shuffled: np.ndarray  # (N, L, H) median change of the answer by shuffling that head
    shuffled_low: float  # bounds of the median, of the head that matters most
    shuffled_high: float
    head: tuple[int, int]  # that head, layer and head from 0: the adversary had it in hand
    distance: np.ndarray  # (N,) of the adversary, nats
    distance_low: float  # bounds of the median
    distance_high: float
    moved: np.ndarray  # (N,) at most epsilon
    where: str

    def mean(self, pair: int) -> float:
        """Mean tau of one of PAIRS where defined."""
        known = self.defined[:, pair]
        return float(self.averaged[known, pair].mean()) if known.any() else 0.0

    def in_words(self) -> str:
        """The verdict, made of this model's numbers."""
        said = [f"tau {self.mean(at):.2f} ({self.low[at]:.2f} to {self.high[at]:.2f})" for at in range(3)]
        layer, head = self.head
        most = float(np.median(self.shuffled[:, layer, head]))
        return (
            f"{self.model}, n = {len(self.averaged)} {self.where}: averaged over all heads, attention agrees with "
            f"gradients with {said[0]} and with leaving out with {said[1]}; these two with each other with {said[2]}. "
            f"Of single heads, {head_name(layer + 1, head)} matters most when shuffled: the answer moves by "
            f"{percent(most)} (median; {percent(self.shuffled_low)} to {percent(self.shuffled_high)}); even there, "
            f"weights at a median divergence of {np.median(self.distance):.2f} ({self.distance_low:.2f} to "
            f"{self.distance_high:.2f}; at most 0.69) nats give the same answer within {self.options['epsilon']:g}. "
            f"{weighed(self.low, self.high, len(self.averaged))}"
        )

    def shows(self) -> str:
        return f"Kendall's tau over {len(self.averaged)} {self.where}"

    def to_json(self) -> dict[str, Any]:
        arrays = (
            "heads_low",
            "heads_high",
            "averaged",
            "defined",
            "low",
            "high",
            "shuffled",
            "distance",
            "moved",
        )
        numbers = ("shuffled_low", "shuffled_high", "distance_low", "distance_high")
        return {
            **super().to_json(), "target": None, "pairs": list(PAIRS), "head": list(self.head), "where": self.where,
            "verdict": self.in_words(), **{name: getattr(self, name).tolist() for name in arrays},
            **{name: getattr(self, name) for name in numbers},
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        layers, heads = np.indices(self.values.shape[:2]).reshape(2, -1)
        columns = {"layer": layers + 1, "head": heads}
        for at, name in enumerate(("gradients", "leaving_out")):
            columns |= {
                f"tau_{name}": self.values[..., at].ravel(), f"low_{name}": self.heads_low[..., at].ravel(),
                f"high_{name}": self.heads_high[..., at].ravel(),
            }  # fmt: skip
        return pandas.DataFrame({**columns, "shuffled_median_change": np.median(self.shuffled, 0).ravel()})
