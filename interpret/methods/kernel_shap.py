"""Which words push the answer up or down, by the straight line that shares it out most fairly.

Words are taken away in random groups, and a straight line is laid through the answers: one number a word,
their sum held at f(text) - f(no words). Groups that leave nearly everything or nearly nothing weigh most;
with these weights the line's numbers are the Shapley values, exactly so for rows with up to `exact` words,
whose groups are all asked. For others the standard error says how far chance still moves a score.

What a missing word is (`absent`): it is taken out and the others close up, or, in a model that fills gaps,
the mask stands there; zero vectors or the vocabulary's mean vector on request. Unlike the paper's program
groups are drawn evenly by size, each with its opposite, so that all rows of a text share them; the weights
make up for it.

Source: Lundberg, Lee 2017, https://arxiv.org/abs/1705.07874, theorem 2; pairs: Covert, Lee 2021,
https://arxiv.org/abs/2012.01536.
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
    """`samples`: how many groups of words are taken away; 0: 512, in long texts more, for gaps fewer."""

    samples: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.samples and not 16 <= self.samples <= 65536:
            raise Refusal("samples must be 0 or lie between 16 and 65536")


def shared_out(found: Answers) -> tuple[np.ndarray, np.ndarray]:
    """One row's scores (G,) and their standard errors: the weighted fit whose sum is held."""
    coalitions, numbers = found.coalitions, found.numbers
    players, sizes = coalitions.shape[1], coalitions.sum(axis=1)
    if not players:
        return np.zeros(0), np.zeros(0)
    nothing, everything = numbers[sizes.argmin()], numbers[sizes.argmax()]
    whole = everything - nothing
    if players == 1:
        return np.array([whole]), np.zeros(1)
    inner = sizes * (players - sizes)
    weights = np.where(inner > 0, found.shares / np.maximum(1, inner), 0.0)
    last = coalitions[:, -1].astype(float)
    inputs = coalitions[:, :-1] - last[:, None]  # the last score is what the others leave of the whole
    scores, covariance = fitted(inputs, numbers - nothing - last * whole, weights)
    variances = np.append(np.diag(covariance), covariance.sum()) * found.drawn
    return np.append(scores, whole - scores.sum()), np.sqrt(np.maximum(0, variances))


def compute(run: Run, target: Target, options: Options) -> Result:
    """Scores (C, T) in the target's unit, with standard errors; 0 for what cannot matter."""
    game = Game.of(run, target, options)
    scores, errors = (np.zeros((len(game.counts), len(game.players))) for _ in range(2))
    for row, found in enumerate(answers(game, options.exact, options.samples, options.seed)):
        scores[row, : game.counts[row]], errors[row, : game.counts[row]] = shared_out(found)
    spread = game.to_tokens(errors)
    if target.summed or len(target.places) == 1:
        spread = spread.sum(axis=0)
    drawn = count_of(game, options.samples) if (game.counts > options.exact).any() else 0
    said = f"Groups of words taken away: {drawn}." if drawn else "Every group of words was taken away once."
    return token_result(
        run, target, "kernel_shap", game.to_tokens(scores),
        numbers_of(run.model, run.vectors[None], target)[0],
        unit=target.unit, signed=True,
        check=Check(
            name="largest standard error of a score",
            says="The scores of a word add up to what the words change together; chance moves a single "
            "score by {} (largest standard error).",
            value=float(spread.max(initial=0.0)), unit=f" {target.unit}",
        ),
        options=options, notes=(said, ABSENT[game.absent]), spread=spread,
    )  # fmt: skip


METHOD = Method(
    name="kernel_shap",
    title="KernelSHAP",
    question="What is each word's part, by the fairest straight line?",
    gives="token-grid",
    needs=frozenset(),
    options=Options,
    source="Lundberg, Lee 2017",
    signed=True,
    compute=compute,
    place=6,
)
