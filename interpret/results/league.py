"""How well each method's map finds causes that are known: hits and AUC, with bounds, beside chance."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from interpret.results.attention import NOTHING
from interpret.results.base import Check, Result

if TYPE_CHECKING:
    import pandas

MEASURES = ("hit", "auc")
READINGS = ("signed", "size")
WORLDS = {
    "storyland": "stories whose grammar says of every word which earlier words fix it",
    "sentiment": "film reviews in which people judged every word (Stanford Sentiment Treebank)",
    "toys": "models made by hand, whose rule is known",
}
ALL, RANDOM = "all", "random"
FEWEST = 5  # texts


@dataclass(frozen=True, kw_only=True, eq=False)
class League(Result):
    """M methods, random scores last, on P groups of cases, "all" first.

    `values`, `low`, `high` (2 readings, 2 measures, M, P): the share of maps whose largest score stands on a true
    cause, and the mean AUC, with 95 % bounds. Readings: scores with their sign, and by their size. `chance` (2, P):
    what a lot gets. `n` (P,) cases in `texts` (P,) texts.
    """

    kind: ClassVar[str] = "league"
    dims: ClassVar[tuple[str, ...]] = ("reading", "measure", "method", "group")
    world: str
    names: tuple[str, ...]  # (M,)
    titles: tuple[str, ...]  # (M,)
    directed: np.ndarray  # (M,) whether the method tells pushing up from pushing down
    groups: tuple[str, ...]  # (P,)
    group_titles: tuple[str, ...]  # (P,)
    low: np.ndarray
    high: np.ndarray
    chance: np.ndarray
    n: np.ndarray
    texts: np.ndarray
    measure: str  # what is explained: log-prob, contrast ...
    model_nats: float  # mean surprise of the explained words to the model, and to the grammar itself
    true_nats: float
    seed: int
    made: str  # the date
    seconds: float

    def beats(self, reading: str = "signed", measure: str = "auc") -> np.ndarray:
        """Which methods are better than chance on which groups, (M, P): their lower bound lies above it.

        Of fewer than five texts nothing is called better than chance.
        """
        r, m = READINGS.index(reading), MEASURES.index(measure)
        return (self.low[r, m] > self.chance[m][None]) & (self.texts >= FEWEST)

    def misleads(self, reading: str = "signed", measure: str = "auc") -> np.ndarray:
        """Which methods are worse than chance on which groups, (M, P): their upper bound lies below it."""
        r, m = READINGS.index(reading), MEASURES.index(measure)
        return (self.high[r, m] < self.chance[m][None]) & (self.texts >= FEWEST)

    def ranking(self, reading: str = "signed", measure: str = "auc", group: str = ALL) -> list[int]:
        """The methods, the best first; of equal ones the first in the list. Random scores are among them."""
        r, m, at = READINGS.index(reading), MEASURES.index(measure), self.groups.index(group)
        return sorted(range(len(self.names)), key=lambda row: -self.values[r, m, row, at])

    def in_words(self, reading: str = "signed", group: str = ALL) -> str:
        order = [row for row in self.ranking(reading, "auc", group) if self.names[row] != RANDOM]
        r, at = READINGS.index(reading), self.groups.index(group)
        best, (hits, areas) = order[0], self.values[r, :, :, at]
        n, beaten = int(self.n[at]), self.beats(reading)[:, at]
        said = (
            f"Best at finding the {n} true causes asked for: {self.titles[best]}. Its largest score stands on a true "
            f"cause in {_whole(hits[best])} of the cases (drawing lots: {_whole(self.chance[0, at])}), its AUC is "
            f"{areas[best]:.2f} ({self.low[r, 1, best, at]:.2f} to {self.high[r, 1, best, at]:.2f}; chance 0.50)."
        )
        worse = [self.titles[row] for row in order if not beaten[row]]
        if worse:
            return f"{said} No better than chance here: {', '.join(worse)}."
        return f"{said} Every method is better than chance."

    def shows(self) -> str:
        return f"{int(self.n[0])} cases in {int(self.texts[0])} texts: {WORLDS[self.world]}"

    def rows(self, reading: str = "signed", group: str = ALL) -> list[dict[str, Any]]:
        """A table for one group: a row a method, the best AUC first."""
        r, at = READINGS.index(reading), self.groups.index(group)
        beaten = self.beats(reading)[:, at]
        return [
            {
                "method": self.titles[row],
                **{
                    f"{measure}{ending}": float(part[r, m, row, at])
                    for m, measure in enumerate(MEASURES)
                    for ending, part in (("", self.values), ("_low", self.low), ("_high", self.high))
                },
                "n": int(self.n[at]), "better_than_chance": bool(beaten[row]),
            }
            for row in self.ranking(reading, "auc", group)
        ]  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            [
                {"reading": reading, "group": title, **row}
                for reading in READINGS
                for group, title in zip(self.groups, self.group_titles, strict=True)
                for row in self.rows(reading, group)
            ]
        )

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "target": None, **self.kept()}

    def kept(self) -> dict[str, Any]:
        """What is written to assets/studies/saliency_league.json; `of_kept` reads it."""
        rounded = {
            name: np.round(getattr(self, name), 4).tolist() for name in ("values", "low", "high", "chance")
        }
        return {
            "model": self.model, "sha256": self.model_sha256, "world": self.world, "measure": self.measure,
            "names": list(self.names), "titles": list(self.titles), "directed": self.directed.tolist(),
            "groups": list(self.groups), "group_titles": list(self.group_titles), **rounded,
            "n": self.n.tolist(), "texts": self.texts.tolist(), "model_nats": round(self.model_nats, 4),
            "true_nats": round(self.true_nats, 4), "seed": self.seed, "made": self.made,
            "seconds": round(self.seconds, 1), "options": self.options, "notes": list(self.notes),
        }  # fmt: skip

    @classmethod
    def of_kept(cls, entry: dict[str, Any]) -> Self:
        """The record of an entry that `kept` wrote."""
        fixed: dict[str, Any] = {
            name: tuple(entry[name]) for name in ("names", "titles", "groups", "group_titles", "notes")
        }
        arrays = ("values", "low", "high", "chance", "n", "texts", "directed")
        fixed |= {name: np.array(entry[name]) for name in arrays}
        same = ("model", "world", "measure", "model_nats", "true_nats", "seed", "made", "seconds", "options")
        fixed |= {name: entry[name] for name in same}
        empty: dict[str, Any] = {
            "method": "saliency_league", "model_sha256": entry["sha256"], "text": "", "tokens": (),
            "spans": np.zeros((0, 2), int), "words": np.zeros(0, int), "asked": NOTHING, "unit": "share",
            "signed": False, "check": random_check(fixed["values"], fixed["low"], fixed["high"]),
        }  # fmt: skip
        return cls(**empty, **fixed)


def random_check(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> Check:
    """Random scores, the last method, must come out as chance: how far, by their own margin of error."""
    place = (READINGS.index("signed"), MEASURES.index("auc"), -1, 0)
    margin = max(float(high[place] - low[place]) / 2, 1e-9)
    return Check(
        name="how far random scores are from chance, in margins of error", limit=2.0,
        value=abs(float(values[place]) - 0.5) / margin,
        says="Random scores, judged like a method, should come out as chance, an AUC of 0.50: they are {} times their "
        "margin of error away from it.",
    )  # fmt: skip


def _whole(share: float) -> str:
    return f"{round(100 * share)}\u00a0%"
