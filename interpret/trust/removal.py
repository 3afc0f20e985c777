"""What the model answers when words are taken away: many texts, few forward passes.

Three meanings of taking away. `left out`: the word is really gone and the rest moves together. `zero`: its
vectors become zeros. `mask`: they become the model's mask, for models that have one. Each makes texts that
the model may never have seen; part of every drop measures that strangeness.
"""

from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from interpret import progress
from interpret.run import Run
from interpret.target import Target
from interpret.trust.subject import Subject
from models.refusals import Refusal

Way = Literal["left out", "zero", "mask"]
AT_ONCE = 2048  # tokens in one forward pass


def way_for(subject: Subject, asked: Way | None = None) -> Way:
    """How words are taken away: as asked, or as suits the model; refuses what it cannot do."""
    model = subject.run.model
    removable = sum(len(group) for group in subject.groups)
    ends = max(subject.target.places) if subject.target.ahead_only else len(subject.run.tokens)
    bare = removable >= ends  # no start mark: without its words nothing is left of the text
    if asked is None:
        return "mask" if model.mask is not None else "zero" if bare else "left out"
    if asked not in get_args(Way):
        raise Refusal(f"Words cannot be taken away by {asked!r}: choose of {', '.join(get_args(Way))}.")
    if asked == "mask" and model.mask is None:
        raise Refusal(f"{model.card.name} has no mask piece: choose left out or zero.")
    if asked == "left out" and bare:
        raise Refusal(f"Nothing would be left for {model.card.name} to read: choose zero.")
    return asked


@torch.no_grad()
def log_probabilities(subject: Subject, kept: np.ndarray, way: Way) -> np.ndarray:
    """The log-probability of what is explained, in nats, (S,), with only some words kept, (S, K) of bool.

    A span's log-probabilities are added up. Of a contrast it is that of A when only A and B are in question.
    Texts that occur twice are asked about once; those of one length go through the model together.
    """
    different, back = np.unique(kept, axis=0, return_inverse=True)
    total = np.zeros(len(different))
    for at, (run, target) in enumerate(subject.asked):
        with progress.part(at / len(subject.asked), 1 / len(subject.asked)):
            total += _of_one(run, target, subject, different, way)
    return total[back.ravel()]


def _of_one(run: Run, target: Target, subject: Subject, kept: np.ndarray, way: Way) -> np.ndarray:
    length = max(target.places) if target.ahead_only else len(run.tokens)
    there = np.ones((len(kept), length), dtype=bool)  # (S, T)
    for word, group in enumerate(subject.groups):
        there[:, group] = kept[:, word, None]
    numbers, done = np.zeros(len(kept)), 0
    lengths = there.sum(axis=1) if way == "left out" else np.full(len(there), length)
    for chosen in _batches(lengths, mixed=target.ahead_only):
        progress.tell(done / len(kept))
        done += len(chosen)
        states = run.model.states(_without(run, there[chosen], way))
        rows = _rows(target, there[chosen], way)
        own = torch.arange(len(chosen))
        for column in range(len(target.places)):
            logits = run.model.unembed(states[own, rows[:, column]])[:, None]
            numbers[chosen] += _log_probability(target.rows([column]), logits)
    return numbers


def _batches(lengths: np.ndarray, *, mixed: bool) -> Iterator[np.ndarray]:
    """Which texts (of S) go through together, `AT_ONCE` tokens or so: of one length, or longest first."""
    order = np.argsort(-lengths, kind="stable")
    while len(order):
        longest = lengths[order[0]]
        together = order if mixed else order[lengths[order] == longest]
        batch = together[: max(1, AT_ONCE // int(longest))]
        yield batch
        order = order[len(batch) :]


def _without(run: Run, there: np.ndarray, way: Way) -> Tensor:
    """The texts' vectors, (B, T', D); T' is as long as the longest text with its words left out.

    What a shorter text lost stands behind it, where it cannot matter: only causal models are given such.
    """
    vectors = run.vectors[: there.shape[1]]
    if way == "left out":
        first = np.argsort(~there, axis=1, kind="stable")[:, : there.sum(axis=1).max()]
        return vectors[torch.from_numpy(first)]
    mask = run.model.mask
    other = torch.zeros_like(vectors[0]) if way == "zero" else run.model.embed(torch.tensor([mask]))[0]
    return torch.where(torch.from_numpy(there)[..., None], vectors, other)


def _rows(target: Target, there: np.ndarray, way: Way) -> Tensor:
    """Which rows of states score the target's places, (B, C): those of the last token kept up to there."""
    positions = target.positions.numpy()
    if target.task == "classify" or way != "left out":
        return torch.from_numpy(positions).expand(len(there), -1)
    return torch.from_numpy(there.cumsum(axis=1)[:, positions] - 1)


def _log_probability(one: Target, logits: Tensor) -> np.ndarray:
    """Of one row of a target, (B,), from logits (B, 1, V)."""
    if one.against:
        return logsigmoid(one.scores(logits))[:, 0].numpy()
    return Target(
        measure="log-prob", places=one.places, tokens=one.tokens, task=one.task
    ).scores(logits)[:, 0].numpy()  # fmt: skip


def log_probability(run: Run, target: Target) -> float:
    """The same of the whole text, from the logits that were recorded."""
    logits = run.logits[target.positions]  # (C, V)
    return sum(
        float(_log_probability(target.rows([row]), logits[row][None, None])[0])
        for row in range(len(target.places))
    )
