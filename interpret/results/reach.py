"""How far a model looks: what a guess costs by how much of what stands before it is as it was."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result

if TYPE_CHECKING:
    import pandas

WAYS = {
    "cut": "cut off",
    "shuffled": "shuffled",
    "reversed": "turned round",
    "replaced": "replaced by other words",
    "window": "no weight further back",
}
CLOSE = 0.05  # nats a guess: closer than this, or than two standard errors, counts as the same


@dataclass(frozen=True, kw_only=True, eq=False)
class Reach(Result):
    """Nats a guess with only the last `steps` tokens as they were, for each way the rest is changed, (W, N)."""

    kind: ClassVar[str] = "reach"
    dims: ClassVar[tuple[str, ...]] = ("way", "tokens kept")
    ways: tuple[str, ...]  # (W,)
    steps: np.ndarray  # (N,) tokens
    errors: np.ndarray  # (W, N) standard errors of the difference from `whole`, over texts
    whole: float  # nats a guess with the whole text
    texts: int
    guesses: int

    def far_enough(self, way: str) -> int | None:
        """How many tokens must be as they were for the cost to be the whole text's from there on; None: more."""
        row = self.ways.index(way)
        same = self.values[row] - self.whole <= np.maximum(2 * self.errors[row], CLOSE)
        from_here = np.logical_and.accumulate(same[::-1])[::-1]
        return int(self.steps[int(from_here.argmax())]) if from_here.any() else None

    def in_words(self) -> str:
        cut, shuffled = self.far_enough("cut"), self.far_enough("shuffled")
        first = self.values[self.ways.index("cut"), 0] - self.whole
        far = f"the last {cut} are as good as all" if cut else "even the longest cut text costs more"
        order = (
            f"the order of words more than {shuffled} {'token' if shuffled == 1 else 'tokens'} back does not matter"
            if shuffled
            else ("the order of words matters as far as was looked")
        )
        more = f"{abs(first):.2f} nats {'less' if first < 0 else 'more'}"
        return (
            f"With the last token alone a guess costs {more} than with the whole text "
            f"({self.whole:.2f}); {far}, and {order}."
        )

    def shows(self) -> str:
        return f"nats a guess, {self.guesses} guesses in {self.texts} texts"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "target": None, "ways": list(self.ways), "steps": self.steps.tolist(),
            "errors": self.errors.tolist(), "whole": self.whole, "texts": self.texts, "guesses": self.guesses,
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        ways, steps = np.indices(self.values.shape).reshape(2, -1)
        return pandas.DataFrame(
            {
                "way": np.array(self.ways, dtype=object)[ways], "tokens_kept": self.steps[steps],
                "nats": self.values.ravel(), "standard_error": self.errors.ravel(), "nats_whole": self.whole,
            }
        )  # fmt: skip
