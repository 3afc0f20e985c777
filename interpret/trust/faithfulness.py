"""Deletion and insertion curves: does the answer go when the words go that a map puts first?

Each map is an order of words: with a sign by score (what pushes the number up comes first), without one by
size; equal scores in the order of the text. Words are taken away one by one in that order, whole words, and
the model is asked again after each. Beside the methods: random orders, and the greedy order, which at each
step takes the word whose removal lowers the probability most.

Comprehensiveness p(text) - p(text without the top words) and sufficiency p(text) - p(the top words alone) are
given for 1, 5, 10, 20 and 50 % of the words, rounded up; their means over these five shares are AOPC, as in
the code of ERASER (the formula of the paper also counts 0 %, which makes it 5/6 of ours).

Sources: Petsiuk, Das, Saenko 2018, https://arxiv.org/abs/1806.07421 (deletion, insertion); DeYoung et al.
2020, https://arxiv.org/abs/1911.03429 (ERASER).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from interpret import progress
from interpret.method import find
from interpret.results import Check, Curves, Result
from interpret.results.trust import SHARES
from interpret.run import Run
from interpret.target import Target
from interpret.trust.removal import Way, log_probabilities, log_probability, way_for
from interpret.trust.subject import Subject, maps
from models.refusals import Refusal

LONGEST_GREEDY = 60  # words: it asks the model K (K + 1) / 2 times
FULL = 20  # words up to which random orders are followed word by word
STEPS = 64  # words up to which a method's own order is; beyond, at about so many places


@dataclass(frozen=True, kw_only=True)
class Options:
    """`way`: what taking away means (None: what suits the model); `orders`: how many random ones.

    `insertion` curves double the work, `greedy` adds K (K + 1) / 2 texts.
    """

    way: Way | None = None
    orders: int = 20
    seed: int = 0
    insertion: bool = True
    greedy: bool = False

    def __post_init__(self) -> None:
        if not 2 <= self.orders <= 1000:
            raise Refusal("orders must lie between 2 and 1000")


def curves(
    run: Run, target: Target, given: Sequence[Result] | None = None, options: Options | None = None
) -> Curves:
    """Curves of the `given` maps of one number (TokenScores), or of every method that can make one.

    Raises Refusal: fewer than two words to take away, no map, or a way the model cannot serve.
    """
    subject, options = Subject.of(run, target), options or Options()
    way = way_for(subject, options.way)
    given = maps(run, target) if given is None else given
    if not given:
        raise Refusal("There is no map to test: name a method.")
    rankings = np.stack([ranking(subject.by_word(one.values), one.signed) for one in given])
    with progress.part(0.0, 0.5 if options.greedy else 1.0):
        deletion, returned, chance, whole = _followed(subject, rankings, way, options)
    count, grid = len(subject.groups), chance.grid
    insertion = returned if options.insertion else None
    below = _area(deletion[:, grid], grid) < chance.areas[1, 0]
    notes = list(_notes(deletion, count, options))
    if way == "zero" and options.way is None:
        notes.append("Words become zeros: without a start mark nothing would be left of the text.")
    taken = greedy(subject, way) if options.greedy and count <= LONGEST_GREEDY else None
    if options.greedy and taken is None:
        notes.append(_too_long(count))
    counts = shares_of(count)
    comprehensive = deletion[:, :1] - deletion[:, counts]
    sufficient = returned[:, -1:] - (returned[:, counts] if options.insertion else returned[:, :-1])
    return Curves(
        **subject.shared(), method="faithfulness", values=deletion, unit="probability", signed=False,
        names=tuple(one.method for one in given),
        titles=tuple(find()[one.method].title for one in given),
        way=way, orders=rankings, insertion=insertion,
        random=chance.deletion, random_insertion=chance.deletion[:, ::-1],
        areas=np.stack([_area(rows) for rows in (deletion, insertion) if rows is not None], axis=1),
        random_areas=chance.areas,
        comprehensiveness=comprehensive, sufficiency=sufficient,
        aopc=np.stack((comprehensive.mean(axis=1), sufficient.mean(axis=1)), axis=1),
        random_aopc=chance.aopc, beats_random=below,
        greedy=taken[1] if taken else None, greedy_order=taken[0] if taken else None,
        greedy_area=float(_area(taken[1][None])[0]) if taken else None,
        check=_check(subject, whole), options=asdict(options), notes=tuple(notes),
    )  # fmt: skip


def _followed(
    subject: Subject, rankings: np.ndarray, way: Way, options: Options
) -> tuple[np.ndarray, np.ndarray, "_Chance", float]:
    """What the model answers to every text, all asked in one go.

    Deletion (M, K+1); words put back, after each or after ERASER's shares and all; random orders; the
    log-probability of the whole text.
    """
    methods, count = rankings.shape
    made = np.random.default_rng(options.seed)
    drawn = np.stack([made.permutation(count) for _ in range(options.orders)])
    grid, every = _grid(count), _steps(count)
    back = every if options.insertion else np.append(shares_of(count), count)
    turns = rankings.argsort(axis=1)[:, None]  # (M, 1, K): when each word's turn comes
    asked = (
        turns >= every[None, :, None],
        turns < back[None, :, None],
        drawn.argsort(axis=1)[:, None] >= grid[None, :, None],
    )
    logs = log_probabilities(subject, np.concatenate([part.reshape(-1, count) for part in asked]), way)
    ends = np.cumsum([methods * len(every), methods * len(back)])
    deletion, returned, random = np.split(np.exp(logs), ends)
    chance = _Chance(random.reshape(options.orders, -1), grid, count)
    deletion, returned = deletion.reshape(methods, -1), returned.reshape(methods, -1)
    if options.insertion:
        returned = _joined(returned, every, count)
    return _joined(deletion, every, count), returned, chance, float(logs[0])


def _joined(rows: np.ndarray, at: np.ndarray, count: int) -> np.ndarray:
    """Curves known `at` some places, (M, S), as curves of every step, (M, K+1), by straight lines."""
    return np.stack([np.interp(np.arange(count + 1), at, row) for row in rows])


def ranking(scores: np.ndarray, signed: bool) -> np.ndarray:
    """The words in the order in which they are taken away, (K,).

    Scores are told apart to five decimals of the largest: what rounding does is no order.
    """
    largest = np.abs(scores).max() or 1.0
    return np.argsort(-np.round((scores if signed else np.abs(scores)) / largest, 5), kind="stable")


def shares_of(count: int) -> np.ndarray:
    """How many words the five shares of ERASER are, each at least one."""
    return np.array([max(1, int(np.ceil(share * count - 1e-9))) for share in SHARES])


def greedy(subject: Subject, way: Way) -> tuple[np.ndarray, np.ndarray]:
    """The order that at each step takes the word whose removal lowers the probability most.

    Returns the order (K,) and the probabilities (K+1,). Refuses more than 60 words.
    """
    count = len(subject.groups)
    if count > LONGEST_GREEDY:
        raise Refusal(_too_long(count))
    kept, order = np.ones(count, dtype=bool), []
    logs = [float(log_probabilities(subject, kept[None], way)[0])]
    for step in range(count):
        left = np.flatnonzero(kept)
        tried = np.repeat(kept[None], len(left), axis=0)
        tried[np.arange(len(left)), left] = False
        with progress.part(0.5 + 0.5 * step / count, 0.0):
            found = log_probabilities(subject, tried, way)
        best = int(np.flatnonzero(found <= found.min() + 1e-6)[0])  # of equal ones the first in the text
        order.append(left[best])
        kept[left[best]] = False
        logs.append(float(found[best]))
    return np.array(order), np.exp(logs)


def _grid(count: int) -> np.ndarray:
    """After how many removals random orders are asked: all up to 20 words, else at some places.

    Symmetric, since a random order read backwards is one too: its insertion curve comes for free.
    """
    if count <= FULL:
        return np.arange(count + 1)
    some = {0, 1, 3, *shares_of(count).tolist(), round(count / 3)}
    return np.array(sorted(some | {count - number for number in some}))


def _steps(count: int) -> np.ndarray:
    """After how many removals a method's own order is asked: all up to 64 words, else the first and some."""
    if count <= STEPS:
        return np.arange(count + 1)
    some = np.linspace(0, count, STEPS // 2).round().astype(int).tolist()
    return np.array(sorted({*range(STEPS // 4), *some, *_grid(count).tolist()}))


class _Chance:
    """What random orders do: the mean, and the bounds between which 95 % of them lie."""

    def __init__(self, deletion: np.ndarray, grid: np.ndarray, count: int):
        """`deletion` (R, G): probabilities of R orders after `grid` removals."""
        self.grid, every = grid, np.arange(count + 1)
        self.deletion = np.stack([np.interp(every, grid, row) for row in _band(deletion)])
        insertion, counts = deletion[:, ::-1], np.searchsorted(grid, shares_of(count))
        self.areas = np.stack([_band(_area(part, grid)) for part in (deletion, insertion)], axis=1)
        comprehensive = (deletion[:, :1] - deletion[:, counts]).mean(axis=1)
        sufficient = (insertion[:, -1:] - insertion[:, counts]).mean(axis=1)
        self.aopc = np.stack([_band(part) for part in (comprehensive, sufficient)], axis=1)


def _band(numbers: np.ndarray) -> np.ndarray:
    """Mean, 2.5 % and 97.5 % points over orders: (R, ...) -> (3, ...)."""
    return np.stack((numbers.mean(axis=0), *np.percentile(numbers, (2.5, 97.5), axis=0)))


def _area(rows: np.ndarray, at: np.ndarray | None = None) -> np.ndarray:
    """Mean height of each curve, (..., G) -> (...): trapezoids, the words counted from 0 to 1."""
    at = np.arange(rows.shape[-1]) if at is None else at
    return np.trapezoid(rows, at, axis=-1) / at[-1]


def _check(subject: Subject, whole: float) -> Check:
    expected = sum(log_probability(run, target) for run, target in subject.asked)
    return Check(
        name="difference from the recorded run", value=abs(whole - expected), limit=1e-3, unit=" nats",
        says="With no word taken away the model must answer as it did at first; it differs by {}.",
    )  # fmt: skip


def _notes(deletion: np.ndarray, count: int, options: Options) -> tuple[str, ...]:
    notes = [
        f"Random: {options.orders} orders, their mean, and where the middle 95\u00a0% of them lie."
        + ("" if count <= FULL else " They are followed at some places and joined by straight lines.")
    ]
    if count > STEPS:
        notes.append(
            f"With {count} words the curves are followed at some places and joined by straight lines."
        )
    if count < 5:
        notes.append(f"{count} words have so few orders that none can stand out from chance: type more.")
    if np.ptp(deletion) == 0:
        notes.append("Taking words away changes nothing: this number does not depend on them.")
    elif deletion[0, 0] > 0.999:
        notes.append("The model is as good as certain (saturated): a flat beginning says little about a map.")
    elif deletion[0, 0] < 1e-3:
        notes.append("The probability is small from the start: there is little that taking away can lower.")
    return tuple(notes)


def _too_long(count: int) -> str:
    return (
        f"The greedy order is worked out for at most {LONGEST_GREEDY} words, and this text has {count}: "
        "shorten it."
    )
