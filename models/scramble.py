"""A second model with part of its weights scrambled; the first one is never touched.

An explanation that is about the model must change when the model does: Adebayo et al. 2018,
https://arxiv.org/abs/1810.03292, scramble from the output down. Permuted weights keep every size, so that the
network stays as lively as it was; drawn ones have the same mean and spread. An output layer that shares the
embedding's matrix is untied first, or else the bottom would go with the top.
"""

import copy
import hashlib
import re
import zlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import singledispatch
from typing import Any, Literal

import torch
from torch import Tensor

from models.base import LanguageModel, Pullback, Recording, Tokens
from models.classifier import AttentiveClassifier
from models.classifier_lstm import UlmfitClassifier
from models.huggingface import HuggingFaceModel
from models.lstm import PARTS, LstmModel
from models.parts import Layer, layers
from models.refusals import Refusal

Way = Literal["permuted", "drawn"]
BELOW = ("positions", "which of two texts", "normalisation of the embedding")  # go with the embedding


class CannotScramble(Refusal):
    """A model without weights to scramble, or a part it does not have."""


def parts(model: LanguageModel) -> tuple[str, ...]:
    """The names of what can be scrambled, from the output down to the embedding."""
    return tuple(_layers(model))


def scrambled(
    model: LanguageModel, chosen: Collection[str], seed: int, way: Way = "permuted"
) -> LanguageModel:
    """A new model like `model` whose `chosen` parts are scrambled; takes up to twice its memory.

    The same seed scrambles a part in the same way, whatever else is chosen. Raises `CannotScramble`.
    """
    known = _layers(model)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise CannotScramble(f"{model.card.name} has no {unknown[0]}: choose of {', '.join(known)}.")
    picked = [layer for name in chosen for layer in known[name]]
    changed = _changed(picked, seed, way)
    marks = f"{model.card.sha256} {sorted(chosen)} {seed} {way}"
    card = replace(model.card, sha256=hashlib.sha256(marks.encode()).hexdigest())
    tied = {layer.tied_to for layer in picked if layer.kind == "output"} - {None, *(p.name for p in picked)}
    body = rebuilt(model, changed, card)
    if not tied:
        return body
    above = [layer for part in known.values() for layer in part if layer.name in tied]
    return _Untied(body, rebuilt(model, {**changed, **_changed(above, seed, way)}, card))


def _layers(model: LanguageModel) -> dict[str, list[Layer]]:
    """The model's layers by the name of the stage they are scrambled in, output first."""
    found: dict[str, list[Layer]] = {}
    for layer in reversed(layers(model)):
        if not layer.tensors and layer.tied_to is None:
            continue
        block = re.search(r" of (block \d+)$", layer.name)
        name = block[1] if block else "embedding" if layer.name in BELOW else layer.name
        found.setdefault(name, []).append(layer)
    if not found:
        raise CannotScramble(f"{model.card.name} has no weights that could be scrambled.")
    return found


@torch.no_grad()
def _changed(picked: list[Layer], seed: int, way: Way) -> dict[str, Tensor]:
    changed = {}
    for layer in picked:
        for name, weight in layer.tensors.items():
            made = torch.Generator().manual_seed(zlib.crc32(f"{seed} {name}".encode()))
            if way == "permuted":
                order = torch.randperm(weight.numel(), generator=made)
                changed[name] = weight.flatten()[order].view_as(weight)
            else:
                drawn = torch.randn(weight.shape, generator=made) * weight.std(correction=0)
                changed[name] = (drawn + weight.mean()).to(weight.dtype)
    return changed


@singledispatch
def rebuilt(model: LanguageModel, changed: Mapping[str, Tensor], card: Any) -> LanguageModel:
    """A new model of the same kind with some weights changed, named as in `models.parts.layers`.

    Serves every model that is made of (network, card, cutter); another kind registers its own way.
    """
    network: Any = getattr(model, "network", None)
    if not isinstance(network, torch.nn.Module):
        raise CannotScramble(f"{model.card.name} has no weights that could be scrambled.")
    made: Any = type(model)
    return made(_network(network, changed), card, vars(model)["_cutter"])


@rebuilt.register
def _(model: HuggingFaceModel, changed: Mapping[str, Tensor], card: Any) -> LanguageModel:
    return HuggingFaceModel(_network(model.network, changed), card, vars(model)["_cutter"], model.mask)


@rebuilt.register
def _(model: LstmModel, changed: Mapping[str, Tensor], card: Any) -> LanguageModel:
    return LstmModel(_of_lstm(model, changed), card, vars(model)["_cutter"])


@rebuilt.register
def _(model: UlmfitClassifier, changed: Mapping[str, Tensor], card: Any) -> LanguageModel:
    head = {name: changed.get(f"_head.{name}", own) for name, own in vars(model)["_head"].items()}
    return UlmfitClassifier(
        {**_of_lstm(model.encoder, changed), **head}, card, vars(model.encoder)["_cutter"]
    )


def _of_lstm(model: LstmModel, changed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Its weights under their names on disk, some of them changed."""
    held = vars(model)
    tensors = {"embedding": held["_embedding"], "decoder_bias": held["_bias"]}
    if held["_decoder"] is not held["_embedding"]:
        tensors["decoder"] = held["_decoder"]
    for name in tensors:
        tensors[name] = changed.get("_bias" if name == "decoder_bias" else f"_{name}", tensors[name])
    for number, layer in enumerate(held["_layers"]):
        for part in PARTS:
            own = getattr(layer, f"{part}_l0").data
            tensors[f"layers.{number}.{part}"] = changed.get(f"_layers.{number}.{part}_l0", own)
    return {name: t for name, t in tensors.items() if t is not None}


@rebuilt.register
def _(model: AttentiveClassifier, changed: Mapping[str, Tensor], card: Any) -> LanguageModel:
    held = vars(model)
    tensors = {name: changed.get(f"_weights.{name}", own) for name, own in held["_weights"].items()}
    return AttentiveClassifier(tensors, card, held["_cutter"])


@torch.no_grad()
def _network(network: Any, changed: Mapping[str, Tensor]) -> Any:
    """A copy with other weights. Products packed from the old ones go: whoever takes it packs anew."""
    copied = copy.deepcopy(network)
    for module in copied.modules():
        vars(module).pop("forward", None)
    weights = dict(copied.named_parameters(remove_duplicate=False))
    for name, weight in changed.items():
        weights[name].copy_(weight)
    return copied


class _Untied(LanguageModel):
    """The body of one model under the output layer of another."""

    def __init__(self, body: LanguageModel, head: LanguageModel):
        self.card, self.mask = body.card, body.mask
        self._body, self._head = body, head

    def encode(self, text: str) -> Tokens:
        return self._body.encode(text)

    def shown(self, token: int) -> str:
        return self._body.shown(token)

    def embed(self, ids: Tensor) -> Tensor:
        return self._body.embed(ids)

    def states(self, vectors: Tensor) -> Tensor:
        return self._body.states(vectors)

    def unembed(self, hidden: Tensor) -> Tensor:
        return self._head.unembed(hidden)

    def pullback(self, vectors: Tensor) -> Pullback:
        return self._body.pullback(vectors)

    @torch.no_grad()
    def record(self, vectors: Tensor) -> Recording:
        kept = self._body.record(vectors)
        return replace(kept, logits=self.unembed(self.states(vectors[None]))[0])
