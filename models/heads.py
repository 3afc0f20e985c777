"""Where a transformer's body ends and its last step begins, for each of the three tasks.

A language model's last step is its output layer; a masked model's is the whole head (transform and output
layer), so that any layer's states can be read through it; a classifier's is its last matrix, which reads
the one vector that the text was summed up in. A network none of this fits is taken whole.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from models.base import Task
from models.refusals import BadCheckpoint

READ_BEFORE = "read_from_the_place_before"  # in config.json: a hidden piece is read off the state before it
LAST = ("classifier", "classifier.out_proj", "classification_head.out_proj", "score", "logits_proj")

_letting_pass: ContextVar[bool] = ContextVar("letting_pass", default=False)


@dataclass(frozen=True, eq=False)
class Parted:
    """A network in two steps, body and last step."""

    body: Callable[..., tuple[Tensor, tuple[Tensor, ...] | None]]
    """(B, T, D) -> states (B, R, D_last), and with `every=True` what each layer passed on, (B, T, D) each."""
    last: Callable[[Tensor], Tensor]
    """(..., D_last) -> (..., V)"""


def parted(network: Any, task: Task) -> Parted:
    """The body and the last step of a network; a head that is built in a way not known here is refused."""
    if task == "classify":
        return _classifier(network)
    return Parted(_body(network), network.get_output_embeddings() if task == "causal" else _filler(network))


def whole(network: Any, task: Task) -> Parted:
    """The network undivided: its states are its logits."""

    def body(vectors: Tensor, *, every: bool = False) -> tuple[Tensor, tuple[Tensor, ...] | None]:
        out = network(inputs_embeds=vectors, output_hidden_states=every)
        logits = out.logits[:, None] if task == "classify" else out.logits
        return logits, out.hidden_states if every else None

    return Parted(body, lambda states: states)


def _body(network: Any) -> Callable[..., tuple[Tensor, tuple[Tensor, ...] | None]]:
    read_before = getattr(network.config, READ_BEFORE, False)

    def body(vectors: Tensor, *, every: bool = False) -> tuple[Tensor, tuple[Tensor, ...] | None]:
        out = network.base_model(inputs_embeds=vectors, output_hidden_states=every)
        last = out.last_hidden_state
        states = last.roll(1, dims=1) if read_before else last
        return states, (*out.hidden_states[:-1], last) if every else None

    return body


def _filler(network: Any) -> Callable[[Tensor], Tensor]:
    """The head of a masked model: all that stands behind its body."""
    body = network.base_model
    steps = {
        name: step
        for name, step in network.named_children()
        if step is not body and next(step.parameters(), None) is not None
    }
    if "vocab_transform" in steps:  # DistilBERT, whose activation is written between its modules
        return lambda states: network.vocab_projector(
            network.vocab_layer_norm(network.activation(network.vocab_transform(states)))
        )
    return torch.nn.Sequential(*steps.values())


def _classifier(network: Any) -> Parted:
    """Body and last matrix. In `body` the matrix lets pass what it reads, whatever the head does before."""
    named = dict(network.named_modules())
    found = [named[name] for name in LAST if isinstance(named.get(name), torch.nn.Linear)]
    if not found:
        raise BadCheckpoint(
            f"{type(network).__name__}: this kind of classifier is not known here; give one whose last layer "
            f"is named {', '.join(LAST)}."
        )
    last = found[0]
    own = last.forward
    last.forward = lambda rows: rows if _letting_pass.get() else own(rows)
    read = whole(network, "classify").body

    def body(vectors: Tensor, *, every: bool = False) -> tuple[Tensor, tuple[Tensor, ...] | None]:
        token = _letting_pass.set(True)
        try:
            return read(vectors, every=every)
        finally:
            _letting_pass.reset(token)

    return Parted(body, last)
