"""How many weights must be erased before the answer changes?

A weight is set to 0 and the others are made to sum to 1 again; only what follows the attention is computed
anew. Weights are taken away in an order until the likeliest class is another one: in random order, the
largest first, by the gradient of the answer's probability, or by gradient times weight. The share that had
to go is told, or that it never changed. One weight alone: does the largest flip the answer, and does a
random other one?

Source: Serrano, Smith 2019, https://arxiv.org/abs/1906.03731, sections 3 and 4.
"""

import numpy as np
import torch
from torch import Tensor

from interpret.attention.subject import Subject, jsd

ORDERS = ("random", "attention", "gradient", "gradient × attention")
NEVER = -1.0


def without(own: Tensor, erased: Tensor) -> Tensor:
    """Weights (T,) where `erased` (B, T) is true taken away, the rest made shares, (B, T); never all of them."""
    left = own * ~erased
    return left / left.sum(-1, keepdim=True)


def slopes(subject: Subject) -> Tensor:
    """The gradient of the answer's probability by each weight, (T,)."""
    leaf = subject.attention.clone().requires_grad_(True)
    with torch.enable_grad():
        (found,) = torch.autograd.grad(subject.answers(leaf[None])[0].max(), leaf)
    return found


def orders(subject: Subject, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Which weight goes first, by each of ORDERS."""
    slope = slopes(subject).double().numpy()
    own = subject.attention.double().numpy()
    return {
        "random": rng.permutation(len(own)),
        "attention": np.argsort(-own, kind="stable"),
        "gradient": np.argsort(-slope, kind="stable"),
        "gradient × attention": np.argsort(-slope * own, kind="stable"),
    }


@torch.no_grad()
def needed(subject: Subject, order: np.ndarray) -> float:
    """The share of the weights that must go, in this order, before the answer changes; NEVER if it does not."""
    length = len(subject)
    erased = torch.zeros(length - 1, length, dtype=torch.bool)
    for count in range(1, length):
        erased[count - 1, order[:count].copy()] = True
    left = without(subject.attention, erased)
    usable = torch.isfinite(left).all(-1)
    flips = (subject.answers(left.nan_to_num()).argmax(-1) != subject.answer.argmax()) & usable
    return float(flips.int().argmax() + 1) / length if bool(flips.any()) else NEVER


@torch.no_grad()
def single(subject: Subject, rng: np.random.Generator) -> dict[str, float]:
    """The largest weight against a random other: difference of weights, of divergences, and which flips."""
    own, answer = subject.attention, subject.answer
    top = int(own.argmax())
    other = int(rng.choice([place for place in range(len(own)) if place != top]))
    erased = torch.zeros(2, len(own), dtype=torch.bool)
    erased[0, top] = erased[1, other] = True
    shares = subject.answers(without(own, erased))
    moved = jsd(shares, answer)
    flips = shares.argmax(-1) != answer.argmax()
    return {
        "weight": float(own[top] - own[other]), "divergence": float(moved[0] - moved[1]),
        "top flips": float(flips[0]), "other flips": float(flips[1]),
    }  # fmt: skip
