"""The part of each row that can reach the head's output at all.

A row of weights times the values is the head's output. With more tokens than the head is wide, different rows
give the same output; what of a row makes no difference is taken off, which leaves the shortest row with the
same output. It can be negative and need not sum to 1. In a model that looks back this is done row by row with
the tokens seen so far (the paper has no such models).

Source: Brunner et al. 2020, https://arxiv.org/abs/1908.04211, section 3.
"""

import torch

from interpret import progress
from interpret.attention.contributions import effective
from interpret.attention.maps import head_maps, layers
from interpret.method import Method, NoOptions
from interpret.results.attention import HeadMaps
from interpret.results.base import Check
from interpret.run import Run
from interpret.target import Target


def compute(run: Run, target: Target, options: NoOptions) -> HeadMaps:
    """Maps (L, H, T, T) with signs."""
    found, worst = [], 0.0
    parts = layers(run)
    for number, layer in enumerate(parts):
        rows = []
        for head, (weights, value) in enumerate(zip(layer.weights, layer.value, strict=True)):
            progress.tell((number + head / len(layer.weights)) / len(parts))
            rows.append(effective(weights, value))
            usual = weights.double() @ value.double()
            off = (rows[-1] @ value.double() - usual).abs().max() / usual.abs().max().clamp(min=1e-12)
            worst = max(worst, float(off))
        found.append(torch.stack(rows))
    return head_maps(
        run, "attention_effective", torch.stack(found), unit="effective weight", options=options,
        shares=False, signed=True, check=Check(
            name="change of output", value=worst, limit=1e-4,
            says="With these rows the heads' outputs differ by {} of their largest number.",
        ),
    )  # fmt: skip


METHOD = Method(
    name="attention_effective",
    title="Effective attention",
    question="Which part of a row can reach the head's output?",
    gives="head-maps",
    needs=frozenset({"attention"}),
    options=NoOptions,
    source="Brunner et al. 2020",
    signed=True,
    compute=compute,
    place=52,
)
