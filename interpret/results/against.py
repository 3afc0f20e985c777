"""Two models on the same texts, token by token: where does one expect what comes better than the other?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import visible

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class Against(Result):
    """By how many nats a token is likelier for this model than for the other, mean over each of G groups.

    `values` (G,). `error` (G,): standard error over texts; `n` (G,) tokens. `best`, `worst`: single tokens
    with the words before them and their advantage, the largest first.
    """

    kind: ClassVar[str] = "against"
    dims: ClassVar[tuple[str, ...]] = ("group",)
    other: str
    groups: tuple[str, ...]
    error: np.ndarray
    n: np.ndarray
    best: tuple[tuple[str, str, float], ...]
    worst: tuple[tuple[str, str, float], ...]

    def shows(self) -> str:
        return f"nats by which a word is likelier than for {self.other}"

    def in_words(self) -> str:
        whole, parts = float(self.values[0]), range(1, len(self.groups))
        sure = [row for row in parts if self.n[row] >= 20]
        most, least = (pick(sure, key=lambda row: self.values[row]) for pick in (max, min))
        side = "likelier" if whole > 0 else "less likely"
        return (
            f"On the bundled texts {self.model} finds what comes {np.exp(abs(whole)):.1f} times "
            f"{side} than {self.other} "
            f"does, which only counts words. It gains most on {self.groups[most]} "
            f"({np.exp(self.values[most]):.1f} "
            f"times) and least on {self.groups[least]} ({np.exp(self.values[least]):.1f} times)."
        )

    def told(self, wins: bool) -> list[str]:
        """Single words with what stands before them, to be read aloud."""
        return [
            f"“{visible(word)}” behind “… {visible(before)}”: {np.exp(abs(nats)):,.0f} times "
            f"{'likelier' if nats > 0 else 'less likely'}"
            for word, before, nats in (self.best if wins else self.worst)
        ]

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {"group": self.groups, "advantage_nats": self.values, "error": self.error, "n": self.n}
        )

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "other": self.other, "groups": list(self.groups),
            "error": self.error.tolist(),
            "n": self.n.tolist(), "best": [list(one) for one in self.best],
            "worst": [list(one) for one in self.worst],
        }  # fmt: skip
