"""From what a method gives to one side of a comparison, and the comparisons that need no alignment."""

import numpy as np

from interpret.results.attention import HeadMaps
from interpret.results.base import Result
from interpret.results.comparison import Comparison, Side, What, flipped
from interpret.results.guesses import ClassScores, NextWords
from interpret.results.lens import LayerGuesses
from interpret.results.tokens import TokenScores
from interpret.results.writing import NextShares
from interpret.sentences import named
from models.refusals import Refusal

SHOWN = 6  # next tokens of either side


def of_surprise(found: NextWords, name: str = "") -> Side:
    """How many bits each token surprised the model, and what it would rather have written there."""
    rows = np.arange(len(found.tokens)) - found.ahead
    told = tuple(found.marked(row)[0] if row >= 0 else "" for row in rows.tolist())
    sure = np.where(rows >= 0, found.values[rows, 0], 0.0)
    return _side(found, name, found.surprise, found.predicted, told, sure)


def of_scores(found: TokenScores, name: str = "") -> Side:
    """What each token did to one number; those that cannot matter have none."""
    return _side(found, name, found.values, np.asarray(found.asked.takes_part(len(found.tokens)).all(0)))


def of_head(found: HeadMaps, layer: int, head: int, query: int, name: str = "") -> Side:
    """Where one head looks from one token; layers from 1, heads from 0."""
    layers, heads, askers, count = found.values.shape
    if not (1 <= layer <= layers and 0 <= head < heads):
        raise Refusal(
            f"{found.model} has no head {layer}.{head}: layers from 1 to {layers}, heads from 0 to {heads - 1}."
        )
    at = query if askers > 1 else 0
    known = np.arange(count) <= query if found.causal and askers > 1 else np.ones(count, dtype=bool)
    return _side(found, name, found.values[layer - 1, head, at], known)


def of_layers(found: LayerGuesses, name: str = "") -> Side:
    """After which share of its layers the answer at each token was settled; 0: from the embedding on."""
    count, last = len(found.tokens), found.layers[-1]
    values, known, sure = np.zeros(count), np.zeros(count, dtype=bool), np.zeros(count)
    told = [""] * count
    for place, about in enumerate(found.asked_of):
        if about < count:
            values[about], known[about] = found.decided[place] / last, True
            told[about], sure[about] = found.candidates[-1][place][0], found.values[-1, place]
    return _side(found, name, values, known, tuple(told), sure)


def of_places(found: Result, name: str = "") -> Side:
    """A text without numbers: which of its places stand beside which of another."""
    return _side(found, name, np.zeros(len(found.tokens)), np.ones(len(found.tokens), dtype=bool))


def next_tokens(one: NextShares, other: NextShares, names: tuple[str, str]) -> Comparison:
    """The likeliest next tokens of both, and how much probability both give to the same ones.

    Refuses models with different vocabularies: their tokens are not the same things.
    """
    shared = dict(zip(one.candidate_ids.tolist(), one.candidates, strict=False))
    theirs = dict(zip(other.candidate_ids.tolist(), other.candidates, strict=False))
    if len(one.values) != len(other.values) or any(
        theirs.get(at, said) != said for at, said in shared.items()
    ):
        raise Refusal(
            f"{one.model} and {other.model} have different vocabularies, so their next tokens cannot be set side by "
            "side: compare the surprise instead."
        )
    rows = [np.empty(len(one.values)), np.empty(len(one.values))]
    for row, found in zip(rows, (one, other), strict=True):
        row[found.candidate_ids] = found.values
    ids = dict.fromkeys([*one.candidate_ids[:SHOWN].tolist(), *other.candidate_ids[:SHOWN].tolist()])
    kept = sorted(ids, key=lambda at: -max(row[at] for row in rows))
    shown = tuple((shared | theirs)[at] for at in kept)
    firsts = [found.candidate_ids[0] for found in (one, other)]
    flip = np.array([at in firsts and firsts[0] != firsts[1] for at in kept])
    return _table(
        "next", (one, other), names, shown, np.stack([row[kept] for row in rows]), flip,
        about="the probability of the next token", shared=float(np.minimum(*rows).sum()),
    )  # fmt: skip


def classes(one: ClassScores, other: ClassScores, names: tuple[str, str]) -> Comparison:
    """The probabilities of the classes. Refuses classifiers that do not know the same ones."""
    if one.classes != other.classes:
        raise Refusal(
            f"{one.model} and {other.model} do not name the same classes: choose two classifiers that do."
        )
    values = np.stack([one.values, other.values])
    flip = flipped("classes", values, np.ones(values.shape, dtype=bool), ((), ()), signed=False)
    return _table(
        "classes", (one, other), names, one.classes, values, flip, about="the probability of each class"
    )


def _side(
    found: Result, name: str, values: np.ndarray, known: np.ndarray, told: tuple[str, ...] = (),
    sure: np.ndarray | None = None,
) -> Side:  # fmt: skip
    return Side(
        name=name or found.model, model=found.model, text=found.text, spans=found.spans, words=found.words,
        values=values, known=known, told=told, sure=sure,
    )  # fmt: skip


def _table(
    what: What, sides: tuple[Result, Result], names: tuple[str, str], shown: tuple[str, ...], values: np.ndarray,
    flip: np.ndarray, about: str, shared: float | None = None,
) -> Comparison:  # fmt: skip
    count = len(shown)
    said = tuple(named(one) for one in shown)
    return Comparison(
        what=what, names=names, models=(sides[0].model, sides[1].model), texts=(sides[0].text, sides[1].text),
        about=about, unit="probability", signed=False, kinds=("equal",) * count,
        tokens=np.zeros((2, count, 2), dtype=int), spans=np.zeros((2, count, 2), dtype=int), shown=(shown, shown),
        values=values,
        known=np.ones(values.shape, dtype=bool), told=(said, said), sure=values, flipped=flip,
        totals=values.sum(1), shared=shared,
    )  # fmt: skip
