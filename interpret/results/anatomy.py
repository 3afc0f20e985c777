"""What a model is made of, and what it makes of one text step by step: records for “How is it built?”."""

from dataclasses import dataclass, field, fields
from math import prod

import numpy as np

from interpret.results.base import Check, NotFinite
from interpret.sentences import percent

Shape = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a network: the numbers it holds, and those it computes for the text."""

    name: str
    kind: str  # embedding, lstm, attention, convolution, feed-forward, normalisation, output, other
    shapes: tuple[tuple[str, Shape], ...]  # of its weights, by their names
    parameters: int
    computed: tuple[Shape, ...]
    keeps: bool  # whether a new task starts from these weights
    tied_to: str | None = None
    moved: float | None = None  # how far training carried it from its origin: ||w' - w|| / ||w||

    @property
    def numbers(self) -> int:
        """How many numbers it computes for this text."""
        return sum(prod(shape) for shape in self.computed)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Arrays:
    """A record whose arrays are finite and read-only."""

    def __post_init__(self) -> None:
        for part in fields(self):
            value = getattr(self, part.name)
            for array in value.values() if isinstance(value, dict) else (value,):
                if isinstance(array, np.ndarray):
                    if array.dtype.kind in "fc" and not np.isfinite(array).all():
                        raise NotFinite("The numbers are not finite, so nothing is drawn; try another text.")
                    array.setflags(write=False)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lines(_Arrays):
    """A computation in a few lines of code, and what they gave on this text.

    `kind` attention: `matrices` holds q (T, D), scores, weights (T, T), out (T, D) of one head, `heads` the
    weights of all (H, T, T). `kind` cell: i, f, g, o, c, h of one unit, (T,) each, and no heads.
    Only the first tokens are kept; `shapes` are those of the whole text.
    """

    kind: str
    code: str
    many: str  # the same for many heads; "" for a cell
    tokens: tuple[str, ...]  # those kept
    shapes: tuple[tuple[str, Shape], ...]
    matrices: dict[str, np.ndarray]
    check: Check
    heads: np.ndarray | None = None
    unit: int | None = None  # of a cell: which of its units, from 1


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of the vocabulary: how it looks, its number, and the first numbers of its vector."""

    shown: str
    number: int
    vector: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Growth:
    """How one word's pieces grow: `steps[0]` its bytes, then one merge a step."""

    word: str
    steps: tuple[tuple[str, ...], ...]
    joined: tuple[int, ...]  # (steps - 1) which piece of the step was just joined
    ranks: tuple[int, ...]  # (steps - 1) as which the tokenizer learnt that pair, from 1
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class Cutting:
    """The first words of a text on their way into numbers; `merges` is how many the tokenizer knows."""

    words: tuple[Growth, ...]
    start: Piece | None  # what stands before every text
    merges: int
    vocabulary: int
    width: int  # numbers in a vector; 0 for a model without vectors
    whole: bool  # whether these are all words of the text


@dataclass(frozen=True, kw_only=True, eq=False)
class Anatomy(_Arrays):
    """The parts of a model, and what it computes for one text."""

    model: str
    model_sha256: str
    family: str
    task: str
    text: str
    tokens: tuple[str, ...]
    spans: np.ndarray  # (T, 2)
    parts: tuple[Part, ...]
    origin: str | None  # the model whose weights training started from
    heirs: tuple[str, ...]  # models whose training started from this one
    cutting: Cutting | None
    lines: Lines | None
    options: dict[str, object] = field(default_factory=dict)

    @property
    def parameters(self) -> int:
        return sum(part.parameters for part in self.parts)

    @property
    def numbers(self) -> int:
        """How many numbers all parts compute for this text."""
        return sum(part.numbers for part in self.parts)

    def in_words(self) -> str:
        """The answer to “How is it built?”, with the numbers of this model and text."""
        most = max(self.parts, key=lambda part: part.numbers)
        share = percent(most.numbers / self.numbers)
        return (
            f"{about(self.parameters)} parameters stay the same whatever you type; for this text of "
            f"{len(self.tokens):,} tokens it computes {about(self.numbers)} numbers from them, "
            f"{share} of these in {self._most(most)}."
        )

    def _most(self, most: Part) -> str:
        """The part that computes most; of blocks that compute equally much, not the first one only."""
        kind, _, block = most.name.partition(" of block ")
        like = [part.name for part in self.parts if part.numbers == most.numbers]
        if not block or len(like) == 1 or not all(name.startswith(f"{kind} of block ") for name in like):
            return _named(most.name)
        return f"the {kind} of each of {len(like)} blocks"

    def shows(self) -> str:
        """A quiet line under the answer."""
        count = len(self.parts)
        return f"{count} part{'s' * (count != 1)}; weights counted once each"

    def kept(self) -> int:
        """Parameters that a new task starts from."""
        return sum(part.parameters for part in self.parts if part.keeps)


def about(count: int) -> str:
    """A count as one says it: 4.5 million, 92,000, 812."""
    if count >= 999_500:
        return f"{count / 1e6:.1f} million"
    return f"{round(count, -3):,}" if count >= 10_000 else f"{count:,}"


def _named(name: str) -> str:
    return name if name.startswith(("LSTM", "attention of", "feed-forward of")) else f"the {name}"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One of fastai's rules, and the text behind it."""

    name: str
    does: str
    text: str
    changed: bool


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A word after the rules: how often the counted texts hold it, and its number."""

    shown: str
    count: int
    number: int
    known: bool  # else it becomes xxunk
    special: bool  # one of fastai's own marks


@dataclass(frozen=True, kw_only=True)
class WordPipeline:
    """The same text the way of fastai's word models."""

    rules: tuple[Rule, ...]
    words: tuple[Counted, ...]
    whole: bool  # whether these are all words of the text
    vocabulary: int
    least: int  # min_freq: a word must occur as often to get a number
    texts: int
    counted: int  # words in these texts
    splitter: str
