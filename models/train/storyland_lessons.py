"""Storyland as lessons: story numbers without end for training, and measures that know the right answer.

`read` below is a network: token numbers (B, T) -> logits (B, T, V), memory empty at the start of each row.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.train import storyland
from models.train.learning import Settings
from models.train.storyland import PAD, SPECIAL, START, Story

Read = Callable[[Tensor], Tensor]
TRAINED_ON = "Storyland: stories from our own grammar (models/train/storyland.py), new ones all the time"
TRAINING_SEEDS = 2**40  # trainings draw from the seeds below this
HELD_OUT_SEED, PAIRS_SEED = TRAINING_SEEDS + 3, TRAINING_SEEDS + 33  # of stories that no training draws
HELD_OUT_STORIES, PAIRS = 2000, 500
UNTRAINED = -100


def tokenizer_json(settings: Settings) -> str:
    """The word-level tokenizer of Storyland as it stands in a checkpoint; the same for all settings."""
    return storyland.tokenizer().to_str(pretty=True)


def size_of_vocabulary() -> int:
    """Words and the three special entries."""
    return len(SPECIAL) + len(storyland.vocabulary())


def numbers(words: Sequence[str]) -> list[int]:
    """Words as token numbers."""
    return [_NUMBERS[word] for word in words]


_NUMBERS = {word: number for number, word in enumerate((*SPECIAL, *storyland.vocabulary()))}


def endless(seed: int) -> Iterator[list[int]]:
    """Stories without end as token numbers, each behind the start piece; the same ones for the same seed."""
    for number in itertools.count():
        told = storyland.tell(np.random.default_rng((seed, number)))
        yield [_NUMBERS[START], *numbers(told.words)]


def rows(told: Iterator[list[int]], count: int, length: int) -> np.ndarray:
    """Rows of stories one behind the other, each row beginning with one, (count, length); the last is cut."""
    found = np.empty((count, length), dtype=np.int64)
    for row in found:
        joined: list[int] = []
        while len(joined) < length:
            joined += next(told)
        row[:] = joined[:length]
    return found


class Streams:
    """Endless rows side by side: each call gives the next window of every row and the words that follow."""

    def __init__(self, seed: int, count: int):
        self._told = [endless(seed + k) for k in range(count)]
        self._left: list[list[int]] = [[] for _ in range(count)]

    def window(self, length: int) -> np.ndarray:
        """The next `length` tokens of every row and one more, (rows, length + 1)."""
        found = []
        for k, told in enumerate(self._told):
            while len(self._left[k]) <= length:
                self._left[k] += next(told)
            found.append(self._left[k][: length + 1])
            self._left[k] = self._left[k][length:]
        return np.array(found)


def loaders(batches: Callable[[int], Iterator[tuple[Tensor, Tensor]]], count: int, device: str) -> Any:
    """Fastai's loaders of `count` fresh batches an epoch; a new epoch is a new seed, fixed by torch's own.

    `batches(seed)` gives inputs and wanted words, each (B, T), without end.
    """
    from fastai.data.core import DataLoaders
    from fastai.data.load import DataLoader

    class Fresh(DataLoader):
        def before_iter(self) -> None:
            self.told = batches(int(torch.randint(TRAINING_SEEDS // 128, ())) * 128)

        def create_item(self, s: int | None) -> tuple[Tensor, Tensor]:
            return next(self.told)

    known = Fresh(range(count), bs=None, num_workers=0)
    return DataLoaders(known, Fresh(range(2), bs=None, num_workers=0), device=device)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A network's loss on whole stories beside the grammar's own on the same ones: summed nats."""

    nats: float
    grammar_nats: float
    tokens: int
    words: int


@torch.no_grad()
def measure(read: Read, told: Sequence[Story], batch: int = 64) -> Measured:
    """Summed nats over every token of the stories, each story alone behind the start piece."""
    nats, tokens = 0.0, 0
    for at in range(0, len(told), batch):
        ids = _padded([[_NUMBERS[START], *numbers(story.words)] for story in told[at : at + batch]])
        wanted = ids[:, 1:].clone()
        wanted[wanted == _NUMBERS[PAD]] = UNTRAINED
        logits = read(ids[:, :-1])
        wanted = wanted.to(logits.device)
        nats += float(functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="sum"))
        tokens += int((wanted != UNTRAINED).sum())
    words = sum(len(storyland.text(story).split()) for story in told)
    grammar = sum(story.entropy_nats for story in told)
    return Measured(nats=nats, grammar_nats=grammar, tokens=tokens, words=words)


@torch.no_grad()
def agreement_accuracy(read: Read, attractors: int, count: int = PAIRS, seed: int = PAIRS_SEED) -> float:
    """The share of minimal pairs whose right verb is likelier than the wrong one, with so many attractors."""
    found, cutter, batch = 0, storyland.tokenizer(), 64
    pairs = list(storyland.agreement_pairs(seed, count, attractors))
    for at in range(0, count, batch):
        some = pairs[at : at + batch]
        prefixes = [[_NUMBERS[START], *cutter.encode(pair.prefix).ids] for pair in some]
        logits = read(_padded(prefixes))
        ends = logits[torch.arange(len(some)), torch.tensor([len(p) - 1 for p in prefixes])]
        verbs = torch.tensor([numbers((pair.right, pair.wrong)) for pair in some], device=logits.device)
        right, wrong = ends.gather(1, verbs).T
        found += int((right > wrong).sum())
    return found / count


def described(measured: Measured, accuracies: Sequence[float]) -> str:
    """What a card says of the text a network was measured on: how good the grammar itself is on it."""
    ours, best = measured.nats / measured.tokens, measured.grammar_nats / measured.tokens
    shares = ", ".join(f"{100 * share:.1f}" for share in accuracies)
    return (
        f"{HELD_OUT_STORIES:,} fresh Storyland stories, each from its start; the grammar itself needs "
        f"{best:.4f} nats per token (the model {100 * (ours / best - 1):.1f} % more); a word is what stands "
        f"between spaces; verbs agree across 0 to {len(accuracies) - 1} attractors in {shares} % of {PAIRS} "
        "pairs each"
    )


def held_out_stories(count: int = HELD_OUT_STORIES) -> list[Story]:
    """Stories that no training draws."""
    return list(storyland.stories(HELD_OUT_SEED, count))


def digest() -> str:
    """One digest of what Storyland tells: its words and the first hundred stories of seed 0."""
    told = [storyland.text(story) for story in storyland.stories(0, 100)]
    return hashlib.sha256("\n".join((*storyland.vocabulary(), *told)).encode()).hexdigest()


def _padded(lists: list[list[int]]) -> Tensor:
    longest = max(len(ids) for ids in lists)
    return torch.tensor([ids + [_NUMBERS[PAD]] * (longest - len(ids)) for ids in lists])
