"""Which words push the answer up or down, by differences from a blank text sent back through each layer.

At each activation function the gradient is replaced by how much the function's result really differs from
that of a blank text, divided by how much its input does. In a network of matrix products and such functions
the scores of a row then add up to f(text) - f(blank) exactly. DeepLift has no rule for products of two
things that both depend on the text, such as LSTM gates, attention and layer norms: there the same program
gives little more than gradient times input, without a word. So the gap is measured first, and above 1 %
nothing is shown.

Source: Shrikumar, Greenside, Kundaje 2017, https://arxiv.org/abs/1704.02685 (rescale rule); computed by
captum.
"""

import warnings
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
from interpret.sensitivity import numbers_of
from interpret.sentences import rounded
from interpret.target import Target
from models.base import Card, LanguageModel
from models.refusals import Refusal

LIMIT = 0.01  # the largest gap, as a share of f(text) - f(blank)
ELSE = "choose integrated gradients, whose scores add up."


@dataclass(frozen=True, kw_only=True)
class Options:
    """`baseline`: what a blank text is."""

    baseline: Literal["zero", "mean", "pad"] = "zero"

    def __post_init__(self) -> None:
        if self.baseline not in ("zero", "mean", "pad"):
            raise Refusal("baseline must be zero, mean or pad")


class _Asked(torch.nn.Module):
    """A model as captum wants it: vectors (B, T, D) to the explained numbers (B, C)."""

    def __init__(self, network: torch.nn.Module, model: LanguageModel, target: Target):
        super().__init__()
        self.network, self._model, self._target = network, model, target

    def forward(self, vectors: Tensor) -> Tensor:
        states = self._model.states(vectors)[:, self._target.positions]
        return self._target.scores(self._model.unembed(states))


def scores_of(run: Run, target: Target, start: Tensor) -> np.ndarray:
    """Scores (C, T) by captum between a blank text (T, D) and this one, whether or not they add up."""
    import captum.attr

    network: Any = getattr(run.model, "network", None)
    if not isinstance(network, torch.nn.Module):
        raise Refusal(f"{run.model.card.name} shows no layers that DeepLift could go through: {ELSE}")
    lift = captum.attr.DeepLift(_Asked(network, run.model, target))
    rows = []
    for row in range(len(target.places)):
        progress.tell(row / len(target.places))
        given = run.vectors[None].clone().requires_grad_(True)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Setting forward, backward hooks", UserWarning)
            found = lift.attribute(given, baselines=start[None], target=row)
        rows.append(found[0].sum(-1).detach().numpy())
    return np.stack(rows)


def compute(run: Run, target: Target, options: Options) -> Result:
    """Scores (C, T) in the target's unit; refused where a row misses f(text) - f(blank) by more than 1 %."""
    start = blank(run, options.baseline)
    totals = numbers_of(run.model, run.vectors[None], target)[0]
    wanted = totals.astype(float) - numbers_of(run.model, start[None], target)[0]
    scores = scores_of(run, target, start)
    gap = float((np.abs(scores.sum(axis=1) - wanted) / np.maximum(np.abs(wanted), 1e-3)).max())
    if gap > LIMIT:
        raise Refusal(
            f"DeepLift's scores do not add up on {run.model.card.name}: they miss f(text) - f(blank) by up "
            f"to {rounded(gap)} ({rounded(LIMIT)} is allowed), because it has steps DeepLift has no rule for; {ELSE}"
        )
    return token_result(
        run, target, "deep_lift", scores, totals, unit=target.unit, signed=True,
        check=Check(
            name="largest gap between a row's sum and f(text) - f(blank)",
            says="The scores of a word add up to what the text adds to a blank text; the largest gap is {}.",
            value=100 * gap, limit=100 * LIMIT, unit=" %",
        ),
        options=options,
    )  # fmt: skip


def unfit(card: Card) -> str | None:
    """Known before anything is computed: LSTM gates and attention are products without a rule."""
    parts = "LSTM gates multiply" if card.family == "lstm" else "attention multiplies"
    if card.family != "lstm" and "attention" not in card.abilities:
        return None
    return (
        f"{card.name}: {parts} numbers that both depend on the text, and DeepLift has no rule for that, so "
        f"its scores would not add up; {ELSE}"
    )


METHOD = Method(
    name="deep_lift",
    title="DeepLift",
    question="Which words push the answer up or down, difference by difference?",
    gives="token-grid",
    needs=frozenset({"gradients"}),
    options=Options,
    source="Shrikumar, Greenside, Kundaje 2017",
    signed=True,
    compute=compute,
    place=12,
    unfit=unfit,
)
