"""Groups of words by k-means, each named by the words that stand in its middle."""

from typing import Any

import numpy as np

from interpret.sentences import bare
from interpret.space.vectors import Space
from models.refusals import Refusal

NAMING = 3  # words in a group's name
COMMON = 3000  # names are taken from the first pieces, which readers know


def clusters(space: Space, count: int, *, seed: int = 0) -> tuple[np.ndarray, tuple[str, ...]]:
    """The group of each piece, (P,), and the groups' names; the largest group first.

    k-means on vectors of length 1. Source: Lloyd 1982, https://doi.org/10.1109/TIT.1982.1056489.
    """
    if not 2 <= count <= len(space):
        raise Refusal(f"{count} groups are asked for and there are {len(space)} words: ask for 2 to 10.")
    from sklearn.cluster import KMeans

    found: Any = KMeans(count, random_state=seed, max_iter=60).fit(space.unit)
    labels = np.asarray(found.labels_)
    largest = np.argsort(-np.bincount(labels, minlength=count), kind="stable")
    place = np.empty(count, int)
    place[largest] = np.arange(count)
    names = []
    for group in largest:
        rows = np.flatnonzero(labels == group)
        words = np.array(
            [space.shown[row].strip().isalpha() and len(space.shown[row].strip()) > 1 for row in rows]
        )
        known = rows[words & (space.ids[rows] < COMMON)]
        of = known if len(known) >= NAMING else rows
        middle = of[np.argsort(-(space.unit[of] @ found.cluster_centers_[group]), kind="stable")[:NAMING]]
        names.append(", ".join(bare(space.shown[row]) for row in middle))
    return place[labels], tuple(names)
