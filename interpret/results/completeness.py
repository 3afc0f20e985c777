"""Whether scores add up: the sum and its gap by how many steps were taken on the way from a blank text."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import with_sign

if TYPE_CHECKING:
    import pandas

BLANKS = {"zero": "zeros", "mean": "the mean of the vocabulary", "pad": "filling pieces"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Completeness(Result):
    """`values` (S,): the gap in % of f(text) - f(blank) with each number of `steps` (S,), 1, 2, 4 ..."""

    kind: ClassVar[str] = "completeness"
    dims: ClassVar[tuple[str, ...]] = ("steps",)
    steps: np.ndarray  # (S,)
    sums: np.ndarray  # (S,) the scores added up
    whole: float  # f(text)
    bare: float  # f(blank)
    measured: str  # the unit of f
    blank: str  # zero, mean, pad

    @property
    def wanted(self) -> float:
        """What the scores must add up to."""
        return self.whole - self.bare

    @property
    def grade(self) -> str:
        """good: within the limit; fair: within ten times the limit; bad."""
        limit = self.check.limit or 0.0
        return "good" if self.values[-1] <= limit else "fair" if self.values[-1] <= 10 * limit else "bad"

    def in_words(self) -> str:
        count, gap = int(self.steps[-1]), float(self.values[-1])
        said = "less than 0.01" if gap < 0.01 else f"{gap:.2g}" if gap < 99 else f"{gap:,.0f}"
        return (
            f"With {count} step{'s' * (count > 1)} from a blank text ({BLANKS[self.blank]}), the scores add "
            f"up to {with_sign(self.sums[-1])} of {with_sign(self.wanted)} {self.measured}: a gap of {said}\u00a0%."
        )

    def shows(self) -> str:
        return "by how much the scores miss their sum, by steps on the way from a blank text"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "steps": self.steps.tolist(), "sums": self.sums.tolist(),
            "whole": self.whole, "bare": self.bare, "blank": self.blank,
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame({"steps": self.steps, "sum": self.sums, "gap_percent": self.values})
