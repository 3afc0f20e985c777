"""What each token adds to each token in a layer, as vectors: their lengths, and how close they come to the sum.

f_h(x_j) = (x_j W_V + b_V) W_O of head h; token i takes the sum over heads of a_ij f_h(x_j) from token j, and
keeps x_i itself (the residual). Where a norm stands behind the sum, each part goes through it: the mean of
the part is taken off, and it is divided by the deviation of the whole and scaled.

Sources: Kobayashi et al. 2020, https://arxiv.org/abs/2004.10102, and 2021, https://arxiv.org/abs/2109.07152;
ALTI: Ferrando et al. 2022, https://arxiv.org/abs/2203.04212.
"""

import torch
from torch import Tensor

from models.attending import AttentionLayer


def head_lengths(layer: AttentionLayer) -> Tensor:
    """(H, T, T): lengths of what each head brings from token j to token i."""
    return layer.weights.double() * layer.found.double().norm(dim=-1)[:, None]


def parts(layer: AttentionLayer, query: int, *, residual: bool) -> Tensor:
    """(T, D): what the heads together bring to one token from each token; its own with what it keeps."""
    found = torch.einsum("hj,hjd->jd", layer.weights[:, query].double(), layer.found.double())
    if residual:
        found[query] += layer.given[query].double()
    return found


def through_norm(layer: AttentionLayer, query: int, found: Tensor) -> Tensor:
    """Parts (..., D) of one token's sum as the norm behind it passes them on; without its bias."""
    whole = (layer.given[query] + layer.added[query]).double()
    deviation = (whole.var(unbiased=False) + layer.norm.eps).sqrt()
    return (found - found.mean(-1, keepdim=True)) / deviation * layer.norm.weight.double()


def lengths(layer: AttentionLayer, *, residual: bool = False, norm: bool = False) -> Tensor:
    """(T, T): lengths of what token i takes from token j in a layer, all heads together."""
    rows = []
    for query in range(len(layer.given)):
        found = parts(layer, query, residual=residual)
        rows.append((through_norm(layer, query, found) if norm else found).norm(dim=-1))
    return torch.stack(rows)


def gap(layer: AttentionLayer) -> float:
    """By how much all parts and the bias miss what attention added, by the largest number added."""
    whole = torch.einsum("hij,hjd->id", layer.weights.double(), layer.found.double()) + layer.bias
    return float((whole - layer.added).abs().max() / layer.added.abs().max().clamp(min=1e-12))


def closeness(layer: AttentionLayer) -> Tensor:
    """(T, T), rows sum to 1: how much closer the whole is to each part than to nothing, in the sum of sizes.

    c_ij = max(0, |y_i| - |y_i - T_i(x_j)|), by the row's sum; |.| adds up absolute values. A row of nothing
    is the token itself.
    """
    rows = []
    for query in range(len(layer.given)):
        found = parts(layer, query, residual=True)
        whole = found.sum(0) + layer.bias
        if layer.norm is not None:
            whole = through_norm(layer, query, whole) + layer.norm.bias.double()
            found = through_norm(layer, query, found)
        size = whole.abs().sum()
        near = (size - (whole - found).abs().sum(-1)).clamp(min=0)
        if near.sum() == 0:
            near[query] = 1
        rows.append(near / near.sum())
    return torch.stack(rows)


def effective(weights: Tensor, value: Tensor) -> Tensor:
    """Attention of one head (Q, T) without what cannot reach its output (T, C): each row in the rows of V.

    The shortest row that gives the same output; where tokens are not looked at (weight 0 behind the token in
    a model that looks back) they stay out, row by row. Entries may be negative and need not sum to 1.

    Source: Brunner et al. 2020, https://arxiv.org/abs/1908.04211, section 3.
    """
    found = torch.zeros_like(weights, dtype=torch.float64)
    back = weights.shape[0] == weights.shape[1] and not weights.triu(1).any()
    values = value.double()
    whole = None if back else _projector(values)
    for query in range(len(weights)):
        seen = query + 1 if back else len(values)
        projector = _projector(values[:seen]) if whole is None else whole
        found[query, :seen] = weights[query, :seen].double() @ projector
    return found


def _projector(values: Tensor) -> Tensor:
    """(T, C) -> (T, T): onto what the columns of values span."""
    columns, sizes, _ = torch.linalg.svd(values, full_matrices=False)
    kept = columns[:, sizes > 1e-6 * sizes.max().clamp(min=1e-30)]
    return kept @ kept.T
