"""What switching off each unit does to agreement, and where in a model the subject's number can be read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from interpret.results.base import Check, Result
from interpret.results.grammar import NO_TEXT, whole

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class NumberUnits(Result):
    """Agreement without each of U units. `values` (U, 2): share of verbs lost, singular and plural.

    A unit of an LSTM is a cell with its output; of a transformer, a head. `flagged` (U,): it loses more
    verbs than chance would, tested over all units (p below 0.05 / U).
    """

    kind: ClassVar[str] = "number-units"
    dims: ClassVar[tuple[str, ...]] = ("unit", "number")
    what: str  # cell, head
    layers: np.ndarray  # (U,) from 1
    indices: np.ndarray  # (U,) from 0
    p: np.ndarray  # (U,)
    flagged: np.ndarray  # (U,)
    before: np.ndarray  # (2,) share of right verbs with all units on
    n: np.ndarray  # (2,) verbs asked
    leads: np.ndarray  # (U, 2) nats by which the mean lead of the right form falls
    lead_before: np.ndarray  # (2,) nats

    @property
    def order(self) -> np.ndarray:
        """The units, the one that matters most first: by verbs lost, then by how much of the lead is lost."""
        return np.lexsort((-self.leads.max(1), -self.values.max(1)))

    def called(self, unit: int) -> str:
        """A unit as other pages write it: cell 2.17."""
        return f"{self.what} {self.layers[unit]}.{self.indices[unit]}"

    def shows(self) -> str:
        return f"the share of verbs, and of their lead, lost when one {self.what} is switched off"

    def in_words(self) -> str:
        count, best = int(self.flagged.sum()), int(self.order[0])
        start = (
            f"With everything on, {self.model} gets {whole(float(self.before[0]))} of verbs with a "
            f"singular subject right "
            f"and {whole(float(self.before[1]))} with a plural one."
        )
        if not count:
            strong = int(self.leads.max(1).argmax())
            side = int(self.leads[strong].argmax())
            return (
                f"{start} No single {self.what} of {len(self.p):,} decides: each has stand-ins. "
                f"{self.called(strong)} "
                f"costs most, {self.leads[strong, side]:.1f} of the {self.lead_before[side]:.1f} nats "
                f"by which the right "
                f"form leads behind a {('singular', 'plural')[side]} subject."
            )
        side = int(self.values[best].argmax())
        after = max(0.0, float(self.before[side] - self.values[best, side]))
        many = (
            f"{count} of {len(self.p):,} {self.what}s matter"
            if count > 1
            else f"One of {len(self.p):,} {self.what}s matters"
        )
        return (
            f"{start} {many}; the most, {self.called(best)}: without it {whole(after)} of verbs with a "
            f"{('singular', 'plural')[side]} subject are right."
        )

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        order = self.order
        return pandas.DataFrame(
            {
                "unit": [self.called(int(unit)) for unit in order], "lost_singular": self.values[order, 0],
                "lost_plural": self.values[order, 1], "lead_lost_singular_nats": self.leads[order, 0],
                "lead_lost_plural_nats": self.leads[order, 1], "p": self.p[order],
                "flagged": self.flagged[order],
            }
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "unit_of": self.what, "layers": self.layers.tolist(),
            "indices": self.indices.tolist(),
            "p": self.p.tolist(), "flagged": self.flagged.tolist(), "before": self.before.tolist(),
            "n": self.n.tolist(), "leads": self.leads.tolist(), "lead_before": self.lead_before.tolist(),
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Probes(Result):
    """What a simple reader finds in each layer. `values` (L + 1, P): its share right, at P places.

    `control` (L + 1, P): the same reader on labels drawn by lot, one for each word; what it gets right
    there it has learned by heart. `selectivity` is the difference. `majority` (P,): always naming the
    commonest label.
    """

    kind: ClassVar[str] = "probes"
    dims: ClassVar[tuple[str, ...]] = ("layer", "place")
    task: str  # number, part of speech
    places: tuple[str, ...]  # (P,)
    control: np.ndarray
    majority: np.ndarray
    n: np.ndarray  # (2,) learned from, tested on
    data: str

    @property
    def selectivity(self) -> np.ndarray:
        return self.values - self.control

    def shows(self) -> str:
        return f"the share of {self.task}s that a linear reader finds in each layer"

    def in_words(self) -> str:
        if self.task == "part of speech":
            best = int(self.values[:, 0].argmax())
            at = "the embedding" if best == 0 else f"layer {best}"
            return (
                f"From {at} of {self.model} a linear reader names "
                f"{whole(float(self.values[best, 0]))} of parts of speech, "
                f"where the commonest label gets {whole(float(self.majority[0]))}; of labels drawn by "
                f"lot it learns "
                f"{whole(float(self.control[best, 0]))} by heart, so "
                f"{100 * self.selectivity[best, 0]:.0f} points are about "
                "grammar."
            )
        last = self.values[1:, -1]
        best = int(last.argmax()) + 1
        where, whose = "Just before the verb, with two nouns in between,", "subject"
        if len(self.places) < 7:
            where, whose = "Three words behind a noun", "noun"
        return (
            f"{where} the number of the {whose} can be read from layer {best} of {self.model} in "
            f"{whole(float(last.max()))} of sentences (a coin: {whole(float(self.majority[-1]))}); labels drawn by "
            f"lot for each {whose}, in {whole(float(self.control[best, -1]))}."
        )

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        layers, places = self.values.shape
        return pandas.DataFrame(
            {
                "layer": np.repeat(np.arange(layers), places), "place": np.tile(self.places, layers),
                "accuracy": self.values.ravel(), "control": self.control.ravel(),
                "selectivity": self.selectivity.ravel(), "majority": np.tile(self.majority, layers),
            }
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "task": self.task, "places": list(self.places),
            "control": self.control.tolist(),
            "selectivity": self.selectivity.tolist(), "majority": self.majority.tolist(),
            "n": self.n.tolist(),
            "data": self.data,
        }  # fmt: skip

    def kept(self) -> dict[str, Any]:
        """What assets/studies/probes.json keeps of it."""
        rounded = {
            name: np.round(getattr(self, name), 4).tolist() for name in ("values", "control", "majority")
        }
        return {
            "model": self.model, "sha256": self.model_sha256, "task": self.task, "data": self.data,
            "places": list(self.places), "n": self.n.tolist(), **rounded, **self.options,
        }  # fmt: skip

    @classmethod
    def of_kept(cls, kept: dict[str, Any]) -> Self:
        """The result as it was kept."""
        arrays = {name: np.array(kept[name]) for name in ("values", "control", "majority", "n")}
        return cls(
            **arrays, method="probes", model=kept["model"], model_sha256=kept["sha256"], task=kept["task"],
            data=kept["data"], places=tuple(kept["places"]), check=by_heart(arrays["control"]),
            options={name: kept[name] for name in ("task", "count", "seed")},
            **{**NO_TEXT, "unit": "share right"},
        )  # fmt: skip


def by_heart(control: np.ndarray) -> Check:
    """What the same reader gets right of labels drawn by lot."""
    return Check(
        name="what is learned by heart", value=float(100 * control.max()), unit=" %",
        says="Given labels drawn by lot, one for each word, the same reader gets up to {} right: so "
        "much is memory.",
    )  # fmt: skip
