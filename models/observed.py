"""The transformers library made ready: importable everywhere, its attention watched by one function."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from models import switches

OBSERVED = "underhood"  # the attention function's name in transformers' registry


@dataclass(eq=False)
class Observation:
    """What the attention function saw in one forward pass, one entry per layer."""

    weights: list[Tensor] = field(default_factory=list)  # (H, T, T) each
    # q, k, v, each (H, T, D); q so that softmax(q k / sqrt(D)) are the weights, whoever scales them
    given: list[tuple[Tensor, Tensor, Tensor]] = field(default_factory=list)


Change = Callable[[int, Tensor, Tensor], tuple[Tensor, Tensor]]
"""Layer (from 0), weights (B, H, T, T), values (B, H, T, C) -> weights and values that go on instead."""

_observation: ContextVar[Observation | None] = ContextVar("observation", default=None)
_changing: ContextVar["_Changing | None"] = ContextVar("changing", default=None)


@dataclass(eq=False)
class _Changing:
    change: Change
    layers: int
    passed: int = 0  # layers that went by


def attend(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    **_: Any,
) -> tuple[Tensor, Tensor]:
    """Attention in three lines, (B, H, T, D) each; its weights (B, H, T, T) are kept when someone looks.

    Queries may come in more heads than keys (grouped queries). The causal mask is made here when
    transformers leaves it out, as it does for kernels that know it by themselves.
    """
    groups = query.shape[1] // key.shape[1]
    key, value = (part.repeat_interleave(groups, dim=1) for part in (key, value))
    usual = query.shape[-1] ** -0.5
    scale = scaling if scaling is not None else usual
    scores = query @ key.mT * scale
    if attention_mask is not None:
        scores = scores + attention_mask[..., : key.shape[-2]]
    elif getattr(module, "is_causal", True):
        future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(future, float("-inf"))
    weights, value = passing(query * (scale / usual), key, value, scores.softmax(-1))
    found = switches.of_attention(module, weights @ value)
    return found.transpose(1, 2).contiguous(), weights


def passing(query: Tensor, key: Tensor, value: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Weights and values (B, H, T, ...) of one layer, changed if someone asked for it, and kept if one looks."""
    changing, seen = _changing.get(), _observation.get()
    if changing is not None:
        weights, value = changing.change(changing.passed % changing.layers, weights, value)
        changing.passed += 1
    if seen is not None:
        seen.weights.append(weights[0].detach())
        seen.given.append((query[0].detach(), key[0].detach(), value[0].detach()))
    return weights, value


@contextlib.contextmanager
def changing(change: Change, layers: int) -> Iterator[None]:
    """Inside, every attention layer of this thread's forward passes goes on with what `change` makes of it.

    `layers`: how many there are in one pass. Gradients flow through. The hand-written way back (`pullback`)
    knows nothing of it.
    """
    token = _changing.set(_Changing(change, layers))
    try:
        yield
    finally:
        _changing.reset(token)


@contextlib.contextmanager
def observing() -> Iterator[Observation]:
    """What attention sees, layer by layer, while a network of this module runs on this thread."""
    seen = Observation()
    token = _observation.set(seen)
    try:
        yield seen
    finally:
        _observation.reset(token)


_importing = threading.Lock()  # the library fills itself lazily: two threads at once find it half empty


def transformers() -> ModuleType:
    """The transformers library, importable whatever torchvision the reader has.

    fastai brings torchvision along; where its compiled operators do not fit the installed torch
    (torch's CPU build beside the package index's torchvision), importing any model fails with
    "operator torchvision::nms does not exist". Such a torchvision is treated as absent.
    """
    with _importing:
        return _prepared()


@cache
def _prepared() -> ModuleType:
    import transformers as library
    from transformers.utils import import_utils

    try:
        import torchvision.ops  # noqa: F401
    except (ImportError, RuntimeError, OSError, AttributeError):
        for place in (import_utils, library.utils):
            place.is_torchvision_available = lambda: False  # type: ignore[attr-defined]
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS

    library.utils.logging.set_verbosity_error()  # what is wrong with a checkpoint, we say ourselves
    library.utils.logging.disable_progress_bar()
    library.AttentionInterface.register(OBSERVED, attend)
    ALL_MASK_ATTENTION_FUNCTIONS.register(OBSERVED, ALL_MASK_ATTENTION_FUNCTIONS["eager"])
    return library
