"""Do the scores add up? Integrated gradients with 1, 2, 4 ... steps until the gap is small.

The scores of all words must add up to f(text) - f(blank). With few steps on the way they miss it; each row
here is the map made anew with so many steps, and by how much it misses. Doubling stops at the first gap of
at most `tolerance`, or at `most` steps.

Source: Sundararajan, Taly, Yan 2017, https://arxiv.org/abs/1703.01365, proposition 1 (completeness).
"""

from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np

from interpret import progress
from interpret.blank import blank
from interpret.methods.integrated_gradients import along_the_path, share_missed
from interpret.results import Check, Completeness
from interpret.run import Run
from interpret.sensitivity import numbers_of
from interpret.target import BadTarget, Target
from interpret.trust.subject import as_asked
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`baseline`: what a blank text is; `tolerance`: the gap aimed at (a share); `most`: steps at most."""

    baseline: Literal["zero", "mean", "pad"] = "zero"
    tolerance: float = 0.01
    most: int = 512

    def __post_init__(self) -> None:
        if self.baseline not in ("zero", "mean", "pad"):
            raise Refusal("baseline must be zero, mean or pad")
        if not 1 <= self.most <= 4096 or not 0 < self.tolerance < 1:
            raise Refusal("most must lie between 1 and 4096, and tolerance between 0 and 1")


def completeness(run: Run, target: Target, options: Options | None = None) -> Completeness:
    """The sum of one number's scores and its gap for each number of steps.

    Raises BadTarget for several numbers, Refusal for a model without gradients or without such a blank.
    """
    options = options or Options()
    if len(target.places) > 1 and not target.summed:
        raise BadTarget("Completeness is about one number: choose one place, one class or a span of tokens.")
    if "gradients" not in run.model.card.abilities:
        raise Refusal(
            f"{run.model.card.name} has no gradients, so there is no way from a blank text to add up."
        )
    asked = as_asked(run, replace(target, summed=False))
    starts = [blank(one, options.baseline) for one, _ in asked]
    whole, bare = _number(asked, [one.vectors for one, _ in asked]), _number(asked, starts)
    steps, sums = [], []
    while not steps or (_gap(sums[-1], whole - bare) > options.tolerance and 2 * steps[-1] <= options.most):
        steps.append(2 * steps[-1] if steps else 1)
        progress.tell(steps[-1] / (2 * options.most))
        parts = [
            along_the_path(one.model, start, one.vectors, rows, steps[-1]).sum()
            for (one, rows), start in zip(asked, starts, strict=True)
        ]
        sums.append(float(sum(parts)))
    gaps = np.array([100 * _gap(total, whole - bare) for total in sums])
    tokens, card = run.tokens, run.model.card
    return Completeness(
        method="completeness", model=card.name, model_sha256=card.sha256, text=tokens.text,
        tokens=tokens.shown, spans=tokens.spans, words=tokens.words, asked=target.asked(run.model),
        values=gaps, unit="%", signed=False, steps=np.array(steps), sums=np.array(sums),
        whole=whole, bare=bare, measured=target.unit, blank=options.baseline,
        check=Check(
            name="gap with the most steps", value=float(gaps[-1]), limit=100 * options.tolerance, unit=" %",
            says="The scores must add up to what the text adds to a blank text; they miss it by {}.",
        ),
        options=asdict(options),
    )  # fmt: skip


def _number(asked: tuple[tuple[Run, Target], ...], vectors: list) -> float:
    """The explained number with other input vectors."""
    pairs = zip(asked, vectors, strict=True)
    return float(sum(numbers_of(one.model, v[None], rows)[0].sum() for (one, rows), v in pairs))


def _gap(total: float, wanted: float) -> float:
    return float(share_missed(np.float64(total), np.float64(wanted)))
