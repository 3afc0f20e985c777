"""Learning a tuned lens: by least squares first, then by the distance between its answers and the model's.

For every layer before the last one an affine map of its states is sought, behind which the last step
answers as the model does: the mean KL divergence KL(model || lens) over many tokens, in nats, is made small
by Adam. Started from the solution of least squares in the space of the last states (ridge), which also serves
layers of another width. Source: Belrose and others 2023, https://arxiv.org/abs/2303.08112, who start at the
identity. A tenth of the texts is held out; what is said of the lens is measured on it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from interpret import progress
from interpret.lens.readers import Lens
from interpret.run import record
from models.base import LanguageModel
from models.early import early, last_norm
from models.refusals import Refusal

BATCH = 384  # tokens a step
RATE = 2e-4
FEWEST = 200  # tokens


@dataclass(frozen=True)
class Point:
    """Where a training stood: held-out KL (nats per token) of each layer, 0 the embedding."""

    step: int
    seconds: float
    divergence: tuple[float, ...]


@torch.no_grad()
def states(model: LanguageModel, texts: Sequence[str], most: int) -> list[Tensor]:
    """The states of every layer at up to `most` tokens of these texts: L + 1 entries of (N, D_l)."""
    kept: list[list[Tensor]] = [[] for _ in model.card.widths]
    count = 0
    for text in texts:
        tokens = model.encode(text)
        tokens = tokens.cut(min(256, model.card.context or 256))
        if len(tokens) < 2 or count >= most:
            continue
        for layer, hidden in enumerate(record(model, tokens).hidden):
            kept[layer].append(hidden[1:])
        count += len(tokens) - 1
    if count < FEWEST:
        raise Refusal(f"A lens is learned from at least {FEWEST} tokens, and these texts have {count}.")
    return [torch.cat(parts)[:most] for parts in kept]


def train(
    model: LanguageModel, texts: Sequence[str], *, seconds: float = 60.0, most: int = 12_000, seed: int = 0,
    heard: Callable[[Point], None] = lambda _: None,
) -> tuple[Lens, list[Point]]:  # fmt: skip
    """Learn a lens from texts, for at most `seconds`; `heard` is told of every tenth step.

    Whoever is told of its progress may end it: the best maps so far are then given.

    Raises:
        Refusal: a model whose layers cannot be read, or too few tokens.
    """
    if "unembed" not in model.card.abilities or model.card.task != "causal":
        raise Refusal(f"{model.card.name} writes no next word layer by layer: choose a model that does.")
    made = torch.Generator().manual_seed(seed)
    every = states(model, texts, most)
    order = torch.randperm(len(every[0]), generator=made)
    every = [layer[order] for layer in every]
    cut = len(order) // 10
    held, used = [layer[:cut][:1000] for layer in every], [layer[cut:] for layer in every]
    maps = [_ridge(layer, _target(model, used[-1], every[-1].shape[1])) for layer in used[:-1]]
    parts = [part.clone().requires_grad_(True) for pair in maps for part in pair]
    adam, points, started, step = torch.optim.Adam(parts, lr=RATE), [], time.monotonic(), 0
    answers = _log_probs(model.unembed(held[-1]))
    best: Any = None
    while True:
        passed = time.monotonic() - started
        if step % 10 == 0:
            points.append(Point(step, round(passed, 2), _measured(model, held, parts, answers)))
            heard(points[-1])
            if best is None or sum(points[-1].divergence) < sum(best[0].divergence):
                best = (points[-1], [part.detach().clone() for part in parts])
        stopped = not _go_on(min(1.0, passed / seconds))
        if stopped or passed >= seconds:
            break
        for group in adam.param_groups:
            group["lr"] = RATE * max(0.02, 1 - passed / seconds)
        some = torch.randint(len(used[0]), (BATCH,), generator=made)
        with torch.no_grad():
            wanted = _log_probs(model.unembed(used[-1][some]))
        for layer in range(len(maps)):
            with torch.enable_grad():
                read = used[layer][some] @ parts[2 * layer] + parts[2 * layer + 1]
                loss = _divergence(wanted, _log_probs(early(model, read)))
                grads = torch.autograd.grad(loss, parts[2 * layer : 2 * layer + 2])
            parts[2 * layer].grad, parts[2 * layer + 1].grad = grads
        adam.step()
        step += 1
    point, kept = best
    learned = {
        "sha256": model.card.sha256, "tokens": len(used[0]), "seconds": points[-1].seconds, "seed": seed,
        "divergence": list(point.divergence), "straight": straight(model, held),
        "stopped": stopped,
    }  # fmt: skip
    return Lens(tuple(kept[0::2]), tuple(kept[1::2]), learned), points


def _go_on(share: float) -> bool:
    """Whether somebody still waits for the rest."""
    try:
        progress.tell(share)
    except progress.Stopped:
        return False
    return True


@torch.no_grad()
def straight(model: LanguageModel, every: Sequence[Tensor]) -> list[float | None]:
    """The same distance without a lens, layer by layer; None for a layer of another width."""
    answers = _log_probs(model.unembed(every[-1]))
    width = every[-1].shape[1]
    return [
        float(_divergence(answers, _log_probs(early(model, layer)))) if layer.shape[1] == width else None
        for layer in every[:-1]
    ]


def _target(model: LanguageModel, last: Tensor, width: int) -> Tensor:
    """What least squares should come to. Behind a norm the size of a state does not count: taken as it is."""
    norm = last_norm(model)
    if norm is None:
        return last
    weight, bias = getattr(norm, "weight", torch.ones(width)), getattr(norm, "bias", None)
    return (last - (0 if bias is None else bias)) / torch.where(weight.abs() < 1e-3, 1e-3, weight)


def _ridge(given: Tensor, wanted: Tensor, strength: float = 1e-2) -> tuple[Tensor, Tensor]:
    """The matrix and bias that carry `given` (N, D) closest to `wanted` (N, E)."""
    middle, goal = given.mean(0), wanted.mean(0)
    x, y = given - middle, wanted - goal
    gram = x.T @ x
    gram += strength * gram.diagonal().mean() * torch.eye(len(gram))
    matrix = torch.linalg.solve(gram, x.T @ y)
    return matrix, goal - middle @ matrix


def _log_probs(logits: Tensor) -> Tensor:
    return logits.log_softmax(-1)


def _divergence(wanted: Tensor, read: Tensor) -> Tensor:
    """Mean KL(wanted || read) over rows of log-probabilities, in nats."""
    return (wanted.exp() * (wanted - read)).sum(-1).mean()


@torch.no_grad()
def _measured(
    model: LanguageModel, held: Sequence[Tensor], parts: list[Tensor], answers: Tensor
) -> tuple[float, ...]:
    return tuple(
        float(_divergence(answers, _log_probs(early(model, held[n] @ parts[2 * n] + parts[2 * n + 1]))))
        for n in range(len(held) - 1)
    )
