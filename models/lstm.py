"""An LSTM language model in plain torch: no memory between texts, gates on request.

The same network as fastai's AWD_LSTM in evaluation (dropouts off, memory reset); `from_fastai`
translates its weights. Source: Merity, Keskar, Socher 2017, https://arxiv.org/abs/1708.02182.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from models import checkpoints, switches
from models.base import Card, LanguageModel, Memory, Pullback, Recording, Tokens
from models.pullback_lstm import LstmWeights, lstm_pullback
from models.refusals import BadCheckpoint
from models.text import Cutter
from models.words import WordCutter

PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


class LstmModel(LanguageModel):
    """Embedding, stacked LSTM layers, and an output layer that may share the embedding's weights."""

    def __init__(self, tensors: Mapping[str, Tensor], card: Card, cutter: Cutter | WordCutter):
        self.card, self._cutter = card, cutter
        frozen = {name: tensor.detach() for name, tensor in tensors.items()}
        self._embedding = frozen["embedding"]
        self._decoder = frozen.get("decoder", self._embedding)
        self._bias = frozen.get("decoder_bias")
        self._layers = []
        self.weights: list[LstmWeights] = []
        for number in range(card.layers):
            values = [frozen[f"layers.{number}.{part}"] for part in PARTS]
            layer = torch.nn.LSTM(values[0].shape[1], values[1].shape[1], batch_first=True)
            for part, value in zip(PARTS, values, strict=True):
                getattr(layer, f"{part}_l0").data = value
            self._layers.append(layer.eval().requires_grad_(False))
            self.weights.append(LstmWeights(input=values[0], hidden=values[1], bias=values[2] + values[3]))

    def encode(self, text: str) -> Tokens:
        return self._cutter.cut(text)

    def shown(self, token: int) -> str:
        return self._cutter.written(token)

    def embed(self, ids: Tensor) -> Tensor:
        return self._embedding[ids]

    def states(self, vectors: Tensor) -> Tensor:
        for number, layer in enumerate(self._layers, start=1):
            if any(held_in(number)):
                vectors = step_by_step(self.weights[number - 1], vectors, *held_in(number))["hidden"]
            else:
                vectors, _ = layer(vectors)
        return vectors

    def unembed(self, hidden: Tensor) -> Tensor:
        return torch.nn.functional.linear(hidden, self._decoder, self._bias)

    def pullback(self, vectors: Tensor) -> Pullback:
        return lstm_pullback(self.weights, vectors)

    @torch.no_grad()
    def memory(self, vectors: Tensor) -> Memory:
        """(..., T, D) -> gates, cells and hidden states of every layer, each (..., T, D_l)."""
        kept: dict[str, list[Tensor]] = {name: [] for name in Memory.__dataclass_fields__}
        for number, weights in enumerate(self.weights, start=1):
            tracks = step_by_step(weights, vectors, *held_in(number))
            for name, track in tracks.items():
                kept[name].append(track)
            vectors = tracks["hidden"]
        return Memory(**{name: tuple(tracks) for name, tracks in kept.items()})

    @torch.no_grad()
    def record(self, vectors: Tensor) -> Recording:
        memory = self.memory(vectors)
        return Recording(
            logits=self.unembed(memory.hidden[-1]), hidden=(vectors, *memory.hidden), memory=memory
        )


def held_in(number: int) -> tuple[dict[int, Tensor], dict[int, Tensor]]:
    """Cells and hidden states of this layer (from 1) that are switched off just now (`models.switches`)."""
    return switches.of_layer(number, "cell"), switches.of_layer(number, "hidden")


def step_by_step(
    weights: LstmWeights,
    vectors: Tensor,
    cells: Mapping[int, Tensor] = MappingProxyType({}),
    hiddens: Mapping[int, Tensor] = MappingProxyType({}),
) -> dict[str, Tensor]:
    """One layer step by step over (..., T, I): gates, candidate, cell and hidden state, each (..., T, D).

    `cells` and `hiddens` are held at these values at every step.
    """
    width = weights.hidden.shape[1]
    cell = hidden = vectors.new_zeros(*vectors.shape[:-2], width)
    driven = vectors @ weights.input.T + weights.bias  # (..., T, 4D): i, f, g, o
    steps: list[tuple[Tensor, ...]] = []
    for step, drive in enumerate(driven.unbind(-2)):
        i, f, g, o = (drive + hidden @ weights.hidden.T).chunk(4, -1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        cell = switches.put(f * cell + i * g, cells, step)
        hidden = switches.put(o * cell.tanh(), hiddens, step)
        steps.append((cell, hidden, i, f, o, g))
    names = ("cell", "hidden", "input_gate", "forget_gate", "output_gate", "candidate")
    return {name: torch.stack(track, -2) for name, track in zip(names, zip(*steps, strict=True), strict=True)}


def from_fastai(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights of fastai's AWD_LSTM language model under our names; its dropout copies are left out."""
    tensors = {"embedding": state["0.encoder.weight"]}
    number = 0
    while f"0.rnns.{number}.weight_hh_l0_raw" in state:
        tensors[f"layers.{number}.weight_hh"] = state[f"0.rnns.{number}.weight_hh_l0_raw"]
        for part in ("weight_ih", "bias_ih", "bias_hh"):
            tensors[f"layers.{number}.{part}"] = state[f"0.rnns.{number}.module.{part}_l0"]
        number += 1
    if not torch.equal(state["1.decoder.weight"], state["0.encoder.weight"]):
        tensors["decoder"] = state["1.decoder.weight"]
    if "1.decoder.bias" in state:
        tensors["decoder_bias"] = state["1.decoder.bias"]
    return tensors


def to_fastai(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The inverse of `from_fastai`: weights under the names of fastai's AWD_LSTM language model."""
    state = {"0.encoder.weight": tensors["embedding"], "0.encoder_dp.emb.weight": tensors["embedding"]}
    number = 0
    while f"layers.{number}.weight_hh" in tensors:
        state[f"0.rnns.{number}.weight_hh_l0_raw"] = tensors[f"layers.{number}.weight_hh"]
        for part in ("weight_ih", "bias_ih", "bias_hh"):
            state[f"0.rnns.{number}.module.{part}_l0"] = tensors[f"layers.{number}.{part}"]
        number += 1
    state["1.decoder.weight"] = tensors.get("decoder", tensors["embedding"])
    if "decoder_bias" in tensors:
        state["1.decoder.bias"] = tensors["decoder_bias"]
    return state


def _expected(config: dict[str, Any], card: Card) -> set[str]:
    names = {f"layers.{n}.{part}" for n in range(card.layers) for part in PARTS} | {"embedding"}
    names |= {"decoder"} if not config["tied"] else set()
    return names | ({"decoder_bias"} if config["bias"] else set())


def widths_of(tensors: Mapping[str, Tensor], layers: int) -> tuple[int, ...]:
    """The width of the embedding and of each layer, (L+1,), under our names."""
    steps = [tensors[f"layers.{number}.weight_hh"] for number in range(layers)]
    return tuple(one.shape[-1] for one in (tensors["embedding"], *steps))


def load(folder: Path, stage: str | None = None) -> LstmModel:
    """The LSTM in `folder`, or a stage of its training.

    Refuses missing, extra, changed or non-finite weights (`BadCheckpoint`).
    """
    card, tensors = checkpoints.opened(folder, stage)
    config = checkpoints.read_json(folder / checkpoints.CONFIG)
    if missing := {"tied", "bias", "start"} - set(config):
        raise BadCheckpoint(f"{folder.name}/config.json has no {', '.join(sorted(missing))}: restore it.")
    wrong = _expected(config, card) ^ set(tensors)
    if wrong:
        raise BadCheckpoint(f"{folder.name}: missing or unknown weights: {', '.join(sorted(wrong))}.")
    cutter = Cutter(folder / checkpoints.TOKENIZER, config["start"])
    if cutter.reach > len(tensors["embedding"]):
        raise BadCheckpoint(f"{folder.name}: the tokenizer knows more pieces than the model.")
    checkpoints.described(folder, card, tensors, widths_of(tensors, card.layers))
    return LstmModel(tensors, card, cutter)
