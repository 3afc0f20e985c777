"""How far a layer's tokens turn when one token has nothing to give there.

For each layer and each token j the layer is run again with the values of j set to 0 (the weights stay): how
far does each token's vector turn, 1 - cosine? That counts the residual, the norms and the neurons of the
layer in. Each row is divided by its sum.

Source: Mohebbi et al. 2023, https://arxiv.org/abs/2301.12971.
"""

from interpret.attention.maps import check_length, head_maps, shares_of, square
from interpret.attention.probing import value_zeroing
from interpret.method import Method, NoOptions
from interpret.results.attention import HeadMaps
from interpret.run import Run
from interpret.target import Target

MOST = 128  # tokens


def compute(run: Run, target: Target, options: NoOptions) -> HeadMaps:
    """Maps (L, 1, T, T); refuses texts of more than 128 tokens (`TooLong`)."""
    square(run)
    check_length(run, MOST, "Value zeroing")
    found = value_zeroing(run.model, run.vectors)
    return head_maps(
        run, "value_zeroing", shares_of(found)[:, None], unit="share of the turns in the row",
        options=options, joined=True,
    )  # fmt: skip


METHOD = Method(
    name="value_zeroing",
    title="Value zeroing",
    question="Which tokens' values would be missed in each layer?",
    gives="head-maps",
    needs=frozenset({"attention"}),
    options=NoOptions,
    source="Mohebbi et al. 2023",
    signed=False,
    compute=compute,
    place=56,
)
