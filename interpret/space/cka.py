"""Do two sets of states tell the same things apart? Linear CKA.

Source: Kornblith and others 2019, https://arxiv.org/abs/1905.00414, section 3.
"""

from collections.abc import Sequence

import numpy as np

from models.refusals import Refusal


def linear_cka(one: np.ndarray, other: np.ndarray) -> float:
    """Of states (N, D) and (N, E) of the same N words: from 0 to 1; 1 if they are alike but for a rotation."""
    return float(cka_matrix([one], [other])[0, 0])


def cka_matrix(ones: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> np.ndarray:
    """Linear CKA of every one with every other, (A, B); each is (N, D) of the same N words.

    Raises:
        Refusal: they are not of the same words, or all states of one side are equal.
    """
    if len(ones[0]) != len(others[0]) or len(ones[0]) < 3:
        raise Refusal(
            f"States of {len(ones[0])} and of {len(others[0])} words cannot be compared: give 3 or more, the same."
        )
    a, b = [_centred(one) for one in ones], [_centred(other) for other in others]
    return np.array([[np.linalg.norm(one.T @ other) ** 2 for other in b] for one in a])


def _centred(states: np.ndarray) -> np.ndarray:
    """States around their mean, so scaled that the products of all with all (D, D) have length 1."""
    moved = states - states.mean(0)
    length = float(np.linalg.norm(moved.T @ moved))
    if length <= 1e-10 * max(float((states**2).sum()), 1e-30):
        raise Refusal(
            "All states of one side are equal, so there is nothing to compare: choose another layer."
        )
    return moved / length**0.5


def shared_direction(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, float]:
    """Each word along the two directions that vary together most, (N, 2), and their correlation."""
    a, b = (one - one.mean(0)).astype(np.float64), (other - other.mean(0)).astype(np.float64)
    left, _, right = np.linalg.svd(a.T @ b, full_matrices=False)
    pairs = np.stack([a @ left[:, 0], b @ right[0]], 1)
    spread = pairs.std(0)
    pairs = pairs / np.where(spread > 0, spread, 1)
    return pairs, float((pairs[:, 0] * pairs[:, 1]).mean())
