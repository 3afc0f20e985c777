"""What a layer before the last one would answer: its states through the model's own last step.

Transformers normalise the last layer's output before they read it, so an earlier layer's is normalised too
(nostalgebraist 2020, https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru). Left out, as in some tools, early
layers give other words.
"""

from typing import Any

import torch
from torch import Tensor

from models.base import LanguageModel
from models.heads import READ_BEFORE


def early(model: LanguageModel, hidden: Tensor) -> Tensor:
    """States of a layer before the last one, (..., D_last), as logits (..., V)."""
    norm = last_norm(model)
    return model.unembed(hidden if norm is None else norm(hidden))


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
