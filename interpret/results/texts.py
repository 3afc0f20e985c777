"""Many texts, each with what a model makes of it: prediction, loss, length, and what was to be said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results import text_metrics as metrics
from interpret.results.base import Result
from interpret.results.grammar import whole, wilson
from interpret.results.text_metrics import Calibration, Slice
from interpret.sentences import percent, visible

if TYPE_CHECKING:
    import pandas

UNKNOWN = -1
WITHOUT = "without"  # a word: how such a slice begins
QUOTED = 60  # characters of a text in a sentence


@dataclass(frozen=True, kw_only=True, eq=False)
class Texts(Result):
    """N texts as a model read them.

    `values` (N,): of a language model nats per token, of a classifier the probability of the class it gives.
    `nats` (N,): surprise summed over the `scored` (N,) tokens that are predicted; 0 of a classifier.
    `probabilities` (N, K) of the K classes (K is 0 for a language model); `truth` (N,) the true class, -1 where
    nobody said. `lengths`, `whole` (N,): tokens read, and tokens there are; `word_counts` (N,): words and marks
    read.
    """

    kind: ClassVar[str] = "texts"
    dims: ClassVar[tuple[str, ...]] = ("text",)
    task: str
    where: str
    texts: tuple[str, ...]  # as far as they were read
    numbers: np.ndarray  # (N,) which of the given texts each is, from 1
    labels: tuple[str, ...]  # (N,) as given, "" where none was
    nats: np.ndarray
    scored: np.ndarray
    classes: tuple[str, ...]
    probabilities: np.ndarray
    truth: np.ndarray
    lengths: np.ndarray
    whole: np.ndarray
    word_counts: np.ndarray
    skipped: tuple[tuple[int, str], ...]  # number and reason of texts that could not be read

    @property
    def names_classes(self) -> bool:
        """Whether the model is a classifier."""
        return self.task == "classify"

    @property
    def said(self) -> np.ndarray:
        """The likeliest class of each text, (N,); of a language model none."""
        return self.probabilities.argmax(axis=1) if self.names_classes else np.zeros(0, dtype=int)

    @property
    def labelled(self) -> np.ndarray:
        """The texts whose true class is known, (N',)."""
        return np.flatnonzero(self.truth != UNKNOWN)

    @property
    def right(self) -> np.ndarray:
        """Whether each labelled text got its class, (N',)."""
        return self.said[self.labelled] == self.truth[self.labelled]

    def losses(self) -> list[float | None]:
        """Nats per token, or minus the logarithm of the true class's probability; None where it is not known."""
        if not self.names_classes:
            return self.values.tolist()
        found: list[float | None] = [None] * len(self.texts)
        rows = self.labelled
        for row, loss in zip(
            rows, metrics.cross_entropy(self.probabilities[rows], self.truth[rows]), strict=True
        ):
            found[row] = float(loss)
        return found

    def worst_first(self) -> list[int]:
        """All texts, the largest loss first; those without a label behind, the least sure answer first."""
        losses = self.losses()
        return sorted(
            range(len(self.texts)),
            key=lambda row: (losses[row] is None, -(losses[row] or 0.0), float(self.values[row])),
        )

    def perplexities(self, row: int | None = None) -> tuple[float, float]:
        """Per token and per word: of one text, or of all together."""
        rows: Any = slice(None) if row is None else [row]
        nats = self.nats[rows].sum()
        with np.errstate(over="ignore"):  # of a word of a thousand pieces it is too large to write
            per_token, per_word = np.exp(
                [nats / self.scored[rows].sum(), nats / self.word_counts[rows].sum()]
            )
        return float(per_token), float(per_word)

    def confusion(self) -> np.ndarray:
        """How many texts of each true class (rows) were given which class (columns), (K, K)."""
        return metrics.confusion(self.truth[self.labelled], self.said[self.labelled], len(self.classes))

    def macro_f1(self) -> float:
        """The mean F1 of the classes; labelled texts only."""
        return metrics.macro_f1(self.confusion())

    def log_loss(self) -> float:
        """The mean loss of the labelled texts, nats."""
        rows = self.labelled
        return float(metrics.cross_entropy(self.probabilities[rows], self.truth[rows]).mean())

    def calibration(self) -> Calibration:
        """How sure it was and how often right; labelled texts only."""
        return metrics.calibration(self.values[self.labelled], self.right)

    def holding(self, words: str) -> np.ndarray:
        """Which texts hold these words, (N,), small letters or capitals."""
        return np.array([words.casefold() in text.casefold() for text in self.texts], dtype=bool)

    def chosen(
        self, words: str = "", label: str = "", said: str = "", answer: str = "", order: str = "worst"
    ) -> list[int]:
        """The texts that hold `words`, are labelled `label` and were given class `said`; each only if given.

        `answer`: "right" or "wrong" ones only. `order`: the "worst" first, by "length", or as "given".
        """
        kept = self.holding(words) if words else np.ones(len(self.texts), dtype=bool)
        if label:
            kept &= np.array([name == label for name in self.group_names()], dtype=bool)
        if said in self.classes:
            kept &= self.said == self.classes.index(said)
        if answer:
            found = np.zeros(len(self.texts), dtype=bool)
            found[self.labelled] = self.right == (answer == "right")
            kept &= found
        rows = self.worst_first() if order == "worst" else list(range(len(self.texts)))
        if order == "length":
            rows.sort(key=lambda row: -int(self.whole[row]))
        return [row for row in rows if kept[row]]

    def group_names(self) -> list[str]:
        """Each text's label as its class's name where it is one, else as it was given."""
        return [
            self.classes[self.truth[row]] if self.truth[row] != UNKNOWN else label
            for row, label in enumerate(self.labels)
        ]

    def slices(self, words: Sequence[str] = ()) -> list[Slice]:
        """All texts, short, middling and long ones, those of each label, those with and without each word.

        A classifier's share of right answers among the labelled; a language model's nats per token.
        """
        rows = self.labelled if self.names_classes else np.arange(len(self.texts))
        if not len(rows):
            return []
        inside = np.zeros(len(self.texts), dtype=bool)
        inside[rows] = True
        found = []
        for name, kept in self._groups(words):
            others = ~kept & inside
            if name.startswith(WITHOUT):
                others[:] = False  # tested once, as the slice with the word
            found.append(self._slice(name, kept & inside, others))
        return [one for one in found if one is not None]

    def _groups(self, words: Sequence[str]) -> list[tuple[str, np.ndarray]]:
        count = self.word_counts
        short, long = np.quantile(count, [1 / 3, 2 / 3]).astype(int).tolist()
        groups = [("all texts", np.ones(len(count), dtype=bool))]
        if short < long:
            groups += [
                (f"short: up to {short} words", count <= short),
                (
                    f"middling: {short + 1} to {long} words"
                    if short + 1 < long
                    else f"middling: {long} words",
                    (count > short) & (count <= long),
                ),
                (f"long: more than {long} words", count > long),
            ]
        names = np.array(self.group_names(), dtype=object)
        known = [name for name in dict.fromkeys(sorted(names)) if name]
        if len(known) <= 8:
            groups += [(f"labelled “{visible(name)}”", names == name) for name in known]
        for word in words:
            held = self.holding(word)
            groups += [(f"with “{visible(word)}”", held), (f"{WITHOUT} “{visible(word)}”", ~held)]
        return groups

    def _slice(self, name: str, kept: np.ndarray, others: np.ndarray) -> Slice | None:
        if not kept.any():
            return None
        if self.names_classes:
            right = self.said == self.truth
            return metrics.share_slice(name, right[kept], right[others])
        these, rest = ((self.nats[rows], self.scored[rows]) for rows in (kept, others))
        return metrics.loss_slice(name, these, rest)

    def shows(self) -> str:
        what = "probability of the class it gives" if self.names_classes else "nats per token"
        return f"{len(self.texts):,} texts · {self.where} · {what}"

    def in_words(self) -> str:
        if self.names_classes:
            return self._rightness() if len(self.labelled) else self._counted()
        token, word = self.perplexities()
        row = self.worst_first()[0]
        return (
            f"On {len(self.texts):,} texts {self.model} is as unsure as if it chose among {token:,.0f} tokens each "
            f"time ({word:,.0f} per word). Hardest: {self.quoted(row)} ({self.values[row]:.2f} nats per token)."
        )

    def _rightness(self) -> str:
        n, right = len(self.labelled), int(self.right.sum())
        low, high = (float(bound) for bound in wilson(right, n))
        usual = np.bincount(self.truth[self.labelled]).max() / n
        return (
            f"{self.model} is right about {right:,} of {n:,} labelled texts ({whole(right / n)}; {whole(low)} to "
            f"{whole(high)} with 95\u00a0% certainty); always saying the commonest class gets {whole(usual)}. "
            f"Macro-F1 {self.macro_f1():.2f}, mean loss {self.log_loss():.2f} nats."
        )

    def _counted(self) -> str:
        counts = np.bincount(self.said, minlength=len(self.classes))
        told = ", ".join(f"{n:,} for {name}" for name, n in zip(self.classes, counts, strict=True) if n)
        return f"Of {len(self.texts):,} texts {self.model} takes {told}. Nobody said which is true: no loss is known."

    def quoted(self, row: int) -> str:
        """The beginning of one text in quotes."""
        text = " ".join(self.texts[row].split())
        return f"“{visible(text[:QUOTED])}{' …' * (len(text) > QUOTED)}”"

    def answer(self, row: int) -> str:
        """What the model makes of one text, in a few words."""
        if not self.names_classes:
            return f"{self.values[row]:.2f} nats per token"
        return f"{self.classes[self.said[row]]}, {percent(float(self.values[row]))}"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "target": None, "task": self.task, "where": self.where,
            "texts": [
                {name: _plain(value) for name, value in row.items()} for row in self.to_frame().to_dict("records")
            ],
            "classes": list(self.classes), "probabilities": self.probabilities.tolist(),
            "confusion": self.confusion().tolist() if self.names_classes else None,
            "skipped": [list(one) for one in self.skipped],
            "slices": [vars(one) for one in self.slices()],
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        table: dict[str, Any] = {
            "number": self.numbers,
            "label": self.group_names(),
            "loss_nats": self.losses(),
        }
        if self.names_classes:
            found = {int(row): bool(right) for row, right in zip(self.labelled, self.right, strict=True)}
            table |= {
                "says": [self.classes[at] for at in self.said], "probability": self.values,
                "right": [found.get(row) for row in range(len(self.texts))],
            }  # fmt: skip
        else:
            both = [self.perplexities(row) for row in range(len(self.texts))]
            table |= {
                "perplexity_per_token": [one for one, _ in both],
                "perplexity_per_word": [two for _, two in both],
            }
        table |= {"tokens": self.lengths, "words": self.word_counts, "cut": self.lengths < self.whole}
        return pandas.DataFrame({**table, "text": self.texts})


def _plain(value: Any) -> Any:
    """A cell as JSON can hold it; what is missing is null."""
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value.item() if isinstance(value, np.generic) else value
