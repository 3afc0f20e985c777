"""One forward pass of one text with everything kept."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from models.base import LanguageModel, Memory, Tokens
from models.refusals import BadText, Refusal


class RunKey(NamedTuple):
    """What caches and links use in place of arrays."""

    model_sha256: str
    text: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """A text as a model went through it. Tensors are on the CPU, without gradients."""

    key: RunKey
    tokens: Tokens
    vectors: Tensor  # (T, D) what went in
    logits: Tensor  # (R, V): what row t scores depends on the task, see LanguageModel
    hidden: tuple[Tensor, ...]  # L+1 entries of (T, D_l)
    attention: Tensor | None  # (L, H, Q, T): asking token first; Q is T or 1
    neurons: tuple[Tensor, ...] | None  # L entries of (T, N)
    memory: Memory | None
    model: LanguageModel = field(repr=False)
    hidden_at: tuple[int, ...] = ()  # tokens behind the mask of a masked model

    @property
    def of_text(self) -> np.ndarray:
        """Which tokens are text to be explained by, (T,): not the start mark, not what is hidden."""
        inside = self.tokens.spans[:, 0] < self.tokens.spans[:, 1]
        inside[list(self.hidden_at)] = False
        return inside


@torch.no_grad()
def record(model: LanguageModel, text: str | Tokens) -> Run:
    """Run `text` (or its tokens) through `model` once.

    Raises:
        BadText: the text is empty, too long for the model, or not valid Unicode.
    """
    tokens = model.encode(text) if isinstance(text, str) else text
    longest = model.card.context
    if longest is not None and len(tokens) > longest:
        raise BadText(
            f"This text has {len(tokens):,} tokens and {model.card.name} takes {longest:,}: shorten it."
        )
    return _recorded(model, tokens, model.embed(torch.from_numpy(tokens.ids.copy())))


@torch.no_grad()
def hide(run: Run, place: int) -> Run:
    """The same text with the token at `place` hidden behind the model's mask, and its word's later pieces.

    Those would give it away: "...boarding" is easy to guess from "ing". Source: Kauf, Ivanova 2023,
    https://arxiv.org/abs/2305.10588 (PLL-word-l2r).
    """
    gaps = hidden_tokens(run.tokens, place)
    return _recorded(run.model, run.tokens, hidden_vectors(run, place), tuple(gaps.tolist()))


def hidden_tokens(tokens: Tokens, place: int) -> np.ndarray:
    """The token at `place` and the later pieces of its word."""
    words = tokens.words
    return np.flatnonzero((words == words[place]) & (np.arange(len(words)) >= place))


def hidden_vectors(run: Run, place: int) -> Tensor:
    """What goes into a masked model when the token at `place` should be guessed, (T, D)."""
    if run.model.mask is None:
        raise Refusal(f"{run.model.card.name} has no mask: it cannot guess a hidden word.")
    vectors = run.vectors.clone()
    vectors[hidden_tokens(run.tokens, place)] = run.model.embed(torch.tensor([run.model.mask]))[0]
    return vectors


def _recorded(model: LanguageModel, tokens: Tokens, vectors: Tensor, hidden_at: tuple[int, ...] = ()) -> Run:
    kept = model.record(vectors)
    return Run(
        key=RunKey(model.card.sha256, tokens.text),
        tokens=tokens,
        vectors=vectors,
        logits=kept.logits,
        hidden=kept.hidden,
        attention=kept.attention,
        neurons=kept.neurons,
        memory=kept.memory,
        model=model,
        hidden_at=hidden_at,
    )
