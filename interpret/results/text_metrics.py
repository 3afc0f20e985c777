"""How good guesses were: who is taken for whom, F1, loss, calibration, and shares with their bounds.

Plain numbers in, plain numbers out; `truth` and `said` are class numbers of N texts, -1 where nobody said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from interpret.results.grammar import wilson

BINS, DRAWS = 10, 2000
LEAST = 1e-30  # a probability of 0 would make a loss infinite


def confusion(truth: np.ndarray, said: np.ndarray, classes: int) -> np.ndarray:
    """How many texts of each true class (rows) were given which class (columns), (K, K)."""
    found = np.zeros((classes, classes), dtype=int)
    np.add.at(found, (truth, said), 1)
    return found


def macro_f1(counts: np.ndarray) -> float:
    """The mean F1 of the classes that stand in the truth or in the answers, from `confusion` (K, K)."""
    both = counts.sum(0) + counts.sum(1)
    there = both > 0
    return float((2 * np.diag(counts)[there] / both[there]).mean())


def cross_entropy(probabilities: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Minus the logarithm of each text's true class's probability, (N,) nats; `probabilities` (N, K)."""
    return -np.log(np.maximum(probabilities[np.arange(len(truth)), truth], LEAST))


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration:
    """How sure a classifier was and how often it was right then, for each of B filled bins.

    `low`, `high` (B,): the bin's ends; `sure` (B,): mean probability of the class it gave; `right` (B,): share of
    right answers, `least`, `most` (B,): its 95 % bounds (Wilson); `n` (B,) texts. `ece`: the expected calibration
    error, the mean distance of `sure` and `right`, weighed by n. `chance`: the mean `ece` of a perfectly calibrated
    classifier on as many texts; one in twenty such comes out above `limit`.
    Source: Guo et al. 2017, https://arxiv.org/abs/1706.04599, equation 3.
    """

    low: np.ndarray
    high: np.ndarray
    sure: np.ndarray
    right: np.ndarray
    least: np.ndarray
    most: np.ndarray
    n: np.ndarray
    ece: float
    chance: float
    limit: float


def calibration(sure: np.ndarray, right: np.ndarray, bins: int = BINS, seed: int = 0) -> Calibration:
    """Bins of equal width over `sure` (N,), each open at its low end; `right` (N,) booleans."""
    edges = np.linspace(0, 1, bins + 1)
    at = np.searchsorted(edges[1:-1], sure)
    filled = np.unique(at)
    n = np.bincount(at, minlength=bins)
    means = np.bincount(at, sure, bins)
    hits = np.bincount(at, right.astype(float), bins)
    least, most = wilson(hits[filled], n[filled])
    drawn = np.random.default_rng(seed).random((DRAWS, len(sure))) < sure
    chance = np.zeros(DRAWS)
    for one in filled:
        chance += np.abs(drawn[:, at == one].sum(1) - means[one]) / len(sure)
    return Calibration(
        low=edges[filled], high=edges[filled + 1], sure=means[filled] / n[filled], right=hits[filled] / n[filled],
        least=least, most=most, n=n[filled], ece=float(np.abs(hits - means).sum() / len(sure)),
        chance=float(chance.mean()), limit=float(np.quantile(chance, 0.95)),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Some of the texts together: `n` of them, their figure and its 95 % bounds (none for a single text).

    `p`: how often chance alone would set these texts and all others so far apart; None without others.
    """

    name: str
    n: int
    value: float
    low: float | None
    high: float | None
    p: float | None = None


def share_slice(name: str, right: np.ndarray, others: np.ndarray | None = None) -> Slice:
    """The share of right answers among these texts, with Wilson's bounds; `right` (n,), `others` booleans.

    `p` is Fisher's exact test of these and the others.
    """
    from scipy.stats import fisher_exact

    low, high = wilson(int(right.sum()), len(right))
    p = None
    if others is not None and len(others):
        counts = [[int(one.sum()), int((~one).sum())] for one in (right, others)]
        p = float(fisher_exact(counts)[1])  # pyright: ignore[reportArgumentType]
    return Slice(name=name, n=len(right), value=float(right.mean()), low=float(low), high=float(high), p=p)


Lost = tuple[np.ndarray, np.ndarray]  # nats and tokens, (n,) each, summed over each text


def loss_slice(name: str, these: Lost, others: Lost | None = None) -> Slice:
    """Nats per token over all tokens of these texts, with Student's t bounds; texts, not tokens, are the draws.

    `p` is Welch's test of these and the others (1947, https://doi.org/10.1093/biomet/34.1-2.28).
    """
    from scipy.stats import t

    mean, error = _per_token(*these)
    count = len(these[0])
    if error is None:
        return Slice(name=name, n=count, value=mean, low=None, high=None)
    half = float(t.ppf(0.975, count - 1) * error)
    p = None
    if others is not None and len(others[0]) > 1:
        rest, far = _per_token(*others)
        squares = np.array([error, far or 0.0]) ** 2
        whole = float(squares.sum())
        free = whole**2 / max(float((squares**2 / [count - 1, len(others[0]) - 1]).sum()), LEAST)
        p = float(2 * t.sf(abs(mean - rest) / np.sqrt(whole), free)) if whole else None
    return Slice(name=name, n=count, value=mean, low=mean - half, high=mean + half, p=p)


def _per_token(nats: np.ndarray, tokens: np.ndarray) -> tuple[float, float | None]:
    """A ratio of two sums and its standard error, linearised; None for a single text.

    Source: Cochran 1977, Sampling Techniques, equation 6.13 (without the finite population).
    """
    mean, count = float(nats.sum() / tokens.sum()), len(nats)
    if count < 2:
        return mean, None
    return mean, float(np.sqrt(((nats - mean * tokens) ** 2).sum() * count / (count - 1)) / tokens.sum())


def apart(found: Sequence[Slice], allowed: float = 0.05) -> list[Slice]:
    """The slices that differ from the other texts by more than chance, all of them taken together.

    Holm's procedure: with `allowed` 0.05, one set of texts in twenty has a slice here by chance alone.
    Source: Holm 1979, https://www.jstor.org/stable/4615733.
    """
    tested = sorted((one for one in found if one.p is not None), key=lambda one: one.p or 0.0)
    kept = []
    for place, one in enumerate(tested):
        if (one.p or 0.0) > allowed / (len(tested) - place):
            break
        kept.append(one)
    return [one for one in found if one in kept]
