"""Where each head looks: the attention weights themselves, each row summing to 1.

a_ij = softmax_j(q_i k_j / sqrt(C)) in a transformer; in a classifier with additive attention
a_j = softmax_j(v tanh(W h_j + b)), one row for the whole text. Nothing is averaged or renormalised here.

Source: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, equation 1; additive: Bahdanau, Cho, Bengio
2014, https://arxiv.org/abs/1409.0473.
"""

from interpret.attention.maps import head_maps, weights
from interpret.method import Method, NoOptions
from interpret.results.attention import HeadMaps
from interpret.run import Run
from interpret.target import Target


def compute(run: Run, target: Target, options: NoOptions) -> HeadMaps:
    """Weights (L, H, Q, T) as recorded; the target does not matter."""
    return head_maps(run, "attention", weights(run), unit="share of the row", options=options)


METHOD = Method(
    name="attention",
    title="Raw attention",
    question="Where does each head look?",
    gives="head-maps",
    needs=frozenset({"attention"}),
    options=NoOptions,
    source="Vaswani et al. 2017",
    signed=False,
    compute=compute,
    place=50,
)
