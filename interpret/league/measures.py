"""How well scores find the true causes: hits and AUC of one text, and the means of many with their bounds.

A hit is a largest score that stands on a true cause. The AUC is the probability that a true cause has a larger
score than a word that is none: 1 is perfect, 0.5 is chance. Where scores are equal, lots decide, and what is
returned is the mean over all lots: a map that says nothing gets exactly what chance gets.

Sources: Mann, Whitney 1947, https://doi.org/10.1214/aoms/1177730491; Wilson 1927,
https://doi.org/10.1080/01621459.1927.10502953; Efron 1979, https://doi.org/10.1214/aos/1176344552 (bootstrap).
"""

import numpy as np

from interpret.results.grammar import wilson
from models.refusals import Refusal

DRAWS = 2000  # of the bootstrap


def auc(scores: np.ndarray, true: np.ndarray) -> float:
    """The share of pairs (true cause, other word) in which the cause scores higher; ties count half.

    `scores` (K,), `true` (K,) of bool. Refuses words of which all, or none, are causes.
    """
    _both(true)
    higher = np.sign(scores[true][:, None] - scores[~true][None])
    return float((higher + 1).mean() / 2)


def hit(scores: np.ndarray, true: np.ndarray) -> float:
    """1 if the largest score is a true cause's, 0 if not; between words with equal scores lots decide."""
    _both(true)
    return float(true[scores == scores.max()].mean())


def _both(true: np.ndarray) -> None:
    if true.all() or not true.any():
        raise Refusal(
            "There must be words that are true causes and words that are none: choose a longer text."
        )


def bounds(found: np.ndarray, texts: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """2.5 % and 97.5 % of the mean of `found` (M, N) when texts are drawn anew, (M,) each.

    `texts` (N,): which text each number is of; numbers of one text are drawn together.
    """
    _, of = np.unique(texts, return_inverse=True)
    count = int(of.max()) + 1
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=DRAWS).astype(float)  # (draws, texts)
    sums = np.stack([np.bincount(of, row, count) for row in found])
    means = (drawn @ sums.T) / (drawn @ np.bincount(of, minlength=count))[:, None]
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    return low, high


def share_bounds(hits: np.ndarray, texts: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the mean of `hits` (M, N): Wilson's where every text is asked once, else those of `bounds`.

    Where all hit or none does, drawing texts anew would give no width at all: then Wilson's for as many draws as
    there are texts.
    """
    count = len(np.unique(texts))
    low, high = wilson(hits.mean(axis=1) * count, np.full(len(hits), count))
    if count == hits.shape[1]:
        return low, high
    drawn = bounds(hits, texts, seed)
    flat = drawn[0] == drawn[1]
    return np.where(flat, low, drawn[0]), np.where(flat, high, drawn[1])
