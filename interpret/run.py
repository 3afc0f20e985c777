"""One forward pass of one text with everything kept."""

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

from models.base import BadText, LanguageModel, Memory, Tokens


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
    logits: Tensor  # (T, V): row t scores the token after token t
    hidden: tuple[Tensor, ...]  # L+1 entries of (T, D_l)
    attention: Tensor | None  # (L, H, T, T): asking token first
    neurons: tuple[Tensor, ...] | None  # L entries of (T, N)
    memory: Memory | None
    model: LanguageModel = field(repr=False)


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
    vectors = model.embed(torch.from_numpy(tokens.ids.copy()))
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
    )
