"""Which units are on at the words you choose and off at the others, ranked by how well they tell them apart.

For every unit: the AUC, how often it is higher at a chosen token than at another one; of LSTM cells and
hidden states, whose sign is arbitrary, also how often it is lower. With few words some of thousands of units
always fit: the same choice shifted along the text says how well the best unit does then.

Source: Strobelt et al. 2018 (LSTMVis), https://arxiv.org/abs/1606.07461, asks for an exact on-off pattern;
the AUC is ours, after Hanley, McNeil 1982.
"""

import re
from dataclasses import dataclass

import numpy as np

from interpret.method import Method
from interpret.results import Check, UnitRanking
from interpret.run import Run
from interpret.target import Target
from interpret.units import SIGNED, NoUnits, auc_of_ranks, every, kinds, ranks, shared, unfit
from models.refusals import Refusal

SHIFTS = 20


@dataclass(frozen=True, kw_only=True)
class Options:
    """`places`: tokens such as "5-7, 12"; empty: the middle third. `top`: how many units."""

    places: str = ""
    kind: str = ""
    top: int = 20

    def __post_init__(self) -> None:
        if not 1 <= self.top <= 200:
            raise Refusal("top must lie between 1 and 200")


def compute(run: Run, target: Target, options: Options) -> UnitRanking:
    """The best units and what they do along the text."""
    inside = chosen(options.places, len(run.tokens))
    inside &= run.of_text
    kind = options.kind or kinds(run)[0]
    values, units = every(run, kind)
    looked = np.flatnonzero(run.of_text)
    placed = ranks(values[looked])
    found, low = better(auc_of_ranks(placed, inside[looked]), SIGNED[kind])
    apart = _apart(values[looked], inside[looked])
    order = np.lexsort((-apart, -found))[: options.top]
    chance = _shifted(placed, inside[looked], SIGNED[kind])
    return UnitRanking(
        **shared(run, target, "select_units", options),
        values=found[order],
        unit="AUC",
        signed=False,
        check=Check(
            name="best AUC by chance",
            says="With the choice shifted along the text, the best unit reaches an AUC of {} on average.",
            value=float(chance.mean()),
        ),
        units=tuple(str(units[i]) for i in order),
        low=low[order],
        inside=inside,
        means=np.stack(
            (values[inside][:, order].mean(0), values[~inside & run.of_text][:, order].mean(0)), -1
        ),
        tracks=values[:, order].T.astype(np.float64),
        chance=chance,
        searched=len(units),
    )


def chosen(written: str, count: int) -> np.ndarray:
    """The tokens of "5-7, 12" as booleans, (T,). Refuses what is no place of the text."""
    if not written.strip():
        return (np.arange(count) >= count // 3) & (np.arange(count) < max(2 * count // 3, count // 3 + 1))
    found = np.zeros(count, dtype=bool)
    for part in written.split(","):
        said = re.fullmatch(r"\s*(\d{1,6})(?:-(\d{1,6}))?\s*", part)
        first, last = (int(said[1]), int(said[2] or said[1])) if said else (1, 0)
        if first > last or last >= count:
            raise NoUnits(
                f"{part.strip()!r} names no tokens of this text: write places such as 5-7, 12 "
                f"(0 to {count - 1})."
            )
        found[first : last + 1] = True
    return found


def better(found: np.ndarray, both: bool) -> tuple[np.ndarray, np.ndarray]:
    """AUCs, the better of high and low if `both`, and whether low was better."""
    low = (found < 0.5) & both
    return np.where(low, 1 - found, found), low


def _apart(values: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The distance of the two means in standard deviations: it decides among equal AUCs."""
    gap = np.abs(values[inside].mean(0) - values[~inside].mean(0))
    return gap / (values[inside].std(0) + values[~inside].std(0) + 1e-6)


def _shifted(placed: np.ndarray, inside: np.ndarray, both: bool) -> np.ndarray:
    """The best unit's AUC for the choice shifted along the text by each of up to `SHIFTS` distances."""
    far = np.unique(np.linspace(1, len(inside) - 1, min(SHIFTS, len(inside) - 1)).astype(int))
    others = [np.roll(inside, step) for step in far]
    others = [other for other in others if not np.array_equal(other, inside)] or [inside]
    return better(auc_of_ranks(placed, np.stack(others)), both)[0].max(axis=-1)


METHOD = Method(
    name="select_units",
    title="Select by example",
    question="Which units know these words?",
    gives="unit-ranking",
    needs=frozenset(),
    options=Options,
    source="Strobelt et al. 2018 (LSTMVis); Hanley, McNeil 1982",
    signed=False,
    compute=compute,
    place=63,
    unfit=unfit,
)
