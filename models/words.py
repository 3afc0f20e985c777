"""Texts cut into whole words or characters, for models whose vocabulary is a plain list."""

import importlib.util
import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from models.base import Tokens, frozen
from models.fastai_rules import BOS, MARKS, Placed, prepared
from models.refusals import BadText

Split = Literal["fastai", "spaces", "characters"]
Piece = tuple[str, int, int]  # as the vocabulary has it, and where it stands in the prepared text
UNKNOWN = ("xxunk", "<unk>", "[UNK]", "UNK")
APPROXIMATE = (
    "spaCy, which cuts fastai's texts into words, is not installed: texts are cut by a simpler rule, so that "
    "some words with marks inside them may differ."
)
_WORD = re.compile(r"xx\w+|n't|'(?:s|re|ve|ll|d|m)\b|\w+?(?=n't\b)|\w+(?:\.\w+)*|\s+|[^\w\s]")
_CLOSING = frozenset(".,;:!?)]}%…")
_RUN = re.compile(
    r"\S{400}(?=\S)"
)  # spaCy takes time with the square of a run without blanks: longer ones are cut


class WordCutter:
    """A list of words, and how a text is cut into them; a word that is not listed is the unknown word.

    `fastai`: fastai's rules, then spaCy's English splitting. `spaces`: at spaces and line ends. `characters`:
    each on its own. It has what `models.text.Cutter` has: `cut`, `written`, `number`, `start`, `size`.
    """

    def __init__(
        self, words: Sequence[str], split: Split, *, unknown: str | None = None, start: int | None = None
    ):
        """`unknown`: the word for words not listed; the usual names are looked for if none is given."""
        self.words, self.split = tuple(words), split
        self._numbers = {word: number for number, word in enumerate(self.words) if word != "xxfake"}
        names = (unknown,) if unknown is not None else UNKNOWN
        found = [self._numbers[name] for name in names if name in self._numbers]
        self.unknown = found[0] if found else 0 if split == "fastai" else None
        self.start = self._numbers.get(BOS) if split == "fastai" else start
        self.size = len(self.words)
        self._cut: Callable[[str], tuple[Placed, list[Piece]]] = {
            "fastai": _fastai, "spaces": _spaces, "characters": _characters,
        }[split]  # fmt: skip

    def cut(self, text: str) -> Tokens:
        """The text as words of the vocabulary; refuses one that has none and no word for unknown ones."""
        if not text.strip():
            raise BadText("There is no text yet: type a sentence.")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise BadText("The text holds half a character (a lone surrogate): remove it.") from None
        placed, pieces = self._cut(text)
        ids = [self._known(word, text) for word, _, _ in pieces]
        spans = [placed.span(start, end) for _, start, end in pieces]
        shown = [self.words[number] for number in ids]
        if self.start is not None and self.split != "fastai":
            ids, spans, shown = [self.start, *ids], [(0, 0), *spans], ["", *shown]
        return Tokens(
            text=text,
            ids=frozen(np.array(ids, dtype=np.int64)),
            shown=tuple(shown),
            spans=frozen(np.array(spans, dtype=np.int64).reshape(-1, 2)),
        )

    def _known(self, word: str, text: str) -> int:
        number = self._numbers.get(word, self.unknown)
        if number is None:
            raise BadText(f"The model knows no “{word}” and has no word for unknown ones: leave it out.")
        return number

    def number(self, name: str) -> int | None:
        """The number of a word, if the vocabulary has it."""
        return self._numbers.get(name)

    def written(self, token: int) -> str:
        """One word as it would be typed behind a text, with its leading space."""
        word = self.words[token]
        if self.split == "characters" or word in _CLOSING or not word.strip():
            return word
        return f" {word.replace('▁', ' ') if self.split == 'fastai' else word}"


def _fastai(text: str) -> tuple[Placed, list[Piece]]:
    placed = prepared(text)
    pieces = [(found, start, start + len(found)) for found, start in splitter()(placed.text)]
    return placed, [(word.replace(" ", "▁"), start, end) for word, start, end in pieces]


def _plain(text: str) -> Placed:
    return Placed(text, tuple((i, i + 1) for i in range(len(text))))


def _spaces(text: str) -> tuple[Placed, list[Piece]]:
    return _plain(text), [(found[0], *found.span()) for found in re.finditer(r"\S+", text)]


def _characters(text: str) -> tuple[Placed, list[Piece]]:
    return _plain(text), [(character, i, i + 1) for i, character in enumerate(text)]


def exact() -> bool:
    """Whether fastai's own way of splitting words is installed."""
    return importlib.util.find_spec("spacy") is not None


@cache
def splitter() -> Callable[[str], list[tuple[str, int]]]:
    """Prepared text -> its words and where each begins: spaCy's, as fastai sets it up, or a simpler rule."""
    if not exact():
        return simply
    import spacy
    from spacy.symbols import ORTH

    tokenizer: Any = spacy.blank("en").tokenizer
    for mark in MARKS:
        tokenizer.add_special_case(mark, [{ORTH: mark}])

    def split(text: str) -> list[tuple[str, int]]:
        cuts = [0, *(found.end() for found in _RUN.finditer(text)), len(text)]
        return [(token.text, at + token.idx) for at, to in pairwise(cuts) for token in tokenizer(text[at:to])]

    return split


def simply(text: str) -> list[tuple[str, int]]:
    """Words, contractions, marks and line ends by one pattern; single spaces only part them."""
    return [(found[0], found.start()) for found in _WORD.finditer(text) if found[0] != " "]
