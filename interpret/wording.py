"""From pieces to words: what a reader sees, with the pieces' numbers added up."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from interpret.grains import Grain, numbered
from interpret.results import ClassScores, NextWords, TokenGrid, TokenScores
from interpret.sentences import bare, marked, named, odd, one_of, percent, saturated, visible


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

    Or by sentences, or piece by piece: `words` are then those. `rows` says what each row explains: a word,
    by its index; W, the word after the text; or, of a classifier, W + k for class k.
    """

    words: tuple[Word, ...]
    rows: tuple[int, ...]
    values: np.ndarray
    grid: TokenGrid

    def in_words(self, row: int, probability: float | None) -> str:
        """The sentence under the page's title: what is explained, and the words that did most to it."""
        names = [clipped(word.shown) for word in self.words]
        what = self._subject(row, "" if probability is None else f" (probability {percent(probability)})")
        scores, task = self.values[row], self.grid.asked.task
        if not scores.any():
            return f"{what} No {'earlier ' if task == 'causal' else ''}word has any effect on it."
        best, worst = int(scores.argmax()), int(scores.argmin())

        def name(word: int) -> str:
            return one_of(names, word)

        if not self.grid.signed:
            share = scores[best] / scores.sum()
            return f"{what} It depends most on {name(best)}: {percent(share)} of all sensitivity."
        said = [f"{name(best)} does most for it (+{_size(scores[best])} {self.grid.unit})"] * int(
            scores[best] > 0
        )
        if scores[worst] < 0:
            said.append(f"{name(worst)} {'' if said else 'does '}most against it (−{_size(-scores[worst])})")
        which = {"causal": "the words before it", "masked": "the words around it"}.get(task, "its words")
        return f"{what} Of {which}, {', '.join(said)}."

    def _subject(self, row: int, given: str) -> str:
        place, count, task = self.rows[row], len(self.words), self.grid.asked.task
        if task == "classify":
            return f"The class “{self.grid.asked.shown[row]}”{given} is explained here."
        if place == count:
            guess = named(marked(self.grid.asked.shown[-1], self.grid.text))
            return f"The model's first guess for what comes next is {guess}{given}."
        hidden = ", while it is hidden," if task == "masked" else ""
        said = one_of([clipped(word.shown) for word in self.words], place)
        return f"{said[0].upper()}{said[1:]}{given}{hidden} is explained here."

    def sums(self, scores: TokenScores) -> np.ndarray:
        """The scores of one number by these words, (W,)."""
        return np.array([scores.values[first:end].sum() for first, end in (w.tokens for w in self.words)])

    def name(self, row: int) -> str:
        """What one row explains, as it is written."""
        place = self.rows[row]
        if place < len(self.words):
            return clipped(self.words[place].shown)
        shown = self.grid.asked.shown[row if self.grid.asked.task == "classify" else -1]
        return shown.strip() or shown


def _size(score: float) -> str:
    return f"{score:.2f}" if score >= 0.095 else f"{score:.2g}"  # a sentence must not say that 0.00 does most


def clipped(shown: str, most: int = 40) -> str:
    """A word as it is seen; of a long sentence its beginning."""
    seen = visible(shown)
    return seen if len(seen) <= most else f"{seen[:most].rsplit(' ', 1)[0]} …"


def with_row(grid: WordGrid, row: int, scores: TokenScores) -> WordGrid:
    """The same grid with another answer for one row, such as a contrast."""
    place, values = grid.rows[row], grid.values.copy()
    values[row] = grid.sums(scores)
    if place < len(grid.words):
        values[row, place] = 0
    return replace(grid, values=values)


def written_target(grid: WordGrid, row: int) -> str:
    """What one row explains, as `interpret.target.parse` reads it: next, 5-7, or a class."""
    place, count = grid.rows[row], len(grid.words)
    if grid.grid.asked.task == "classify":
        return grid.grid.asked.shown[row]
    if place == count:
        return "next"
    first, end = grid.words[place].tokens
    return str(first) if end - first == 1 else f"{first}-{end - 1}"


def phrase_target(grid: WordGrid, first: int, last: int) -> str:
    """The words from `first` to `last` as one number, as `interpret.target.parse` reads it: 5-9."""
    return f"{grid.words[first].tokens[0]}-{grid.words[last].tokens[1] - 1}"


def phrase_scores(grid: WordGrid, scores: TokenScores, first: int, last: int) -> np.ndarray:
    """The scores of a phrase by words, (W,); its own words have none (not finite)."""
    values = grid.sums(scores)
    values[first : last + 1] = np.nan
    return values


def written_phrase(grid: WordGrid, first: int, last: int) -> str:
    """The words of a phrase as they stand in the text."""
    start, end = grid.words[first].tokens[0], grid.words[last].tokens[1] - 1
    return clipped(grid.grid.text[int(grid.grid.spans[start, 0]) : int(grid.grid.spans[end, 1])].strip())


def warnings(grid: WordGrid, row: int) -> list[str]:
    """What must be said of one row before anyone believes it: all 0, all on one token, saturated (K5)."""
    found, place = grid.grid, grid.rows[row]
    if found.asked.task == "classify":
        rows = [found.asked.tokens.index(place - len(grid.words))]
    else:
        first, end = grid.words[place].tokens if place < len(grid.words) else (len(found.tokens),) * 2
        rows = [at for at, p in enumerate(found.asked.places) if first <= p < max(end, first + 1)]
    inside = found.spans[:, 0] < found.spans[:, 1]
    could = (found.asked.takes_part(len(found.tokens))[rows] & inside).sum(axis=1).max()
    if not could:
        return []  # behind the start mark alone a score of 0 is no surprise
    values = found.values[rows].sum(axis=0, keepdims=True)
    return [*odd(values, np.array([could])), *saturated(found.totals[rows], found.asked.measure, "pieces")]


def rivals(grid: WordGrid, row: int, found: NextWords | ClassScores, most: int = 6) -> list[str]:
    """What could stand in place of what a row explains, the likeliest first: whole words, or classes."""
    place, own = grid.rows[row], ""
    if isinstance(found, ClassScores):
        order = np.argsort(-found.values, kind="stable")
        return [found.classes[k] for k in order if found.classes[k] != grid.grid.asked.shown[row]][:most]
    if place == len(grid.words):
        pieces, own = found.candidates[-1], found.candidates[-1][0]
    else:
        first, end = grid.words[place].tokens
        at = first - found.ahead
        if end - first > 1 or at < 0:
            return []  # of several pieces: no single rival stands for all of them
        pieces, own = found.candidates[at], found.tokens[first]
    spaced = [piece.strip() for piece in pieces if piece != own and piece[:1] == " "]
    return [word for word in dict.fromkeys(spaced) if word.isalnum()][:most]


def words_of(text: str, spans: np.ndarray, words: np.ndarray) -> tuple[Word, ...]:
    """The words of a text from its tokens' spans (T, 2) and word numbers (T,)."""
    found, last = [], 0
    for word in range(int(words[-1]) + 1):
        inside = np.flatnonzero(words == word)
        start, end = int(spans[inside[0], 0]), int(spans[inside[-1], 1])
        written, left_out = text[start:end], text[last:start]  # some tokenizers leave white space out
        last = end
        bare = written.lstrip()
        gap = left_out + written[: len(written) - len(bare)] if bare else ""
        found.append(
            Word(
                shown=bare or visible(written),
                space=bool(gap),
                newlines=gap.count("\n") + (found[-1].shown.count("⏎") if found else 0),
                tokens=(int(inside[0]), int(inside[-1]) + 1),
            )
        )
    return tuple(found)


def as_grid(found: TokenGrid | TokenScores) -> TokenGrid:
    """The scores of one number as a grid of one row: a text of one word has no more to explain."""
    if isinstance(found, TokenGrid):
        return found
    shared = {part.name: getattr(found, part.name) for part in fields(TokenGrid) if hasattr(found, part.name)}
    spread = None if found.spread is None else found.spread[None]
    more = {"values": found.values[None], "totals": np.array([found.total]), "spread": spread}
    return TokenGrid(**{**shared, **more})


def by_word(grid: TokenGrid | TokenScores, grain: Grain = "words") -> WordGrid:
    """Add up pieces to words (or sentences) on both sides. Scores of a word's own pieces are left out."""
    grid = as_grid(grid)
    of = numbered(grid.text, grid.spans, grid.words, grain)
    words = words_of(grid.text, grid.spans, of)
    count = len(words)
    if grid.asked.task == "classify":
        targets = count + np.array(grid.asked.tokens)
    else:
        targets = np.append(of, count)[np.array(grid.asked.places)]
    rows = tuple(int(word) for word in dict.fromkeys(targets.tolist()))
    sources = np.zeros((len(grid.tokens), count))
    sources[np.arange(len(grid.tokens)), of] = 1
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
        at = first - found.ahead
        guesses = zip(found.marked(at), found.values[at], strict=True) if at >= 0 else ()
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


def row_probability(
    found: NextWords | ClassScores, rows: tuple[int, ...], words: tuple[Word, ...] | None = None
) -> list[float | None]:
    """The probability the model gave to what each row explains; of several pieces, their product."""
    words = words or words_of(found.text, found.spans, found.words)
    if isinstance(found, ClassScores):
        return [float(found.values[row - len(words)]) for row in rows]
    given: list[float | None] = [
        2.0 ** -float(found.surprise[first:end].sum()) if found.predicted[first:end].any() else None
        for first, end in (word.tokens for word in words)
    ]
    return [[*given, float(found.values[-1, 0])][word] for word in rows]


def afterwards(found: NextWords | ClassScores) -> list[Any]:
    """What is explained and no word of the text, for the page's script: the next word, or the classes."""
    if isinstance(found, ClassScores):
        shares = [percent(float(share)) for share in found.values]
        return [
            {"t": name, "s": 1, "n": int(not k), "d": share, "a": f"class, {share}"}
            for k, (name, share) in enumerate(zip(found.classes, shares, strict=True))
        ]
    if not found.ahead:
        return []
    token = found.candidates[-1][0]
    shown = bare(marked(token, found.text))
    return [{"t": shown, "s": int(token.startswith(" ")), "n": 0, "a": "the model’s next word"}]


def first_row(found: NextWords | ClassScores, grid: WordGrid) -> int:
    """Which row a page shows first: the likeliest class, the next word, the most surprising hidden word."""
    if isinstance(found, ClassScores):
        return int(found.values.argmax())
    if found.ahead:
        return len(grid.rows) - 1
    spans = [grid.words[place].tokens for place in grid.rows]
    return max(range(len(spans)), key=lambda row: float(found.surprise[slice(*spans[row])].sum()))
