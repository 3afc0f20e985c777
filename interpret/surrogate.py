"""Straight lines through the answers to texts without some of their words: weighted least squares by row."""

from dataclasses import dataclass

import numpy as np

from interpret import progress
from interpret.sampling import Game, all_coalitions, drawn_coalitions
from models.refusals import Refusal

FEWEST, PER_WORD = 512, 4  # coalitions drawn, at least
FOR_GAPS = 192  # instead of 512, where each gap of a text is asked about by itself


@dataclass(frozen=True, eq=False)
class Answers:
    """What came of K coalitions for one row with G players."""

    coalitions: np.ndarray  # (K, G) bool
    numbers: np.ndarray  # (K,)
    shares: np.ndarray  # (K,) how much each stands for; all alike if they were drawn
    drawn: bool


def count_of(game: Game, samples: int) -> int:
    """How many coalitions are drawn: as many as asked for, or 512 (for gaps 192) and four a word; even."""
    players = int(game.counts.max(initial=0))
    if samples and samples < 2 * players + 4:
        raise Refusal(
            f"{samples} samples are too few for {players} words: ask for at least {2 * players + 4}."
        )
    fewest = FOR_GAPS if game.target.task == "masked" else FEWEST
    return (samples or max(fewest, PER_WORD * players)) // 2 * 2


def answers(game: Game, exact: int, samples: int, seed: int) -> list[Answers]:
    """For each row all its coalitions if it has up to `exact` players, else `samples` that are drawn.

    Drawn are first how many players are present (each number as likely as any other), then which; an
    enumerated coalition stands for as much as it would be drawn.
    """
    found: list[Answers | None] = [None] * len(game.counts)
    few, many = np.flatnonzero(game.counts <= exact), np.flatnonzero(game.counts > exact)
    if len(few):
        with progress.part(0, 0.2):
            part = game.part(few)
            numbers = part.numbers(all_coalitions(len(part.players)))
        for column, row in enumerate(few):
            coalitions = all_coalitions(int(game.counts[row]))
            sizes = np.bincount(coalitions.sum(axis=1))
            shares = 1 / sizes[coalitions.sum(axis=1)] / len(sizes)
            found[row] = Answers(coalitions, numbers[: len(coalitions), column], shares, False)
    if len(many):
        count = count_of(game, samples)
        coalitions = drawn_coalitions(len(game.players), count, seed)
        ends = np.array([[False], [True]]).repeat(len(game.players), axis=1)
        with progress.part(0.2, 0.8):
            numbers = game.numbers(np.concatenate((ends, coalitions)))
        for row in many:
            known = np.concatenate((ends, coalitions))[:, : game.counts[row]]
            shares = np.r_[0.0, 0.0, np.full(count, 1 / count)]
            found[row] = Answers(known, numbers[:, row], shares, True)
    return [one for one in found if one is not None]


def fitted(inputs: np.ndarray, numbers: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted least squares of `numbers` (K,) by `inputs` (K, F): coefficients (F,), covariance (F, F).

    The covariance holds if rows are pairs and pairs are independent draws (White 1980, by clusters).
    """
    weighted = inputs * weights[:, None]
    inverse = np.linalg.pinv(weighted.T @ inputs, hermitian=True)
    slopes = inverse @ (weighted.T @ numbers)
    pulls = weighted * (numbers - inputs @ slopes)[:, None]
    pulls = pulls.reshape(-1, 2, pulls.shape[1]).sum(axis=1) if len(pulls) % 2 == 0 else pulls
    freedom = max(1, len(pulls) - inputs.shape[1])
    covariance = inverse @ (pulls.T @ pulls) @ inverse * (len(pulls) / freedom)
    return slopes, covariance
