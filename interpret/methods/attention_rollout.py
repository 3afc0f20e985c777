"""Attention followed through the layers: how much of each input token reaches each layer's tokens.

In every layer a token keeps half of itself and takes half from others, by the mean over heads:
A = (mean_h A_h + I) / 2; the layers are multiplied. Rows sum to 1. In a model that only looks back everything
drifts towards the first tokens; with `fair` each entry is divided by what even attention would give there.

Source: Abnar, Zuidema 2020, https://arxiv.org/abs/2005.00928, equation 1.
"""

from dataclasses import dataclass

from interpret.attention.maps import head_maps, layers, mean_heads, square
from interpret.attention.through import fair, rollout, with_residual
from interpret.method import Method
from interpret.results.attention import HeadMaps
from interpret.run import Run
from interpret.target import Target


@dataclass(frozen=True, kw_only=True)
class Options:
    """`fair`: divided by the rollout of even attention, then made shares again."""

    fair: bool = False


def compute(run: Run, target: Target, options: Options) -> HeadMaps:
    """Maps (L, 1, T, T): entry l follows layers 1 to l down to the input."""
    mixed = with_residual(mean_heads(square(run)))
    layers(run)  # refuses layers that mix words in other ways as well
    found = rollout(mixed)
    if options.fair:
        found = fair(found, mixed)
    return head_maps(
        run, "attention_rollout", found[:, None], unit="share of the row", options=options, joined=True
    )


METHOD = Method(
    name="attention_rollout",
    title="Rollout through the layers",
    question="Which input tokens reach each layer?",
    gives="head-maps",
    needs=frozenset({"attention"}),
    options=Options,
    source="Abnar and Zuidema 2020",
    signed=False,
    compute=compute,
    place=54,
)
