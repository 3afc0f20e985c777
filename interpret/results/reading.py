"""How to read a picture, and what it leaves out, in this picture's own numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np

from interpret.results.ablation import Ablation
from interpret.results.attention import HeadMaps
from interpret.results.grammar import Grammar
from interpret.results.guesses import ClassScores, NextWords
from interpret.results.lens import LayerGuesses
from interpret.results.reach import Reach
from interpret.results.tokens import TokenGrid
from interpret.results.units import Factors, MemoryTraces, UnitCard, UnitRanking
from interpret.sentences import named, percent, two_figures, with_sign

Reading = tuple[str, str]  # an example of reading it, and of what it does not tell; "" where there is none


def reading(found: Any) -> Reading:
    """An example of reading a result, and what it does not tell, both with its own numbers.

    Args:
        found: A result; of a kind that has no example nothing is said.
    """
    return next((said(found) for kind, said in KINDS if isinstance(found, kind)), ("", ""))


def _guesses(found: NextWords) -> Reading:
    if not found.ahead:
        asked = np.flatnonzero(found.predicted)
        if not len(asked):
            return "", ""
        worst = int(asked[found.surprise[asked].argmax()])
        as_one_of = f"{2 ** float(found.surprise[worst]):,.0f}"
        return (
            f"Here {named(found.tokens[worst])} cost {found.surprise[worst]:.1f} bits: as surprising as one of "
            f"{as_one_of} equally likely pieces (two to the power of the bits).",
            "",
        )
    first, held = float(found.values[-1, 0]), float(found.values[-1].sum())
    return (
        f"Here, of 100 times that it wrote on, about {100 * first:.0f} would begin with {named(found.marked()[0])}.",
        f"The {found.values.shape[1]} bars hold {percent(held)} together here; {percent(max(0.0, 1 - held))} lies on "
        "all the other pieces, none of which is shown.",
    )


def _classes(found: ClassScores) -> Reading:
    odds = float(np.exp(np.partition(found.logits, -2)[-1] - np.partition(found.logits, -2)[-2]))
    most = found.classes[int(found.values.argmax())]
    said = f"{odds:,.1f}" if odds < 99.5 else f"{odds:,.0f}"
    return f"Here {named(most)} is {said} times as likely as the next class.", ""


def _map(found: TokenGrid) -> Reading:
    row = found.values[-1]
    sizes = np.abs(row)
    if not sizes.any():
        return "", ""
    best, three = int(sizes.argmax()), float(np.sort(sizes)[-3:].sum() / sizes.sum())
    size, token, what = float(row[best]), named(found.tokens[best]), named(found.asked.shown[-1])
    if found.signed and found.unit == "nats" and abs(size) < 20:
        more = f"{two_figures(float(np.exp(abs(size))))} times {'likelier' if size > 0 else 'less likely'}"
        how = f"Here the piece {token} has {with_sign(size)} nats: by this map it makes {what} {more}."
    else:
        how = (
            f"Here the piece {token} holds {percent(float(sizes[best] / sizes.sum()))} of the map of {what}."
        )
    rest = percent(max(0.0, 1 - three))
    if three > 0.9999:  # nothing is left for others
        return how, ""
    return (
        how,
        f"In the map of {what} here the three largest pieces hold {percent(three)} of all scores' size; {rest} is "
        "spread over the others, which together may matter.",
    )


def _heads(found: HeadMaps) -> Reading:
    if not found.shares:
        return "", ""
    between = found.values.copy()  # weights from word to word: what rests on a mark tells little
    between[..., list(found.sinks)] = 0
    if between.shape[2] > 1:
        between[:, :, list(found.sinks)] = 0
    layer, head, asks, seen = np.unravel_index(int(between.argmax()), between.shape)
    value = percent(float(between.max()))
    how = (
        f"Here the largest weight between words is {value}: {named(found.askers[asks])} looking at "
        f"{named(found.tokens[seen])} in {f'layer {layer + 1}' if found.joined else f'head {layer + 1}.{head}'}."
    )
    marks = float(found.values[..., list(found.sinks)].sum() / found.values.sum()) if found.sinks else 0.0
    limit = (
        f"Here {percent(marks)} of all weight rests on marks, which says little about words." if marks else ""
    )
    return how, limit


def _layers(found: LayerGuesses) -> Reading:
    place, first = int(found.decided[-1]), found.candidates[-1][-1][0]
    early = int((found.decided <= found.layers[(len(found.layers) - 1) // 2]).sum())
    return (
        f"Here {named(first)}, the last guess, is first from layer {place} of {found.layers[-1]} on.",
        f"Of {len(found.decided)} places here, {early} are decided in the lower half by this reading; another way of "
        "reading a layer may count others.",
    )


def _reach(found: Reach) -> Reading:
    return (
        f"Here a guess costs {found.whole:.2f} nats with the whole text: as if it chose among "
        f"{np.exp(found.whole):,.0f} equally likely pieces.",
        f"Measured at {found.guesses:,} guesses in {found.texts} texts; other texts reach otherwise.",
    )


def _unit(found: UnitCard) -> Reading:
    at = int(np.abs(found.r).argmax())
    r, chance, what = float(found.r[at]), float(found.chance[at]), f"“{found.features[at]}”"
    return (
        f"Here r = {with_sign(r)} with {what}: {percent(r * r)} of what the unit does goes along with "
        "it (r squared).",
        f"Among all units the best would reach {chance:.2f} with {what} by chance; {percent(1 - r * r)} "
        "of what this unit does is something else.",
    )


def _ranking(found: UnitRanking) -> Reading:
    return (
        "",
        f"Among {found.searched:,} units the best reaches an AUC of {float(np.median(found.chance)):.2f} by chance on "
        "a choice like this one.",
    )


def _ablation(found: Ablation) -> Reading:
    if not len(found.kl_random):
        return "", ""
    low, high = float(found.kl_random.min()), float(found.kl_random.max())
    return (
        f"Here the answer moves by {two_figures(found.kl)} nats; as many random units move it by {two_figures(low)} to "
        f"{two_figures(high)}.",
        f"The cost is measured on {found.measured:,} places; what costs little there may matter elsewhere.",
    )


def _memory(found: MemoryTraces) -> Reading:
    half = np.sort(found.half_life[np.isfinite(found.half_life)])
    if not len(half):
        return "", ""
    return (
        f"Here half of all cells have lost half of what they held after {float(np.median(half)):.1f} tokens, and the "
        f"longest keeps half for {float(half[-1]):.0f}.",
        f"Shares of time and half-lives are over {found.corpus_tokens:,} tokens of other texts, not over yours.",
    )


def _factors(found: Factors) -> Reading:
    return (
        f"Here {len(found.names)} factors stand for {percent(found.explained)} of what {found.neurons:,} units do.",
        "Started elsewhere, the least steady factor is found again with a likeness of "
        f"{float(found.stability.min()):.2f} (cosine, over {found.seeds} seeds): do not build on that one.",
    )


def _grammar(found: Grammar) -> Reading:
    n = int(found.n.min())
    off = 1.96 * np.sqrt(0.25 / n)
    return (
        f"Here {int(found.n.sum()):,} pairs were asked, {n} or more of each kind.",
        f"With {n} pairs a share near one half can be off by {percent(float(off))} either way.",
    )


KINDS: tuple[tuple[type, Callable[[Any], Reading]], ...] = (
    (NextWords, _guesses), (ClassScores, _classes), (TokenGrid, _map), (HeadMaps, _heads), (LayerGuesses, _layers),
    (Reach, _reach), (UnitCard, _unit), (UnitRanking, _ranking), (Ablation, _ablation), (MemoryTraces, _memory),
    (Factors, _factors), (Grammar, _grammar),
)  # fmt: skip
