"""Many texts at once: what each word does to a class, and what the classifier gets wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.results.grammar import whole, wilson
from interpret.sentences import named, percent

if TYPE_CHECKING:
    import pandas

UNKNOWN = -1
FEW = 0.1  # of the words; by chance alone one in twenty looks certain


@dataclass(frozen=True, kw_only=True)
class Read:
    """One of the texts, word by word, with each word's score."""

    text: str
    spans: tuple[tuple[int, int], ...]  # (W,) in the text
    scores: np.ndarray  # (W,)
    rows: np.ndarray  # (W,) which row of the table the word is in; -1: none


@dataclass(frozen=True, kw_only=True, eq=False)
class OverTexts(Result):
    """The mean score of each of W words towards class `of`, over the texts it stands in; the highest first.

    A word's score in a text is the mean over its places there, so that texts and not repetitions count. `values`,
    `low`, `high` (W,): mean and 95 % bounds (Student's t over texts); `spread` (W,): standard deviation over texts;
    `places`, `counts` (W,): places and texts it stands in. `probabilities` (N, K) of the K classes for N texts,
    `labels` (N,): the true class, -1 where nobody said.
    """

    kind: ClassVar[str] = "over-texts"
    dims: ClassVar[tuple[str, ...]] = ("word",)
    of: str
    by: str  # the method
    by_title: str
    shown: tuple[str, ...]  # (W,) in small letters
    low: np.ndarray
    high: np.ndarray
    spread: np.ndarray
    places: np.ndarray
    counts: np.ndarray
    rare: int  # words that stand in fewer texts than were asked for, and are left out
    texts: tuple[Read, ...]  # (N,)
    classes: tuple[str, ...]
    probabilities: np.ndarray
    labels: np.ndarray
    where: str

    @property
    def predicted(self) -> np.ndarray:
        """The likeliest class of each text, (N,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def labelled(self) -> np.ndarray:
        """The texts whose true class is known, (N',)."""
        return np.flatnonzero(self.labels != UNKNOWN)

    def clear(self) -> np.ndarray:
        """Whether each word pushes one way for certain: its bounds do not hold 0, (W,)."""
        return (self.low > 0) | (self.high < 0)

    def confusion(self) -> np.ndarray:
        """How many texts of each true class (rows) were given which class (columns), (K, K)."""
        found = np.zeros((len(self.classes), len(self.classes)), dtype=int)
        np.add.at(found, (self.labels[self.labelled], self.predicted[self.labelled]), 1)
        return found

    def losses(self) -> np.ndarray:
        """Minus the logarithm of the true class's probability, nats, (N',); as `labelled`."""
        rows = self.labelled
        return -np.log(np.maximum(self.probabilities[rows, self.labels[rows]], 1e-30))

    def top_losses(self, most: int = 10) -> list[int]:
        """The labelled texts, the largest loss first."""
        return [int(self.labelled[at]) for at in np.argsort(-self.losses(), kind="stable")[:most]]

    def occurrences(self, word: int) -> list[tuple[int, int, float]]:
        """Where a word of the table stands: text, word of that text, score; the largest size first."""
        found = [
            (number, int(at), float(read.scores[at]))
            for number, read in enumerate(self.texts)
            for at in np.flatnonzero(read.rows == word)
        ]
        return sorted(found, key=lambda one: -abs(one[2]))

    def ends(self, most: int = 10) -> list[int]:
        """The words that push up most and, below them, those that push down most."""
        up = [row for row in range(len(self.shown)) if self.values[row] > 0][:most]
        down = [row for row in range(len(self.shown)) if self.values[row] < 0][-most:]
        return up + down

    def in_words(self) -> str:
        sure = self.clear()
        up = [w for w, v, s in zip(self.shown, self.values, sure, strict=True) if v > 0 and s][:3]
        down = [w for w, v, s in zip(self.shown, self.values, sure, strict=True) if v < 0 and s][::-1][:3]
        said = f"Over {len(self.texts)} texts"
        if not up and not down:
            return f"{said} no word pushes “{self.of}” one way for certain: read more texts."
        parts = [
            f"{_listed(words)} {'pushes' if len(words) == 1 else 'push'} “{self.of}” {way} most"
            for words, way in ((up, "up"), (down, "down"))
            if words
        ]
        few = " But so few words are certain that chance could have picked them." if sure.mean() < FEW else ""
        return f"{said} {', and '.join(parts)}.{self._longer(up, down)}{few}"

    def _longer(self, up: list[str], down: list[str]) -> str:
        """The words with a longer bar than those named whose bounds hold 0: seen in the picture, left out above."""
        found, sure = [], self.clear()
        for named_words, way in ((up, 1), (down, -1)):
            least = min((way * self.values[self.shown.index(word)] for word in named_words), default=np.inf)
            found += [
                w for w, v, s in zip(self.shown, self.values, sure, strict=True) if way * v > least and not s
            ]
        if not found:
            return ""
        has, is_not = ("have longer bars", "are") if len(found) > 1 else ("has a longer bar", "is")
        return f" {_listed(found)} {has} but {is_not} not certain: the bounds hold 0."

    def rightness(self) -> str:
        """How often the classifier is right, with bounds, beside always saying the commoner class; "" unlabelled."""
        n = len(self.labelled)
        if not n:
            return ""
        right = int((self.predicted[self.labelled] == self.labels[self.labelled]).sum())
        low, high = (float(bound) for bound in wilson(right, n))
        usual = np.bincount(self.labels[self.labelled], minlength=len(self.classes)).max() / n
        return (
            f"{self.model} is right about {right} of the {n} labelled texts ({whole(right / n)}; "
            f"{whole(low)} to {whole(high)} with 95\u00a0% certainty). Always saying the commonest class gets "
            f"{whole(usual)}."
        )

    def said(self, text: int) -> str:
        """What the classifier makes of one text."""
        at = int(self.predicted[text])
        return f"{self.classes[at]}, {percent(float(self.probabilities[text, at]))}"

    def shows(self) -> str:
        return f"{self.by_title}: mean score towards “{self.of}”, in {self.unit}; {self.where}"

    def to_json(self) -> dict[str, Any]:
        labelled = {"text": self.labelled.tolist(), "loss": self.losses().tolist()}
        return {
            **super().to_json(), "target": None, "of": self.of, "by": self.by, "words": list(self.shown),
            **{name: getattr(self, name).tolist() for name in ("low", "high", "spread", "places", "counts")},
            "rare": self.rare, "classes": list(self.classes), "probabilities": self.probabilities.tolist(),
            "labels": self.labels.tolist(), "confusion": self.confusion().tolist(), "losses": labelled,
            "texts": [one.text for one in self.texts],
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {
                "word": self.shown, "mean": self.values, "low": self.low, "high": self.high,
                "spread": self.spread, "texts": self.counts, "places": self.places, "unit": self.unit,
            }
        )  # fmt: skip


def _listed(words: Sequence[str]) -> str:
    said = [named(word) for word in words]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
