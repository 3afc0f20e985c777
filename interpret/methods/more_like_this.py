"""Where else the units of the words you choose are on together: places of a corpus, aligned on the match.

The ten units that tell the chosen words best from the rest of the text (by AUC) are each on above the middle
between their means inside and outside and above their mean over the corpus (below, for those that are low
inside). The texts in which the index has
most of them near their highest are read again; each gives the one place where, over as many tokens as the
longest run that was chosen, most of the units are on.

Source: Strobelt et al. 2018 (LSTMVis), https://arxiv.org/abs/1606.07461, matches on-off patterns over a corpus.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from interpret import progress
from interpret.corpus.index import UnitCard
from interpret.corpus.shipped import behind
from interpret.corpus.snippets import encoded, snippet
from interpret.method import Method
from interpret.methods.select_units import better, chosen
from interpret.results import Check, PlacesAlike, Snippet
from interpret.run import Run, record
from interpret.target import Target
from interpret.units import SIGNED, NoUnits, Unit, auc, every, kinds, shared, tracks, unfit
from models.base import LanguageModel, Tokens
from models.refusals import Refusal

UNITS = 10
READ = 32  # texts read again at most
WORDS = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, kw_only=True)
class Options:
    """`places`: tokens such as "5-7, 12"; `corpus`: as of “unit”; `count`: how many places at most."""

    places: str = ""
    kind: str = ""
    corpus: str = ""
    count: int = 20

    def __post_init__(self) -> None:
        if not 1 <= self.count <= READ:
            raise Refusal(f"count must lie between 1 and {READ}")


@dataclass(frozen=True)
class Pattern:
    """What is looked for: each unit on (high, or low) beyond a threshold, over so many tokens."""

    units: tuple[Unit, ...]
    low: np.ndarray  # (U,)
    threshold: np.ndarray  # (U,)
    length: int

    def share(self, values: np.ndarray) -> np.ndarray:
        """The share of units that are on at each token, (T,), of their activations (T, U)."""
        return ((values > self.threshold) != self.low).mean(axis=1)

    def best(self, values: np.ndarray) -> tuple[int, float]:
        """The token from which most units are on over the length, and their share."""
        share = self.share(values)
        length = min(self.length, len(share))
        means = np.convolve(share, np.full(length, 1 / length), "valid")
        at = int(means.argmax())
        return at, float(means[at])


def compute(run: Run, target: Target, options: Options) -> PlacesAlike:
    """Places where the chosen words' units are on together, at most one a text."""
    kind = options.kind or kinds(run)[0]
    index = behind(run.model, kind, options.corpus)
    first = looked_for(run, chosen(options.places, len(run.tokens)) & run.of_text, kind)
    cards = [index.unit(unit.kind, unit.layer, unit.index, READ) for unit in first.units]
    pattern = beyond_the_mean(first, cards)
    texts = index.text(candidates(cards, pattern.low))
    found: list[tuple[float, int, Snippet, frozenset[str]]] = []
    everywhere: list[np.ndarray] = []
    for done, (number, text) in enumerate(sorted(texts.items())):
        progress.tell(done / len(texts))
        tokens, values = _activations(run.model, text, pattern)
        at, share = pattern.best(values)
        everywhere.append(pattern.share(values))
        last = min(at + pattern.length, len(tokens)) - 1
        found.append((share, number, snippet(tokens, at, last, share), words(tokens, at, last)))
    best = sorted((one for one in found if one[0] > 0), key=lambda one: (-one[0], one[1]))[: options.count]
    if not best:
        raise NoUnits("No place of these texts has any of the units on: choose other words.")
    matches = Counter(word for *_, said in best for word in sorted(said) or ["▸"])
    return PlacesAlike(
        **shared(run, target, "more_like_this", replace(options, corpus=Path(options.corpus).name)),
        values=np.array([share for share, *_ in best]),
        unit="share of units",
        signed=False,
        check=Check(
            name="share anywhere",
            says="At any token of the texts read again, a share of {} of these units is on, on average.",
            value=float(np.concatenate(everywhere).mean()),
        ),
        units=tuple(map(str, pattern.units)),
        places=tuple(place for _, _, place, _ in best),
        matches=tuple(matches.most_common()),
        searched=index.summary["texts"],
        corpus="these texts of yours" if options.corpus else "the bundled texts",
    )


def looked_for(run: Run, inside: np.ndarray, kind: str) -> Pattern:
    """The units that are on inside and off outside, and where the middle is."""
    values, units = every(run, kind)
    outside = ~inside & run.of_text
    looked = np.flatnonzero(run.of_text)
    found, low = better(auc(values[looked], inside[looked]), SIGNED[kind])
    means = values[inside].mean(0), values[outside].mean(0)
    apart = np.abs(means[0] - means[1]) / (values[inside].std(0) + values[outside].std(0) + 1e-6)
    order = np.lexsort((-apart, -found))[:UNITS]
    places = np.flatnonzero(inside)
    runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    return Pattern(
        tuple(units[k] for k in order), low[order], ((means[0] + means[1]) / 2)[order], max(map(len, runs))
    )


def beyond_the_mean(pattern: Pattern, cards: Sequence[UnitCard]) -> Pattern:
    """The same, but on is beyond a unit's mean over the corpus, too."""
    mean = np.array([card.mean for card in cards])
    high, low = np.maximum(pattern.threshold, mean), np.minimum(pattern.threshold, mean)
    return replace(pattern, threshold=np.where(pattern.low, low, high))


def candidates(cards: Sequence[UnitCard], lows: np.ndarray) -> list[int]:
    """The texts in which most of the units have one of the places the index keeps, up to `READ`."""
    votes: Counter[int] = Counter()
    for card, low in zip(cards, lows, strict=True):
        votes.update(at.text for at in (card.lowest if low else card.highest))
    return [text for text, _ in sorted(votes.items(), key=lambda one: (-one[1], one[0]))[:READ]]


def _activations(model: LanguageModel, text: str, pattern: Pattern) -> tuple[Tokens, np.ndarray]:
    """A text's tokens, and the activations of the pattern's units there, (T, U)."""
    seen = record(model, encoded(model, text))
    columns = [tracks(seen, u.kind)[u.layer - 1][:, u.index].numpy() for u in pattern.units]
    return seen.tokens, np.stack(columns, axis=1)


def words(tokens: Tokens, first: int, last: int) -> frozenset[str]:
    """The words and marks that the tokens from `first` to `last` belong to, whole."""
    start, end = int(tokens.spans[first, 0]), int(tokens.spans[last, 1])
    whole = ((found.start(), found.end(), found[0]) for found in WORDS.finditer(tokens.text))
    return frozenset(word for a, b, word in whole if a < end and start < b)


METHOD = Method(
    name="more_like_this",
    title="More like this",
    question="Where else are the same units on?",
    gives="places-alike",
    needs=frozenset(),
    options=Options,
    source="Strobelt et al. 2018 (LSTMVis)",
    signed=False,
    compute=compute,
    place=64,
    unfit=unfit,
)
