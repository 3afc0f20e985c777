"""Muon: momentum whose matrix updates are made orthogonal before they are taken.

In fp32 throughout: `torch.optim.Muon` orthogonalises in bfloat16, which CPUs without such
instructions run twenty times slower. Everything that is not a matrix is trained by Adam.
Source: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/.
"""

from typing import Any

import torch
from torch import Tensor

_QUINTIC = (3.4445, -4.7750, 2.0315)


def orthogonal(matrix: Tensor, rounds: int = 5) -> Tensor:
    """The nearest matrix whose singular values are all about 1, (A, B) -> (A, B), by Newton-Schulz."""
    first, third, fifth = _QUINTIC
    wide = matrix.mT if matrix.shape[0] > matrix.shape[1] else matrix
    wide = wide / (wide.norm() + 1e-7)
    for _ in range(rounds):
        square = wide @ wide.mT
        wide = first * wide + (third * square + fifth * square @ square) @ wide
    return wide.mT if matrix.shape[0] > matrix.shape[1] else wide


class Muon(torch.optim.Optimizer):
    """Group 0 (matrices) by Muon, every later group by Adam with decoupled weight decay."""

    def __init__(self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.95, 0.99)):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": 0.0, "eps": 1e-8})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for number, group in enumerate(self.param_groups):
            move = self._matrix if number == 0 else self._adam
            for weight in group["params"]:
                if weight.grad is not None:
                    weight.mul_(1 - group["lr"] * group["weight_decay"])
                    move(weight, group)

    def _matrix(self, weight: Any, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if not state:
            state["momentum"] = torch.zeros_like(weight)
        kept = state["momentum"].lerp_(weight.grad, 1 - group["betas"][0])
        looked_ahead = weight.grad.lerp(kept, group["betas"][0])
        scale = max(1.0, weight.shape[0] / weight.shape[1]) ** 0.5
        weight.add_(orthogonal(looked_ahead), alpha=-group["lr"] * scale)

    def _adam(self, weight: Any, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if not state:
            state["step"] = torch.zeros(())
            state["mean"], state["square"] = torch.zeros_like(weight), torch.zeros_like(weight)
        state["step"] += 1
        slow, fast = group["betas"]
        state["mean"].lerp_(weight.grad, 1 - slow)
        state["square"].lerp_(weight.grad.square(), 1 - fast)
        mean = state["mean"] / (1 - slow ** state["step"])
        square = state["square"] / (1 - fast ** state["step"])
        weight.addcdiv_(mean, square.sqrt_().add_(group["eps"]), value=-group["lr"])
