"""ULMFiT's classifier: an LSTM language model's encoder, three ways of pooling, two linear layers.

The same network as fastai's text classifier on AWD_LSTM in evaluation: its batch norms are folded into the
linear layers behind them. Source: Howard, Ruder 2018, https://arxiv.org/abs/1801.06146, section 3.3.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from models import checkpoints
from models.base import Card, LanguageModel, Memory, Recording, Tokens
from models.lstm import PARTS, LstmModel, from_fastai, widths_of
from models.refusals import BadCheckpoint
from models.text import Cutter
from models.words import WordCutter

HEAD = ("inner.weight", "inner.bias", "outer.weight", "outer.bias")
EPSILON = 1e-5  # of fastai's batch norms


class UlmfitClassifier(LanguageModel):
    """Reads on from word to word; the last, the largest and the mean state together decide the class."""

    def __init__(self, tensors: Mapping[str, Tensor], card: Card, cutter: Cutter | WordCutter):
        self.card = card
        self._head = {name: tensors[name].detach() for name in HEAD}
        self.encoder = LstmModel({n: t for n, t in tensors.items() if n not in HEAD}, card, cutter)

    def encode(self, text: str) -> Tokens:
        return self.encoder.encode(text)

    def shown(self, token: int) -> str:
        return self.encoder.shown(token)

    def embed(self, ids: Tensor) -> Tensor:
        return self.encoder.embed(ids)

    def pooled(self, hidden: Tensor) -> Tensor:
        """(B, T, D) -> (B, 1, 3D): the last state, the largest value of each unit, the mean."""
        parts = (hidden[:, -1], hidden.max(1).values, hidden.mean(1))
        return torch.cat(parts, -1)[:, None]

    def states(self, vectors: Tensor) -> Tensor:
        pooled = self.pooled(self.encoder.states(vectors))
        return functional.linear(pooled, self._head["inner.weight"], self._head["inner.bias"]).relu()

    def unembed(self, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self._head["outer.weight"], self._head["outer.bias"])

    def memory(self, vectors: Tensor) -> Memory:
        """(..., T, D) -> gates, cells and hidden states of every layer, each (..., T, D_l)."""
        return self.encoder.memory(vectors)

    @torch.no_grad()
    def record(self, vectors: Tensor) -> Recording:
        kept = self.encoder.record(vectors)
        return Recording(
            logits=self.logits(vectors[None])[0],
            hidden=kept.hidden,
            memory=kept.memory,
        )


def from_fastai_classifier(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights of fastai's AWD_LSTM text classifier under our names."""
    inside = "0.module."
    body = {f"0.{n.removeprefix(inside)}": t for n, t in state.items() if n.startswith(inside)}
    embedding = body["0.encoder.weight"]
    tensors = from_fastai({**body, "1.decoder.weight": embedding})
    for name, layer in (("inner", 0), ("outer", 1)):
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = _folded(state, f"1.layers.{layer}.")
    return tensors


def _folded(state: Mapping[str, Tensor], place: str) -> tuple[Tensor, Tensor]:
    """A batch norm and the linear layer (O, I) behind it as one: weight (O, I), bias (O,)."""
    norm = {name: state[f"{place}0.{name}"] for name in ("weight", "bias", "running_mean", "running_var")}
    linear = next(t for n, t in state.items() if n.startswith(place) and t.ndim == 2)
    scale = norm["weight"] / (norm["running_var"] + EPSILON).sqrt()
    return linear * scale, linear @ (norm["bias"] - scale * norm["running_mean"])


def load(folder: Path, stage: str | None = None) -> UlmfitClassifier:
    """The classifier in `folder`, or a stage of its training; refuses weights that do not fit."""
    card, tensors = checkpoints.opened(folder, stage)
    config = checkpoints.read_json(folder / checkpoints.CONFIG)
    expected = {f"layers.{n}.{part}" for n in range(card.layers) for part in PARTS} | {"embedding", *HEAD}
    wrong = expected ^ set(tensors)
    if wrong:
        raise BadCheckpoint(f"{folder.name}: missing or unknown weights: {', '.join(sorted(wrong))}.")
    cutter = Cutter(folder / checkpoints.TOKENIZER, config.get("start"))
    if cutter.reach > len(tensors["embedding"]):
        raise BadCheckpoint(f"{folder.name}: the tokenizer knows more pieces than the model.")
    checkpoints.described(folder, card, tensors, widths_of(tensors, card.layers))
    return UlmfitClassifier(tensors, card, cutter)
