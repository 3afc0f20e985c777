"""Which words push the answer up or down, by gradients at chance places on the way from chance blank texts.

Each draw takes a blank text and a random place on the straight line from it to the text; a word's score is
its vector's change times the gradient there, averaged over draws. `baseline` says what a blank text is:
other words drawn from the vocabulary, zero vectors, or the vocabulary's mean; the start mark stays. The
scores of a row add up to f(text) minus the mean of f(blank), but for chance. Places come in pairs at equal
distances from both ends. A model that divides by a vector's length (RMS norms) leaves zeros very steeply:
there the standard error is easily too small, and integrated gradients, which put their places where they
count, are better.

Source: Lundberg, Lee 2017, https://arxiv.org/abs/1705.07874, as expected gradients in Erion et al. 2021,
https://arxiv.org/abs/1906.10670, equation 2; captum's GradientShap without noise on the text.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.blank import blank
from interpret.method import Method, token_result
from interpret.results import Check, Result
from interpret.run import Run
from interpret.sampling import Average
from interpret.sensitivity import input_gradients, numbers_of
from interpret.target import Target
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`baseline`: what blank texts are; `samples`: places drawn, an even number; `seed`: of the lots."""

    baseline: Literal["words", "zero", "mean"] = "zero"
    samples: int = 48
    seed: int = 0

    def __post_init__(self) -> None:
        if self.baseline not in ("words", "zero", "mean"):
            raise Refusal("baseline must be words, zero or mean")
        if self.samples % 2 or not 4 <= self.samples <= 4096:
            raise Refusal("samples must be an even number from 4 to 4096")
        if self.seed < 0:
            raise Refusal("seed must be 0 or more")


@torch.no_grad()
def draws(run: Run, options: Options) -> tuple[Tensor, Tensor]:
    """Blank texts (N/2, T, D) and places on the way (N,), of which two in a row belong to one blank text."""
    made = torch.Generator().manual_seed(options.seed)
    half = options.samples // 2
    share = torch.rand(half, generator=made)
    if options.baseline != "words":
        blanks = blank(run, options.baseline).expand(half, -1, -1)
    else:
        ids = torch.randint(run.model.card.vocabulary, (half, len(run.tokens)), generator=made)
        others = run.model.embed(ids.flatten()).view(half, *run.vectors.shape)
        blanks = torch.where(torch.from_numpy(run.of_text)[:, None], others, run.vectors)
    return blanks, torch.stack((share, 1 - share), dim=1).flatten()


def compute(run: Run, target: Target, options: Options) -> Result:
    """Mean scores (C, T) in the target's unit, with standard errors."""
    blanks, shares = draws(run, options)
    average = Average(target)
    totals = numbers_of(run.model, run.vectors[None], target)[0]
    missed = Average(target)  # by how much each draw's scores miss f(text) - f(blank), (C, 1)
    at_once = max(1, min(8, 2048 // len(run.tokens)))
    for start in range(0, len(blanks), at_once):
        progress.tell(start / len(blanks))
        here = blanks[start : start + at_once]
        pairs = here.repeat_interleave(2, dim=0)
        place = shares[2 * start : 2 * start + len(pairs), None, None]
        scores = np.zeros((len(pairs), len(target.places), len(run.tokens)))
        for rows, _, gradients in input_gradients(run.model, pairs + place * (run.vectors - pairs), target):
            reach = gradients.shape[2]
            way = (run.vectors - pairs)[:, :reach]
            scores[:, rows, :reach] = torch.einsum("bcsd,bsd->bcs", gradients, way).numpy()
        scores = scores.reshape(-1, 2, *scores.shape[1:]).mean(axis=1)
        wanted = totals - numbers_of(run.model, here, target)
        for pair, change in zip(scores, wanted, strict=True):
            average.add(pair)
            missed.add((pair.sum(axis=1) - change)[:, None])
    gap = missed.mean.sum(axis=0) if average.error.ndim == 1 else missed.mean[:, 0]
    worst = int(np.abs(gap).argmax())
    error = float(missed.error.reshape(-1)[worst])
    return token_result(
        run, target, "gradient_shap", average.mean, totals, unit=target.unit, signed=True,
        check=Check(
            name="largest gap between a row's sum and f(text) - mean f(blank)",
            says="The scores of a word add up to what the text adds to blank texts, but for chance; the "
            f"largest gap is {{}} (standard error {error:.2g} {target.unit}), and chance moves a single "
            f"score by {average.error.max(initial=0.0):.2g} {target.unit} (largest standard error).",
            value=float(np.abs(gap[worst])), unit=f" {target.unit}",
        ),
        options=options, spread=average.error,
        notes=(f"Places drawn: {options.samples}.",),
    )  # fmt: skip


METHOD = Method(
    name="gradient_shap",
    title="GradientShap",
    question="Which words push the answer up or down, on the way from chance texts?",
    gives="token-grid",
    needs=frozenset({"gradients"}),
    options=Options,
    source="Lundberg, Lee 2017; Erion et al. 2021",
    signed=True,
    compute=compute,
    place=9,
)
