"""Which words a guess is most sensitive to, as fastai's text interpreter measured it.

For each explained number and each input vector the absolute entries of the gradient are added up, and each
row is divided by its largest score, so that the most sensitive word has 1. fastai v1 took the probability
of the likeliest class; the log-probability has the same map, because the division takes out any factor. The
whole text goes through the network at once, with fresh memory, dropout off, and no noise on the vectors.
Despite its name it is a gradient, not attention, and it has no sign.

Source: fastai v1, `fastai.text.interpret.TextClassificationInterpretation.intrinsic_attention`,
https://fastai1.fast.ai/text.interpret.html.
"""

import numpy as np

from interpret.method import Method, NoOptions, token_result
from interpret.results import Check, Result
from interpret.run import Run
from interpret.sensitivity import lengths
from interpret.target import Target


def compute(run: Run, target: Target, options: NoOptions) -> Result:
    """Scores (C, T) between 0 and 1 without unit; a span's gradients are added before."""
    values, totals = lengths(run, target, lambda gradients, _: gradients.abs().sum(-1))
    again, _ = lengths(run, target, lambda gradients, _: gradients.abs().sum(-1))
    most = values.max(axis=1, keepdims=True)
    return token_result(
        run, target, "intrinsic_attention",
        np.divide(values, most, out=np.zeros_like(values), where=most > 0), totals,
        unit="share of the largest", signed=False,
        check=Check(
            name="difference from a second computation", value=float(np.abs(again - values).max()), limit=0.0,
            says="Memory is fresh and dropout off: computed again, the gradients differ by {}.",
        ),
        options=options,
    )  # fmt: skip


METHOD = Method(
    name="intrinsic_attention",
    title="Intrinsic attention (fastai)",
    question="Which words is the answer sensitive to, as fastai shows it?",
    gives="token-grid",
    needs=frozenset({"gradients"}),
    options=NoOptions,
    source="fastai v1",
    signed=False,
    compute=compute,
    place=11,
)
