"""How much the answer can move when a word's vector moves a little: the length of the gradient.

For each explained number f and each input vector x_i the score is the Euclidean norm of df/dx_i. It has
no sign: a large score says that the number is sensitive to the word, not in which direction.

Source: Simonyan, Vedaldi, Zisserman 2013, https://arxiv.org/abs/1312.6034 (they take the largest entry
of the gradient; the norm is the usual choice for word vectors: Li et al. 2016, https://arxiv.org/abs/1506.01066).
"""

import numpy as np
import torch

from interpret.method import Method, NoOptions, token_result
from interpret.results import Check, Result
from interpret.run import Run
from interpret.sensitivity import input_gradients
from interpret.target import Target


def compute(run: Run, target: Target, options: NoOptions) -> Result:
    """Norms (C, T), in the target's unit per unit of input; a span's gradients are added before the norm."""
    count, length = len(target.places), len(run.tokens)
    values, totals = np.zeros((count, length)), np.zeros(count)
    joined = torch.zeros(length, run.vectors.shape[1])
    for rows, numbers, gradients in input_gradients(run.model, run.vectors[None], target):
        reach = gradients.shape[2]
        values[rows, :reach] = gradients[0].norm(dim=-1).numpy()
        totals[rows] = numbers[0].numpy()
        joined[:reach] += gradients[0].sum(0)
    if target.summed:
        values = np.zeros_like(values)
        values[0] = joined.norm(dim=-1).numpy()
    return token_result(
        run, target, "gradient_norm", values, totals,
        unit=f"{target.unit} per unit of input", signed=False,
        check=Check(
            name="largest score of a later word", value=_later(values, target), limit=0.0,
            says="A word cannot depend on what comes after it: the largest score of a later word is {}.",
        ),
        options=options,
    )  # fmt: skip


def _later(values: np.ndarray, target: Target) -> float:
    """The largest score of a word that comes after what it should explain; must be 0."""
    if target.summed:
        return float(np.abs(values[0, max(target.places) :]).max(initial=0.0))
    return max(
        float(np.abs(row[place:]).max(initial=0.0)) for row, place in zip(values, target.places, strict=True)
    )


METHOD = Method(
    name="gradient_norm",
    title="Gradient norm",
    question="Which words is the answer sensitive to?",
    gives="token-grid",
    needs=frozenset({"gradients"}),
    options=NoOptions,
    source="Simonyan, Vedaldi, Zisserman 2013; Li et al. 2016",
    signed=False,
    compute=compute,
    place=4,
)
