"""Why one head looks from one token at another: query times key, dimension by dimension."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.attention import head_name
from interpret.results.base import Result
from interpret.sentences import percent, visible

if TYPE_CHECKING:
    import pandas

FEW = 3  # dimensions named in the sentence


@dataclass(frozen=True, kw_only=True, eq=False)
class QueryKey(Result):
    """One weight of one head taken apart. `values` (C,): q_d k_d / sqrt(C), in nats; their sum is the score.

    Softmax only knows differences, so a score counts against the other scores of its row: `usual` (C,) is
    what each dimension gives on average over the tokens seen. `query`, `key` are tokens, counted from 0.
    """

    kind: ClassVar[str] = "query-key"
    dims: ClassVar[tuple[str, ...]] = ("dimension",)
    layer: int  # from 1
    head: int  # from 0
    query: int
    key: int
    queries: np.ndarray  # (C,) the query vector
    keys: np.ndarray  # (C,) the key vector
    usual: np.ndarray  # (C,)
    scores: np.ndarray  # (S,) before the softmax, of the tokens seen
    seen: np.ndarray  # (S,) which tokens those are
    weight: float

    @property
    def score(self) -> float:
        """The sum over dimensions."""
        return float(self.values.sum())

    @property
    def order(self) -> np.ndarray:
        """Dimensions, the largest size first."""
        return np.argsort(-np.abs(self.values), kind="stable")

    def in_words(self) -> str:
        """The score, what it is against the row, and the dimensions that make it."""
        who, what = (self._named(at) for at in (self.query, self.key))
        if len(self.scores) == 1:
            return f"{who} sees one token only, so all of its weight is there whatever the score."
        mean = float(self.scores.mean())
        above = self.values - self.usual
        lifts = [f"{d} ({above[d]:+.2f})" for d in np.argsort(-above, kind="stable")[:FEW]]
        return (
            f"{head_name(self.layer, self.head).capitalize()} scores {what} seen from {who} at {self.score:+.2f}, "
            f"where the mean of its row is {mean:+.2f}, and so it gets {percent(self.weight)} of the weight. Of "
            f"{len(self.values)} dimensions, {', '.join(lifts)} lift it most above that mean."
        )

    def _named(self, at: int) -> str:
        return f"“{visible(self.tokens[at])}”" if self.tokens[at].strip() else "the start of the text"

    def shows(self) -> str:
        return "query × key by dimension, in nats before the softmax"

    def to_json(self) -> dict[str, Any]:
        arrays = ("queries", "keys", "usual", "scores", "seen")
        return {
            **super().to_json(), "target": None, "layer": self.layer, "head": self.head, "query": self.query,
            "key": self.key, "weight": self.weight, "score": self.score,
            **{name: getattr(self, name).tolist() for name in arrays},
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        order = self.order
        return pandas.DataFrame(
            {
                "dimension": order, "query": self.queries[order], "key": self.keys[order],
                "product": self.values[order], "usual_in_row": self.usual[order],
            }
        )  # fmt: skip
