"""Classifiers that weigh words by additive attention: the models of *Attention is not Explanation*.

Embedding, an encoder (an LSTM in both directions, or, as a control without context, a tanh projection of each
embedding by itself), attention a = softmax(v . tanh(W h + b)), and a linear layer on the sum of a_t h_t.

Source: Jain, Wallace 2019, https://arxiv.org/abs/1902.10186; additive attention: Bahdanau, Cho, Bengio 2014,
https://arxiv.org/abs/1409.0473.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from models import checkpoints
from models.base import Card, LanguageModel, Memory, Recording, Tokens
from models.lstm import PARTS, held_in, step_by_step
from models.pullback_lstm import LstmWeights
from models.refusals import BadCheckpoint
from models.text import Cutter

DIRECTIONS = ("forward", "backward")
HEAD = ("attention.weight", "attention.bias", "attention.vector", "head.weight", "head.bias")
PROJECTION = ("projection.weight", "projection.bias")
LSTM = tuple(f"{direction}.{part}" for direction in DIRECTIONS for part in PARTS)


class AttentiveClassifier(LanguageModel):
    """Words to encoded words to attention to classes; no memory between texts."""

    def __init__(self, tensors: Mapping[str, Tensor], card: Card, cutter: Cutter):
        self.card, self._cutter = card, cutter
        self._weights = {name: tensor.detach() for name, tensor in tensors.items()}
        self._lstm = _lstm(self._weights) if "forward.weight_ih" in tensors else None

    def encode(self, text: str) -> Tokens:
        return self._cutter.cut(text)

    def shown(self, token: int) -> str:
        return self._cutter.written(token)

    def embed(self, ids: Tensor) -> Tensor:
        return self._weights["embedding"][ids]

    def encoded(self, vectors: Tensor) -> Tensor:
        """(B, T, D) -> (B, T, H): each word as the encoder sees it, in its context if that is an LSTM."""
        if self._lstm is not None and any(held_in(1)):
            return self._tracks(vectors)["hidden"]
        if self._lstm is not None:
            return self._lstm(vectors)[0]
        return functional.linear(
            vectors, self._weights["projection.weight"], self._weights["projection.bias"]
        ).tanh()

    def attention_scores(self, encoded: Tensor) -> Tensor:
        """(B, T, H) -> (B, T): how much each word is attended to, before softmax."""
        inner = functional.linear(encoded, self._weights["attention.weight"], self._weights["attention.bias"])
        return inner.tanh() @ self._weights["attention.vector"]

    def pooled(self, encoded: Tensor, attention: Tensor) -> Tensor:
        """Encoded words (B, T, H) and any attention (B, T) whose rows sum to 1 -> (B, 1, H)."""
        return attention[:, None] @ encoded

    def states(self, vectors: Tensor) -> Tensor:
        encoded = self.encoded(vectors)
        return self.pooled(encoded, self.attention_scores(encoded).softmax(-1))

    def unembed(self, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self._weights["head.weight"], self._weights["head.bias"])

    @torch.no_grad()
    def record(self, vectors: Tensor) -> Recording:
        encoded = self.encoded(vectors[None])
        attention = self.attention_scores(encoded).softmax(-1)
        return Recording(
            logits=self.unembed(self.pooled(encoded, attention))[0],
            hidden=(vectors, encoded[0]),
            attention=attention[None, None],
            memory=self._memory(vectors) if self._lstm is not None else None,
        )

    def _memory(self, vectors: Tensor) -> Memory:
        return Memory(**{name: (track,) for name, track in self._tracks(vectors).items()})

    def _tracks(self, vectors: Tensor) -> dict[str, Tensor]:
        """Both directions side by side: the first half of each width reads on, the second half reads back."""
        there, back = _directions(self._weights).values()
        width, held = there.hidden.shape[1], held_in(1)
        ahead = [{index: v for index, v in kind.items() if index < width} for kind in held]
        behind = [_turned(kind, width, vectors.shape[-2]) for kind in held]
        one, other = step_by_step(there, vectors, *ahead), step_by_step(back, vectors.flip(-2), *behind)
        return {name: torch.cat((one[name], other[name].flip(-2)), -1) for name in one}


def _turned(held: dict[int, Tensor], width: int, length: int) -> dict[int, Tensor]:
    """What is held in the direction that reads back: its own indices, its last token first."""
    places = torch.arange(length - 1, -1, -1)
    return {index - width: v.reshape(-1)[places % v.numel()] for index, v in held.items() if index >= width}


def _directions(weights: Mapping[str, Tensor]) -> dict[str, LstmWeights]:
    found = {}
    for direction in DIRECTIONS:
        ih, hh, b_ih, b_hh = (weights[f"{direction}.{part}"] for part in PARTS)
        found[direction] = LstmWeights(input=ih, hidden=hh, bias=b_ih + b_hh)
    return found


def _lstm(weights: Mapping[str, Tensor]) -> torch.nn.LSTM:
    width, hidden = weights["forward.weight_ih"].shape[1], weights["forward.weight_hh"].shape[1]
    layer = torch.nn.LSTM(width, hidden, batch_first=True, bidirectional=True)
    for direction, ending in zip(DIRECTIONS, ("", "_reverse"), strict=True):
        for part in PARTS:
            getattr(layer, f"{part}_l0{ending}").data = weights[f"{direction}.{part}"]
    return layer.eval().requires_grad_(False)


def load(folder: Path, stage: str | None = None) -> AttentiveClassifier:
    """The classifier in `folder`, or a stage of its training; refuses weights that do not fit."""
    card, tensors = checkpoints.opened(folder, stage)
    config = checkpoints.read_json(folder / checkpoints.CONFIG)
    encoder = {"lstm": LSTM, "projection": PROJECTION}.get(str(config.get("encoder")))
    if encoder is None:
        raise BadCheckpoint(f"{folder.name}/config.json names no encoder that is known here: restore it.")
    wrong = {"embedding", *encoder, *HEAD} ^ set(tensors)
    if wrong:
        raise BadCheckpoint(f"{folder.name}: missing or unknown weights: {', '.join(sorted(wrong))}.")
    cutter = Cutter(folder / checkpoints.TOKENIZER, config.get("start"))
    if cutter.reach > len(tensors["embedding"]):
        raise BadCheckpoint(f"{folder.name}: the tokenizer knows more pieces than the model.")
    widths = [tensors[name].shape[-1] for name in ("embedding", "head.weight")]
    checkpoints.described(folder, card, tensors, widths)
    return AttentiveClassifier(tensors, card, cutter)
