"""What the attention of one layer is made of: what goes in, the weights, the values, and how heads are joined.

Everything a head-by-head account of a transformer needs. The sum over heads h and looked-at tokens j of
`weights[h, i, j] * (value[h, j] @ joining[h])`, and `bias`, is what attention adds to token i.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from models.base import LanguageModel
from models.observed import observing
from models.refusals import Refusal

# The matrix that joins the heads of a layer, by how its name ends; and the norm behind the sum, where that is
# how a network is built (BERT, DistilBERT; all others norm before).
JOINING = (
    "attn.c_proj", "self_attn.o_proj", "self_attn.out_proj", "attention.output.dense", "attention.dense",
    "attention.out_lin", "attention_out",
)  # fmt: skip
BEHIND = {"attention.output.dense": "attention.output.LayerNorm", "attention.out_lin": "sa_layer_norm"}


class NotTakenApart(Refusal):
    """A network whose attention cannot be taken apart into heads that add up."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AttentionLayer:
    """One layer's attention to one text. Tensors are on the CPU, without gradients."""

    given: Tensor  # (T, D) what goes into the layer: the residual stream
    weights: Tensor  # (H, T, T)
    query: Tensor  # (H, T, C): softmax(query key / sqrt(C)) are the weights, whoever scales them
    key: Tensor  # (H, T, C)
    value: Tensor  # (H, T, C)
    joining: Tensor  # (H, C, D)
    bias: Tensor  # (D,)
    added: Tensor  # (T, D) what attention adds, as the network computed it
    norm: Any  # the LayerNorm behind given + added, or None

    @property
    def found(self) -> Tensor:
        """What each token offers each head as it is added, (H, T, D)."""
        return self.value @ self.joining


def blocks(model: LanguageModel) -> list[Any]:
    """The layers of a transformer as modules, in order."""
    network: Any = getattr(model, "network", None)
    lists = [] if network is None else [m for m in network.modules() if isinstance(m, torch.nn.ModuleList)]
    found = next((modules for modules in lists if len(modules) == model.card.layers), None)
    if found is None:
        raise NotTakenApart(f"{model.card.name} is not built of layers of attention: choose a transformer.")
    return list(found)


@torch.no_grad()
def attention_layers(
    model: LanguageModel, vectors: Tensor, hidden: tuple[Tensor, ...]
) -> list[AttentionLayer]:
    """The attention of every layer to a text (T, D) whose states were recorded, L+1 entries of (T, D)."""
    added: list[Tensor] = []
    joining = [_joining(model, block) for block in blocks(model)]
    with ExitStack() as stack:
        seen = stack.enter_context(observing())
        for module, _ in joining:
            stack.enter_context(results_of(module, lambda out: added.append(out[0])))
        model.states(vectors[None])
    if not len(seen.given) == len(added) == len(joining):
        raise NotTakenApart(f"The attention of {model.card.name} cannot be taken apart into heads.")
    made = []
    for (module, norm), given, weights, (query, key, value), out in zip(
        joining, hidden, seen.weights, seen.given, added, strict=False
    ):
        matrix = module.weight if type(module).__name__ == "Conv1D" else module.weight.T
        bias = torch.zeros_like(given[0]) if module.bias is None else module.bias
        made.append(
            AttentionLayer(
                given=given, weights=weights, query=query, key=key, value=value, added=out, norm=norm,
                joining=matrix.unflatten(0, (len(value), -1)).detach(), bias=bias.detach(),
            )
        )  # fmt: skip
    return made


def _joining(model: LanguageModel, block: Any) -> tuple[Any, Any]:
    """The module that joins the heads of a layer, and the norm behind the sum or None."""
    named = dict(block.named_modules())
    if "convolution" in named:
        raise NotTakenApart(
            f"The layers of {model.card.name} also mix words by a convolution, so heads alone do not add up: "
            "choose another transformer, or the raw weights."
        )
    for ending in JOINING:
        for name, module in named.items():
            if name == ending or name.endswith(f".{ending}"):
                behind = BEHIND.get(ending)
                norm = named.get(f"{name.removesuffix(ending)}{behind}") if behind else None
                return module, norm
    raise NotTakenApart(
        f"How {model.card.name} joins its heads is not known here: choose the raw weights or rollout."
    )


@torch.no_grad()
def asked_by_layer(model: LanguageModel, vectors: Tensor) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Queries, keys and values (H, T, C) of every layer as they meet: turned, where positions turn them.

    Queries are scaled so that softmax(q k / sqrt(C)) are the weights; each head has keys of its own (grouped
    ones are repeated). Empty for a model whose attention is not one of queries and keys.
    """
    with observing() as seen:
        model.states(vectors[None])
    found = []
    for query, key, value in seen.given:
        groups = len(query) // len(key)
        found.append((query, key.repeat_interleave(groups, 0), value.repeat_interleave(groups, 0)))
    return found


def turns(model: LanguageModel) -> bool:
    """Whether queries and keys are turned by their places before they meet (rotary positions)."""
    network: Any = getattr(model, "network", None)
    settings = getattr(network, "config", None)
    named = () if network is None else (type(module).__name__ for module in network.modules())
    return (
        any("Rotary" in name for name in named)
        or getattr(settings, "rope_parameters", None) is not None
        or bool(getattr(network, "ROTARY", False))
    )


@contextmanager
def results_of(module: Any, take: Callable[[Tensor], Any]) -> Iterator[None]:
    """Inside, `take` is given what this module computes on this thread (of several things, the first)."""
    mine = threading.get_ident()

    def hook(_module: Any, _given: Any, out: Any) -> None:
        if threading.get_ident() == mine:
            take(out[0] if isinstance(out, tuple) else out)

    handle = module.register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()
