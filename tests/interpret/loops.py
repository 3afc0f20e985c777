"""The slow, plain way to every number: one target at a time, by autograd or by captum."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

import models
from interpret.run import Run, record
from interpret.target import Target
from tests import tiny

TEXT = "the keys to the cabinet, don't"
FAMILIES = ("lstm", "gpt2", "llama")


def run_of(family: str, folder: Path, text: str = TEXT) -> Run:
    """A text as a tiny random network of a family went through it."""
    if family == "lstm":
        return record(tiny.lstm_model(folder), text)
    return record(models.load(tiny.huggingface_folder(folder, family)), text)


def functions(run: Run, target: Target) -> Iterator[Callable[[Tensor], Tensor]]:
    """For each row of the target the explained number as a function (B, T, D) -> (B,)."""
    for row in range(len(target.places)):
        one = target.rows([row])

        def function(vectors: Tensor, one: Target = one) -> Tensor:
            logits = run.model.logits(vectors)[:, one.places[0] - 1]
            if one.measure in ("log-prob", "probability"):
                logits = logits.log_softmax(-1)
            number = logits[:, one.tokens[0]]
            if one.measure == "contrast":
                return number - logits[:, one.against[0]]
            return number.exp() if one.measure == "probability" else number

        yield function


def gradients(run: Run, target: Target) -> np.ndarray:
    """(C, T, D), each row by a forward and a backward pass of its own."""
    rows = []
    for function in functions(run, target):
        leaf = run.vectors[None].clone().requires_grad_(True)
        rows.append(torch.autograd.grad(function(leaf)[0], leaf)[0][0].numpy())
    return np.stack(rows)


def by_captum(name: str, run: Run, target: Target, **settings: Any) -> np.ndarray:
    """(C, T, D): one of captum's attributions for each row of the target."""
    import captum.attr

    rows = []
    for function in functions(run, target):
        method = getattr(captum.attr, name)(function)
        given = run.vectors[None].clone().requires_grad_(True)
        rows.append(method.attribute(given, **settings)[0].detach().numpy())
    return np.stack(rows)


def close(ours: np.ndarray, theirs: np.ndarray, relative: float = 1e-5) -> None:
    """Equal to `relative` of the largest number, which must not be nothing."""
    largest = np.abs(theirs).max()
    assert largest > 1e-5
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=relative * largest)
