"""Which words the answer hangs on most, as shares of the whole: the length of gradient times input.

For each explained number f and each input vector x_i the gradient is multiplied with x_i entry by entry,
and the length of the product is the word's score; the scores of a row are divided by their sum. Signs are
lost: a large share does not say whether the word helped or hindered. This is what Ecco shows, of the
probability; because shares divide out any factor, the log-probability has the same map.

Source: Alammar 2021, https://aclanthology.org/2021.acl-demo.30 (Ecco); Denil, Demiraj, de Freitas 2014,
https://arxiv.org/abs/1412.6815 (gradient times input).
"""

import numpy as np

from interpret.method import Method, NoOptions, token_result
from interpret.results import Check, Result
from interpret.run import Run
from interpret.sensitivity import lengths
from interpret.target import Target


def compute(run: Run, target: Target, options: NoOptions) -> Result:
    """Shares (C, T), each row with sum 1 (or 0, if nothing matters); a span's gradients are added before."""
    values, totals = lengths(run, target, lambda gradients, x: (gradients * x).norm(dim=-1))
    sums = values.sum(axis=1, keepdims=True)
    values = np.divide(values, sums, out=np.zeros_like(values), where=sums > 0)
    off = np.abs(values.sum(axis=1) - 1)[sums[:, 0] > 0]
    return token_result(
        run, target, "gradient_times_input_l2", values, totals,
        unit="share", signed=False,
        check=Check(
            name="largest distance of a row's sum from 1", value=float(off.max(initial=0.0)), limit=1e-6,
            says="The shares of a row add up to 1, to within {}.",
        ),
        options=options,
    )  # fmt: skip


METHOD = Method(
    name="gradient_times_input_l2",
    title="Gradient × input, as shares",
    question="Which words does the answer hang on most, as shares of the whole?",
    gives="token-grid",
    needs=frozenset({"gradients"}),
    options=NoOptions,
    source="Alammar 2021 (Ecco); Denil, Demiraj, de Freitas 2014",
    signed=False,
    compute=compute,
    place=10,
)
