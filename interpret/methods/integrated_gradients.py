"""Which words push the answer up or down, counted along the whole way from a blank text to this one.

The score of a word is its vector's change times the gradient, averaged over the straight path from a blank
text (zero vectors, the vocabulary's mean, or the tokenizer's filling piece; the start mark stays) to the
text. The scores of a row add up to f(text) - f(blank). How far they miss is the gap; steps are doubled for
the rows that miss by more than `tolerance` until they do not, or `most_steps` is reached. A change of f
below 0.001 is compared with 0.001. Nodes and weights are Gauss-Legendre's.
Where f jumps at many places of the way, steps would help only by hundreds, if at all: such a row gets an eighth
of `most_steps`, and the notes say so. One steep place, such as a norm at zero vectors, is found by more steps.

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
from models.base import LanguageModel, Refusal

SMALLEST = 1e-3  # a smaller change of f is compared with this
EIGHTH = 8  # of most_steps: the part that a row gets where f jumps at many places
PROBES = 64  # steps by which it is asked where f jumps: by a tenth of its whole change or more
JUMPS = 8  # so many are found by more steps on the path


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


def jumps(model: LanguageModel, start: Tensor, end: Tensor, target: Target, size: np.ndarray) -> np.ndarray:
    """At how many of `PROBES` places between two texts (T, D) f moves by more than a tenth of `size` (C,): (C,)."""
    shares = torch.linspace(0, 1, PROBES + 1, dtype=end.dtype)
    f = [numbers_of(model, (start + share * (end - start))[None], target)[0] for share in shares]
    return (np.abs(np.diff(np.stack(f).astype(float), axis=0)) > size / 10).sum(axis=0)


def compute(run: Run, target: Target, options: Options) -> Result:
    """Scores (C, T) in the target's unit, each row within `tolerance` of its sum where steps allow."""
    start = blank(run, options.baseline)
    totals = numbers_of(run.model, run.vectors[None], target)[0]
    wanted = (totals - numbers_of(run.model, start[None], target)[0]).astype(float)
    size = np.maximum(np.abs(wanted), SMALLEST)
    scores = np.zeros((len(target.places), len(run.tokens)))
    used = np.zeros(len(target.places), dtype=int)
    left, steps, wandering = list(range(len(target.places))), options.steps, 0
    while left:
        scores[left] = along_the_path(run.model, start, run.vectors, target.rows(left), steps)
        used[left] = steps
        gap = share_missed(scores.sum(axis=1), wanted)
        if target.summed and share_missed(scores.sum(), wanted.sum()) <= options.tolerance:
            break
        left = [row for row in left if gap[row] > options.tolerance]
        steps *= 2
        if steps > options.most_steps:
            break
        if steps > options.most_steps // EIGHTH and left and not (wandering or target.summed):
            astray = jumps(run.model, start, run.vectors, target.rows(left), size[left]) > JUMPS
            wandering = int(astray.sum())
            left = [row for row, wanders in zip(left, astray, strict=True) if not wanders]
    gap = share_missed(scores.sum(axis=1), wanted)
    if target.summed:
        gap = np.atleast_1d(share_missed(scores.sum(), wanted.sum()))
    return token_result(
        run, target, "integrated_gradients", scores, totals,
        unit=target.unit, signed=True,
        check=Check(
            name="largest gap between a row's sum and f(text) - f(blank)",
            says="The scores of a word add up to what the text adds to a blank text; the largest gap is {}.",
            value=float(100 * gap.max()), limit=100 * options.tolerance, unit=" %",
        ),
        options=options, notes=_notes(gap, used, wandering, options),
    )  # fmt: skip


def share_missed(sums: Any, wanted: Any) -> Any:
    """|sum - wanted| as a share of |wanted|; a change below 1e-3 is compared with 1e-3."""
    return np.abs(sums - wanted) / np.maximum(np.abs(wanted), SMALLEST)


def _notes(gap: np.ndarray, used: np.ndarray, wandering: int, options: Options) -> tuple[str, ...]:
    missed = int((gap > options.tolerance).sum())
    most, usual = int(used.max()), int(np.median(used))
    further = f", and up to {most} where the gap asked for more" if most > usual else ""
    steps = f"Steps on the way: {usual}{further}."
    if not missed:
        return (steps,)
    short = (
        f"{missed} of {len(gap)} rows still miss by more than {rounded(options.tolerance)}: raise most_steps."
    )
    if not wandering:
        return (steps, short)
    astray = (
        f"On the way from a blank text the answer jumps at more than {JUMPS} places in {wandering} of them, which no "
        "number of steps adds up soon: these got an eighth of most_steps."
    )
    return (steps, short, astray)


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
