"""The most that could flow through the layers from a token down to each input token.

The layers are pipes as wide as half the attention and half the residual, as in rollout; an entry is the
maximum flow between two tokens, found for each pair by itself. It is never below rollout, and rows may sum
to more than 1, because each pair has all pipes to itself.

Source: Abnar, Zuidema 2020, https://arxiv.org/abs/2005.00928, section 3.
"""

from interpret.attention.maps import check_length, head_maps, layers, mean_heads, square
from interpret.attention.through import flow, rollout, with_residual
from interpret.method import Method, NoOptions
from interpret.results.attention import HeadMaps
from interpret.results.base import Check
from interpret.run import Run
from interpret.target import Target

MOST = 30  # tokens


def compute(run: Run, target: Target, options: NoOptions) -> HeadMaps:
    """Maps (L, 1, T, T) from 0 to 1; refuses texts of more than 30 tokens (`TooLong`)."""
    check_length(run, MOST, "Flow")
    mixed = with_residual(mean_heads(square(run)))
    layers(run)
    found = flow(mixed)
    below = float((rollout(mixed).numpy() - found).max())
    return head_maps(
        run, "attention_flow", found[:, None], unit="largest flow", options=options, joined=True,
        shares=False, check=Check(
            name="below rollout", value=max(0.0, below), limit=1e-4,
            says="A flow is never below the rollout of its pair; here by at most {}.",
        ),
    )  # fmt: skip


METHOD = Method(
    name="attention_flow",
    title="Flow through the layers (short texts)",
    question="How much could flow to each token from each input token?",
    gives="head-maps",
    needs=frozenset({"attention"}),
    options=NoOptions,
    source="Abnar and Zuidema 2020",
    signed=False,
    compute=compute,
    place=55,
)
