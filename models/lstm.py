"""An LSTM language model in plain torch: no memory between texts, gates on request.

The same network as fastai's AWD_LSTM in evaluation (dropouts off, memory reset); `from_fastai`
translates its weights. Source: Merity, Keskar, Socher 2017, https://arxiv.org/abs/1708.02182.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models import checkpoints
from models.base import BadCheckpoint, Card, LanguageModel, Memory, Pullback, Recording, Tokens
from models.pullback_lstm import LstmWeights, lstm_pullback
from models.text import Cutter

PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


class LstmModel(LanguageModel):
    """Embedding, stacked LSTM layers, and an output layer that may share the embedding's weights."""

    def __init__(self, tensors: Mapping[str, Tensor], card: Card, cutter: Cutter):
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
        for layer in self._layers:
            vectors, _ = layer(vectors)
        return vectors

    def unembed(self, hidden: Tensor) -> Tensor:
        return torch.nn.functional.linear(hidden, self._decoder, self._bias)

    def pullback(self, vectors: Tensor) -> Pullback:
        return lstm_pullback(self.weights, vectors)

    @torch.no_grad()
    def record(self, vectors: Tensor) -> Recording:
        kept: dict[str, list[Tensor]] = {name: [] for name in Memory.__dataclass_fields__}
        hidden = [vectors]
        for weights in self.weights:
            tracks = step_by_step(weights, hidden[-1])
            for name, track in tracks.items():
                kept[name].append(track)
            hidden.append(tracks["hidden"])
        return Recording(
            logits=self.unembed(hidden[-1]),
            hidden=tuple(hidden),
            memory=Memory(**{name: tuple(tracks) for name, tracks in kept.items()}),
        )


def step_by_step(weights: LstmWeights, vectors: Tensor) -> dict[str, Tensor]:
    """One layer cell by cell over (T, I): every gate, candidate, cell and hidden state, each (T, D)."""
    width = weights.hidden.shape[1]
    cell = hidden = vectors.new_zeros(width)
    driven = vectors @ weights.input.T + weights.bias  # (T, 4D): i, f, g, o
    steps: list[tuple[Tensor, ...]] = []
    for drive in driven:
        i, f, g, o = (drive + weights.hidden @ hidden).view(4, width)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        cell = f * cell + i * g
        hidden = o * cell.tanh()
        steps.append((cell, hidden, i, f, o, g))
    names = ("cell", "hidden", "input_gate", "forget_gate", "output_gate", "candidate")
    return {name: torch.stack(track) for name, track in zip(names, zip(*steps, strict=True), strict=True)}


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


def _expected(config: dict[str, Any], card: Card) -> set[str]:
    names = {f"layers.{n}.{part}" for n in range(card.layers) for part in PARTS} | {"embedding"}
    names |= {"decoder"} if not config["tied"] else set()
    return names | ({"decoder_bias"} if config["bias"] else set())


def load(folder: Path) -> LstmModel:
    """The LSTM in `folder`; refuses missing, extra, changed or non-finite weights (`BadCheckpoint`)."""
    card = checkpoints.read_card(folder)
    checkpoints.verify(folder, card)
    config = checkpoints.read_json(folder / checkpoints.CONFIG)
    tensors = checkpoints.read_tensors(folder / checkpoints.WEIGHTS)
    if missing := {"tied", "bias", "start"} - set(config):
        raise BadCheckpoint(f"{folder.name}/config.json has no {', '.join(sorted(missing))}: restore it.")
    wrong = _expected(config, card) ^ set(tensors)
    if wrong:
        raise BadCheckpoint(f"{folder.name}: missing or unknown weights: {', '.join(sorted(wrong))}.")
    cutter = Cutter(folder / checkpoints.TOKENIZER, config["start"])
    if cutter.size > len(tensors["embedding"]):
        raise BadCheckpoint(f"{folder.name}: the tokenizer knows more pieces than the model.")
    return LstmModel(tensors, card, cutter)
