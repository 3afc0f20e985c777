"""The parts of a network in plain words: which weights they hold, and what a new task keeps of them.

Transformers are read off the tree of their modules, other models off the tensors they hold. Every weight
is counted once: an output layer that shares the embedding's matrix has only its own numbers.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor

from models.base import LanguageModel, Recording

Kind = Literal[
    "embedding", "lstm", "attention", "convolution", "feed-forward", "normalisation", "output", "other"
]
ORDER = {"attention": 0, "convolution": 1, "feed-forward": 2, "normalisation": 3, "other": 4}  # in a block
HEADS = ("output", "head", "decoder", "classifier")  # of networks that have no body in one module
OUTPUT = {"classify": "classification head"}  # else: output layer


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """One part of a network. `tensors` go by the names they have in the network, each in one layer only."""

    name: str
    kind: Kind
    tensors: Mapping[str, Tensor] = field(repr=False)
    keeps: bool  # whether `save_encoder` keeps it; else a new task replaces it
    tied_to: str | None = None  # the layer whose matrix it shares
    uncounted: int = 0  # numbers on the card that no tensor of the network holds

    @property
    def parameters(self) -> int:
        return sum(tensor.numel() for tensor in self.tensors.values()) + self.uncounted

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: tuple(tensor.shape) for name, tensor in self.tensors.items()}


@dataclass(frozen=True)
class _Place:
    """Where a weight belongs: before all blocks (0, or -1 for the embedding), in one, or behind (`LAST`)."""

    block: int
    kind: Kind
    name: str
    keeps: bool = True


LAST = 10**6


def layers(model: LanguageModel) -> tuple[Layer, ...]:
    """The parts of `model` in the order a text goes through them; their parameters add up to the card's.

    What the card counts and no tensor holds (the counts of an n-gram model) is a last part of its own.
    """
    network = getattr(model, "network", None)
    if isinstance(network, torch.nn.Module):
        found = _of_network(network, model.card.task)
    else:
        found = _grouped([(name, tensor, _by_name(name, model.card.task)) for name, tensor in _held(model)])
    if found and all(layer.kind != "output" for layer in found):  # it answers with the embedding's matrix
        name = OUTPUT.get(model.card.task, "output layer")
        tied = next((layer.name for layer in found if layer.name == "embedding"), None)
        found.append(Layer(name=name, kind="output", tensors={}, keeps=False, tied_to=tied))
    left = model.card.parameters - sum(layer.parameters for layer in found)
    if left > 0:
        name = "counts" if model.card.family == "ngram" else "other stored numbers"
        found.append(Layer(name=name, kind="other", tensors={}, keeps=True, uncounted=left))
    return tuple(found)


def _grouped(weights: list[tuple[str, Tensor, _Place]]) -> list[Layer]:
    """Weights put together by place; one that was counted before only ties its layer to the earlier one."""
    held: dict[_Place, dict[str, Tensor]] = {}
    tied: dict[_Place, str] = {}
    first: dict[tuple[int, tuple[int, ...]], _Place] = {}
    for name, tensor, place in weights:
        mine, key = held.setdefault(place, {}), (tensor.data_ptr(), tuple(tensor.shape))
        if key not in first:
            first[key], mine[name] = place, tensor
        elif first[key] != place:
            tied[place] = first[key].name
    order = sorted(held, key=lambda place: (place.block, ORDER.get(place.kind, 0)))
    return [
        Layer(name=p.name, kind=p.kind, tensors=held[p], keeps=p.keeps, tied_to=tied.get(p)) for p in order
    ]


def _held(thing: Any, path: str = "") -> Iterator[tuple[str, Tensor]]:
    """The tensors that a model without a module tree holds, in modules, lists and models inside it too."""
    if isinstance(thing, Tensor):
        yield path, thing
    elif isinstance(thing, torch.nn.Module):
        yield from ((f"{path}.{name}", weight) for name, weight in thing.named_parameters())
    elif isinstance(thing, LanguageModel):
        for name, value in vars(thing).items():
            if not (path and "decoder" in name):  # a model inside a model is not asked for its own answers
                yield from _held(value, name)  # by the names it has there
    elif isinstance(thing, list | tuple | dict):
        pairs = thing.items() if isinstance(thing, dict) else enumerate(thing)
        for name, value in pairs:
            yield from _held(value, f"{path}.{name}")


def _by_name(name: str, task: str) -> _Place:
    """Where a tensor of a recurrent model belongs."""
    if re.search(r"(weight|bias)_(ih|hh)", name):
        stacked = re.search(r"_l(\d+)", name)
        listed = re.findall(r"\.(\d+)\.", name)
        number = int(listed[-1] if listed else 0) + int(stacked[1] if stacked else 0) + 1
        return _Place(number, "lstm", f"LSTM layer {number}")
    if re.search(r"emb|(^|[._])encoder", name):
        return _Place(0, "embedding", "embedding")
    if "projection" in name:
        return _Place(1, "feed-forward", "projection of each word")
    if "att" in name:
        return _Place(LAST, "attention", "attention over the words", keeps=False)
    return _Place(LAST + 1, "output", OUTPUT.get(task, "output layer"), keeps=False)


def _of_network(network: Any, task: str) -> list[Layer]:
    weights = network.named_parameters(remove_duplicate=False)
    return _grouped([(name, weight.data, _in_tree(network, name, task)) for name, weight in weights])


def _in_tree(network: Any, name: str, task: str) -> _Place:
    """Where a weight (or module) of a transformer belongs, by its name and the modules around it."""
    parts = name.split(".")
    body = getattr(network, "base_model_prefix", "")
    behind = parts[0] != body if hasattr(network, body) else parts[0] in HEADS
    if behind:
        return _Place(LAST + 1, "output", OUTPUT.get(task, "output layer"), keeps=False)
    owner = network.get_submodule(".".join(parts[:-1]))
    norm = "norm" in type(owner).__name__.lower()
    at = next((i for i, part in enumerate(parts) if part.isdigit()), None)
    if at is not None:
        kind = "normalisation" if norm else _role(".".join(parts[at + 1 :]), type(owner).__name__)
        block = int(parts[at]) + 1
        said = {"normalisation": "normalisations", "other": "other weights"}.get(kind, kind)
        return _Place(block, kind, f"{said} of block {block}")
    if owner is network.get_input_embeddings():
        return _Place(-1, "embedding", "embedding")
    if re.search(r"wpe|pos", name):
        return _Place(0, "embedding", "positions")
    if re.search(r"type", name):
        return _Place(0, "embedding", "which of two texts")
    before = "emb" in name
    if norm:
        said = "normalisation of the embedding" if before else "last normalisation"
        return _Place(0 if before else LAST, "normalisation", said)
    said = "summary of the first token (pooler)" if "pooler" in name else parts[-2].replace("_", " ")
    return _Place(0 if before else LAST, "other", said)


def _role(name: str, kind: str) -> Kind:
    """What a part of a block does; GPT-2's `Conv1D` is a plain matrix."""
    if "conv" in name or kind in ("Conv1d", "Conv2d"):
        return "convolution"
    if "att" in name:
        return "attention"
    return "feed-forward" if re.search(r"mlp|ff|feed|fc|intermediate|output|dense|lin|act", name) else "other"


@torch.no_grad()
def computed(
    model: LanguageModel, vectors: Tensor, recording: Recording
) -> dict[str, tuple[tuple[int, ...], ...]]:
    """Shapes of the numbers each layer computes for one text (T, D): layer name -> shapes.

    Counted is what leaves every matrix, normalisation and activation function, the attention weights, and
    of an LSTM its gates, candidates, cells and hidden states. Intermediate sums are not counted.
    """
    parts = layers(model)
    shapes: dict[str, list[tuple[int, ...]]] = {layer.name: [] for layer in parts}
    if "embedding" in shapes:
        shapes["embedding"].append(tuple(vectors.shape))
    network = getattr(model, "network", None)
    if isinstance(network, torch.nn.Module):
        for name, shape in _leaving(network, model, vectors):
            shapes.setdefault(name, []).append(shape)
        if not shapes.get("positions", True):
            shapes["positions"].append(tuple(vectors.shape))  # added by the network itself
    else:
        tracks = vars(recording.memory) if recording.memory else {"hidden": recording.hidden[1:]}
        encoding = [layer.name for layer in parts if layer.kind in ("lstm", "feed-forward")]
        for number, name in enumerate(encoding):
            kept = [track[number] for track in tracks.values() if number < len(track)]
            shapes[name] += [tuple(part.shape) for part in kept]
    attending = [layer.name for layer in parts if layer.kind == "attention"] or [parts[-1].name]
    for number, weights in enumerate(recording.attention if recording.attention is not None else ()):
        shapes[attending[min(number, len(attending) - 1)]].append(tuple(weights.shape))
    output = next((layer.name for layer in parts if layer.kind == "output"), parts[-1].name)
    shapes[output].append(tuple(recording.logits.shape))
    return {name: tuple(found) for name, found in shapes.items()}


def _leaving(network: Any, model: LanguageModel, vectors: Tensor) -> list[tuple[str, tuple[int, ...]]]:
    """What leaves the modules of a transformer in one forward pass on this thread: layer name, shape."""
    seen: list[tuple[str, tuple[int, ...]]] = []
    mine = threading.get_ident()

    def watch(module: Any, layer: str) -> Any:
        def hook(_module: Any, _given: Any, out: Any) -> None:
            if isinstance(out, Tensor) and threading.get_ident() == mine:
                seen.append((layer, tuple(out.shape[1:]) if out.dim() > 2 else tuple(out.shape)))

        return module.register_forward_hook(hook)

    skipped = (network.get_input_embeddings(), network.get_output_embeddings())
    handles = [
        watch(module, _in_tree(network, f"{name}.weight", model.card.task).name)
        for name, module in network.named_modules()
        if not any(module is other for other in skipped) and _counts(name, module)
    ]
    try:
        model.unembed(model.states(vectors[None]))
    finally:
        for handle in handles:
            handle.remove()
    return seen


def _counts(name: str, module: torch.nn.Module) -> bool:
    """Whether a module computes numbers of its own: it holds weights, or is an activation function."""
    return any(True for _ in module.parameters(recurse=False)) or bool(
        re.search(r"(^|\.)(act|act_fn|activation_fn|intermediate_act_fn|activation)$", name)
    )


def moved(child: Layer, parent: Layer) -> float | None:
    """How far training carried a layer, ||w' - w|| / ||w|| over all its weights.

    None if the two do not hold weights of the same names and shapes, or the parent's are all 0.
    """
    if not child.tensors or child.shapes != parent.shapes:
        return None
    apart = sum(float((child.tensors[n] - parent.tensors[n]).square().sum()) for n in child.tensors)
    length = sum(float(weight.square().sum()) for weight in parent.tensors.values())
    return (apart / length) ** 0.5 if length else None
