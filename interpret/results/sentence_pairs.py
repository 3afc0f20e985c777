"""Single minimal pairs: both halves' scores, and where in the sentences the difference arises."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.results.grammar import whole
from interpret.sentences import visible

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class MinimalPairs(Result):
    """N pairs of one paradigm. `values` (N,): by how many nats the good half is likelier; below 0 it is not.

    `good_nats`, `bad_nats` (N,): log-probabilities, of a model that writes from where the halves differ.
    """

    kind: ClassVar[str] = "minimal-pairs"
    dims: ClassVar[tuple[str, ...]] = ("pair",)
    paradigm: str
    title: str
    rule: str
    good: tuple[str, ...]
    bad: tuple[str, ...]
    good_nats: np.ndarray
    bad_nats: np.ndarray
    left_out: int
    compared: tuple[str, ...]  # (N,) the words that alone are compared; empty for the whole sentence
    where: np.ndarray  # (N,) which word of the good half, a start mark counted, is the first that differs

    def critical(self, pair: int) -> tuple[str, str]:
        """The first words in which the halves of a pair differ, without marks."""
        good, bad = (sentence.split(" ") for sentence in (self.good[pair], self.bad[pair]))
        both = zip(good, bad, strict=False)
        one, other = next(((a, b) for a, b in both if a != b), (good[-1], bad[-1]))
        return "".join(filter(str.isalnum, one)), "".join(filter(str.isalnum, other))

    @property
    def failing(self) -> np.ndarray:
        """The pairs whose bad half is likelier, the worst first."""
        order = np.argsort(self.values, kind="stable")
        return order[self.values[order] < 0]

    def shows(self) -> str:
        return "how much likelier the right sentence is than the wrong one, in nats"

    def in_words(self) -> str:
        ties = int((self.values == 0).sum())
        right = (int((self.values > 0).sum()) + ties / 2) / len(self.values)
        return (
            f"{self.rule} {self.model} {self._does()} in {whole(right)} of "
            f"{len(self.values)} pairs" + (f", and finds {ties} equally likely" if ties else "") + "."
        )

    def _does(self) -> str:
        alone = set(self.compared)
        if alone == {""}:
            return "prefers the right sentence"
        what = f"“{alone.pop()}”" if len(alone) == 1 else "the words in question"
        return f"finds {what} likelier in the right sentence"

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {
                "good": self.good, "bad": self.bad, "good_nats": self.good_nats, "bad_nats": self.bad_nats,
                "lead_nats": self.values,
            }
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "paradigm": self.paradigm, "rule": self.rule, "good": list(self.good),
            "bad": list(self.bad), "good_nats": self.good_nats.tolist(), "bad_nats": self.bad_nats.tolist(),
            "left_out": self.left_out,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class SentencePair(Result):
    """Two sentences word by word, laid side by side in K columns.

    `values` (2, K): surprise of each word in bits; 0 where a sentence has no word in that column (see
    `words_shown`) and for a word that nothing predicts. `differs` (K,): columns in which the words differ.
    """

    kind: ClassVar[str] = "sentence-pair"
    dims: ClassVar[tuple[str, ...]] = ("sentence", "column")
    sentences: tuple[str, str]
    words_shown: tuple[tuple[str, ...], tuple[str, ...]]  # (2, K), "" where there is none
    differs: np.ndarray
    nats: np.ndarray  # (2,) of the whole sentences

    @property
    def gap(self) -> np.ndarray:
        """By how much each column favours the first sentence, in bits, (K,)."""
        return self.values[1] - self.values[0]

    @property
    def lead(self) -> float:
        """By how many nats the first sentence is likelier."""
        return float(self.nats[0] - self.nats[1])

    def shows(self) -> str:
        return "the surprise of each word of both sentences, in bits"

    def in_words(self) -> str:
        if self.lead == 0:
            return f"{self.model} finds the two sentences equally likely."
        better = 0 if self.lead > 0 else 1
        said = f"{self.model} prefers “{visible(self.sentences[better])}”: {_times(abs(self.lead))} likelier."
        column = int(np.abs(self.gap).argmax())
        one, other = (row[column] or "nothing" for row in self.words_shown)
        where = f"“{one}” against “{other}”" if one != other else f"“{one}”"
        favours = int(self.gap[column] < 0)
        turn = (
            "Most of the difference arises"
            if favours == better
            else "The largest single difference, for the other,"
        )
        at = "at" if favours == better else "is at"
        return f"{said} {turn} {at} {where} ({abs(self.gap[column]):.1f} bits)."

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {
                "first": self.words_shown[0], "second": self.words_shown[1], "first_bits": self.values[0],
                "second_bits": self.values[1], "differs": self.differs,
            }
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "sentences": list(self.sentences),
            "words": [list(r) for r in self.words_shown],
            "log_probability_nats": self.nats.tolist(), "lead_nats": self.lead,
        }  # fmt: skip


def _times(nats: float) -> str:
    """How many times likelier, in words."""
    times = float(np.exp(min(nats, 700.0)))
    if times >= 1e6:
        return "more than a million times"
    return f"{times:,.0f} times" if times >= 10 else f"{times:.1f} times"
