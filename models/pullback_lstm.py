"""Input gradients of an LSTM by hand: one forward pass, one way back for many targets at once.

Axis letters: B texts, T tokens, C targets, S source tokens, I input width, D hidden width. A target
at position p has a gradient at sources 0..p only, so at source s the targets with p >= s are alive;
targets come in rising order, so these are the last ones. Rows of targets that are not alive are
neither stored nor computed ("packed").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from models.base import Pullback
from models.product import Product


@dataclass(frozen=True, kw_only=True, eq=False)
class LstmWeights:
    """One layer. Gates come in the order of `nn.LSTM`: input, forget, candidate, output."""

    input: Tensor  # (4D, I)
    hidden: Tensor  # (4D, D)
    bias: Tensor  # (4D,): both biases of `nn.LSTM` added

    @cached_property
    def from_input(self) -> Product:
        """(..., I) -> (..., 4D)."""
        return Product(self.input.t())

    @cached_property
    def from_hidden(self) -> Product:
        """(..., D) -> (..., 4D)."""
        return Product(self.hidden.t())

    @cached_property
    def to_input(self) -> Product:
        """Back through `from_input`: (..., 4D) -> (..., I)."""
        return Product(self.input)

    @cached_property
    def to_hidden(self) -> Product:
        """Back through `from_hidden`: (..., 4D) -> (..., D)."""
        return Product(self.hidden)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Slopes:
    """The derivatives inside one layer's cell, the same for every target. Time comes first."""

    cell_by_hidden: Tensor  # (T, B, D): d hidden / d cell
    output: Tensor  # (T, B, D): d hidden / d output gate before its sigmoid
    others: Tensor  # (T, B, 3, D): d cell / d input gate, forget gate, candidate before squashing
    forget: Tensor  # (T, B, D): d cell / d cell before


@dataclass(frozen=True, kw_only=True, eq=False)
class _Alive:
    """Where the packed rows are: row r of source s belongs to target first[s] + r."""

    targets: int
    first: list[int]  # (S,): the first target that is alive
    start: list[int]  # (S + 1,): where the source's rows begin; the last entry is their number

    @classmethod
    def of(cls, positions: Tensor) -> "_Alive":
        """`positions` (C,) in rising order."""
        if (positions[1:] < positions[:-1]).any():
            raise ValueError("Positions must come in rising order.")
        sources = torch.arange(int(positions[-1]) + 1)
        first = torch.searchsorted(positions.cpu().contiguous(), sources)
        start = (len(positions) - first).cumsum(0).tolist()
        return cls(targets=len(positions), first=first.tolist(), start=[0, *start])

    def pack(self, positions: Tensor, seeds: Tensor) -> Tensor:
        """(C,), (B, C, D) -> (rows, B, D): each seed in its target's own source, zero elsewhere."""
        batch, _, width = seeds.shape
        packed = seeds.new_zeros(self.start[-1], batch, width)
        rows = [self.start[s] + c - self.first[s] for c, s in enumerate(positions.tolist())]
        packed[rows] = seeds.transpose(0, 1)
        return packed

    def spread(self, packed: Tensor) -> Tensor:
        """(rows, B, I) -> (B, C, S, I), zero where a target is not alive."""
        _, batch, width = packed.shape
        out = packed.new_zeros(batch, self.targets, len(self.first), width)
        for s, first in enumerate(self.first):
            out[:, first:, s] = packed[self.start[s] : self.start[s + 1]].transpose(0, 1)
        return out


def lstm_pullback(layers: Sequence[LstmWeights], vectors: Tensor) -> Pullback:
    """One forward pass through a stack of LSTM layers with fresh memory, and its way back.

    Args:
        layers: From the first to the last, each as wide as the next one's input.
        vectors: (B, T, I), what goes into the first layer.

    Returns:
        `states` (B, T, D) of the last layer. `pull` takes time and memory in proportion to the sum
        of (position + 1) over its targets, and is fastest with all targets in one call.
    """
    with torch.no_grad():
        states, kept = vectors.detach().transpose(0, 1).contiguous(), []
        for layer in layers:
            states, slopes = _forward(layer, states)
            kept.append(slopes)

    @torch.no_grad()
    def pull(positions: Tensor, seeds: Tensor) -> Tensor:
        alive = _Alive.of(positions)
        sent = alive.pack(positions, seeds)
        for layer, slopes in zip(reversed(layers), reversed(kept), strict=True):
            sent = _backward(layer, slopes, sent, alive)
        return alive.spread(sent)

    return Pullback(states=states.transpose(0, 1), pull=pull)


def _forward(layer: LstmWeights, vectors: Tensor) -> tuple[Tensor, _Slopes]:
    """(T, B, I) -> hidden states (T, B, D) and the cell's derivatives."""
    length, batch, _ = vectors.shape
    width = layer.hidden.shape[1]
    driven = layer.from_input(vectors).add_(layer.bias)  # (T, B, 4D)
    hidden, cell = (vectors.new_zeros(batch, width) for _ in range(2))
    states, by_hidden, output, forget = (vectors.new_empty(length, batch, width) for _ in range(4))
    others = vectors.new_empty(length, batch, 3, width)
    for t in range(length):
        gates = layer.from_hidden(hidden).add_(driven[t]).view(batch, 4, width)
        i, f, o = gates[:, 0].sigmoid(), gates[:, 1].sigmoid(), gates[:, 3].sigmoid()
        g = gates[:, 2].tanh()
        others[t, :, 0] = g * i * (1 - i)
        others[t, :, 1] = cell * f * (1 - f)
        others[t, :, 2] = i * (1 - g * g)
        cell = f * cell + i * g
        squashed = cell.tanh()
        hidden = o * squashed
        states[t], forget[t] = hidden, f
        by_hidden[t] = o * (1 - squashed * squashed)
        output[t] = squashed * o * (1 - o)
    slopes = _Slopes(cell_by_hidden=by_hidden, output=output, others=others, forget=forget)
    return states, slopes


def _backward(layer: LstmWeights, slopes: _Slopes, sent: Tensor, alive: _Alive) -> Tensor:
    """Gradients by a layer's hidden states -> by its inputs: (rows, B, D) -> (rows, B, I)."""
    rows, batch, width = sent.shape
    gates = sent.new_empty(rows, batch, 4, width)  # gradients by the gates before squashing
    hidden, cell = (sent.new_zeros(alive.targets, batch, width) for _ in range(2))
    for t in reversed(range(len(alive.first))):
        here = slice(alive.start[t], alive.start[t + 1])
        dh, dc, dz = hidden[alive.first[t] :], cell[alive.first[t] :], gates[here]
        dh += sent[here]
        dc.addcmul_(dh, slopes.cell_by_hidden[t])
        torch.mul(dc.unsqueeze(2), slopes.others[t], out=dz[:, :, :3])
        torch.mul(dh, slopes.output[t], out=dz[:, :, 3])
        dc *= slopes.forget[t]
        if t > 0:
            dh.copy_(layer.to_hidden(dz.view(-1, batch, 4 * width)))
    return layer.to_input(gates.view(rows, batch, 4 * width))
