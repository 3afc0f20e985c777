"""Attention and nothing else: a small transformer without neurons, whose heads can be switched off.

Two layers are the fewest that can go on with a repeated sequence: a head of the first layer tells each
token what stood before it, and a head of the second finds the place after the same token's earlier
occurrence. Source: Elhage et al. 2021, https://transformer-circuits.pub/2021/framework/index.html.
"""

from collections.abc import Callable, Collection
from pathlib import Path

import torch
from torch import Tensor

from models.base import Recording
from models.observed import passing
from models.plain import PlainModel, opened
from models.refusals import Refusal

SETTINGS = ("vocabulary", "width", "layers", "heads")
Heads = Collection[tuple[int, int]]  # layer and head, both counted from 0


class NoSuchHead(Refusal):
    """A head was named that the network does not have."""


def turned(x: Tensor) -> Tensor:
    """Vectors (B, H, T, C) turned by angles that grow with their place: products then know the distance.

    Source: Su et al. 2021, https://arxiv.org/abs/2104.09864, equation 34.
    """
    half = x.shape[-1] // 2
    speeds = 10_000 ** -(torch.arange(half, device=x.device) / half)
    angles = torch.arange(x.shape[-2], device=x.device)[:, None] * speeds  # (T, C / 2)
    left, right = x.chunk(2, -1)
    return torch.cat(
        (left * angles.cos() - right * angles.sin(), left * angles.sin() + right * angles.cos()), -1
    )


class Attention(torch.nn.Module):
    """Causal attention over (B, T, D) with rotary positions, in three lines and two turns."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.asked = torch.nn.Linear(width, 3 * width)  # query, key and value in one product

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, D) -> what each head found, (B, T, H, C), and the weights, (B, H, T, T)."""
        parts = self.asked(x).unflatten(-1, (3, self.heads, -1))
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # each (B, H, T, C)
        scores = turned(query) @ turned(key).mT * query.shape[-1] ** -0.5
        later = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        weights = scores.masked_fill(later, -torch.inf).softmax(-1)
        weights, value = passing(turned(query), turned(key), value, weights)
        return (weights @ value).transpose(1, 2), weights


class Block(torch.nn.Module):
    """One layer: what the heads find is added to what was there, (B, T, D)."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.norm = torch.nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.attention_out = torch.nn.Linear(width, width)

    def forward(self, x: Tensor, without: Collection[int] = ()) -> tuple[Tensor, Tensor]:
        """(B, T, D) -> the same and attention (B, H, T, T); the heads of `without` find nothing."""
        found, weights = self.attention(self.norm(x))
        if without:
            kept = [[float(head not in without)] for head in range(self.attention.heads)]
            found = found * found.new_tensor(kept)  # (H, 1): over the numbers that a head found
        return x + self.attention_out(found.flatten(2)), weights


class AttentionOnly(torch.nn.Module):
    """The whole network: embedding, blocks, an output layer of its own."""

    ROTARY = True  # queries and keys are turned before they meet

    def __init__(self, vocabulary: int, width: int, layers: int, heads: int):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.blocks = torch.nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = torch.nn.LayerNorm(width)
        self.output = torch.nn.Linear(width, vocabulary, bias=False)

    def states(
        self, vectors: Tensor, without: Heads = (), watch: Callable[[Tensor, Tensor], None] | None = None
    ) -> Tensor:
        """(B, T, D) -> (B, T, D), normalised; `watch` is shown each layer's input and attention."""
        x = vectors
        for number, block in enumerate(self.blocks):
            given = x
            x, weights = block(given, {head for layer, head in without if layer == number})
            if watch is not None:
                watch(given, weights)
        return self.norm(x)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) -> (B, T, V): what the training calls."""
        return self.unembed(self.states(self.embedding(ids)))

    def unembed(self, states: Tensor) -> Tensor:
        """(..., D) -> (..., V)."""
        return self.output(states)

    def get_input_embeddings(self) -> torch.nn.Module:
        """The embedding, by the name that networks of `transformers` have for it."""
        return self.embedding

    def get_output_embeddings(self) -> torch.nn.Module:
        """The output layer, likewise."""
        return self.output


class InductionModel(PlainModel):
    """The network behind our contract."""

    @torch.no_grad()
    def record(self, vectors: Tensor, without: Heads = ()) -> Recording:
        """(T, D) -> everything kept, the heads of `without` switched off: what they find counts as 0.

        Their attention is still recorded. Refuses heads that are not there (`NoSuchHead`).
        """
        wrong = [at for at in without if not self._has(*at)]
        if wrong:
            raise NoSuchHead(
                f"There is no head {wrong[0]}: give (layer, head), layers 0 to {self.card.layers - 1} and "
                f"heads 0 to {(self.card.heads or 0) - 1}."
            )
        seen: list[tuple[Tensor, Tensor]] = []
        last = self.network.states(vectors[None], without, lambda *kept: seen.append(kept))[0]
        return Recording(
            logits=self.unembed(last),
            hidden=(*(given[0] for given, _ in seen), last),
            attention=torch.stack([weights[0] for _, weights in seen]),
        )

    def _has(self, layer: int, head: int) -> bool:
        return 0 <= layer < self.card.layers and 0 <= head < (self.card.heads or 0)


def load(folder: Path, stage: str | None = None) -> InductionModel:
    """The network in `folder`, or a stage of its training; refuses what does not fit (`BadCheckpoint`)."""
    return InductionModel(*opened(folder, stage, AttentionOnly, SETTINGS))
