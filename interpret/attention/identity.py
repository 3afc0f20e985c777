"""Can the input token still be told from its state? Nearest input vectors, with and without a linear map.

A token is told if, of all input vectors of its text, one of the same token is nearest (by cosine) to what the
reader makes of its state. The linear map is the ridge regression of input vectors on states.

Source: Brunner et al. 2020, https://arxiv.org/abs/1908.04211, section 4.
"""

from dataclasses import dataclass

import numpy as np

RIDGE = 1e-2  # by the mean square of the states


@dataclass(frozen=True, eq=False)
class Seen:
    """One text: its tokens (T,), what went in (T, D), and the states of a layer (T, D_l)."""

    ids: np.ndarray
    vectors: np.ndarray
    states: np.ndarray


def told(read: np.ndarray, one: Seen) -> np.ndarray:
    """Which tokens (T,) are told from `read` (T, D)."""

    def of_length_1(rows: np.ndarray) -> np.ndarray:
        return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)

    nearest = (of_length_1(read) @ of_length_1(one.vectors).T).argmax(-1)
    return one.ids[nearest] == one.ids


def linear_reader(texts: list[Seen]) -> tuple[np.ndarray, np.ndarray]:
    """The map (D_l, D) and the shift (D,) that bring states nearest to what went in, by least squares."""
    states, vectors = (
        np.concatenate([getattr(one, part) for one in texts]) for part in ("states", "vectors")
    )
    states, vectors = states.astype(np.float64), vectors.astype(np.float64)
    middle, goal = states.mean(0), vectors.mean(0)
    centred = states - middle
    gram = centred.T @ centred
    gram[np.diag_indices(len(gram))] += RIDGE * np.trace(gram) / len(gram) + 1e-12
    matrix = np.linalg.solve(gram, centred.T @ (vectors - goal))
    return matrix, goal - middle @ matrix


def by_lot(ids: np.ndarray) -> float:
    """How often a token of the same text drawn by lot is the same token."""
    _, counts = np.unique(ids, return_counts=True)
    return float((counts**2).sum() / len(ids) ** 2)
