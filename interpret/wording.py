"""From pieces to words: what a reader sees, with the pieces' numbers added up."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from interpret.results import NextWords, TokenGrid
from interpret.sentences import bare, marked, named, percent, visible


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word of the text as shown: what stands before it, and which tokens (first, end) it is made of."""

    shown: str  # "" for the start mark
    space: bool
    newlines: int
    tokens: tuple[int, int]

    def to_data(self) -> Any:
        """For the page's script: text, space before (0 or 1), line breaks before."""
        return {"t": self.shown, "s": int(self.space), "n": self.newlines}


@dataclass(frozen=True, kw_only=True, eq=False)
class WordGrid:
    """A TokenGrid by words: (R, W) sums over the pieces of source and target; a word's own pieces count 0.

    `rows` says which word each row explains; W stands for the word after the text.
    """

    words: tuple[Word, ...]
    rows: tuple[int, ...]
    values: np.ndarray
    grid: TokenGrid

    def in_words(self, row: int, probability: float | None) -> str:
        """The sentence under the page's title: what is explained, and the words that did most to it."""
        place, names = self.rows[row], [visible(word.shown) for word in self.words]
        given = "" if probability is None else f" (probability {percent(probability)})"
        if place == len(self.words):
            guess = named(marked(self.grid.asked.shown[-1], self.grid.text))
            what = f"The model's first guess for what comes next is {guess}{given}."
        else:
            what = f"“{names[place]}”{given} is explained here."
        scores = self.values[row]
        if not scores.any():
            return f"{what} No earlier word has any effect on it."
        best, worst = int(scores.argmax()), int(scores.argmin())

        def name(word: int) -> str:
            return f"“{names[word]}”" if names[word] else "the start of the text"

        if not self.grid.signed:
            share = scores[best] / scores.sum()
            return f"{what} It depends most on {name(best)}: {share:.0%} of all sensitivity."
        said = (
            [f"{name(best)} does most for it (+{scores[best]:.2f} {self.grid.unit})"]
            if scores[best] > 0
            else []
        )
        said += [f"{name(worst)} most against it (−{-scores[worst]:.2f})"] if scores[worst] < 0 else []
        return f"{what} Of the words before it, {', '.join(said)}."


def words_of(text: str, spans: np.ndarray, words: np.ndarray) -> tuple[Word, ...]:
    """The words of a text from its tokens' spans (T, 2) and word numbers (T,)."""
    found = []
    for word in range(int(words[-1]) + 1):
        inside = np.flatnonzero(words == word)
        start, end = int(spans[inside[0], 0]), int(spans[inside[-1], 1])
        written = text[start:end]
        bare = written.lstrip()
        gap = written[: len(written) - len(bare)] if bare else ""
        found.append(
            Word(
                shown=bare or visible(written),
                space=bool(gap),
                newlines=gap.count("\n") + (found[-1].shown.count("⏎") if found else 0),
                tokens=(int(inside[0]), int(inside[-1]) + 1),
            )
        )
    return tuple(found)


def by_word(grid: TokenGrid) -> WordGrid:
    """Add up pieces to words on both sides. Scores of a word's own pieces are left out."""
    words = words_of(grid.text, grid.spans, grid.words)
    count = len(words)
    belongs = np.append(grid.words, count)
    targets = belongs[np.array(grid.asked.places)]
    rows = tuple(int(word) for word in dict.fromkeys(targets.tolist()))
    sources = np.zeros((len(grid.tokens), count))
    sources[np.arange(len(grid.tokens)), grid.words] = 1
    values = np.stack([grid.values[targets == word].sum(axis=0) for word in rows]) @ sources
    for row, word in enumerate(rows):
        if word < count:
            values[row, word] = 0
    return WordGrid(words=words, rows=rows, values=values, grid=grid)


BANDS = (10, 100, 1000)  # a word was among so many guesses; GLTR's bands


@dataclass(frozen=True, kw_only=True, eq=False)
class Surprises:
    """How each of W words stood among the model's guesses; None for the start mark: nothing predicts it."""

    words: tuple[Word, ...]
    bits: list[float | None]  # its pieces' surprises added up
    rank: list[int | None]  # of the piece that stood furthest down
    band: list[int | None]  # 0 to 3: within 10, 100, 1,000 guesses, beyond
    probability: list[float | None]  # its pieces' probabilities multiplied
    pieces: list[int]  # how many tokens the word is made of
    expected: list[list[tuple[str, float]] | None]  # what the model would rather have written there


def surprises(found: NextWords, most: int = 5) -> Surprises:
    """The numbers of `found` by words."""
    words = words_of(found.text, found.spans, found.words)
    bits: list[float | None] = []
    rank: list[int | None] = []
    expected: list[list[tuple[str, float]] | None] = []
    for word in words:
        first, end = word.tokens
        if not found.predicted[first:end].any():
            bits, rank, expected = [*bits, None], [*rank, None], [*expected, None]
            continue
        bits.append(float(found.surprise[first:end].sum()))
        rank.append(int(found.rank[first:end].max()))
        guesses = zip(found.marked(first - 1), found.values[first - 1], strict=True) if first else ()
        expected.append([(bare(token), float(share)) for token, share in guesses][:most])
    return Surprises(
        words=words,
        bits=bits,
        rank=rank,
        band=[None if r is None else sum(r > most_guesses for most_guesses in BANDS) for r in rank],
        probability=[None if b is None else 2.0**-b for b in bits],
        pieces=[word.tokens[1] - word.tokens[0] for word in words],
        expected=expected,
    )


def row_probability(found: NextWords, rows: tuple[int, ...]) -> list[float | None]:
    """The probability the model gave to each row's word; for W, to its own next word."""
    given = [*surprises(found).probability, float(found.values[-1, 0])]
    return [given[word] for word in rows]


def next_word(found: NextWords) -> Any:
    """The model's first guess after the text, for the page's script."""
    token = found.candidates[-1][0]
    return {"t": bare(marked(token, found.text)), "s": int(token.startswith(" ")), "n": 0}
