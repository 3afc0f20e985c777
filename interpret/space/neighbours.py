"""Who stands near whom in the space itself, exactly, by cosine; and how to find a word in it."""

import difflib

import numpy as np

from interpret.space.vectors import Space
from models.refusals import Refusal


class UnknownWord(Refusal):
    """A word that is not a piece of the vocabulary."""


def row_of(space: Space, word: str) -> int:
    """The row of a word as a reader writes it: as a whole word if there is one, else as a piece inside words.

    Raises:
        UnknownWord: it is no piece; the sentence offers those spelled most like it.
    """
    bare = word.strip(" ")
    for name in (f" {bare}", bare, f"…{bare}") if bare else (word,):
        if name in space.rank:
            return space.rank[name]
    if not bare:
        raise UnknownWord("There is no word yet: type one.")
    near = spelled_like(space, bare)
    offer = f"choose {_listed(near)}" if near else "choose another"
    raise UnknownWord(f"“{bare[:40]}” is not one piece of {space.model}'s vocabulary: {offer}.")


def spelled_like(space: Space, word: str, count: int = 4) -> list[str]:
    """Words of the vocabulary whose letters are most like these; such as differ in capitals only come first."""
    known = {name.strip(): None for name in space.shown if name.strip()}
    folded = [name for name in known if name.casefold() == word.casefold()]
    close = difflib.get_close_matches(word[:40], list(known), n=count + len(folded), cutoff=0.5)
    return list(dict.fromkeys([*folded, *close]))[:count]


def nearest(space: Space, point: np.ndarray, count: int, barred: tuple[int, ...] = ()) -> np.ndarray:
    """The rows whose vectors have the largest cosine with `point` (D,), the largest first, without `barred`.

    Raises:
        Refusal: more are asked for than there are.
    """
    there = len(space) - len(barred)
    if not 1 <= count <= there:
        raise Refusal(f"{count} neighbours are asked for, and there are {there} other pieces: ask for fewer.")
    cosines = space.unit @ point.astype(np.float32)
    cosines[list(barred)] = -np.inf
    top = np.argpartition(-cosines, count - 1)[:count]
    return top[np.lexsort((top, -cosines[top]))]


def analogy(space: Space, plus: list[int], minus: list[int]) -> np.ndarray:
    """The point that these rows add up to, less those, at length 1 (3CosAdd).

    Source: Mikolov and others 2013, https://aclanthology.org/N13-1090.
    """
    point = space.unit[plus].sum(0) - space.unit[minus].sum(0)
    length = float(np.linalg.norm(point))
    if length < 1e-6:
        raise Refusal("These words cancel each other out and leave no direction: choose other words.")
    return point / length


def neighbour_lists(unit: np.ndarray, count: int, *, chunk: int = 1024) -> tuple[np.ndarray, np.ndarray]:
    """For every row its nearest others by cosine, (P, count), the nearest first, and their cosines.

    Raises:
        Refusal: there are not more rows than neighbours asked for.
    """
    import torch

    if not 1 <= count < len(unit):
        raise Refusal(f"{count} neighbours are asked for among {len(unit)} points: ask for fewer.")
    points = torch.from_numpy(unit)
    near, cosines = [], []
    for start in range(0, len(points), chunk):
        block = points[start : start + chunk] @ points.T
        rows = torch.arange(len(block))
        block[rows, rows + start] = -torch.inf
        top = block.topk(count, dim=1)
        near.append(top.indices.numpy())
        cosines.append(top.values.numpy())
    return np.concatenate(near), np.concatenate(cosines)


def random_cosine(unit: np.ndarray, *, pairs: int = 2000, seed: int = 0) -> tuple[float, float]:
    """Mean and standard deviation of the cosine of two rows drawn at random."""
    made = np.random.default_rng(seed)
    one = made.integers(0, len(unit), pairs)
    other = (one + made.integers(1, len(unit), pairs)) % len(unit)
    cosines = (unit[one] * unit[other]).sum(1)
    return float(cosines.mean()), float(cosines.std())


def _listed(names: list[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
