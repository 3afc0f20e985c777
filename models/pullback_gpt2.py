"""Input gradients of GPT-2 by hand: one forward pass, then a backward pass for inputs only.

Axis letters: B texts, T tokens, C targets, S source tokens, D width, H heads, E = D / H, N neurons.
Gradients of a group of targets are (B, S, C, D): the source before the target, so that each matrix
of the forward pass meets all targets of the group in one product.

What the backward pass of autograd does and this one does not: gradients of weights; rows after the
targets; the last block at rows other than the targets'; a layer norm's gain and centring, which are
folded into the matrix before it. Attention weights are computed again instead of being kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from models.base import Pullback
from models.product import Product

if TYPE_CHECKING:
    from transformers import GPT2LMHeadModel

ROWS = 256  # rows in one group of targets: enough for full speed, few enough to stay in the cache


@dataclass(frozen=True, eq=False)
class _Block:
    """One block: transformers' own for the way forward, prepared matrices for the way back."""

    own: Any
    attention_in: Product  # 3D -> D, through the norm's gain and centring
    attention_out: Product  # D -> D
    mlp_in: Product  # N -> D, through the norm's gain and centring
    mlp_out: Product  # D -> N

    @classmethod
    def of(cls, own: Any) -> "_Block":
        return cls(
            own,
            Product(_after_norm(own.ln_1, own.attn.c_attn)),
            Product(own.attn.c_proj.weight.t()),
            Product(_after_norm(own.ln_2, own.mlp.c_fc)),
            Product(own.mlp.c_proj.weight.t()),
        )


def _after_norm(norm: Any, linear: Any) -> Tensor:
    """(O, D): back through a product D -> O, then through the gain and centring of its norm."""
    scaled = (linear.weight * norm.weight[:, None]).detach().t()
    return scaled - scaled.mean(1, keepdim=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class Gpt2Weights:
    """A GPT-2's weights prepared for `gpt2_pullback`; build it once and keep it beside the model.

    The backward matrices are copies (as much memory as the blocks have); the way forward reads the
    model's own tensors. Build it anew after a change of weights.
    """

    blocks: tuple[_Block, ...]
    last_in: Tensor  # (3, H, E, D): the last block's `attention_in`, by part and head
    final: Any  # the last layer norm
    positions: Tensor  # (context, D)
    heads: int
    epsilon: float

    @classmethod
    def of(cls, network: "GPT2LMHeadModel") -> "Gpt2Weights":
        """The weights of a network that `fits`."""
        body, config = network.transformer, network.config
        last: Any = body.h[-1]
        blocks = tuple(_Block.of(block) for block in body.h)
        last_in = _after_norm(last.ln_1, last.attn.c_attn)
        return cls(
            blocks=blocks,
            last_in=last_in.view(3, config.n_head, -1, config.n_embd),
            final=body.ln_f,
            positions=body.wpe.weight.detach(),
            heads=config.n_head,
            epsilon=config.layer_norm_epsilon,
        )


@dataclass(frozen=True, eq=False)
class _Normed:
    """A layer norm without gain and bias, at some rows R of the forward pass."""

    rows: Tensor  # (B, R, D): mean 0, variance 1
    scale: Tensor  # (B, R, 1): one over the standard deviation

    @classmethod
    def of(cls, stream: Tensor, epsilon: float) -> "_Normed":
        """`stream` (B, R, D)."""
        rows, _, scale = torch.native_layer_norm(stream, stream.shape[-1:], None, None, epsilon)
        return cls(rows, scale)

    def times(self, norm: Any) -> Tensor:
        """With the gain and bias of `norm`, (B, R, D)."""
        return torch.addcmul(norm.bias, self.rows, norm.weight)

    def at(self, rows: slice | Tensor) -> "_Normed":
        """Some of the rows."""
        return _Normed(self.rows[:, rows], self.scale[:, rows])

    def back(self, sent: Tensor, onto: Tensor) -> None:
        """Gradients by the result, gain applied and mean taken away -> by the input, added `onto`.

        Both are (B, R, C, D); `onto` is changed in place.
        """
        share = (self.scale / self.rows.shape[-1]).unsqueeze(-1)  # (B, R, 1, 1)
        along = (sent @ self.rows.unsqueeze(-1)) * share  # (B, R, C, 1)
        onto.addcmul_(sent, self.scale.unsqueeze(-1))
        onto.addcmul_(along, self.rows.unsqueeze(2), value=-1)


@dataclass(frozen=True, eq=False)
class _Kept:
    """What the backward pass needs of one block's forward pass."""

    norm1: _Normed
    query: Tensor  # (B, H, T, E)
    key: Tensor  # (B, H, T, E)
    value: Tensor  # (B, H, T, E)
    norm2: _Normed
    slope: Tensor  # (B, T, N): of the activation


def fits(network: Any) -> bool:
    """Whether a network computes exactly what `gpt2_pullback` computes."""
    kind = type(network)
    if kind.__name__ != "GPT2LMHeadModel" or not kind.__module__.startswith("transformers."):
        return False  # told by name, so that nothing needs transformers before a model does
    config = network.config
    return (
        config.activation_function in ("gelu_new", "gelu_pytorch_tanh")
        and config.scale_attn_weights
        and not config.scale_attn_by_inverse_layer_idx
        and not config.reorder_and_upcast_attn
        and not config.add_cross_attention
        and config.n_layer > 0
        and {p.dtype for p in network.parameters()} in ({torch.float32}, {torch.float64})
    )


def gpt2_pullback(network: "GPT2LMHeadModel | Gpt2Weights", vectors: Tensor) -> Pullback:
    """One forward pass through GPT-2 and its way back.

    Args:
        network: A network that `fits`, or better its `Gpt2Weights`, which are built only once.
        vectors: (B, T, D), token embeddings without positions; these are added here.

    Returns:
        `states` (B, T, D) after the last layer norm. `pull` works through its targets in groups of
        at most `ROWS` rows (or one target), so only its answer grows with their number.
    """
    weights = network if isinstance(network, Gpt2Weights) else Gpt2Weights.of(network)
    with torch.no_grad():
        stream = vectors.detach() + weights.positions[: vectors.shape[1]]
        kept = []
        for block in weights.blocks:
            stream, saved = _forward(block, stream, weights)
            kept.append(saved)
        final = _Normed.of(stream, weights.epsilon)
        states = final.times(weights.final)

    @torch.no_grad()
    def pull(positions: Tensor, seeds: Tensor) -> Tensor:
        batch, targets, width = seeds.shape
        out = seeds.new_zeros(batch, targets, int(positions.max()) + 1, width)
        for group in _groups(positions.tolist(), ROWS // batch):
            at, sources = positions[group], int(positions[group].max()) + 1
            sent = seeds[:, group] * weights.final.weight
            sent = (sent - sent.mean(-1, keepdim=True)).unsqueeze(2)  # (B, C, 1, D)
            grad = seeds.new_zeros(sent.shape)
            final.at(at).back(sent, grad)
            grad = _last_back(weights, kept[-1], at, grad)  # (B, S, C, D)
            for block, saved in zip(weights.blocks[-2::-1], kept[-2::-1], strict=True):
                _mlp_back(block, saved, slice(sources), grad)
                _attention_back(block, saved, grad)
            out[:, group, :sources] = grad.transpose(1, 2)
        return out

    return Pullback(states=states, pull=pull)


def _groups(positions: list[int], rows: int) -> Iterator[slice]:
    """Neighbouring targets that need at most `rows` rows together, one target at least."""
    start = 0
    for end, position in enumerate(positions):
        if end > start and (end + 1 - start) * (position + 1) > rows:
            yield slice(start, end)
            start = end
    yield slice(start, len(positions))


def _forward(block: _Block, stream: Tensor, weights: Gpt2Weights) -> tuple[Tensor, _Kept]:
    """One block: (B, T, D) -> (B, T, D) and what its backward pass needs."""
    own = block.own
    norm1 = _Normed.of(stream, weights.epsilon)
    parts = own.attn.c_attn(norm1.times(own.ln_1)).unflatten(-1, (3, weights.heads, -1))
    query, key, value = parts.permute(2, 0, 3, 1, 4).contiguous().unbind(0)
    mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
    stream = stream + own.attn.c_proj(mixed.transpose(1, 2).flatten(2))
    norm2 = _Normed.of(stream, weights.epsilon)
    inner = own.mlp.c_fc(norm2.times(own.ln_2))
    stream = stream + own.mlp.c_proj(functional.gelu(inner, approximate="tanh"))
    slope = torch.ops.aten.gelu_backward(torch.ones_like(inner), inner, approximate="tanh")
    return stream, _Kept(norm1, query, key, value, norm2, slope)


def _mlp_back(block: _Block, kept: _Kept, rows: slice | Tensor, grad: Tensor) -> None:
    """Back through x + mlp(norm(x)), in place; `grad` (B, S, C, D) belongs to these S `rows`."""
    inner = block.mlp_out(grad).mul_(kept.slope[:, rows].unsqueeze(2))  # (B, S, C, N)
    kept.norm2.at(rows).back(block.mlp_in(inner), grad)


def _scores_back(weights: Tensor, sent: Tensor, size: int) -> Tensor:
    """Back through the softmax of scores / sqrt(E), in place: gradients by weights -> by scores.

    Both may lack each other's axes; the last one is the source that is looked at.
    """
    sent -= (sent * weights).sum(-1, keepdim=True)
    return sent.mul_(weights * size**-0.5)


def _attention_back(block: _Block, kept: _Kept, grad: Tensor) -> None:
    """Back through x + attention(norm(x)), in place; `grad` (B, S, C, D), the first S rows.

    The asking row is written A below; it runs over the same S rows.
    """
    batch, rows, targets, _ = grad.shape
    heads, _, size = kept.query.shape[1:]
    query, key, value = (
        part[:, :, :rows].reshape(batch * heads, rows, size) for part in (kept.query, kept.key, kept.value)
    )
    later = torch.ones(rows, rows, dtype=torch.bool, device=grad.device).triu(1)
    scores = (query @ key.transpose(1, 2)).mul_(size**-0.5)
    weights = scores.masked_fill_(later, -torch.inf).softmax(-1)  # (BH, A, S)
    sent = block.attention_out(grad).view(batch, rows, targets, heads, size)
    sent = sent.permute(0, 3, 1, 2, 4).contiguous().view(-1, rows * targets, size)  # (BH, AC, E)
    looked = (sent @ value.transpose(1, 2)).view(-1, rows, targets, rows)  # (BH, A, C, S)
    looked = _scores_back(weights.unsqueeze(2), looked, size)
    by_query = looked.view(-1, rows * targets, rows) @ key  # (BH, AC, E)
    by_key = looked.view(-1, rows, targets * rows).transpose(1, 2) @ query  # (BH, CS, E)
    by_value = weights.transpose(1, 2) @ sent.view(-1, rows, targets * size)  # (BH, S, CE)
    parts = grad.new_empty(batch, rows, targets, 3, heads, size)
    one = (batch, heads, rows, targets, size)
    parts[:, :, :, 0] = by_query.view(one).permute(0, 2, 3, 1, 4)
    parts[:, :, :, 1] = by_key.view(batch, heads, targets, rows, size).permute(0, 3, 2, 1, 4)
    parts[:, :, :, 2] = by_value.view(one).permute(0, 2, 3, 1, 4)
    sent = block.attention_in(parts.view(batch, rows, targets, -1))
    kept.norm1.at(slice(rows)).back(sent, grad)


def _last_back(weights: Gpt2Weights, kept: _Kept, at: Tensor, grad: Tensor) -> Tensor:
    """Back through the last block, where only the targets' own rows have a gradient yet.

    Each target asks once, so by key and by value its gradient is one vector per head, shared out
    over the sources: these 2H vectors go through the input matrix, not S rows.

    Args:
        weights: The model.
        kept: Of the last block.
        at: (C,), the targets' positions.
        grad: (B, C, 1, D), by the block's result at these rows; changed in place.

    Returns:
        (B, S, C, D), by the block's input.
    """
    block, sources = weights.blocks[-1], int(at.max()) + 1
    (batch, targets, _, _), size = grad.shape, kept.query.shape[-1]
    _mlp_back(block, kept, at, grad)
    query, key, value = kept.query[:, :, at], kept.key[:, :, :sources], kept.value[:, :, :sources]
    later = torch.arange(sources, device=at.device) > at[:, None]  # (C, S)
    scores = (query @ key.transpose(2, 3)).mul_(size**-0.5)
    looks = scores.masked_fill_(later, -torch.inf).softmax(-1)  # (B, H, C, S)
    sent = block.attention_out(grad).view(batch, targets, -1, size).transpose(1, 2)  # BHCE
    looked = _scores_back(looks, sent @ value.transpose(2, 3), size)  # (B, H, C, S)
    by_query, by_key, by_value = weights.last_in  # each (H, E, D)
    vectors = torch.cat((query @ by_key, sent @ by_value), 1)  # (B, 2H, C, D)
    shares = torch.cat((looked, looks), 1)  # (B, 2H, C, S)
    back = shares.permute(0, 2, 3, 1) @ vectors.transpose(1, 2)  # (B, C, S, D)
    back = back.transpose(1, 2).contiguous()  # (B, S, C, D)
    each = torch.arange(targets, device=at.device)
    back[:, at, each] += ((looked @ key) @ by_query).sum(1)  # (B, C, D)
    onto = torch.zeros_like(back)
    onto[:, at, each] = grad[:, :, 0]
    kept.norm1.at(slice(sources)).back(back, onto)
    return onto
