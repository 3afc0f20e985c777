"""Do two methods put the same words first? Rank correlations, and the words they rank most differently.

Sources: Spearman 1904; Kendall 1938, tau-b for ties. A map that gives all words the same score has no ranks.
"""

from collections.abc import Sequence

import numpy as np

from interpret.method import find
from interpret.results import Agreement, Check, Result
from interpret.run import Run
from interpret.target import Target
from interpret.trust.subject import Subject, maps
from models.refusals import Refusal

DISPUTED = 3


def agreement(run: Run, target: Target, given: Sequence[Result] | None = None) -> Agreement:
    """Between any two of the `given` maps of one number (TokenScores), or of all methods that can serve.

    Refuses when fewer than two maps have ranks at all.
    """
    subject = Subject.of(run, target)
    given = maps(run, target) if given is None else given
    scores = [subject.by_word(one.values) for one in given]
    ranked = [i for i, row in enumerate(scores) if np.ptp(np.abs(row)) > 0]
    dropped = tuple(one.method for i, one in enumerate(given) if i not in ranked)
    if len(ranked) < 2:
        raise Refusal("Fewer than two of these maps tell the words apart at all: add methods.")
    count, words = len(ranked), len(subject.groups)
    spearman, kendall = np.eye(count), np.eye(count)
    apart = np.zeros((count, count, words))
    for a in range(count):
        for b in range(a):
            one, other = ranked[a], ranked[b]
            both = given[one].signed and given[other].signed
            pair = [scores[i] if both else np.abs(scores[i]) for i in (one, other)]
            spearman[a, b] = spearman[b, a] = rank_correlation(*pair)
            kendall[a, b] = kendall[b, a] = _kendall(*pair)
            apart[a, b] = apart[b, a] = np.abs(ranks(pair[0]) - ranks(pair[1]))
    least = float(spearman[~np.eye(count, dtype=bool)].min())
    return Agreement(
        **subject.shared(), method="agreement", values=spearman, kendall=kendall, unit="rank correlation",
        signed=True, names=tuple(given[i].method for i in ranked), apart=apart, dropped=dropped,
        titles=tuple(find()[given[i].method].title for i in ranked),
        disputed=np.argsort(-apart, axis=-1, kind="stable")[..., :DISPUTED],
        check=Check(
            name="smallest rank correlation between two methods", value=least,
            says="Methods that look at the same thing put the same words first; the two that agree least "
            "have a rank correlation of {}.",
        ),
        notes=_notes(dropped, words),
    )  # fmt: skip


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Spearman's rho of two rows of scores; None if one of them is constant."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def _kendall(one: np.ndarray, other: np.ndarray) -> float:
    """Tau-b: pairs of words in the same order minus those in the other, ties taken out."""
    pairs = [np.sign(row[:, None] - row[None]) for row in (one, other)]
    return float((pairs[0] * pairs[1]).sum() / np.sqrt(np.square(pairs[0]).sum() * np.square(pairs[1]).sum()))


def ranks(scores: np.ndarray) -> np.ndarray:
    """1 for the largest score; equal scores share the mean of their ranks."""
    larger = (scores[None] > scores[:, None]).sum(axis=1)
    return larger + ((scores[None] == scores[:, None]).sum(axis=1) + 1) / 2


def _notes(dropped: tuple[str, ...], words: int) -> tuple[str, ...]:
    notes = []
    if dropped:
        names = ", ".join(dropped)
        notes.append(f"Left out, because all its scores are of one size: {names} ({len(dropped)}).")
    if words < 8:
        notes.append(f"With {words} words a rank correlation says little.")
    return tuple(notes)
