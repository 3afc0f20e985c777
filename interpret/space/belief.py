"""How far a map can be believed: which neighbours it keeps, invents and loses.

Trustworthiness and continuity: Venna, Kaski 2001, https://doi.org/10.1007/3-540-44668-0_68.
"""

from dataclasses import dataclass

import numpy as np
import torch

from models.refusals import Refusal

ANCHORS = 600  # points asked for an estimate; their ranks are taken among all points


@dataclass(frozen=True, eq=False)
class Belief:
    """Shares from 0 to 1; 1 is a map that shows the truth."""

    trustworthiness: float  # falls when words near on the map are far in truth
    continuity: float  # falls when words near in truth are far on the map
    kept: np.ndarray  # (A,) for each anchor the share of its true neighbours that the map has too
    anchors: np.ndarray  # (A,) rows

    @property
    def preserved(self) -> float:
        return float(self.kept.mean())


def belief(unit: np.ndarray, placed: np.ndarray, k: int = 15, *, anchors: np.ndarray | None = None) -> Belief:
    """Compares neighbours by cosine in the space (P, D) with neighbours on the map (P, 2).

    `anchors`: the rows asked; all of them if none are given.

    Raises:
        Refusal: k is not below half the number of points, where the measures are not defined.
    """
    count = len(unit)
    if len(placed) != count:
        raise Refusal(f"The map has {len(placed)} points and the space {count}: they must be the same.")
    if not 1 <= k < count / 2:
        raise Refusal(
            f"{k} neighbours are asked about and there are {count} points: ask about fewer than half."
        )
    rows = np.arange(count) if anchors is None else anchors
    true, flat = torch.from_numpy(unit), torch.from_numpy(np.ascontiguousarray(placed, dtype=np.float32))
    invented = lost = 0.0
    kept = np.empty(len(rows))
    for start in range(0, len(rows), 256):
        some = torch.from_numpy(rows[start : start + 256])
        far, seen = -(true[some] @ true.T), torch.cdist(flat[some], flat)
        places = torch.arange(len(some))
        far[places, some] = seen[places, some] = -torch.inf  # a point is nearest to itself, and not counted
        near_true, near_seen = (_nearest(d, k) for d in (far, seen))
        invented += float((_ranks(far, near_seen) - k).clamp(min=0).sum())
        lost += float((_ranks(seen, near_true) - k).clamp(min=0).sum())
        both = (near_true[:, :, None] == near_seen[:, None]).any(-1).double().mean(-1)
        kept[start : start + 256] = both.numpy()
    most = len(rows) * k * (2 * count - 3 * k - 1) / 2
    return Belief(1 - invented / most, 1 - lost / most, kept, rows)


def _nearest(distances: torch.Tensor, k: int) -> torch.Tensor:
    return distances.topk(k + 1, dim=1, largest=False).indices[:, 1:]


def _ranks(distances: torch.Tensor, asked: torch.Tensor) -> torch.Tensor:
    """The rank of each asked point (A, k) by distance (A, P), 1 = nearest; the point itself has rank 0."""
    limits = distances.gather(1, asked)
    return torch.stack([(distances < limits[:, [at]]).sum(1) for at in range(limits.shape[1])], 1)


def some(count: int, *, most: int = ANCHORS, seed: int = 0) -> np.ndarray:
    """Rows drawn for an estimate, in order; all of them if there are few."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))
