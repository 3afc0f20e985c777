"""What a layer before the last one would answer: its states through the model's own last step.

Transformers normalise the last layer's output before they read it, so an earlier layer's is normalised too
(nostalgebraist 2020, https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru). Left out, as in some tools, early
layers give other words.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from models.base import LanguageModel
from models.heads import READ_BEFORE
from models.product import Product

WORTH = 2**22  # entries of an output matrix from which it is worth being packed for one question


def early(model: LanguageModel, hidden: Tensor, step: Callable[[Tensor], Tensor] | None = None) -> Tensor:
    """States of a layer before the last one, (..., D_last), as logits (..., V). `step`: the last step, if packed."""
    norm = last_norm(model)
    return (step or model.unembed)(hidden if norm is None else norm(hidden))


def packed_step(model: LanguageModel) -> Callable[[Tensor], Tensor]:
    """`model.unembed` without gradients, twice as fast where it is one large matrix: for many layers in a row."""
    network: Any = getattr(model, "network", None)
    head = network.get_output_embeddings() if network is not None and model.card.task == "causal" else None
    if type(head) is not torch.nn.Linear or head.weight.numel() < WORTH:
        return model.unembed
    product, bias = Product(head.weight.t()), head.bias

    def step(hidden: Tensor) -> Tensor:
        logits = product(hidden.contiguous())
        return logits if bias is None else logits.add_(bias)

    return step


def last_norm(model: LanguageModel) -> torch.nn.Module | None:
    """The normalisation between a transformer's blocks and its output; None where there is none."""
    network: Any = getattr(model, "network", None)
    if network is None:
        return None
    found = [
        module
        for name, module in getattr(network, "base_model", network).named_modules()
        if "norm" in type(module).__name__.lower()
        and "emb" not in name
        and not any(part.isdecimal() for part in name.split("."))
    ]
    return found[-1] if found else None


def reads_before(model: LanguageModel) -> bool:
    """Whether a hidden piece is read off the state of the place before it (a masked model of ours)."""
    config = getattr(getattr(model, "network", None), "config", None)
    return bool(getattr(config, READ_BEFORE, False))
