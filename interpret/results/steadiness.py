"""Evidence about maps: how steady they are, how well they foretell the model, how far methods agree."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.trust import Evidence, rank

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class Stability(Evidence):
    """One method's map, (N, K): row 0 as it is, then after N - 1 small changes that should not matter."""

    kind: ClassVar[str] = "stability"
    dims: ClassVar[tuple[str, ...]] = ("change", "word")
    changes: tuple[str, ...]  # (N,): "as shown", "seed 1", "baseline mean", "a doubled space" ...
    correlations: np.ndarray  # (N, N) Spearman between any two
    same_top: np.ndarray  # (N,) whether the word that comes first is still the same

    @property
    def whiskers(self) -> np.ndarray:
        """Lowest, highest score and standard deviation of each word, (3, K)."""
        return np.stack((self.values.min(axis=0), self.values.max(axis=0), self.values.std(axis=0)))

    @property
    def ranges(self) -> dict[str, np.ndarray]:
        """Lowest and highest score of each word, (2, K), by the kind of change; the map as it is among them."""
        kinds = [_kind(change) for change in self.changes]
        found = {}
        for kind in dict.fromkeys(kinds[1:]):
            rows = self.values[[0, *(at for at, one in enumerate(kinds) if one == kind)]]
            found[kind] = np.stack((rows.min(axis=0), rows.max(axis=0)))
        return found

    @property
    def steady(self) -> bool:
        """Whether the top word stays first after more than half of the changes."""
        return bool(self.same_top[1:].mean() > 0.5)

    def in_words(self) -> str:
        count, kept = len(self.changes) - 1, int(self.same_top[1:].sum())
        top = int((self.values if self.signed else np.abs(self.values))[0].argmax())
        worst = int(self.correlations[0, 1:].argmin()) + 1
        return (
            f"After {kept} of {count} small changes {self.quoted([top])} is still its top word; its "
            f"ranks change most after {self.changes[worst]} (rank correlation "
            f"{rank(self.correlations[0, worst])})."
        ) + ("" if self.steady else " Do not build on its top word.")

    def shows(self) -> str:
        return f"scores in {self.unit} after small changes: lowest, highest, standard deviation"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "changes": list(self.changes), "correlations": self.correlations.tolist(),
            "same_top": self.same_top.tolist(), "whiskers": self.whiskers.tolist(),
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        rows, columns = self.values.shape
        return pandas.DataFrame(
            {
                "change": np.repeat(np.array(self.changes, dtype=object), columns),
                "word": np.tile(np.array(self.shown, dtype=object), rows),
                "score": self.values.ravel(),
                "rank_correlation": np.repeat(self.correlations[0], columns),
            }
        )


def _kind(change: str) -> str:
    """Of which kind a change is, by what `stability` calls it."""
    return {"seed": "other seeds", "baseline": "other baselines"}.get(change.split(" ")[0], "small edits")


@dataclass(frozen=True, kw_only=True, eq=False)
class Fidelity(Evidence):
    """How well a map foretells what happens when random words fade, M methods.

    `values` (M,): infidelity, the mean squared miss, in the target's unit squared. `unexplained` (M,): the
    same with the map scaled as suits it best, as a share of what a map of zeros would miss: 0 foretells all,
    1 nothing. `sensitivity` (M,): the largest change of the map, as a share of its length, when
    the input vectors move a little.
    """

    kind: ClassVar[str] = "fidelity"
    dims: ClassVar[tuple[str, ...]] = ("method",)
    unexplained: np.ndarray  # (M,)
    sensitivity: np.ndarray  # (M,)
    moves: float  # root mean square of the true changes, in the target's unit

    def in_words(self, row: int = 0) -> str:
        told, change = 1 - self.unexplained[row], self.sensitivity[row]
        size = f"{self.moves:.2g}" if self.moves < 1 else f"{self.moves:.1f}"
        return (
            f"It foretells {100 * told:.0f}\u00a0% of what happens when random words fade out (those changes are "
            f"{size}\u00a0{self.asked_unit} in size), and changes by {100 * change:.0f}\u00a0% when the words' "
            "vectors move a little."
        )

    @property
    def asked_unit(self) -> str:
        """The unit of the explained number; `unit` is its square."""
        return self.unit.removesuffix(" squared")

    def sentences(self) -> tuple[str, ...]:
        return tuple(f"{title}: {self.in_words(row)}" for row, title in enumerate(self.titles))

    def shows(self) -> str:
        return "how well a map foretells the effect of fading words, and how steady it is"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "unexplained": self.unexplained.tolist(),
            "sensitivity": self.sensitivity.tolist(), "moves": self.moves,
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {
                "method": self.names, "infidelity": self.values, "unexplained": self.unexplained,
                "sensitivity": self.sensitivity,
            }
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Agreement(Evidence):
    """Spearman's rank correlation between any two of M maps, (M, M); Kendall's tau-b beside it.

    Two signed maps are compared with their signs, others by size. Maps that give every word the same score
    have no ranks: they are in `dropped`, not in `names`.
    """

    kind: ClassVar[str] = "agreement"
    dims: ClassVar[tuple[str, ...]] = ("method", "other")
    kendall: np.ndarray  # (M, M)
    disputed: np.ndarray  # (M, M, 3 or fewer): the words whose ranks differ most, those most first
    apart: np.ndarray  # (M, M, K) by how many places the rank of each word differs
    dropped: tuple[str, ...] = ()

    def in_words(self) -> str:
        """The two methods that agree least, and on which words."""
        away = self.values + 2 * np.eye(len(self.names))
        one, other = sorted(int(n) for n in np.unravel_index(away.argmin(), away.shape))
        words = [int(w) for w in self.disputed[one, other] if self.apart[one, other, w] > 0]
        on = f"; they differ most on {self.quoted(words)}" if words else ""
        return (
            f"{self.titles[one]} and {self.titles[other]} agree least: Spearman "
            f"{rank(self.values[one, other])}, Kendall {rank(self.kendall[one, other])}{on}."
        )

    def shows(self) -> str:
        return "rank correlation between the maps of any two methods, over words"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "kendall": self.kendall.tolist(), "disputed": self.disputed.tolist(),
            "apart": self.apart.tolist(), "dropped": list(self.dropped),
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        count = len(self.names)
        return pandas.DataFrame(
            {
                "method": np.repeat(np.array(self.names, dtype=object), count),
                "other": np.tile(np.array(self.names, dtype=object), count),
                "spearman": self.values.ravel(),
                "kendall": self.kendall.ravel(),
            }
        )
