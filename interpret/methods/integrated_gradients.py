"""Which words push the answer up or down, counted along the whole way from a blank text to this one.

The score of a word is its vector's change times the gradient, averaged over the straight path from a blank
text (zero vectors, the vocabulary's mean, or the tokenizer's filling piece; the start mark stays) to the
text. The scores of a row add up to f(text) - f(blank). How far they miss is the gap; steps are doubled for
the rows that miss by more than `tolerance` until they do not, or `most_steps` is reached. A change of f
below 0.001 is compared with 0.001. Nodes and weights are Gauss-Legendre's.
Where f jumps at many places of the way, steps would help only by hundreds, if at all: such a row gets an eighth
of `most_steps`, and the notes say so. One steep place, such as a norm at zero vectors, is found by more steps.
Whether so many steps will do can be foretold for all rows together from the slope of f along the way, by forward
passes alone: many rows wait until they will.

Source: Sundararajan, Taly, Yan 2017, https://arxiv.org/abs/1703.01365, equation 1.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.blank import blank
from interpret.method import Method, token_result
from interpret.results import Check, Result
from interpret.run import Run
from interpret.sensitivity import input_gradients, numbers_of
from interpret.sentences import rounded
from interpret.target import Target
from models.base import LanguageModel
from models.refusals import Refusal

SMALLEST = 1e-3  # a smaller change of f is compared with this
EIGHTH = 8  # of most_steps: the part that a row gets where f jumps at many places
PROBES = 64  # steps by which it is asked where f jumps: by a tenth of its whole change or more
JUMPS = 8  # so many are found by more steps on the path
FEW = 3  # rows whose gap is found sooner than foretold
CELL = 8  # the slope at a node is that of the secant over a quarter of its cell: an eighth to either side


@dataclass(frozen=True, kw_only=True)
class Options:
    """`baseline`: what a blank text is; `steps`: nodes to begin with; `tolerance`: largest gap (a share)."""

    baseline: Literal["zero", "mean", "pad"] = "zero"
    steps: int = 8
    tolerance: float = 0.01
    most_steps: int = 512

    def __post_init__(self) -> None:
        if self.baseline not in ("zero", "mean", "pad"):
            raise Refusal("baseline must be zero, mean or pad")
        if not 1 <= self.steps <= self.most_steps <= 4096:
            raise Refusal("steps must lie between 1 and most_steps, and most_steps at most 4096")


def along_the_path(
    model: LanguageModel, start: Tensor, end: Tensor, target: Target, steps: int
) -> np.ndarray:
    """Scores (C, T) of `target` between two texts (T, D) by a quadrature of `steps` nodes."""
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    shares = torch.tensor((nodes + 1) / 2, dtype=end.dtype)
    weights = torch.tensor(weights / 2, dtype=end.dtype)
    scores = np.zeros((len(target.places), len(end)))
    at_once = max(1, min(16, 4096 // len(end)))
    for part in range(0, steps, at_once):
        share = shares[part : part + at_once]
        progress.tell(part / steps)
        vectors = start + share[:, None, None] * (end - start)
        for rows, _, gradients in input_gradients(model, vectors, target):
            reach = gradients.shape[2]
            mean = torch.einsum("b,bctd->ctd", weights[part : part + at_once], gradients)
            scores[rows, :reach] += (mean * (end - start)[:reach]).sum(-1).numpy()
    return scores


def f_along(
    model: LanguageModel, start: Tensor, end: Tensor, target: Target, shares: np.ndarray
) -> np.ndarray:
    """The explained numbers at some shares (S,) of the way between two texts (T, D), by forward passes: (S, C)."""
    found, at_once = [], max(1, min(32, 4096 // len(end)))
    places = torch.tensor(shares, dtype=end.dtype)[:, None, None]
    for part in range(0, len(shares), at_once):
        progress.tell(part / len(shares))
        found.append(numbers_of(model, start + places[part : part + at_once] * (end - start), target))
    return np.concatenate(found).astype(float)


def jumps(model: LanguageModel, start: Tensor, end: Tensor, target: Target, size: np.ndarray) -> np.ndarray:
    """At how many of `PROBES` places between two texts (T, D) f moves by more than a tenth of `size` (C,): (C,)."""
    f = f_along(model, start, end, target, np.linspace(0, 1, PROBES + 1))
    return (np.abs(np.diff(f, axis=0)) > size / 10).sum(axis=0)


def foretold(model: LanguageModel, start: Tensor, end: Tensor, target: Target, steps: int) -> np.ndarray:
    """What the scores of each row would add up to by so many steps, (C,): the slope of f along the way, summed up."""
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    shares, reach = (nodes + 1) / 2, weights / 2 / CELL
    before, behind = (f_along(model, start, end, target, shares + side * reach) for side in (-1, 1))
    return (CELL / 2) * (behind - before).sum(axis=0)


class _Way:
    """The way from a blank text to this one, and the rows of scores that are summed up along it."""

    def __init__(self, run: Run, target: Target, options: Options):
        self.target, self.options = target, options
        self.ends = run.model, blank(run, options.baseline), run.vectors
        self.totals = numbers_of(run.model, run.vectors[None], target)[0]
        self.wanted = (self.totals - numbers_of(run.model, self.ends[1][None], target)[0]).astype(float)
        self.scores = np.zeros((len(target.places), len(run.tokens)))
        self.used = np.zeros(len(target.places), dtype=int)
        # Rows whose answer jumps all along the way, once that was asked.
        self.wandering: list[int] | None = None

    def sum_up(self, rows: list[int], steps: int) -> None:
        """Replace these rows' scores by those of so many steps."""
        if rows:
            self.scores[rows] = along_the_path(*self.ends, self.target.rows(rows), steps)
            self.used[rows] = steps

    def gaps(self) -> np.ndarray:
        """What rows miss as a share of what they should add up to, (C,); of a phrase, all rows together, (1,)."""
        if self.target.summed:
            return np.atleast_1d(share_missed(self.scores.sum(), self.wanted.sum()))
        return share_missed(self.scores.sum(axis=1), self.wanted)

    def missing(self, rows: list[int]) -> list[int]:
        """Which of these rows do not add up yet: of a phrase all or none."""
        gaps = np.broadcast_to(self.gaps(), len(self.used))
        return [row for row in rows if gaps[row] > self.options.tolerance]

    def without_wandering(self, rows: list[int]) -> list[int]:
        """Those of these rows whose answer does not jump all along the way."""
        size = np.maximum(np.abs(self.wanted[rows]), SMALLEST)
        astray = jumps(*self.ends, self.target.rows(rows), size) > JUMPS
        self.wandering = [row for row, wanders in zip(rows, astray, strict=True) if wanders]
        return [row for row in rows if row not in self.wandering]

    def ready(self, rows: list[int], steps: int) -> list[int]:
        """Those of these rows that so many steps will add up, as foretold; of few rows all."""
        if len(rows) <= FEW:
            return rows
        gaps = share_missed(foretold(*self.ends, self.target.rows(rows), steps), self.wanted[rows])
        return [row for row, gap in zip(rows, gaps, strict=True) if gap <= self.options.tolerance]


def compute(run: Run, target: Target, options: Options) -> Result:
    """Scores (C, T) in the target's unit, each row within `tolerance` of its sum where steps allow."""
    way, steps, least = _Way(run, target, options), options.steps, options.most_steps // EIGHTH
    every, whole = list(range(len(target.places))), 2 * options.most_steps + least  # steps, if all are needed
    with progress.part(0.0, steps / whole):
        way.sum_up(every, steps)
    left = way.missing(every)
    while left and (steps := 2 * steps) <= options.most_steps:
        with progress.part(steps / whole, 0.3 * steps / whole):
            if steps > least and way.wandering is None and not target.summed:
                left = way.without_wandering(left)
            ready = left if target.summed else way.ready(left, steps)
        with progress.part(1.3 * steps / whole, 0.7 * steps / whole):
            way.sum_up(ready, steps)
        left = way.missing(left)
    with progress.part(2 * options.most_steps / whole, least / whole):
        way.sum_up([row for row in way.missing(every) if way.used[row] < least], least)
    gaps = way.gaps()
    return token_result(
        run, target, "integrated_gradients", way.scores, way.totals,
        unit=target.unit, signed=True,
        check=Check(
            name="largest gap between a row's sum and f(text) - f(blank)",
            says="The scores of a word add up to what the text adds to a blank text; the largest gap is {}.",
            value=float(100 * gaps.max()), limit=100 * options.tolerance, unit=" %",
        ),
        options=options, notes=_notes(gaps, way, options),
    )  # fmt: skip


def share_missed(sums: Any, wanted: Any) -> Any:
    """|sum - wanted| as a share of |wanted|; a change below 1e-3 is compared with 1e-3."""
    return np.abs(sums - wanted) / np.maximum(np.abs(wanted), SMALLEST)


def _notes(gaps: np.ndarray, way: _Way, options: Options) -> tuple[str, ...]:
    missed, least = np.flatnonzero(gaps > options.tolerance), options.most_steps // EIGHTH
    most, usual = int(way.used.max()), int(np.median(way.used))
    further = f", and up to {most} where the gap asked for more" if most > usual else ""
    notes = [f"Steps on the way: {usual}{further}."]
    if not len(missed):
        return tuple(notes)
    notes.append(
        f"{len(missed)} of {len(gaps)} rows still miss by more than {rounded(options.tolerance)}: raise most_steps."
    )
    astray = [row for row in way.wandering or () if row in missed]
    if astray:
        notes.append(
            f"On the way from a blank text the answer jumps at more than {JUMPS} places in {len(astray)} of them, "
            f"which no number of steps adds up soon: these got {least} steps."
        )
    foretold_to_miss = (way.used[missed] <= least).sum() - len(astray)
    if foretold_to_miss > 0 and not way.target.summed:
        notes.append(
            f"Of {foretold_to_miss} others it is foretold, by the slope of the answer along the way, that "
            f"{options.most_steps} steps would not do: they got {least} steps."
        )
    return tuple(notes)


METHOD = Method(
    name="integrated_gradients",
    title="Integrated gradients",
    question="Which words push the answer up or down, on the way from no text?",
    gives="token-grid",
    needs=frozenset({"gradients"}),
    options=Options,
    source="Sundararajan, Taly, Yan 2017",
    signed=True,
    compute=compute,
    place=2,
)
