"""Non-negative matrix factors: many activations as few that are added up.

X (T, M) >= 0 is approached by W (T, K) H (K, M), both >= 0, so that the sum of squared differences is small.
Hierarchical alternating least squares: each column of W and row of H is set to its best value given all
others. Source: Cichocki, Phan 2009, https://doi.org/10.1587/transfun.E92.A.708; the same minimum as
scikit-learn's coordinate descent.
"""

import numpy as np
import torch
from torch import Tensor

from interpret import progress

SMALL = 1e-12


@torch.no_grad()
def factorise(
    x: Tensor, count: int, seed: int = 0, steps: int = 200, tolerance: float = 1e-4
) -> tuple[Tensor, Tensor]:
    """W (T, K) and H (K, M) for X (T, M), from a random start; stops when the error hardly falls any more."""
    lots = torch.Generator().manual_seed(seed)
    size = (x.mean() / count).clamp(min=SMALL).sqrt()
    w = torch.rand(len(x), count, generator=lots) * size * 2
    h = torch.rand(count, x.shape[1], generator=lots) * size * 2
    whole, last = float(x.double().square().sum()), float("inf")
    for _ in range(steps):
        _settle(w, x @ h.T, h @ h.T)
        products, squares = (w.T @ x).T, w.T @ w
        _settle(h.T, products, squares)
        left = whole - 2 * float((products * h.T).sum()) + float((squares * (h @ h.T)).sum())
        error = (max(left, 0.0) / max(whole, SMALL)) ** 0.5
        if last - error < tolerance * error + 1e-9:
            break
        last = error
    return w, h


def _settle(factor: Tensor, products: Tensor, squares: Tensor, sweeps: int = 4) -> None:
    """Each column of `factor` (R, K) to its best value in turn, in place."""
    for _ in range(sweeps):
        for k in range(factor.shape[1]):
            step = (products[:, k] - factor @ squares[:, k]) / (squares[k, k] + SMALL)
            factor[:, k] = (factor[:, k] + step).clamp(min=0)


def explained(x: Tensor, w: Tensor, h: Tensor) -> float:
    """The share of the sum of squares of X that W H stands for; 1 is all."""
    return 1 - float((x - w @ h).double().square().sum() / x.double().square().sum().clamp(min=SMALL))


def largest_first(x: Tensor, count: int, seed: int) -> tuple[np.ndarray, Tensor, np.ndarray, float]:
    """The factors of X (T, M) as a reader sees them, the largest first.

    Returns:
        (K, T) each along the tokens, its largest value 1; (K, M) the units' weights; (K,) shares of what all
        explain, by size; what they explain of X.
    """
    w, h = factorise(x, count, seed)
    size = w.norm(dim=0) * h.norm(dim=1)
    order = size.argsort(descending=True)
    w, h, size = w[:, order], h[order], size[order]
    along = (w / w.max(0).values.clamp(min=SMALL)).double().numpy().T
    return along, h, (size / size.sum()).double().numpy(), explained(x, w, h)


def matched(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The cosine of each row of `one` (K, M) with its partner in `other` (K, M), matched for the largest sum.

    The matching is the Hungarian method's: Kuhn 1955, https://doi.org/10.1002/nav.3800020109.
    """
    from scipy.optimize import linear_sum_assignment

    def unit(rows: np.ndarray) -> np.ndarray:
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), SMALL)

    cosines = unit(one) @ unit(other).T
    mine, theirs = linear_sum_assignment(-cosines)
    found = np.zeros(len(one))
    found[mine] = cosines[mine, theirs]
    return found


def stability(x: Tensor, h: Tensor, seeds: int) -> np.ndarray:
    """How alike each row of H (K, M) comes out from other random starts, (K,): mean cosine of the match."""
    found = []
    for seed in range(1, seeds + 1):
        progress.tell(seed / (seeds + 1))
        found.append(matched(h.numpy(), factorise(x, len(h), seed, steps=100)[1].numpy()))
    return np.mean(found, axis=0) if found else np.ones(len(h))
