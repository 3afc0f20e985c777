"""Two models on one text: how much each of its words surprised either, whatever pieces they cut it into."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from interpret.results.base import SCHEMA
from interpret.results.guesses import NextWords
from interpret.sentences import named, percent

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class Overlaid:
    """A text in S parts that both models cut at: words, or several where one model has no cut between them.

    `spans` (S, 2) into `text`, white space before a part left out. `bits` (2, S): surprise of each part, its pieces'
    added up; `predicted` (S,): whether both models predict it. `first`, `sure` (2, S): the likeliest piece where it
    begins, and its probability.
    """

    text: str
    models: tuple[str, str]
    spans: np.ndarray
    bits: np.ndarray
    predicted: np.ndarray
    first: tuple[tuple[str, ...], tuple[str, ...]]
    sure: np.ndarray

    @property
    def shown(self) -> tuple[str, ...]:
        """The parts as they stand in the text."""
        return tuple(self.text[start:end] for start, end in self.spans)

    @property
    def lead(self) -> np.ndarray:
        """By how many bits each part surprised the second model more than the first, (S,); 0 where not predicted."""
        return (self.bits[1] - self.bits[0]) * self.predicted

    @property
    def rho(self) -> float:
        """Spearman's rank correlation of both models' surprises; 0 where one of them is the same everywhere."""
        return rank_correlation(*self.bits[:, self.predicted])

    def hardest(self, most: int = 10) -> list[int]:
        """The parts that surprised both together most."""
        rows = np.flatnonzero(self.predicted)
        return [int(at) for at in rows[np.argsort(-self.bits.sum(0)[rows], kind="stable")][:most]]

    def apart(self, most: int = 10) -> list[int]:
        """The parts on which the two differ most."""
        rows = np.flatnonzero(self.predicted)
        return [int(at) for at in rows[np.argsort(-np.abs(self.lead)[rows], kind="stable")][:most]]

    def in_words(self) -> str:
        one, other = self.models
        count = int(self.predicted.sum())
        mine, theirs = (float(row[self.predicted].sum()) / count for row in self.bits)
        row = self.apart(1)[0]
        better, lead = (one, self.lead[row]) if self.lead[row] > 0 else (other, -self.lead[row])
        wins = int((self.lead > 0).sum())
        return (
            f"{one} is surprised by {mine:.1f} bits a word, {other} by {theirs:.1f}; {one} expected {wins} of {count} "
            f"words better. They differ most on {named(self.shown[row])}, which {better} expected better by "
            f"{lead:.1f} bits (each bit is a factor of 2)."
        )

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary; surprises of parts that not both models predict are null."""
        rows = self.to_frame().to_dict("records")
        return {
            "schema": SCHEMA,
            "text": self.text,
            "models": list(self.models),
            "rho": self.rho,
            "parts": rows,
        }

    def to_frame(self) -> "pandas.DataFrame":
        """A line a part."""
        import pandas

        one, other = self.models
        bits = [
            [float(b) if k else None for b, k in zip(row, self.predicted, strict=True)] for row in self.bits
        ]
        table = {"start": self.spans[:, 0].tolist(), "part": self.shown, f"bits {one}": bits[0]}
        table |= {f"bits {other} (beside)" if one == other else f"bits {other}": bits[1]}
        return pandas.DataFrame(table, dtype=object)

    def told(self, row: int) -> tuple[str, str]:
        """What each model thought likeliest where one part begins, and how likely."""
        one, other = (f"{named(self.first[at][row])} ({percent(float(self.sure[at, row]))})" for at in (0, 1))
        return one, other


def overlaid(one: NextWords, other: NextWords) -> Overlaid:
    """Both models' surprises by the parts they share; the text ends where the shorter reading ends."""
    end = min(int(found.spans[:, 1].max(initial=0)) for found in (one, other))
    text = one.text[:end]
    cuts = sorted(_starts(one, end) & _starts(other, end))
    edges = [*cuts, end]
    spans, kept = [], []
    for at, (start, stop) in enumerate(pairwise(edges)):
        part = text[start:stop].rstrip()
        if part.strip():
            spans.append((start + len(part) - len(part.lstrip()), start + len(part)))
            kept.append(at)
    both = [_by_part(found, edges) for found in (one, other)]
    return Overlaid(
        text=text, models=(one.model, other.model), spans=np.array(spans, dtype=int).reshape(-1, 2),
        bits=np.stack([bits[kept] for bits, *_ in both]), sure=np.stack([sure[kept] for *_, sure in both]),
        predicted=np.logical_and(*(known[kept] for _, known, *_ in both)),
        first=(tuple(both[0][2][at] for at in kept), tuple(both[1][2][at] for at in kept)),
    )  # fmt: skip


def _starts(found: NextWords, end: int) -> set[int]:
    """Where words begin, white space before them put aside; no word begins inside a piece."""
    begins = {
        _inked(found.text, int(found.spans[at, 0]))
        for at in range(len(found.tokens))
        if found.spans[at, 0] < found.spans[at, 1] and (at == 0 or found.words[at] != found.words[at - 1])
    }
    return {begin for begin in begins if begin < end}


def _inked(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _by_part(found: NextWords, edges: Sequence[int]) -> tuple[np.ndarray, np.ndarray, list[str], np.ndarray]:
    """Of each part: bits summed over its tokens, whether all are predicted, the first guess there, how likely it is."""
    count = len(edges) - 1
    bits, known, first = np.zeros(count), np.zeros(count, dtype=bool), [""] * count
    sure, begun = np.zeros(count), set[int]()
    inside = [at for at in range(len(found.tokens)) if found.spans[at, 0] < found.spans[at, 1]]
    ends = np.array([_inked(found.text, int(found.spans[at, 0])) for at in inside])
    parts = np.searchsorted(edges, ends, side="right") - 1
    for at, part in zip(inside, parts.tolist(), strict=True):
        if not 0 <= part < count or found.spans[at, 1] > edges[-1]:
            continue
        row = at - found.ahead
        if part not in begun and row >= 0:
            first[part], sure[part] = found.marked(row)[0], found.values[row, 0]
        known[part] = bool(found.predicted[at]) and (known[part] or part not in begun)
        begun.add(part)
        bits[part] += float(found.surprise[at])
    return bits, known, first, sure


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's, of two rows of numbers; 0 where one of them is the same everywhere."""
    from scipy.stats import spearmanr

    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(spearmanr(one, other)[0])  # pyright: ignore[reportArgumentType]
