"""From many dimensions to two: PCA, UMAP, and turning one map onto another (Procrustes)."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from interpret import progress
from interpret.space.neighbours import neighbour_lists
from models.refusals import Refusal


@dataclass(frozen=True)
class Umap:
    """Parameters of UMAP, printed on every map and part of its key."""

    n_neighbors: int = 15
    min_dist: float = 0.1
    epochs: int = 200
    seed: int = 0

    def in_words(self, version: str = "") -> str:
        return (
            f"UMAP {version}".strip() + f", n_neighbors {self.n_neighbors}, min_dist {self.min_dist:g}, "
            f"cosine, PCA start, {self.epochs} epochs, seed {self.seed}"
        )

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Axes:
    """The directions of largest spread; new points are placed by them too."""

    centre: np.ndarray  # (D,)
    directions: np.ndarray  # (D, K), orthonormal
    shares: np.ndarray  # (K,) of the whole variance

    def place(self, points: np.ndarray) -> np.ndarray:
        """Points (N, D) on the map, (N, K)."""
        return (points - self.centre) @ self.directions


def principal(points: np.ndarray, count: int = 2) -> Axes:
    """PCA of points (N, D). The largest entry of each direction is positive, so that a map never flips.

    Points that are all equal have no spread: their shares are 0.
    """
    if len(points) < 2 or points.shape[1] < 1:
        raise Refusal(f"A map needs at least 2 points and there are {len(points)}.")
    centre = points.mean(0)
    moved = (points - centre).astype(np.float64)
    if len(points) < points.shape[1]:  # few points in many dimensions, as occurrences of a word are
        _, spread, found = np.linalg.svd(moved, full_matrices=False)
        values, directions = (spread**2)[:count], found[:count].T
    else:
        values, directions = np.linalg.eigh(moved.T @ moved)
        values, directions = values[::-1][:count].clip(min=0), directions[:, ::-1][:, :count]
    missing = count - directions.shape[1]
    directions = np.pad(directions, ((0, 0), (0, missing)))
    values = np.pad(values, (0, missing))
    largest = np.abs(directions).argmax(0)
    signs = np.sign(directions[largest, np.arange(count)])
    whole = float((moved**2).sum())
    shares = values / whole if whole > 0 else np.zeros(count)
    return Axes(centre, directions * np.where(signs == 0, 1, signs), shares)


def umap_layout(unit: np.ndarray, given: Umap, *, start: np.ndarray | None = None) -> np.ndarray:
    """UMAP of rows of length 1 (N, D) by cosine, (N, 2); exact neighbours, the same on every run.

    `start`: where the points begin, (N, 2); by PCA if none is given.
    Source: McInnes, Healy, Melville 2018, https://arxiv.org/abs/1802.03426.
    """
    if given.n_neighbors >= len(unit):
        raise Refusal(
            f"UMAP is asked for {given.n_neighbors} neighbours and there are {len(unit)} points: ask for fewer."
        )
    progress.tell(0.02)
    near, cosines = neighbour_lists(unit, given.n_neighbors - 1)
    rows = np.arange(len(unit))[:, None]
    known = (np.hstack([rows, near]), np.hstack([np.zeros_like(cosines[:, :1]), (1 - cosines).clip(min=0)]))
    begin = principal(unit).place(unit) if start is None else start
    begin = 10 * begin / max(float(np.abs(begin).max()), 1e-9)
    jitter = np.random.default_rng(given.seed).normal(scale=1e-4, size=begin.shape)
    progress.tell(0.1)
    umap = _umap()
    progress.tell(0.3)
    made = umap.UMAP(
        n_neighbors=given.n_neighbors, min_dist=given.min_dist, n_epochs=given.epochs, metric="cosine",
        init=(begin + jitter).astype(np.float32), random_state=given.seed, n_jobs=1,
        precomputed_knn=known, force_approximation_algorithm=True,
        tqdm_kwds={"file": _Heard(0.3), "disable": False, "bar_format": "{n}/{total}", "mininterval": 0.2},
    )  # fmt: skip
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that transform() is not available, and n_jobs: neither is used
        placed = np.asarray(made.fit_transform(unit), dtype=np.float64)
    return placed - placed.mean(0)


class _Heard:
    """What UMAP's progress bar writes on: tells how far it is, and so can be stopped."""

    def __init__(self, start: float):
        self._start = start

    def write(self, line: str) -> None:
        done, _, whole = line.strip("\r\n ").partition("/")
        if done.isdigit() and whole.isdigit() and int(whole):
            progress.tell(self._start + (1 - self._start) * int(done) / int(whole))

    def flush(self) -> None:
        """Nothing is held back."""


def _umap() -> Any:
    import umap

    return umap


def umap_version() -> str:
    """Which UMAP is installed; it is printed on the map."""
    from importlib.metadata import version

    return version("umap-learn")


def procrustes(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """The rotation (with reflection) that brings points (N, D) nearest to others (N, D): orthogonal (D, D).

    Source: Schönemann 1966, https://doi.org/10.1007/BF02289451.
    """
    if points.shape != onto.shape:
        raise Refusal(
            f"Points of shape {points.shape} cannot be turned onto {onto.shape}: they must be alike."
        )
    left, _, right = np.linalg.svd(points.astype(np.float64).T @ onto)
    return left @ right


def turned(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Points moved, turned and scaled (one factor for all) as near to others as can be, (N, D)."""
    centre, goal = points.mean(0), onto.mean(0)
    moved, wanted = points - centre, onto - goal
    rotated = moved @ procrustes(moved, wanted)
    whole = float((moved**2).sum())
    scale = float((rotated * wanted).sum()) / whole if whole > 0 else 1.0
    return scale * rotated + goal
