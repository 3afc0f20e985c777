"""How much each layer's tokens move with each input token: hidden token attribution.

The size (Frobenius norm) of the derivative of layer l's token i by input vector j, each row divided by its
sum. The sizes are estimated with random directions; the check says how far two halves of them differ.

Source: Brunner et al. 2020, https://arxiv.org/abs/1908.04211, section 5.
"""

from dataclasses import dataclass

from interpret.attention.maps import check_length, head_maps, square
from interpret.attention.probing import token_attribution
from interpret.method import Method
from interpret.results.attention import HeadMaps
from interpret.results.base import Check
from interpret.run import Run
from interpret.target import Target

MOST = 48  # tokens


@dataclass(frozen=True, kw_only=True)
class Options:
    """`probes`: random directions for each token (4 or more); `seed`: which ones."""

    probes: int = 16
    seed: int = 0

    def __post_init__(self) -> None:
        if self.probes < 4:
            raise ValueError("probes are 4 or more")


def compute(run: Run, target: Target, options: Options) -> HeadMaps:
    """Maps (L, 1, T, T) of shares; refuses texts of more than 48 tokens (`TooLong`)."""
    square(run)
    check_length(run, MOST, "Token attribution")
    shares, errors = token_attribution(run.model, run.vectors, options.probes, options.seed)
    return head_maps(
        run, "token_attribution", shares[:, None], unit="share of the row", options=options, joined=True,
        check=Check(
            name="error of a share", value=float(errors.max()), limit=0.1,
            says=f"From {options.probes} random directions; the least certain share may be off by {{}}.",
        ),
    )  # fmt: skip


METHOD = Method(
    name="token_attribution",
    title="Token attribution (gradients)",
    question="Which input tokens move each layer's tokens?",
    gives="head-maps",
    needs=frozenset({"attention", "gradients"}),
    options=Options,
    source="Brunner et al. 2020",
    signed=False,
    compute=compute,
    place=58,
)
