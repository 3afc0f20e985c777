"""Which words push the answer up or down, by a straight line laid through the answers to similar texts.

Words are taken away in random groups, and a straight line with one slope a word is laid through the
answers; texts that keep more of the words weigh more, by exp(-d^2 / width^2) with d the cosine distance to
the whole text. A slope is a word's score. The check is R^2: how much of what the model did around this text
the line explains at all. The scores need not add up to anything.

What a missing word is (`absent`): it is taken out and the others close up, or, in a model that fills gaps,
the mask stands there; zero vectors or the vocabulary's mean vector on request. Unlike the paper's program
there is no penalty on large slopes, which would shrink the scores of short texts, and no selection of
words; groups come in pairs of opposites, and all rows of a text share them.

Source: Ribeiro, Singh, Guestrin 2016, https://arxiv.org/abs/1602.04938, equations 1 and 2.
"""

from dataclasses import dataclass

import numpy as np

from interpret.method import Method, token_result
from interpret.results import Check, Result
from interpret.run import Run
from interpret.sampling import ABSENT, Game, Perturbing
from interpret.sensitivity import numbers_of
from interpret.surrogate import Answers, answers, count_of, fitted
from interpret.target import Target
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Options(Perturbing):
    """`samples`: groups of words taken away; 0: 512, in long texts more; `width`: of the region."""

    samples: int = 0
    width: float = 0.25

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.samples and not 16 <= self.samples <= 65536:
            raise Refusal("samples must be 0 or lie between 16 and 65536")
        if not 0.05 <= self.width <= 100:
            raise Refusal("width must lie between 0.05 and 100")


def nearness(coalitions: np.ndarray, width: float) -> np.ndarray:
    """Weights (K,) by how much of the text is left, (K, G): the cosine of 0/1 vectors with all ones."""
    distance = 1 - np.sqrt(coalitions.mean(axis=1))
    return np.exp(-((distance / width) ** 2))


def line(found: Answers, width: float) -> tuple[np.ndarray, np.ndarray, float]:
    """One row's slopes (G,), their standard errors, and R^2 (1 if there was nothing to explain)."""
    if not found.coalitions.shape[1]:
        return np.zeros(0), np.zeros(0), 1.0
    coalitions, numbers = found.coalitions, found.numbers - found.numbers[0]
    weights = nearness(coalitions, width) * found.shares
    inputs = np.column_stack((coalitions, np.ones(len(coalitions)))).astype(float)
    slopes, covariance = fitted(inputs, numbers, weights)
    off = numbers - np.average(numbers, weights=weights)
    around = float(weights @ off**2)
    left = float(weights @ (numbers - inputs @ slopes) ** 2)
    errors = np.sqrt(np.maximum(0, np.diag(covariance)[:-1])) * found.drawn
    return slopes[:-1], errors, 1 - left / around if around > 0 else 1.0


def compute(run: Run, target: Target, options: Options) -> Result:
    """Scores (C, T) in the target's unit, with standard errors; 0 for what cannot matter."""
    game = Game.of(run, target, options)
    scores, errors = (np.zeros((len(game.counts), len(game.players))) for _ in range(2))
    explained = np.ones(len(game.counts))
    for row, found in enumerate(answers(game, options.exact, options.samples, options.seed)):
        slopes, errors[row, : game.counts[row]], explained[row] = line(found, options.width)
        scores[row, : game.counts[row]] = slopes
    spread = game.to_tokens(errors)
    if target.summed or len(target.places) == 1:
        spread = spread.sum(axis=0)
    return token_result(
        run, target, "lime", game.to_tokens(scores), numbers_of(run.model, run.vectors[None], target)[0],
        unit=target.unit, signed=True,
        check=Check(
            name="share that the straight line leaves unexplained in the worst row (1 - R^2)",
            says="Around this text the straight line leaves {} of what the model does unexplained, in the "
            "worst row.",
            value=float(100 * (1 - explained.min())), unit=" %",
        ),
        options=options, notes=tuple(_notes(game, explained, options)), spread=spread,
    )  # fmt: skip


def _notes(game: Game, explained: np.ndarray, options: Options) -> list[str]:
    """How good the line is, how many texts it was laid through, and what a missing word was."""
    drawn = count_of(game, options.samples) if (game.counts > options.exact).any() else 0
    poor = int((explained < 0.5).sum())
    said = []
    if len(explained) > 1:
        said = [f"R² of the line: {np.median(explained):.2f} in the median, {explained.min():.2f} at worst."]
    if poor:
        said.append(f"For {poor} of {len(explained)} rows it explains less than half: trust another method.")
    groups = f"Groups of words taken away: {drawn}." if drawn else "Every group of words was taken away once."
    return [*said, groups, ABSENT[game.absent]]


METHOD = Method(
    name="lime",
    title="LIME",
    question="Which words matter, by a straight line through similar texts?",
    gives="token-grid",
    needs=frozenset(),
    options=Options,
    source="Ribeiro, Singh, Guestrin 2016",
    signed=True,
    compute=compute,
    place=7,
)
