"""How much the answer can move when a word's vector moves a little: the length of the gradient.

For each explained number f and each input vector x_i the score is the Euclidean norm of df/dx_i. It has
no sign: a large score says that the number is sensitive to the word, not in which direction.

Source: Simonyan, Vedaldi, Zisserman 2013, https://arxiv.org/abs/1312.6034 (they take the largest entry
of the gradient; the norm is the usual choice for word vectors: Li et al. 2016, https://arxiv.org/abs/1506.01066).
"""

import numpy as np
from torch import Tensor

from interpret.method import Method, NoOptions, token_result
from interpret.results import Check, Result
from interpret.run import Run
from interpret.sensitivity import lengths
from interpret.target import Target


def compute(run: Run, target: Target, options: NoOptions) -> Result:
    """Norms (C, T), in the target's unit per unit of input; a span's gradients are added before the norm."""
    values, totals = lengths(run, target, _norms)
    return token_result(
        run, target, "gradient_norm", values, totals,
        unit=f"{target.unit} per unit of input", signed=False,
        check=_check(run, target, values),
        options=options,
    )  # fmt: skip


def _norms(gradients: Tensor, _: Tensor) -> Tensor:
    return gradients.norm(dim=-1)


def _check(run: Run, target: Target, values: np.ndarray) -> Check:
    """Of a causal model: later words score 0. Of others: a second computation comes to the same bits."""
    if target.ahead_only:
        return Check(
            name="largest score of a later word", value=_later(values, target), limit=0.0,
            says="A word cannot depend on what comes after it: the largest score of a later word is {}.",
        )  # fmt: skip
    again, _ = lengths(run, target, _norms)
    return Check(
        name="difference from a second computation", value=float(np.abs(again - values).max()), limit=0.0,
        says="The model does not change by being asked: computed again, the gradients differ by {}.",
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
