"""Gradients of every target at once: one shared forward, then batched vector-Jacobian products."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from interpret.run import Run
from interpret.target import Target
from models.base import LanguageModel

BUDGET_MIB = 192  # for the rows of gradients held at one time


@torch.no_grad()
def numbers_of(model: LanguageModel, vectors: Tensor, target: Target) -> np.ndarray:
    """The explained numbers (B, C) of texts (B, T, D)."""
    return target.scores(model.unembed(model.states(vectors)[:, target.positions])).numpy()


def input_gradients(
    model: LanguageModel, vectors: Tensor, target: Target, budget_mib: int = BUDGET_MIB
) -> Iterator[tuple[list[int], Tensor, Tensor]]:
    """How much each explained number moves with each input vector.

    Args:
        model: any model that has gradients.
        vectors: (B, T, D) input vectors; B texts of one length (steps on a path, noisy copies).
        target: its C rows.
        budget_mib: rows are handed over in chunks whose work fits into about this much memory.

    Yields:
        Some rows of the target, rising by place; the explained numbers (B, c); gradients (B, c, S, D) with
        respect to the first S inputs. Later inputs cannot matter.
    """
    back = model.pullback(vectors)
    order = sorted(range(len(target.places)), key=lambda row: target.places[row])
    rows_at_once = _rows_that_fit(vectors, budget_mib)
    for start in range(0, len(order), rows_at_once):
        rows = order[start : start + rows_at_once]
        chosen = target.rows(rows)
        values, seeds = _seeds(model, back.states[:, chosen.positions], chosen)
        yield rows, values, back.pull(chosen.positions, seeds)


def _seeds(model: LanguageModel, states: Tensor, target: Target) -> tuple[Tensor, Tensor]:
    """The explained numbers (B, c) and their gradients (B, c, D) at the final states, never all of T x V."""
    leaf = states.detach().requires_grad_(True)
    with torch.enable_grad():
        values = target.scores(model.unembed(leaf))
        (seeds,) = torch.autograd.grad(values.sum(), leaf)
    return values.detach(), seeds


def _rows_that_fit(vectors: Tensor, budget_mib: int) -> int:
    batch, length, width = vectors.shape
    one_row = batch * length * width * 4 * 12  # a block's widest layer, there and back
    return max(1, min(16, budget_mib * 2**20 // one_row))


def lengths(
    run: Run, target: Target, measure: Callable[[Tensor, Tensor], Tensor]
) -> tuple[np.ndarray, np.ndarray]:
    """Unsigned sizes (C, T) of the gradients, and the explained numbers (C,).

    `measure` makes sizes (..., S) of gradients (..., S, D) and input vectors (S, D). The gradients of a
    summed target are added first; its first row holds their sizes, the others 0.
    """
    values = np.zeros((len(target.places), len(run.tokens)))
    totals, joined = np.zeros(len(target.places)), torch.zeros_like(run.vectors)
    for rows, numbers, gradients in input_gradients(run.model, run.vectors[None], target):
        reach = gradients.shape[2]
        values[rows, :reach] = measure(gradients[0], run.vectors[:reach]).numpy()
        totals[rows] = numbers[0].numpy()
        joined[:reach] += gradients[0].sum(0)
    if target.summed:
        values[:] = 0
        values[0] = measure(joined, run.vectors).numpy()
    return values, totals
