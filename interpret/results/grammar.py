"""Minimal pairs: how often a model prefers the sentence that keeps a rule, by rule, with intervals."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np

from interpret.results.base import Asked, Check, Result

if TYPE_CHECKING:
    import pandas

Verdict = Literal["learned", "partly", "not learned"]
CHANCE, MASTERED = 0.5, 0.9
ARRAYS = ("right", "n", "asked_for", "word_right", "word_n", "same_length", "between", "same")


def wilson(right: np.ndarray | float, n: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """The bounds between which a share lies, with 95 % certainty, that was `right` times true in `n` draws.

    Source: Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953, equation 7 with z = 1.96.
    """
    z, share = 1.959964, np.asarray(right, dtype=float) / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * np.square(n, dtype=float))) / (1 + z**2 / n)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def whole(share: float) -> str:
    """A share in a sentence: 71 %. Never 0 or 100 where it is not."""
    rounded = round(100 * share)
    if rounded in (0, 100) and share not in (0.0, 1.0):
        return "less than 1\u00a0%" if rounded == 0 else "more than 99\u00a0%"
    return f"{rounded}\u00a0%"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """All paradigms of one phenomenon together."""

    name: str
    accuracy: float
    low: float
    high: float
    n: int
    verdict: Verdict
    worst: str  # the paradigm it is worst at
    worst_accuracy: float

    def in_words(self, counting: "Rule | None" = None) -> str:
        """The verdict as a sentence, against chance and against counting words."""
        said = f"{self.name}: {self.verdict}, {whole(self.accuracy)} right"
        said += f" ({100 * self.low:.0f} to {100 * self.high:.0f}, {self.n:,} pairs; a coin gets 50\u00a0%"
        if counting is not None:
            said += f", counting words {whole(counting.accuracy)}"
        said += ")"
        if self.worst_accuracy < CHANCE and self.verdict != "learned":
            said += f"; worst at “{self.worst}”, {whole(self.worst_accuracy)}"
        if counting is not None and self.verdict != "not learned" and self.low <= counting.high:
            said += "; no better than counting words"
        return f"{said}."


@dataclass(frozen=True, kw_only=True, eq=False)
class Grammar(Result):
    """The share of minimal pairs whose good half a model finds likelier, by paradigm, P of them.

    `values` (P,) = right / n. A pair whose halves it finds equally likely counts half. `asked_for` (P,):
    pairs before those with words it does not know were left out. `word_right`, `word_n` (P,): the same,
    comparing only the word that differs, for pairs in which one word differs. `same_length` (P,): share of
    pairs whose halves have as many tokens. `between` (P,): nouns between subject and verb, -1 where that is
    not the question; `same` (P,): they have the subject's number.
    """

    kind: ClassVar[str] = "grammar"
    dims: ClassVar[tuple[str, ...]] = ("paradigm",)
    world: str
    names: tuple[str, ...]
    titles: tuple[str, ...]
    phenomena: tuple[str, ...]
    right: np.ndarray
    n: np.ndarray
    asked_for: np.ndarray
    word_right: np.ndarray
    word_n: np.ndarray
    same_length: np.ndarray
    between: np.ndarray
    same: np.ndarray
    seed: int
    made: str  # the date
    seconds: float

    @property
    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of every accuracy, (P,) each."""
        return wilson(self.right, self.n)

    def rules(self) -> list[Rule]:
        """The phenomena in order, each with its paradigms pooled, and a verdict.

        learned: at least 90 % right, and better than chance in every paradigm (interval above 50 %).
        partly: better than chance altogether. not learned: all else.
        """
        return [self._rule(name) for name in dict.fromkeys(self.phenomena)]

    def _rule(self, name: str) -> Rule:
        rows = np.array([phenomenon == name for phenomenon in self.phenomena])
        right, n = float(self.right[rows].sum()), int(self.n[rows].sum())
        low, high = (float(bound) for bound in wilson(right, n))
        every = bool((self.interval[0][rows] > CHANCE).all())
        mastered = right / n >= MASTERED and every
        worst = int(np.flatnonzero(rows)[self.values[rows].argmin()])
        return Rule(
            name=name, accuracy=right / n, low=low, high=high, n=n,
            verdict="learned" if mastered else "partly" if low > CHANCE else "not learned",
            worst=self.titles[worst], worst_accuracy=float(self.values[worst]),
        )  # fmt: skip

    @property
    def accuracy(self) -> float:
        """Of all pairs."""
        return float(self.right.sum() / self.n.sum())

    def along(self, same: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Agreement by how many nouns stand in between: counts, accuracies, lower and upper bounds.

        All nouns in between are of the other number, or with `same` of the subject's own.
        """
        rows = np.flatnonzero((self.between > 0) & (self.same == same) | (self.between == 0))
        rows = rows[np.argsort(self.between[rows], kind="stable")]
        low, high = self.interval
        return self.between[rows], self.values[rows], low[rows], high[rows]

    def shows(self) -> str:
        return "the share of sentence pairs whose good half the model finds likelier"

    def in_words(self, counting: "Grammar | None" = None) -> str:
        """The answer to the page's question."""
        rules, world = (
            self.rules(),
            {"storyland": "Storyland", "english": "English"}.get(self.world, "this file"),
        )
        ways = {"learned": "well", "partly": "in part", "not learned": "not at all"}
        counts = [(sum(r.verdict == verdict for r in rules), way) for verdict, way in ways.items()]
        said = ", ".join(f"{count} {way}" for count, way in counts if count)
        said = (
            f"Of {len(rules)} rules of {world}, {self.model} has learned {said}: it prefers the right "
            f"sentence in "
            f"{whole(self.accuracy)} of {int(self.n.sum()):,} pairs. A coin gets 50\u00a0%"
        )
        if counting is not None and counting.model != self.model:
            said += f", counting words ({counting.model}) {whole(counting.accuracy)}"
        return f"{said}."

    def agreement(self) -> str:
        """What happens to agreement when nouns stand in between; empty where that was not asked."""
        counts, shares, *_ = self.along(same=False)
        if len(counts) < 2:
            return ""
        near, far = whole(float(shares[0])), whole(float(shares[1]))
        same = self.along(same=True)[1]
        said = (
            f"Right behind its subject, {self.model} gives the verb the right number in {near} of "
            f"pairs; with one "
            f"noun of the other number in between, in {far}"
        )
        if shares[1] < 0.4 and len(same) > 1 and same[1] > 0.6:
            return f"{said}: it goes by the nearest noun and not by the subject."
        if shares[-1] > 0.85:
            return f"{said}, and with {counts[-1]} of them still in {whole(float(shares[-1]))}."
        return f"{said}, and with {counts[-1]} of them in {whole(float(shares[-1]))}."

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        low, high = self.interval
        return pandas.DataFrame(
            {
                "paradigm": self.names, "phenomenon": self.phenomena, "title": self.titles,
                "accuracy": self.values, "low": low, "high": high, "n": self.n,
                "left_out": self.asked_for - self.n, "same_length": self.same_length,
                "word_accuracy": [
                    r / n if n else None for r, n in zip(self.word_right, self.word_n, strict=True)
                ],
                "word_n": self.word_n,
            }
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        low, high = self.interval
        return {
            **super().to_json(), "world": self.world, "accuracy": self.accuracy, "n": int(self.n.sum()),
            "interval": [float(bound) for bound in wilson(float(self.right.sum()), float(self.n.sum()))],
            "paradigms": {
                name: {
                    "accuracy": float(self.values[p]), "n": int(self.n[p]),
                    "interval": [float(low[p]), float(high[p])],
                    "left_out": int(self.asked_for[p] - self.n[p]), "same_length": float(self.same_length[p]),
                    "word_accuracy": float(self.word_right[p] / self.word_n[p]) if self.word_n[p] else None,
                }
                for p, name in enumerate(self.names)
            },
            "verdicts": {rule.name: rule.verdict for rule in self.rules()},
            "sentences": [rule.in_words() for rule in self.rules()],
        }  # fmt: skip

    def kept(self) -> dict[str, Any]:
        """What assets/studies/grammar.json keeps of it."""
        return {
            "model": self.model, "sha256": self.model_sha256, "world": self.world, "seed": self.seed,
            "made": self.made, "seconds": round(self.seconds, 1),
            "names": list(self.names), "titles": list(self.titles), "phenomena": list(self.phenomena),
            **{name: np.round(getattr(self, name).astype(float), 4).tolist() for name in ARRAYS},
            "notes": list(self.notes),
        }  # fmt: skip

    @classmethod
    def of_kept(cls, kept: dict[str, Any]) -> Self:
        """The result as it was kept."""
        words = {name: tuple(kept[name]) for name in ("names", "titles", "phenomena", "notes")}
        arrays = {name: np.array(kept[name]) for name in ARRAYS}
        for name, kind in (("n", int), ("asked_for", int), ("word_n", int), ("between", int), ("same", bool)):
            arrays[name] = arrays[name].astype(kind)
        return cls(
            **words, **arrays, values=arrays["right"] / arrays["n"], method="grammar", model=kept["model"],
            model_sha256=kept["sha256"], world=kept["world"], seed=kept["seed"], made=kept["made"],
            seconds=kept["seconds"], check=unlike_length(arrays["same_length"], arrays["n"]), **NO_TEXT,
        )  # fmt: skip


NO_TEXT: dict[str, Any] = {
    "text": "", "tokens": (), "spans": np.zeros((0, 2), int), "words": np.zeros(0, int),
    "asked": Asked(measure="log-prob", places=(), tokens=(), shown=()), "unit": "share of pairs",
    "signed": False,
}  # fmt: skip


def unlike_length(same: np.ndarray, n: np.ndarray) -> Check:
    """How many pairs have halves of different lengths, which by itself makes the shorter one likelier."""
    return Check(
        name="pairs of unlike length", unit=" %", limit=20.0,
        says="The halves of a pair should have as many pieces, or the shorter one has it easier; they do "
        "not in {} "
        "of the pairs.",
        value=float(100 * (1 - (same * n).sum() / n.sum())),
    )  # fmt: skip
