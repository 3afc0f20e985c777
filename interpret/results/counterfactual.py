"""What changes of a text do to a model's answer, and the smallest that was found to flip it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import named

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class Counterfactuals(Result):
    """N changed texts; `values` (N,): by how many logits the old answer leads then; below 0 it is another.

    If `flips`, the first is the smallest change that flips, and `proved` says that every smaller one was tried.
    `kinds`: "tried", or the list of ready changes; `changes`: what was changed, in words; `sizes` (N,): how many
    words that touches. `nats` (N,): what it does to the log-probability per word, by a model that writes; None
    where the model does not.
    """

    kind: ClassVar[str] = "counterfactuals"
    dims: ClassVar[tuple[str, ...]] = ("change",)
    lead: float  # before any change
    share: float  # probability of the old answer
    answer: str
    rival: str  # what the answer is set against; "" for all others
    answers: tuple[str, ...]  # (N,) after each change
    shares: np.ndarray  # (N,) probability of the old answer after it
    changes: tuple[str, ...]
    kinds: tuple[str, ...]
    texts: tuple[str, ...]
    sizes: np.ndarray
    nats: np.ndarray | None
    flips: bool
    proved: bool
    tried: int  # texts, all in all
    singles: int  # of them changes of one word
    pairs: int  # changes of two words there are, tried or not
    pairs_tried: int

    def shows(self) -> str:
        over = named(self.rival) if self.rival else "the best other answer"
        return f"by how many logits {named(self.answer)} leads over {over} after each change"

    def smallness(self) -> str:
        """Whether the smallest change is proved to be that."""
        if not self.flips:
            return f"None of the {self.tried:,} changed texts that were tried flips it; larger changes were not tried."
        size = int(self.sizes[0])
        if size == 1:
            return "No change can be smaller: it touches one word."
        ones = f"all {self.singles:,} changes of one word were tried"
        if self.proved and size == 2:
            return f"It is proved smallest among these changes: {ones}, and none flips."
        if self.proved:
            return f"It is proved smallest among these changes: {ones}, all {self.pairs:,} pairs too, and none flips."
        return (
            f"It is not proved smallest: {ones}, but of {self.pairs:,} pairs only {self.pairs_tried:,}. "
            "Try more texts."
        )

    def in_words(self) -> str:
        said = f"The answer is {named(self.answer)}, {self.lead:.2f} logits ahead."
        if not self.flips:
            return f"{said} {self.smallness()}"
        one = "one word" if self.sizes[0] == 1 else f"{self.sizes[0]} words"
        return (
            f"{said} Changing {one} makes it {named(self.answers[0])}: {self.changes[0]}. {self.smallness()}"
        )

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        columns = {
            "kind": self.kinds, "change": self.changes, "words": self.sizes, "answer": self.answers,
            "lead_logits": self.values, "probability_of_old_answer": self.shares, "text": self.texts,
        }  # fmt: skip
        return pandas.DataFrame(columns if self.nats is None else {**columns, "nats_per_word": self.nats})

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "lead": self.lead, "share": self.share, "answer": self.answer, "rival": self.rival,
            "answers": list(self.answers), "shares": self.shares.tolist(), "changes": list(self.changes),
            "kinds": list(self.kinds), "texts": list(self.texts), "sizes": self.sizes.tolist(),
            "nats_per_word": None if self.nats is None else self.nats.tolist(), "flips": self.flips,
            "proved": self.proved, "tried": self.tried, "singles": self.singles, "pairs": self.pairs,
            "pairs_tried": self.pairs_tried,
        }  # fmt: skip
