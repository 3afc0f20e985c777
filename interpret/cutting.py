"""How a text becomes numbers: bytes, the tokenizer's merges in order, pieces, their numbers, their vectors.

Byte-pair encoding: a word begins as its bytes; of all neighbouring pairs the one the tokenizer learnt first
is joined, again and again, until no neighbours are a pair it knows. Here it is done step by step with the
merges of the model's own `tokenizer.json`; what comes out are the pieces the model gets.

Source: Sennrich, Haddow, Birch 2016, https://arxiv.org/abs/1508.07909; on bytes: Radford et al. 2019 (GPT-2).
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import torch

from interpret.results.anatomy import Cutting, Growth, Piece
from interpret.run import Run
from interpret.sentences import visible
from models.base import LanguageModel
from models.text import Cutter, cutter_of

WORDS = 12
LONGEST = 64  # bytes of a word whose merges are shown
NUMBERS = 4  # first numbers of a vector


@dataclass(frozen=True)
class Pairs:
    """The merges of a byte-level `tokenizer.json`, as parsed."""

    rules: dict[str, Any]

    @cached_property
    def ranks(self) -> dict[tuple[str, str], int]:
        """Pair -> when it was learnt, from 0."""
        listed = self.rules["model"]["merges"]
        pairs = [pair.split(" ") if isinstance(pair, str) else pair for pair in listed]
        return {(left, right): rank for rank, (left, right) in enumerate(pairs)}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Piece -> its number."""
        return self.rules["model"]["vocab"]

    @property
    def known(self) -> bool:
        """Whether this is the kind of tokenizer whose steps are shown here."""
        model, split = self.rules["model"], self.rules.get("pre_tokenizer") or {}
        kinds = {split.get("type"), *(part.get("type") for part in split.get("pretokenizers", ()))}
        odd = ("continuing_subword_prefix", "end_of_word_suffix", "ignore_merges", "byte_fallback", "dropout")
        return model["type"] == "BPE" and "ByteLevel" in kinds and not any(model.get(o) for o in odd)

    def grow(self, chunk: str) -> tuple[list[tuple[str, ...]], list[int], list[int]]:
        """The pieces of one chunk step by step; which piece each step joined; the pair's rank, from 0."""
        steps, joined, used = [tuple(chunk)], [], []
        while True:
            last = steps[-1]
            pairs = [(self.ranks[pair], at) for at, pair in enumerate(pairwise(last)) if pair in self.ranks]
            if not pairs:
                return steps, joined, used
            rank, at = min(pairs)
            steps.append((*last[:at], last[at] + last[at + 1], *last[at + 2 :]))
            joined.append(at)
            used.append(rank)


def _letters() -> dict[str, int]:
    """The letter that stands for each byte: visible Latin-1 for itself, the others from U+0100 on."""
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in own]
    return {chr(byte): byte for byte in own} | {chr(0x100 + n): byte for n, byte in enumerate(others)}


LETTERS = _letters()


def written(piece: str) -> str:
    """A piece in the tokenizer's letters as a reader sees it: spaces as ␣, parts of a character in hex."""
    if not all(letter in LETTERS for letter in piece):
        return piece
    raw = bytes(LETTERS[letter] for letter in piece)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return raw.hex(" ").upper()
    bare = text.lstrip(" ")
    return "␣" * (len(text) - len(bare)) + (visible(bare) if bare else "")


def growth(pairs: Pairs, chunk: str, model: LanguageModel | None = None) -> Growth:
    """One chunk of text on its way to pieces; the model gives the first numbers of each one's vector."""
    steps, joined, used = pairs.grow(chunk)
    numbers = [pairs.numbers[piece] for piece in steps[-1]]
    vectors = _vectors(model, numbers)
    return Growth(
        word=written(chunk),
        steps=tuple(tuple(written(piece) for piece in step) for step in steps),
        joined=tuple(joined),
        ranks=tuple(rank + 1 for rank in used),
        pieces=tuple(
            Piece(shown=written(piece), number=number, vector=vector[:NUMBERS])
            for piece, number, vector in zip(steps[-1], numbers, vectors, strict=True)
        ),
    )


def _vectors(model: LanguageModel | None, numbers: list[int]) -> list[tuple[float, ...]]:
    """The pieces' vectors; empty for a model that has none."""
    if model is None or model.card.family == "ngram":
        return [() for _ in numbers]
    return [tuple(row) for row in model.embed(torch.tensor(numbers)).tolist()]


def cutting(run: Run, most: int = WORDS) -> Cutting | None:
    """The first words of the run's text, step by step.

    None for a tokenizer of another kind (not byte-level BPE), or one whose pieces the steps do not give.
    """
    cutter = cutter_of(run.model)
    pairs = Pairs(cutter.rules()) if cutter else None
    if cutter is None or pairs is None or not pairs.known:
        return None
    chunks = cutter.chunks(run.tokens.text)
    short = [chunk for chunk in chunks[:most] if len(chunk) <= LONGEST]
    words = tuple(growth(pairs, chunk, run.model) for chunk in short)
    if len(short) == len(chunks[:most]) and not _as_the_model_cuts(run, words, cutter):
        return None
    start = None
    if cutter.start is not None:
        (vector,) = _vectors(run.model, [cutter.start])
        start = Piece(shown=run.model.shown(cutter.start), number=cutter.start, vector=vector[:NUMBERS])
    return Cutting(
        words=words, start=start, merges=len(pairs.ranks), vocabulary=run.model.card.vocabulary,
        width=0 if run.model.card.family == "ngram" else run.vectors.shape[-1],
        whole=len(words) == len(chunks),
    )  # fmt: skip


def _as_the_model_cuts(run: Run, words: tuple[Growth, ...], cutter: Cutter) -> bool:
    """Whether the steps end in the pieces that the model was given."""
    mine = [piece.number for word in words for piece in word.pieces]
    given = run.tokens.ids.tolist()[cutter.start is not None :]
    return mine[: len(given)] == given[: len(mine)]
