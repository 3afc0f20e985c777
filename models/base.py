"""What every model can do, and what a reader should know before believing a picture of it.

Axis letters, here and everywhere: B texts, T tokens, L layers, H heads, D width, V vocabulary.
"""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from models.refusals import BadCheckpoint

Family = Literal["lstm", "transformer", "attention", "ngram"]  # attention: and nothing else
Task = Literal["causal", "masked", "classify"]
ABILITIES = ("gradients", "attention", "gates", "cells", "unembed", "classes")


@dataclass(frozen=True, kw_only=True)
class Card:
    """`card.json`: where a model comes from and how good it is. Losses: nats per token, held-out text."""

    name: str
    family: Family
    task: Task
    abilities: frozenset[str]  # of ABILITIES
    widths: tuple[int, ...]  # (L+1,): width after the embedding and after each layer
    vocabulary: int
    parameters: int
    context: int | None = None  # most tokens in one text; None: any number
    heads: int | None = None
    classes: tuple[str, ...] = ()  # of a classifier, in the order of its logits
    trained_on: str = "unknown"
    held_out: str = "unknown"  # which text the loss was measured on, and how
    held_out_loss_nats: float | None = None
    perplexity_per_token: float | None = None
    perplexity_per_word: float | None = None
    accuracy: float | None = None  # of a classifier, share of held-out texts
    macro_f1: float | None = None  # the classes' F1 scores, averaged
    tokens_seen: int | None = None
    seconds: float | None = None
    machine: str = "unknown"
    curve: tuple[dict[str, float], ...] = ()
    snapshots: tuple[dict[str, Any], ...] = ()  # kept along the training: name, file, sha256, tokens, ...
    seed: int | None = None
    data_sha256: str = "unknown"
    recipe: str = "unknown"
    trained: str = "unknown"  # the date
    sha256: str = "unknown"  # of the weights file
    tokenizer_sha256: str = "unknown"
    licence: str = "unknown"

    @property
    def layers(self) -> int:
        return len(self.widths) - 1

    def to_dict(self) -> dict[str, Any]:
        """The card as it stands in `card.json`."""
        return {**asdict(self), "abilities": sorted(self.abilities)}

    @classmethod
    def from_dict(cls, written: dict[str, Any]) -> "Card":
        """The card from `card.json`; an unknown or missing name is refused."""
        try:
            return cls(
                **{
                    **written,
                    "abilities": frozenset(written["abilities"]),
                    "widths": tuple(written["widths"]),
                    "classes": tuple(written.get("classes", ())),
                    "curve": tuple(written.get("curve", ())),
                    "snapshots": tuple(written.get("snapshots", ())),
                }
            )
        except (KeyError, TypeError) as error:
            raise BadCheckpoint(f"card.json is not a card this version reads ({error}).") from None


def quality(card: Card) -> str:
    """How good a model is on texts it never saw, in a few words."""
    if card.accuracy is not None:
        f1 = "" if card.macro_f1 is None else f", macro-F1 {card.macro_f1:.3f}"
        return f"{card.accuracy:.1%} right{f1}"
    if card.perplexity_per_word is not None:
        return f"perplexity {card.perplexity_per_word:,.0f} per word"
    if card.perplexity_per_token is not None:
        return f"perplexity {card.perplexity_per_token:,.1f} per token"
    return "quality unknown"


@dataclass(frozen=True, kw_only=True, eq=False)
class Tokens:
    """A text cut into the model's pieces.

    `spans` (T, 2) point into `text`; a piece that is not in the text (the start mark) has an empty
    span. Pieces that share one character (an emoji cut into bytes) share its span.
    """

    text: str
    ids: np.ndarray  # (T,)
    shown: tuple[str, ...]  # (T,)
    spans: np.ndarray  # (T, 2)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def words(self) -> np.ndarray:
        """Which word each piece belongs to, (T,): whole numbers from 0, never falling."""
        word, found = -1, []
        for i, (start, end) in enumerate(self.spans):
            before = tuple(self.spans[i - 1]) if i else (0, 0)
            if word < 0 or not _same_word(self.text, before, (int(start), int(end))):
                word += 1
            found.append(word)
        return np.array(found, dtype=np.int64)

    def cut(self, length: int) -> "Tokens":
        """The first `length` pieces and the text they came from; marks that close a text close it still."""
        marks = self._closing if len(self) > length > self._closing else 0
        kept = [*range(len(self))[: length - marks], *range(len(self) - marks, len(self))]
        end = int(self.spans[: length - marks, 1].max(initial=0))
        return Tokens(
            text=self.text[:end],
            ids=frozen(self.ids[kept]),
            shown=tuple(self.shown[at] for at in kept),
            spans=frozen(self.spans[kept].clip(max=end)),
        )

    @property
    def _closing(self) -> int:
        """How many pieces at the end, such as [SEP], stand for nothing in the text."""
        empty = self.spans[1:, 0] == self.spans[1:, 1]
        return len(empty) - int((~empty).nonzero()[0].max(initial=-1)) - 1


def frozen(array: np.ndarray) -> np.ndarray:
    """The same array, which nobody can write to any more."""
    array.setflags(write=False)
    return array


JOINERS = frozenset("\u200c\u200d")  # invisible: they tie letters, or several pictures into one
APOSTROPHES = "'\u2019"
FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))  # two make a flag


def _in_word(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] in "LMN"


def _one_picture(before: str, first: str) -> bool:
    """A skin tone or a region's tag behind its emoji, or the second letter of a flag."""
    letters = len(before) - len(before.rstrip(FLAG_LETTERS))
    second = letters % 2 == 1 and first in FLAG_LETTERS
    return second or "\U0001f3fb" <= first <= "\U0001f3ff" or "\U000e0020" <= first <= "\U000e007f"


def _stands_alone(character: str) -> bool:
    """Scripts written without spaces: each character is its own word here."""
    name = unicodedata.name(character, "")
    return name.startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"))


def _same_word(text: str, before: tuple[int, int], this: tuple[int, int]) -> bool:
    if before[0] == before[1] or this[0] == this[1]:
        return False
    if this[0] < before[1]:
        return True  # two pieces of one character
    if not text[before[0] : before[1]].strip(" ") and text[this[0]] not in "\n\r":
        return True  # a space cut off from the word it stands before
    at = this[0]
    last, first = text[at - 1], text[at]  # not before[1] - 1: some tokenizers leave spaces out
    tied = unicodedata.category(first)[0] == "M" or {last, first} & JOINERS
    if tied or _one_picture(text[max(0, at - 40) : at], first):
        return True
    if _stands_alone(first) or _stands_alone(last):
        return False
    left = text[at - 2 : at - 1] if last in APOSTROPHES else last
    right = text[at + 1 : at + 2] if first in APOSTROPHES else first
    return _in_word(left) and _in_word(right)


@dataclass(frozen=True, kw_only=True, eq=False)
class Memory:
    """What an LSTM carries along and what steers it; one entry per layer, each (T, D_l)."""

    cell: tuple[Tensor, ...]
    hidden: tuple[Tensor, ...]
    input_gate: tuple[Tensor, ...]
    forget_gate: tuple[Tensor, ...]
    output_gate: tuple[Tensor, ...]
    candidate: tuple[Tensor, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Recording:
    """One forward pass of one text with everything kept. No gradients."""

    logits: Tensor  # (R, V): what row t scores depends on the task, see LanguageModel
    hidden: tuple[Tensor, ...]  # L+1 entries of (T, D_l); entry 0 goes into layer 1
    attention: Tensor | None = None  # (L, H, Q, T): asking token first; rows sum to 1; Q is T or 1
    neurons: tuple[Tensor, ...] | None = None  # L entries of (T, N)
    memory: Memory | None = None


Pull = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pullback:
    """One forward pass whose input gradients can be asked for as often as wanted.

    `states` (B, R, D): what `unembed` turns into logits.
    `pull(positions (C,), seeds (B, C, D))` -> (B, C, S, D): for each of C rows in rising order, the gradient
    of <seed, state of that row> with respect to the first S input vectors: all T of them, or in a causal
    model the first max(positions) + 1 (later ones cannot matter).
    """

    states: Tensor
    pull: Pull = field(repr=False)


class LanguageModel(ABC):
    """A trained model. It holds no state between calls, is in eval mode, and its weights are frozen.

    What its R rows of logits score depends on `card.task`. causal: R = T, row t scores the token after
    token t, from tokens 0 to t. masked: R = T, row t scores the token at place t, which should be hidden
    behind the mask piece `mask`, from all tokens. classify: R = 1, the row scores the `card.classes`.
    """

    card: Card
    mask: int | None = None  # the piece that hides a token, for a masked model

    @abstractmethod
    def encode(self, text: str) -> Tokens:
        """The text as pieces; refuses text that is not valid Unicode (`BadText`)."""

    @abstractmethod
    def shown(self, token: int) -> str:
        """One vocabulary entry as text, with its leading space."""

    @abstractmethod
    def embed(self, ids: Tensor) -> Tensor:
        """(T,) -> (T, D): the vectors that go in, without positions."""

    @abstractmethod
    def states(self, vectors: Tensor) -> Tensor:
        """(B, T, D) -> (B, R, D_last): what `unembed` reads; fresh memory, differentiable."""

    @abstractmethod
    def unembed(self, hidden: Tensor) -> Tensor:
        """(..., D_last) -> (..., V): logits of a final state; V counts the classes of a classifier."""

    @abstractmethod
    def record(self, vectors: Tensor) -> Recording:
        """(T, D) -> everything kept; the same logits as `logits`."""

    def logits(self, vectors: Tensor) -> Tensor:
        """(B, T, D) -> (B, R, V): fresh memory, eval mode, differentiable."""
        return self.unembed(self.states(vectors))

    def pullback(self, vectors: Tensor) -> Pullback:
        """(B, T, D) -> states and a way back. Any model; families override it with faster ways."""
        length = vectors.shape[1]
        whole = self._graph(vectors)

        def pull(positions: Tensor, seeds: Tensor) -> Tensor:
            reach = int(positions.max()) + 1 if self.card.task == "causal" else length
            saved = len(positions) * (length - reach)  # rows; a new forward pass costs `reach` of them
            leaf, states = self._graph(vectors[:, :reach]) if saved > reach else whole
            sent = seeds.new_zeros(len(positions), *states.shape)  # (C, B, S, D)
            sent[torch.arange(len(positions)), :, positions] = seeds.transpose(0, 1)
            (back,) = torch.autograd.grad(states, leaf, sent, is_grads_batched=True, retain_graph=True)
            return back.transpose(0, 1)[:, :, :reach]

        return Pullback(states=whole[1].detach(), pull=pull)

    def _graph(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Input vectors and the states that follow from them, joined for autograd."""
        leaf = vectors.detach().clone().requires_grad_(True)
        with torch.enable_grad():
            return leaf, self.states(leaf)
