"""From pieces to words: what a reader sees, with the pieces' numbers added up."""

from dataclasses import dataclass

import numpy as np

from interpret.results import NextWords, TokenGrid
from interpret.sentences import led, visible


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word of the text as shown: what stands before it, and which tokens (first, end) it is made of."""

    shown: str  # "" for the start mark
    space: bool
    newlines: int
    tokens: tuple[int, int]


@dataclass(frozen=True, kw_only=True, eq=False)
class WordGrid:
    """A TokenGrid by words: (R, W) sums over the pieces of source and target; a word's own pieces count 0.

    `rows` says which word each row explains; W stands for the word after the text.
    """

    words: tuple[Word, ...]
    rows: tuple[int, ...]
    values: np.ndarray
    grid: TokenGrid

    def in_words(self, row: int) -> str:
        """Which words led to the word that `row` explains: the sentence under the page's title."""
        word = self.rows[row]
        shown = self.words[word].shown if word < len(self.words) else self.grid.asked.shown[-1]
        return f"“{visible(shown)}” {led([visible(w.shown) for w in self.words], self.values[row], self.grid.signed)}"


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


def word_surprise(found: NextWords) -> tuple[np.ndarray, np.ndarray]:
    """Bits of surprise of each word (its pieces' added) and the worst rank among its pieces, both (W,)."""
    count = int(found.words[-1]) + 1
    bits, rank = np.zeros(count), np.zeros(count, dtype=int)
    for word, surprise, place in zip(found.words, found.surprise, found.rank, strict=True):
        bits[word] += surprise
        rank[word] = max(rank[word], place)
    return bits, rank


def word_probability(found: NextWords, rows: tuple[int, ...]) -> list[float | None]:
    """The probability the model gave to each row's word (its pieces' multiplied); of its own next word for W."""
    bits, _ = word_surprise(found)
    return [float(2.0 ** -bits[w]) if w < len(bits) else float(found.values[-1, 0]) for w in rows]
