"""A small Lite-Transformer in plain torch: half of each vector looks far (attention), half near (filters).

This is how an architecture of one's own is plugged in: a network, the contract around it, and a way to open
it, all in one file. Source: Wu et al. 2020, https://arxiv.org/abs/2004.11886 (long-short range attention).
Unlike there: a language model that reads from left to right, so the convolution sees no later piece; one
filter per channel in place of shared ones; norms before the layers.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from models.base import Recording
from models.observed import passing
from models.plain import PlainModel, opened

SETTINGS = ("vocabulary", "context", "width", "layers", "heads", "reach")


class Far(torch.nn.Module):
    """Causal attention over (B, T, C), in three lines."""

    def __init__(self, channels: int, heads: int):
        super().__init__()
        self.heads = heads
        self.asked = torch.nn.Linear(channels, 3 * channels)  # query, key and value in one product

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, C) -> what was found, (B, T, C), and the weights, (B, H, T, T)."""
        parts = self.asked(x).unflatten(-1, (3, self.heads, -1))
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # each (B, H, T, C / H)
        later = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        scores = query @ key.mT * query.shape[-1] ** -0.5
        weights, value = passing(query, key, value, scores.masked_fill(later, -torch.inf).softmax(-1))
        return (weights @ value).transpose(1, 2).flatten(2), weights


class Near(torch.nn.Module):
    """A gated convolution over (B, T, C): each piece and the few before it, channel by channel."""

    def __init__(self, channels: int, reach: int):
        super().__init__()
        self.gated = torch.nn.Linear(channels, 2 * channels)
        self.filters = torch.nn.Conv1d(channels, channels, reach, groups=channels)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) -> (B, T, C)."""
        x = functional.glu(self.gated(x))
        before = functional.pad(x.mT, (self.filters.kernel_size[0] - 1, 0))  # nothing stands before a text
        return self.filters(before).mT


class Block(torch.nn.Module):
    """One layer: far and near side by side, each on half of the width, then the neurons."""

    def __init__(self, width: int, heads: int, reach: int):
        super().__init__()
        self.norm = torch.nn.LayerNorm(width)
        self.attention, self.convolution = Far(width // 2, heads), Near(width - width // 2, reach)
        self.joined = torch.nn.Linear(width, width)
        self.norm_feed = torch.nn.LayerNorm(width)
        self.feed_in, self.feed_out = torch.nn.Linear(width, 4 * width), torch.nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, T, D) -> the same, attention (B, H, T, T) and the neurons (B, T, N)."""
        left, right = self.norm(x).tensor_split(2, dim=-1)
        found, weights = self.attention(left)
        x = x + self.joined(torch.cat((found, self.convolution(right)), -1))
        neurons = self.feed_in(self.norm_feed(x)).relu()
        return x + self.feed_out(neurons), weights, neurons


class Lite(torch.nn.Module):
    """The whole network; its output layer has the weights of its input embedding."""

    def __init__(self, vocabulary: int, context: int, width: int, layers: int, heads: int, reach: int):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.positions = torch.nn.Parameter(torch.zeros(context, width))
        self.blocks = torch.nn.ModuleList(Block(width, heads, reach) for _ in range(layers))
        self.norm = torch.nn.LayerNorm(width)
        torch.nn.init.normal_(self.embedding.weight, std=0.02)

    def get_input_embeddings(self) -> torch.nn.Embedding:
        """Named as transformers names it, so that the anatomy of both is read alike."""
        return self.embedding

    def get_output_embeddings(self) -> None:
        """It has no output layer of its own."""

    def states(self, vectors: Tensor, watch: Callable[..., None] | None = None) -> Tensor:
        """(B, T, D) -> (B, T, D), normalised; `watch` is shown each layer's input, attention and neurons."""
        x = vectors + self.positions[: vectors.shape[1]]
        for block in self.blocks:
            given = x
            x, weights, neurons = block(given)
            if watch is not None:
                watch(given, weights, neurons)
        return self.norm(x)

    def unembed(self, states: Tensor) -> Tensor:
        """(..., D) -> (..., V)."""
        return functional.linear(states, self.embedding.weight)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) -> (B, T, V): what the training calls."""
        return self.unembed(self.states(self.embedding(ids)))


class LiteModel(PlainModel):
    """The network behind our contract."""

    @torch.no_grad()
    def record(self, vectors: Tensor) -> Recording:
        seen: list[tuple[Tensor, ...]] = []
        last = self.network.states(vectors[None], watch=lambda *parts: seen.append(parts))[0]
        given, weights, neurons = zip(*seen, strict=True)
        return Recording(
            logits=self.unembed(last),
            hidden=(*(layer[0] for layer in given), last),
            attention=torch.stack([layer[0] for layer in weights]),
            neurons=tuple(layer[0] for layer in neurons),
        )


def load(folder: Path, stage: str | None = None) -> LiteModel:
    """The network in `folder`, or a stage of its training; `BadCheckpoint` if its files do not fit."""
    return LiteModel(*opened(folder, stage, Lite, SETTINGS))
