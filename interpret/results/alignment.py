"""Two readings of a text, or of two texts, laid on each other: which tokens of one stand beside which of the other.

Of one text cut in two ways: the smallest groups of tokens that cover the same characters on both sides. Of two
texts: their words in order, as many equal ones beside each other as there can be (the longest common subsequence);
what stands between two such runs is replaced, inserted or deleted.
Source of the second: Wagner and Fischer 1974, https://doi.org/10.1145/321796.321811.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

Kind = Literal["equal", "replaced", "inserted", "deleted"]
Range = tuple[int, int]  # first and end, the end left out


@dataclass(frozen=True)
class Group:
    """What stands beside what: tokens (first, end) of either side; an empty range where a side has nothing."""

    kind: Kind
    one: Range
    other: Range


def by_characters(one: np.ndarray, other: np.ndarray) -> list[Group]:
    """The smallest groups that begin and end at the same characters on both sides.

    White space that only one side has a token for goes to what follows it, at the end to what is before it. Marks
    that are no part of the text (empty spans) before it are a group of their own, and so are those behind it.

    Args:
        one: (T, 2) where the first side's tokens stand in the text, in order.
        other: (U, 2) the other side's, in the same text.

    Returns:
        Groups in the order of the text; every token of either side is in exactly one.
    """
    (first, end), (second, stop) = _inside(one), _inside(other)
    found = [((0, first), (0, second))] if first or second else []
    i, j = first, second
    while i < end and j < stop:
        a, b = _closed(one[:end], other[:stop], i, j)
        found.append(((i, a), (j, b)))
        i, j = a, b
    if i < end or j < stop:  # only one side has anything left
        if len(found) > bool(first or second):
            (i, _), (j, _) = found.pop()
        found.append(((i, end), (j, stop)))
    if end < len(one) or stop < len(other):
        found.append(((end, len(one)), (stop, len(other))))
    return [Group(_kind(a, b), a, b) for a, b in found]


def by_words(one: Sequence[str], other: Sequence[str]) -> list[Group]:
    """Words of two texts beside each other, one by one.

    Between equal words the last ones replace each other, as many as both sides have; what one side has over is
    inserted or deleted. Among several longest common subsequences that one is taken whose words stand earliest in
    the first text.
    """
    found: list[Group] = []
    i = j = 0
    for a, b in [*_common(one, other), (len(one), len(other))]:
        found += _between((i, a), (j, b))
        if a < len(one):
            found.append(Group("equal", (a, a + 1), (b, b + 1)))
        i, j = a + 1, b + 1
    return found


def ranges(numbers: np.ndarray) -> list[Range]:
    """Where each word begins and ends among the tokens, from the words' numbers (T,), which never fall."""
    edges = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
    return list(pairwise(edges)) if len(numbers) else []


def _inside(spans: np.ndarray) -> Range:
    """First and end of the tokens that are part of the text, marks before and behind it left out."""
    real = np.flatnonzero(spans[:, 0] < spans[:, 1]) if len(spans) else np.array([], int)
    return (int(real[0]), int(real[-1]) + 1) if len(real) else (len(spans), len(spans))


def _closed(one: np.ndarray, other: np.ndarray, i: int, j: int) -> Range:
    """Where the group that begins at tokens i and j ends: no token of either side reaches over its end."""
    a, b = i + 1, j + 1
    while True:
        reach = max(int(one[i:a, 1].max()), int(other[j:b, 1].max()))
        if a < len(one) and one[a, 0] < reach:
            a += 1
        elif b < len(other) and other[b, 0] < reach:
            b += 1
        else:
            return a, b


def _kind(one: Range, other: Range) -> Kind:
    if one[0] == one[1]:
        return "inserted"
    return "deleted" if other[0] == other[1] else "equal"


def _between(one: Range, other: Range) -> list[Group]:
    """What stands between two equal words: the last ones replace each other, what is over goes before them."""
    pairs = min(one[1] - one[0], other[1] - other[0])
    here, there = one[1] - pairs, other[1] - pairs
    deleted = [Group("deleted", (k, k + 1), (other[0], other[0])) for k in range(one[0], here)]
    inserted = [Group("inserted", (here, here), (k, k + 1)) for k in range(other[0], there)]
    replaced = [Group("replaced", (here + k, here + k + 1), (there + k, there + k + 1)) for k in range(pairs)]
    return [*deleted, *inserted, *replaced]


def _common(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """A longest common subsequence, as pairs of places."""
    longest = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]  # of what stands from here on
    for i in reversed(range(len(one))):
        row, below = longest[i], longest[i + 1]
        for j in reversed(range(len(other))):
            row[j] = below[j + 1] + 1 if one[i] == other[j] else max(below[j], row[j + 1])
    found, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        if one[i] == other[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif longest[i][j + 1] >= longest[i + 1][j]:
            j += 1
        else:
            i += 1
    return found
