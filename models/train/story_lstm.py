"""story-lstm: an LSTM that has heard nothing but Storyland (models/train/storyland.py).

One layer, nothing dropped: no story comes twice, so there is nothing to learn by heart. Every row begins
with a story and empty memory, and gradients go back through the whole of it: who was named at the start is
what an LSTM finds hardest to keep. Source: Hochreiter, Schmidhuber 1997,
https://www.bioinf.jku.at/publications/older/2604.pdf; Muon for its matrices (models/train/muon.py).
"""

from typing import Any

import torch
from torch import Tensor

from models.train.learning import History, Settings
from models.train.recipes import Parts
from models.train.storyland_lessons import (
    SHARES,
    TRAINED_ON,
    digest,
    held_out,
    learn,
    size_of_vocabulary,
    stages_of,
    tokenizer_json,
)

__all__ = ["NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "held_out", "parts", "tokenizer_json", "train"]

NAME, NEEDS_DATA = "story-lstm", ()
# width, layers, rows in a batch, tokens in a row, batches in an epoch
SIZES = {"tiny": (48, 2, 16, 60, 20), "small": (256, 1, 16, 128, 200), "large": (512, 2, 64, 128, 400)}


class Network(torch.nn.Module):
    """Embedding, LSTM layers of the same width, and an output layer that shares the embedding's matrix."""

    def __init__(self, size: str):
        super().__init__()
        width, layers, *_ = SIZES[size]
        self.embedding = torch.nn.Embedding(size_of_vocabulary(), width)
        self.layers = torch.nn.ModuleList(
            torch.nn.LSTM(width, width, batch_first=True) for _ in range(layers)
        )
        self.bias = torch.nn.Parameter(torch.zeros(size_of_vocabulary()))
        torch.nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        for layer in self.layers:  # gates i, f, g, o: memory is kept unless something is learned against it
            torch.nn.init.ones_(layer.get_parameter("bias_hh_l0").data[width : 2 * width])

    def forward(self, ids: Tensor) -> Tensor:
        """Token numbers (B, T) -> logits (B, T, V), memory empty at the start of each row."""
        x = self.embedding(ids)
        for layer in self.layers:
            x, _ = layer(x)
        return torch.nn.functional.linear(x, self.embedding.weight, self.bias)


def tensors(network: Any) -> dict[str, Tensor]:
    """The weights under the names that `models.lstm` reads."""
    named = {"embedding": network.embedding.weight, "decoder_bias": network.bias}
    for name, weight in network.layers.named_parameters():
        named[f"layers.{name.removesuffix('_l0')}"] = weight
    return {name: weight.detach() for name, weight in named.items()}


def train(settings: Settings) -> tuple[Network, History, str]:
    """Train (or go on training); returns the network, its history and the digest of what was told."""
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    model = Network(settings.size)
    _, _, count, length, epoch = SIZES[settings.size]
    history = learn(model, settings, settings.work / NAME, (count, length, epoch), (0.02, 4e-3), SHARES)
    return model, history, digest()


def parts(network: Any, settings: Settings) -> Parts:
    """The trained network under our names, its shape, and the stages of its training."""
    width, layers, *_ = SIZES[settings.size]
    named = tensors(network)
    return Parts(
        tensors=named,
        config={"start": 0, "tied": True, "bias": True},
        shape={
            "family": "lstm",
            "abilities": frozenset({"gradients", "gates", "cells", "unembed"}),
            "widths": (width,) * (layers + 1),
            "vocabulary": size_of_vocabulary(),
            "parameters": sum(t.numel() for t in named.values()),
        },
        stages=stages_of(settings.work / NAME, lambda: Network(settings.size), tensors),
    )
