"""Which words push the answer up or down, by gradient times input with the gradient's jitter averaged away.

A network's gradient changes quickly from place to place. Here it is taken at many texts whose word vectors
are shaken a little (Gaussian noise, each shake with its opposite), averaged, and multiplied with the word's
own vector. `level` is the noise as a share of how far vectors of the vocabulary spread around their mean.
The start mark is not shaken. The standard error says how far chance still moves a score.

Source: Smilkov et al. 2017, https://arxiv.org/abs/1706.03825, section 2.2. They take the noise as a share
of the largest minus the smallest entry, which for word vectors hangs on one entry of hundreds, and show the
gradient itself.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.method import Method, token_result
from interpret.results import Check, Result
from interpret.run import Run
from interpret.sampling import Average
from interpret.sensitivity import input_gradients, numbers_of
from interpret.target import Target
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`level`: noise as a share of the vectors' spread; `samples`: shaken texts, an even number; `seed`."""

    level: float = 0.25
    samples: int = 24
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.level <= 10:
            raise Refusal("level must lie above 0 and be at most 10")
        if self.samples % 2 or not 4 <= self.samples <= 4096:
            raise Refusal("samples must be an even number from 4 to 4096")
        if self.seed < 0:
            raise Refusal("seed must be 0 or more")


@torch.no_grad()
def noise(run: Run, options: Options) -> Tensor:
    """(N, T, D): shakes in pairs of opposites; none for the start mark and for what is hidden."""
    every = run.model.embed(torch.arange(run.model.card.vocabulary))
    spread = float((every - every.mean(0)).square().mean().sqrt())
    made = torch.Generator().manual_seed(options.seed)
    half = torch.randn(options.samples // 2, *run.vectors.shape, generator=made) * (options.level * spread)
    half *= torch.from_numpy(run.of_text)[:, None]
    return torch.stack((half, -half), dim=1).flatten(0, 1)


def compute(run: Run, target: Target, options: Options) -> Result:
    """Mean dot products (C, T) in the target's unit, with standard errors."""
    shakes, average = noise(run, options), Average(target)
    at_once = max(1, min(8, 2048 // len(run.tokens))) * 2
    for start in range(0, options.samples, at_once):
        progress.tell(start / options.samples)
        shaken = run.vectors + shakes[start : start + at_once]
        scores = np.zeros((len(shaken), len(target.places), len(run.tokens)))
        for rows, _, gradients in input_gradients(run.model, shaken, target):
            reach = gradients.shape[2]
            scores[:, rows, :reach] = torch.einsum("bcsd,sd->bcs", gradients, run.vectors[:reach]).numpy()
        for pair in scores.reshape(-1, 2, *scores.shape[1:]).mean(axis=1):
            average.add(pair)
    return token_result(
        run, target, "smooth_grad", average.mean, numbers_of(run.model, run.vectors[None], target)[0],
        unit=target.unit, signed=True,
        check=Check(
            name="largest standard error of a score",
            says="Each score is a mean over shaken texts; chance moves a single one by {} (largest standard "
            "error).",
            value=float(average.error.max(initial=0.0)), unit=f" {target.unit}",
        ),
        options=options, spread=average.error,
        notes=(f"Shaken texts: {options.samples}, by {options.level:g} of the vectors' spread.",),
    )  # fmt: skip


METHOD = Method(
    name="smooth_grad",
    title="SmoothGrad",
    question="Which words push the answer up or down, when small shakes are averaged away?",
    gives="token-grid",
    needs=frozenset({"gradients"}),
    options=Options,
    source="Smilkov et al. 2017",
    signed=True,
    compute=compute,
    place=8,
)
