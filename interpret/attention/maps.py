"""Numbers (L, H, Q, T) as the Result that pages draw: who asks, what is looked at, and which tokens are marks."""

from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor

from interpret.results.attention import NOTHING, HeadMaps, head_name
from interpret.results.base import Asked, Check
from interpret.run import Run
from models.attending import AttentionLayer, NotTakenApart, attention_layers
from models.classifier import AttentiveClassifier
from models.refusals import Refusal

LIMIT = 1e-4  # by which rows of shares may miss 1


class NoSuchHead(Refusal):
    """A head that the model does not have."""


class TooLong(Refusal):
    """A text with more tokens than a method can be waited for."""


def sinks(run: Run) -> tuple[int, ...]:
    """Tokens that are marks and no text; of a model without marks that only looks back, the first token."""
    marks = tuple(int(at) for at in np.flatnonzero(run.tokens.spans[:, 0] == run.tokens.spans[:, 1]))
    first = run.model.card.task == "causal" and not marks and len(run.tokens) > 1
    return (0,) if first else marks


def weights(run: Run) -> np.ndarray:
    """The run's own attention, (L, H, Q, T); refuses a model that has none."""
    if run.attention is None:
        raise NotTakenApart(f"{run.model.card.name} has no attention that can be seen.")
    return run.attention.numpy()


def looks_back(run: Run) -> bool:
    """Whether no token sees a later one."""
    found = weights(run)
    return found.shape[2] == found.shape[3] and not np.triu(np.abs(found).max(axis=(0, 1)), 1).any()


def square(run: Run) -> np.ndarray:
    """The run's attention (L, H, T, T) of a model whose every token asks; refuses one that asks once."""
    found = weights(run)
    if found.shape[2] != found.shape[3]:
        raise NotTakenApart(
            f"{run.model.card.name} looks once and has nothing to follow through layers: choose the raw "
            f"weights."
        )
    return found


def chosen_head(found: np.ndarray, layer: int, head: int) -> tuple[int, int]:
    """A head of maps (L, H, ...) with both numbers from 0, where the layer was given from 1; or a refusal."""
    if not (1 <= layer <= found.shape[0] and 0 <= head < found.shape[1]):
        raise NoSuchHead(
            f"There is no {head_name(layer, head)}: layers run from 1 to {found.shape[0]} and heads from 0 to "
            f"{found.shape[1] - 1}."
        )
    return layer - 1, head


def layers(run: Run) -> list[AttentionLayer]:
    """The parts of each layer's attention to the run's text; refuses what cannot be taken apart."""
    if isinstance(run.model, AttentiveClassifier):
        square(run)
    return attention_layers(run.model, run.vectors, run.hidden)


def check_length(run: Run, most: int, what: str) -> None:
    """Refuse a text of more than `most` tokens."""
    if len(run.tokens) > most:
        raise TooLong(f"{what} takes too long for {len(run.tokens)} tokens: shorten the text to {most}.")


def shares_of(values: np.ndarray | Tensor) -> np.ndarray:
    """Rows divided by their sums; a row of nothing is the token itself."""
    found = np.asarray(values, dtype=np.float64)
    sums = found.sum(-1, keepdims=True)
    divided = np.divide(found, sums, out=np.zeros_like(found), where=sums > 0)
    if found.shape[-1] == found.shape[-2]:
        divided[np.broadcast_to(sums <= 0, found.shape) & np.eye(found.shape[-1], dtype=bool)] = 1.0
    return divided


def head_maps(
    run: Run, method: str, values: np.ndarray | Tensor, *, unit: str, options: Any, shares: bool = True,
    joined: bool = False, signed: bool = False, check: Check | None = None, notes: tuple[str, ...] = (),
    asked: Asked = NOTHING, askers: tuple[str, ...] | None = None,
) -> HeadMaps:  # fmt: skip
    """The Result of `values` (L, H, Q, T). Without a `check` of its own: by how much rows miss 1.

    `askers`: the Q asking tokens, where they are not all tokens.
    """
    found = np.asarray(values if not isinstance(values, Tensor) else values.detach(), dtype=np.float64)
    gap = float(np.abs(found.sum(-1) - 1).max()) if np.isfinite(found).all() else 0.0
    tokens, card = run.tokens, run.model.card
    once = askers is None and found.shape[2] == 1 and len(tokens) > 1
    some = askers is not None
    if askers is None:
        askers = (card.classes[int(run.logits[-1].argmax())],) if once else tokens.shown
    return HeadMaps(
        method=method, model=card.name, model_sha256=card.sha256, text=tokens.text, tokens=tokens.shown,
        spans=tokens.spans, words=tokens.words, asked=asked, values=found, unit=unit, signed=signed,
        check=check or Check(
            name="rows", value=gap, limit=LIMIT, says="Every row of shares sums to 1 up to {}.",
        ),
        options=asdict(options), notes=notes, joined=joined, shares=shares,
        causal=bool(not once and not some and looks_back(run)), sinks=sinks(run), askers=askers,
    )  # fmt: skip


def mean_heads(found: np.ndarray) -> Tensor:
    """(L, H, T, T) -> (L, T, T)."""
    return torch.from_numpy(found).double().mean(1)
