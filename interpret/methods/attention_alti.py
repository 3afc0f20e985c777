"""How close each token's part comes to the whole that attention makes, followed through the layers.

The vector y_i behind attention is a sum of parts T_i(x_j), the token's own with what it keeps. A part counts
by how much nearer y_i is to it than to nothing, max(0, |y_i| - |y_i - T_i(x_j)|) in the sum of absolute
values; rows are made shares. With `through` the layers are multiplied as in rollout, but nothing is added
for the residual, which is in the parts already.

Source: Ferrando et al. 2022, https://arxiv.org/abs/2203.04212.
"""

from dataclasses import dataclass

import torch

from interpret.attention.contributions import closeness, gap
from interpret.attention.maps import head_maps, layers
from interpret.attention.through import rollout
from interpret.method import Method
from interpret.results.attention import HeadMaps
from interpret.results.base import Check
from interpret.run import Run
from interpret.target import Target


@dataclass(frozen=True, kw_only=True)
class Options:
    """`through`: multiplied through the layers; else each layer by itself."""

    through: bool = True


def compute(run: Run, target: Target, options: Options) -> HeadMaps:
    """Maps (L, 1, T, T) of shares."""
    parts = layers(run)
    found = torch.stack([closeness(layer) for layer in parts])
    if options.through:
        found = rollout(found)
    return head_maps(
        run, "attention_alti", found[:, None], unit="share of the row", options=options, joined=True,
        check=Check(
            name="gap", value=max(gap(layer) for layer in parts), limit=1e-3,
            says="Added up, the parts miss what attention adds by {} of its largest number.",
        ),
    )  # fmt: skip


METHOD = Method(
    name="attention_alti",
    title="ALTI",
    question="Whose part comes closest to what attention makes?",
    gives="head-maps",
    needs=frozenset({"attention"}),
    options=Options,
    source="Ferrando et al. 2022",
    signed=False,
    compute=compute,
    place=53,
)
