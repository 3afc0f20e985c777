"""Which words push the answer up or down, by a straight-line estimate: gradient times input.

For each explained number f and each input vector x_i the score is the dot product of df/dx_i with x_i: what f
would lose, to first order, if the word's vector shrank to nothing. Positive: the word pushes f up.
It is an estimate: the scores add up to f(text) only where the model is linear, and the check says by how
much they do not.

Source: Shrikumar, Greenside, Kundaje 2017, https://arxiv.org/abs/1605.01713; dot product as in captum's
InputXGradient summed over the vector.
"""

import numpy as np

from interpret.method import Method, NoOptions, token_result
from interpret.results import Check, Result
from interpret.run import Run
from interpret.sensitivity import input_gradients
from interpret.target import Target


def compute(run: Run, target: Target, options: NoOptions) -> Result:
    """Dot products (C, T) in the target's unit."""
    count, length = len(target.places), len(run.tokens)
    values, totals = np.zeros((count, length)), np.zeros(count)
    for rows, numbers, gradients in input_gradients(run.model, run.vectors[None], target):
        reach = gradients.shape[2]
        values[rows, :reach] = (gradients[0] * run.vectors[:reach]).sum(-1).numpy()
        totals[rows] = numbers[0].numpy()
    missed = np.abs(values.sum(axis=1) - totals)
    return token_result(
        run, target, "gradient_times_input", values, totals,
        unit=target.unit, signed=True,
        check=Check(
            name="median gap between a row's sum and the number itself",
            says="The scores of a word should add up to the number they explain; they miss it by {} "
            "in the median, because the model is not a straight line.",
            value=float(np.median(missed)), unit=f" {target.unit}",
        ),
        options=options,
    )  # fmt: skip


METHOD = Method(
    name="gradient_times_input",
    title="Gradient × input",
    question="Which words push the answer up or down?",
    gives="token-grid",
    needs=frozenset({"gradients"}),
    options=NoOptions,
    source="Shrikumar, Greenside, Kundaje 2017",
    signed=True,
    compute=compute,
    place=3,
)
