"""Units and heads switched off: inside `switched(model, held)` every pass of this thread goes without them.

A unit is one number that a layer computes at each token. Kinds: "neuron" (of a transformer: what leaves a
block's activation function), "cell" and "hidden" (of an LSTM), "head" (what an attention head found). Layers
count from 1, indices from 0. Switched off means held at a value: a cell after each update, a hidden state
where the next step, the next layer and the output read it (Lakretz et al. 2019,
https://arxiv.org/abs/1903.07435, cut some of these ways only).
"""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal, get_args

import torch
from torch import Tensor

from models.base import LanguageModel
from models.refusals import Refusal

Kind = Literal["neuron", "cell", "hidden", "head"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ACTIVATIONS = ("act", "act_fn", "activation_fn", "intermediate_act_fn", "activation")  # names of modules


class NoSuchUnit(Refusal):
    """A unit or head that the model does not have, or that cannot be switched off in it."""


@dataclass(frozen=True, order=True)
class Unit:
    """One number of a layer: `Unit(2, 17, "cell")` is written "cell 2.17"."""

    layer: int  # from 1
    index: int  # from 0
    kind: Kind

    def __str__(self) -> str:
        return f"{self.kind} {self.layer}.{self.index}"


Held = Mapping[Unit, Tensor]
"""What each unit is held at: () or (P,), token t takes entry t % P; of a head also (C,) or (P, C)."""

_held: ContextVar[dict[Unit, Tensor]] = ContextVar("held", default={})  # noqa: B039  never changed in place


def anything_held() -> bool:
    """Whether units are held off just now, so that answers are not the model's own."""
    return bool(_held.get())


def activation_functions(network: Any) -> list[Any]:
    """The activation function of each block of a transformer, in order."""
    return [
        module
        for name, module in network.base_model.named_modules()
        if name.rsplit(".", 1)[-1] in ACTIVATIONS and any(part.isdecimal() for part in name.split("."))
    ]


@torch.no_grad()
def widths(model: LanguageModel) -> dict[Kind, tuple[int, ...]]:
    """How many units of each kind each layer has; a kind that cannot be seen in this model is left out."""
    seen = model.record(model.embed(torch.tensor([0, 0])))
    found: dict[Kind, tuple[int, ...]] = {}
    if seen.neurons is not None:
        found["neuron"] = tuple(layer.shape[-1] for layer in seen.neurons)
    if seen.memory is not None:
        found["cell"] = found["hidden"] = tuple(layer.shape[-1] for layer in seen.memory.cell)
    if seen.attention is not None and seen.attention.shape[2] == 2:  # every token asks
        found["head"] = (seen.attention.shape[1],) * seen.attention.shape[0]
    return found


@contextlib.contextmanager
def switched(model: LanguageModel, held: Held) -> Iterator[None]:
    """Inside, `states`, `logits` and `record` of this model on this thread hold these units at these values.

    Refuses units that are not there (`NoSuchUnit`). The hand-written way back (`pullback`) knows nothing of
    it.
    """
    there = widths(model) if held else {}
    for unit in held:
        if not 1 <= unit.layer <= len(there.get(unit.kind, ())):
            has = ", ".join(f"{kind}s in layers 1 to {len(sizes)}" for kind, sizes in there.items())
            raise NoSuchUnit(f"{model.card.name} has no {unit}: it has {has or 'no units that can be seen'}.")
        size = there[unit.kind][unit.layer - 1]
        if not 0 <= unit.index < size:
            raise NoSuchUnit(f"{model.card.name} has no {unit}: give a number from 0 to {size - 1}.")
    handles = _hooks(model, held)
    token = _held.set(dict(held))
    try:
        yield
    finally:
        _held.reset(token)
        for handle in handles:
            handle.remove()


def of_layer(layer: int, kind: Kind) -> dict[int, Tensor]:
    """What is held just now in a layer (from 1), by index."""
    return {u.index: value for u, value in _held.get().items() if (u.layer, u.kind) == (layer, kind)}


def put(values: Tensor, held: Mapping[int, Tensor], step: int | None = None) -> Tensor:
    """Values (..., N) with the held ones in their places: of one step, or of all tokens, (..., T, N)."""
    if not held:
        return values
    values = values.clone()
    for index, value in held.items():
        row = value.reshape(-1)
        if step is not None:
            values[..., index] = row[step % len(row)]
        else:
            values[..., index] = row[torch.arange(values.shape[-2]) % len(row)]
    return values


def put_heads(found: Tensor, held: Mapping[int, Tensor]) -> Tensor:
    """What heads found, (B, H, T, C), with the held ones in their places."""
    if not held:
        return found
    found = found.clone()
    for head, value in held.items():
        rows = value.expand(1, found.shape[-1]) if value.ndim < 2 else value
        found[:, head] = rows[torch.arange(found.shape[2]) % len(rows)]
    return found


def of_attention(module: Any, found: Tensor) -> Tensor:
    """What the heads of a transformers attention module found, (B, H, T, C), switched as asked."""
    if not any(unit.kind == "head" for unit in _held.get()):
        return found
    layer = getattr(module, "layer_idx", None)
    if layer is None:
        raise NoSuchUnit("This network does not say which layer a head is in: switch off neurons instead.")
    return put_heads(found, of_layer(layer + 1, "head"))


def _hooks(model: LanguageModel, held: Held) -> list[Any]:
    """Hooks that do what no code of ours in the model does; they act on this thread only."""
    network: Any = getattr(model, "network", None)
    if network is None or not held:
        return []
    mine, blocks = threading.get_ident(), getattr(network, "blocks", None)
    handles = []
    if blocks is None:
        for number, act in enumerate(activation_functions(network), start=1):
            if chosen := {u.index: v for u, v in held.items() if (u.layer, u.kind) == (number, "neuron")}:
                handles.append(act.register_forward_hook(_of_result(chosen, mine)))
        return handles
    for number, block in enumerate(blocks, start=1):  # our own small networks
        if chosen := {u.index: v for u, v in held.items() if (u.layer, u.kind) == (number, "neuron")}:
            handles.append(block.feed_out.register_forward_pre_hook(_of_given(chosen, mine)))
        if chosen := {u.index: v for u, v in held.items() if (u.layer, u.kind) == (number, "head")}:
            handles.append(block.attention.register_forward_hook(_of_found(chosen, mine)))
    return handles


def _of_result(chosen: dict[int, Tensor], mine: int) -> Any:
    return lambda _m, _given, out: put(out, chosen) if threading.get_ident() == mine else None


def _of_given(chosen: dict[int, Tensor], mine: int) -> Any:
    return lambda _m, given: (put(given[0], chosen),) if threading.get_ident() == mine else None


def _of_found(chosen: dict[int, Tensor], mine: int) -> Any:
    def hook(module: Any, _given: Any, out: tuple[Tensor, Tensor]) -> Any:
        if threading.get_ident() != mine:
            return None
        found = out[0].unflatten(-1, (module.heads, -1)) if out[0].ndim == 3 else out[0]  # (B, T, H, C)
        return put_heads(found.transpose(1, 2), chosen).transpose(1, 2).reshape(out[0].shape), out[1]

    return hook


@torch.no_grad()
def found_by_heads(model: LanguageModel, vectors: Tensor) -> Tensor:
    """What each head found at each token of (T, D) before the heads are mixed, (L, H, T, C)."""
    from models.observed import observing

    if "head" not in widths(model):
        raise NoSuchUnit(f"{model.card.name} has no attention heads that can be switched off.")
    with observing() as seen:
        model.states(vectors[None])
    return torch.stack([w @ given[2] for w, given in zip(seen.weights, seen.given, strict=True)])
