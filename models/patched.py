"""A state put in another's place: the rest of the pass goes on from it.

Source: Vig and others 2020, https://arxiv.org/abs/2004.12265; Meng and others 2022,
https://arxiv.org/abs/2202.05262 (activation patching). In a transformer, what leaves a block at one token is
replaced. In an LSTM, the cell and the hidden state of a layer after one token are replaced: the layers above
and the later tokens go on from them. Layer 0 is the embedding.
"""

import threading
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from models.base import LanguageModel, Memory, Recording
from models.lstm import LstmModel
from models.pullback_lstm import LstmWeights
from models.refusals import Refusal


@dataclass(frozen=True, eq=False)
class Patch:
    """A state of one layer (0: the embedding) at one place, (D_l,); of an LSTM layer with its cell."""

    layer: int
    place: int
    state: Tensor
    cell: Tensor | None = None


def patch_of(run: Any, layer: int, place: int, at: int) -> Patch:
    """The state of `layer` at `place` of a Run, to be put at `at`; of layer 0 what went in, without positions."""
    if layer == 0:
        return Patch(0, at, run.vectors[place])
    memory: Memory | None = run.memory
    return Patch(layer, at, run.hidden[layer][place], memory.cell[layer - 1][place] if memory else None)


def can(model: LanguageModel) -> bool:
    """Whether states of this model can be replaced."""
    return type(model) is LstmModel or bool(blocks(model))


@torch.no_grad()
def patched(model: LanguageModel, vectors: Tensor, patch: Patch) -> Recording:
    """One pass over (T, D) with one state replaced; refuses models that cannot go on from it."""
    if patch.layer == 0:
        changed = vectors.clone()
        changed[patch.place] = patch.state
        return model.record(changed)
    if type(model) is LstmModel:
        return _lstm(model, vectors, patch)
    found = blocks(model)
    if len(found) < patch.layer:
        raise Refusal(f"{model.card.name} cannot go on from a state put in: choose an LSTM or a transformer.")
    mine, last = threading.get_ident(), patch.layer == model.card.layers

    def put(_module: Any, _given: Any, out: Any) -> Any:
        if threading.get_ident() != mine:
            return out
        states = (out[0] if isinstance(out, tuple) else out).clone()
        states.view(-1, *states.shape[-2:])[:, patch.place] = patch.state
        return (states, *out[1:]) if isinstance(out, tuple) else states

    if last:  # what is kept of the last layer is normalised already
        recording = model.record(vectors)
        states = _with(recording.hidden[-1], patch)
        return Recording(logits=model.unembed(states), hidden=(*recording.hidden[:-1], states))
    handle = found[patch.layer - 1].register_forward_hook(put)
    try:
        recording = model.record(vectors)
    finally:
        handle.remove()
    hidden = list(recording.hidden)  # kept before the hook was called
    hidden[patch.layer] = _with(hidden[patch.layer], patch)
    return replace(recording, hidden=tuple(hidden))


def _with(states: Tensor, patch: Patch) -> Tensor:
    states = states.clone()
    states[patch.place] = patch.state
    return states


def blocks(model: LanguageModel) -> list[torch.nn.Module]:
    """The blocks of a transformer, in order; none for another kind of model."""
    network: Any = getattr(model, "network", None)
    if network is None:
        return []
    for module in getattr(network, "base_model", network).modules():
        if isinstance(module, torch.nn.ModuleList) and len(module) == model.card.layers:
            return list(module)
    return []


def _lstm(model: LstmModel, vectors: Tensor, patch: Patch) -> Recording:
    hidden = [vectors]
    for number, weights in enumerate(model.weights, start=1):
        hidden.append(_layer(weights, hidden[-1], patch if number == patch.layer else None))
    return Recording(logits=model.unembed(hidden[-1]), hidden=tuple(hidden))


def _layer(weights: LstmWeights, vectors: Tensor, patch: Patch | None) -> Tensor:
    """Hidden states (T, D) of one layer; after the patch's place it goes on from the state put in."""
    width = weights.hidden.shape[1]
    cell = hidden = vectors.new_zeros(width)
    found = []
    for place, drive in enumerate(vectors @ weights.input.T + weights.bias):
        i, f, g, o = (drive + weights.hidden @ hidden).view(4, width)
        cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
        hidden = o.sigmoid() * cell.tanh()
        if patch is not None and place == patch.place:
            assert patch.cell is not None
            hidden, cell = patch.state, patch.cell
        found.append(hidden)
    return torch.stack(found)
