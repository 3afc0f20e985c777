"""Which words push the answer up or down, each word's part when every order of the words is tried.

Words are added to a text without words one after another; a word's score is what it changes when it comes
in, averaged over orders (its Shapley value). The scores of a row add up exactly to f(text) - f(no words).
All orders are counted for rows with up to `exact` words; for others orders are drawn, each with its
reverse, and the standard error says how far chance still moves a score.

What a missing word is matters (`absent`): it is taken out and the others close up, or, in a model that
fills gaps, the mask stands there; zero vectors or the vocabulary's mean vector on request. The start mark
stays. Pieces of a word come and go together and share its score; of the word that is explained, only the
pieces before the explained one count.

Source: Shapley 1953; Strumbelj, Kononenko 2010, https://jmlr.org/papers/v11/strumbelj10a.html (drawn
orders); Mitchell et al. 2022, https://arxiv.org/abs/2104.12199 (an order and its reverse).
"""

from dataclasses import dataclass
from math import factorial

import numpy as np

from interpret import progress
from interpret.method import Method, token_result
from interpret.results import Check, Result
from interpret.run import Run
from interpret.sampling import ABSENT, Average, Game, Perturbing, all_coalitions
from interpret.sensitivity import numbers_of
from interpret.target import Target
from models.refusals import Refusal

ORDERS, FOR_GAPS, FEWEST = 32, 12, 8  # each gap of a text is asked about by itself
PATIENCE = 160_000  # tokens that may go through the model before orders are saved


@dataclass(frozen=True, kw_only=True)
class Options(Perturbing):
    """`permutations`: orders drawn, an even number; 0: 32, for gaps 12, in long texts fewer, at least 8."""

    permutations: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.permutations % 2 or not 0 <= self.permutations <= 4096 or self.permutations == 2:
            raise Refusal("permutations must be 0 or an even number from 4 to 4096")


def exactly(game: Game) -> np.ndarray:
    """Shapley values (C, G) from all coalitions."""
    numbers = game.numbers(all_coalitions(len(game.players)))
    values = np.zeros((len(game.counts), len(game.players)))
    for row, count in enumerate(game.counts):
        coalitions = all_coalitions(count)
        worth, sizes = numbers[: len(coalitions), row], coalitions.sum(axis=1)
        for player in range(count):
            without = np.flatnonzero(~coalitions[:, player])
            weights = [factorial(s) * factorial(count - s - 1) / factorial(count) for s in sizes[without]]
            values[row, player] = np.dot(weights, worth[without + 2**player] - worth[without])
    return values


def by_lots(game: Game, pairs: int, seed: int) -> np.ndarray:
    """Shapley values (P, C, G), estimated P times: each from one random order and its reverse."""
    lots, players = np.random.default_rng(seed), len(game.players)
    orders = np.stack([lots.permutation(players) for _ in range(pairs)])
    orders = np.concatenate((orders, orders[:, ::-1]))  # (2P, G)
    ranks = np.argsort(orders, axis=1)
    present = ranks[:, None, :] < np.arange(players + 1)[:, None]  # (2P, G + 1, G)
    numbers = game.numbers(present.reshape(-1, players)).reshape(2 * pairs, players + 1, -1)
    changes = np.diff(numbers, axis=1)  # (2P, G, C): by rank
    changes = np.take_along_axis(changes, ranks[..., None], axis=1)  # by player
    return ((changes[:pairs] + changes[pairs:]) / 2).transpose(0, 2, 1)


def compute(run: Run, target: Target, options: Options) -> Result:
    """Scores (C, T) in the target's unit, with standard errors; 0 for what cannot matter."""
    game, average = Game.of(run, target, options), Average(target)
    players = len(game.players)
    few = np.flatnonzero(game.counts <= options.exact)
    many = np.flatnonzero(game.counts > options.exact)
    at_most = PATIENCE // max(1, (players + 1) * len(run.tokens)) // 2 * 2
    most = FOR_GAPS if target.task == "masked" else ORDERS
    orders = options.permutations or max(FEWEST, min(most, at_most))
    known, lots = np.zeros((len(game.counts), players)), np.zeros((1, 0, 0))
    with progress.part(0, 0.2):
        if len(few):
            part = game.part(few)
            known[few, : len(part.players)] = exactly(part)
    with progress.part(0.2, 0.8):
        if len(many):
            lots = by_lots(game.part(many), orders // 2, options.seed)
    for draw in lots:
        if len(many):
            known[many] = draw
        average.add(game.to_tokens(known))
    return token_result(
        run, target, "shapley_sampling", average.mean, numbers_of(run.model, run.vectors[None], target)[0],
        unit=target.unit, signed=True,
        check=Check(
            name="largest standard error of a score",
            says="The scores of a word add up exactly to what the words change together; chance moves a "
            "single score by {} (largest standard error).",
            value=float(average.error.max(initial=0.0)), unit=f" {target.unit}",
        ),
        options=options, notes=tuple(_notes(game, len(few), len(many), orders)), spread=average.error,
    )  # fmt: skip


def _notes(game: Game, few: int, many: int, orders: int) -> list[str]:
    """What was counted, what was drawn, and what a missing word was."""
    said = [ABSENT[game.absent]]
    if many:
        exactly = f"; {few} of {few + many} rows were counted exactly" if few else ""
        return [f"Orders drawn: {orders}{exactly}.", *said]
    return ["Every order of the words was counted: no chance is left.", *said]


METHOD = Method(
    name="shapley_sampling",
    title="Shapley values",
    question="What is each word's part, whatever the order in which words are added?",
    gives="token-grid",
    needs=frozenset(),
    options=Options,
    source="Shapley 1953; Štrumbelj, Kononenko 2010",
    signed=True,
    compute=compute,
    place=5,
)
