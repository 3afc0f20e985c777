"""What a model expects: its guesses at each place of a text, or the classes it takes it for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import marked, named, percent

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class NextWords(Result):
    """After each token the probabilities of the K likeliest next ones (T, K), and each token's surprise.

    `ahead` 0, of a model that fills gaps: at each token, while it is hidden.
    """

    kind: ClassVar[str] = "next-words"
    dims: ClassVar[tuple[str, ...]] = ("token", "candidate")
    candidates: tuple[tuple[str, ...], ...]  # (T, K) as shown
    candidate_ids: np.ndarray  # (T, K)
    surprise: np.ndarray  # (T,) bits; 0 for a first token that nothing predicts
    rank: np.ndarray  # (T,) 1 = the model's first guess; 0 for that first token
    entropy: np.ndarray  # (T,) bits: how undecided the model is after each token
    predicted: np.ndarray  # (T,) whether the model was asked about the token
    ahead: int = 1  # row t is about token t + ahead
    # (T,) what could stand in a token's place, and how likely
    swaps: tuple[tuple[tuple[str, float], ...], ...] = ()

    def shows(self) -> str:
        which = "each next token" if self.ahead else "each token while it is hidden"
        return f"the probability of {which}; surprise in bits"

    def marked(self, row: int = -1) -> tuple[str, ...]:
        """The candidates of `row`; three dots before those that go on with the word before them."""
        before = self.text[: int(self.spans[row, self.ahead])]
        return tuple(marked(token, before) for token in self.candidates[row])

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(),
            "candidates": [list(row) for row in self.candidates],
            "candidate_ids": self.candidate_ids.tolist(),
            "surprise_bits": self.surprise.tolist(),
            "rank": self.rank.tolist(),
            "entropy_bits": self.entropy.tolist(),
            "predicted": self.predicted.tolist(),
            "ahead": self.ahead,
        }

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {
                "token": np.arange(len(self.tokens)),
                "shown": self.tokens,
                "surprise_bits": self.surprise,
                "rank": self.rank,
                "entropy_bits": self.entropy,
                "first_guess_after" if self.ahead else "first_guess_here": [
                    row[0] for row in self.candidates
                ],
                "first_guess_probability": self.values[:, 0],
            }
        )

    def in_words(self) -> str:
        if not self.ahead:
            return self._hidden_in_words()
        guesses = self.marked()[:2]
        first, second = (named(token) for token in guesses)
        one, two = (percent(share) for share in self.values[-1, :2])
        dots = (
            " Three dots: it goes on with the last word." if "…" in (guesses[0][0:1], guesses[1][0:1]) else ""
        )
        return (
            f"After this text the model's first guess is {first} ({one}), its second {second} ({two}).{dots}"
        )

    def _hidden_in_words(self) -> str:
        asked = np.flatnonzero(self.predicted)
        right = int((self.rank[asked] == 1).sum())
        worst = int(asked[self.surprise[asked].argmax()])
        return (
            f"With one token hidden at a time, the model guesses {right} of {len(asked)} right at once. "
            f"It least expects {named(self.tokens[worst])}: its first guess there is "
            f"{named(self.marked(worst)[0])} ({percent(self.values[worst, 0])})."
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassScores(Result):
    """The probability of each class (V,), from a classifier."""

    kind: ClassVar[str] = "classes"
    dims: ClassVar[tuple[str, ...]] = ("class",)
    classes: tuple[str, ...]  # (V,)
    logits: np.ndarray  # (V,)

    def shows(self) -> str:
        return "the probability of each class"

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "classes": list(self.classes), "logits": self.logits.tolist()}

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame({"class": self.classes, "probability": self.values, "logit": self.logits})

    def in_words(self) -> str:
        first, second = (int(number) for number in np.argsort(-self.values, kind="stable")[:2])
        one, two = (percent(float(self.values[number])) for number in (first, second))
        lead = self.logits[first] - self.logits[second]
        return (
            f"The model takes this text for {self.classes[first]} ({one}); "
            f"{self.classes[second]} gets {two}, {lead:.2f} logits behind."
        )
