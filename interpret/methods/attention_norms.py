"""How long the vectors are that attention really moves: weight times the length of what is moved.

A large weight on a short vector moves little. `of` head: |a_ij f_h(x_j)| for each head; layer: the length of
the sum over heads; residual: with what token i keeps of itself; norm: as they leave the norm behind the sum,
which only networks such as BERT have. Each row is divided by its sum.

Source: Kobayashi et al. 2020, https://arxiv.org/abs/2004.10102, and 2021, https://arxiv.org/abs/2109.07152.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import torch

from interpret.attention.contributions import gap, head_lengths, lengths
from interpret.attention.maps import head_maps, layers, shares_of
from interpret.method import Method
from interpret.results.attention import HeadMaps
from interpret.results.base import Check
from interpret.run import Run
from interpret.target import Target
from models.attending import NotTakenApart

Of = Literal["head", "layer", "residual", "norm"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """`of`: head, layer (heads together), residual (with what the token keeps), norm (behind the norm)."""

    of: Of = "head"

    def __post_init__(self) -> None:
        if self.of not in get_args(Of):
            raise ValueError(f"of is one of {', '.join(get_args(Of))}")


def compute(run: Run, target: Target, options: Options) -> HeadMaps:
    """Maps (L, H, T, T), or (L, 1, T, T) of heads together; refuses norm where none is behind the sum."""
    found = layers(run)
    if options.of == "norm" and any(layer.norm is None for layer in found):
        raise NotTakenApart(
            f"{run.model.card.name} norms before its layers, so there is no norm behind the sum: choose "
            "“with what the token keeps”."
        )
    if options.of == "head":
        values = torch.stack([head_lengths(layer) for layer in found])
    else:
        residual = options.of != "layer"
        values = torch.stack(
            [lengths(layer, residual=residual, norm=options.of == "norm") for layer in found]
        )[:, None]
    return head_maps(
        run, "attention_norms", shares_of(values), unit="share of the lengths in the row", options=options,
        joined=options.of != "head", check=Check(
            name="gap", value=max(gap(layer) for layer in found), limit=1e-3,
            says="Added up, the parts miss what attention adds by {} of its largest number.",
        ),
    )  # fmt: skip


METHOD = Method(
    name="attention_norms",
    title="Weighted by what is moved",
    question="How much does attention really move?",
    gives="head-maps",
    needs=frozenset({"attention"}),
    options=Options,
    source="Kobayashi et al. 2020 and 2021",
    signed=False,
    compute=compute,
    place=51,
)
