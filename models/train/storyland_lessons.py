"""Storyland as lessons: story numbers without end for training, and measures that know the right answer.

`read` below is a network: token numbers (B, T) -> logits (B, T, V), memory empty at the start of each row.
"""

import hashlib
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fastai.losses import CrossEntropyLossFlat
from torch import Tensor, nn
from torch.nn import functional

from models.train import stages, storyland
from models.train.learning import TRAINING_SEEDS, History, Settings, endless_batches
from models.train.recipes import HeldOut
from models.train.reviews import learn_by_muon
from models.train.stages import Stages
from models.train.storyland import MOST_ATTRACTORS, PAD, SPECIAL, START, Story

Read = Callable[[Tensor], Tensor]
TRAINED_ON = "Storyland: stories from our own grammar (models/train/storyland.py), new ones all the time"
HELD_OUT_SEED, PAIRS_SEED = TRAINING_SEEDS + 3, TRAINING_SEEDS + 33  # of stories that no training draws
HELD_OUT_STORIES, PAIRS = 2000, 500
QUICK_STORIES, QUICK_PAIRS = 300, 100  # for size "tiny": a reader waits for it
UNTRAINED = -100
SHARES = {
    "0.2-percent": 0.002,
    "1-percent": 0.01,
    "12-percent": 0.12,
}  # of a training; what is learned is early


def tokenizer_json(settings: Settings) -> str:
    """The word-level tokenizer of Storyland as it stands in a checkpoint; the same for all settings."""
    return storyland.tokenizer().to_str(pretty=True)


def size_of_vocabulary() -> int:
    """Words and the three special entries."""
    return len(SPECIAL) + len(storyland.vocabulary())


def evenly() -> float:
    """What guessing every entry of the vocabulary alike costs, in nats per token."""
    return math.log(size_of_vocabulary())


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


def batches(seed: int, count: int, length: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Rows that begin with a story; inputs and wanted words, each (count, length), without end."""
    told = endless(seed)
    while True:
        some = torch.as_tensor(rows(told, count, length + 1))
        yield some[:, :-1].contiguous(), some[:, 1:].contiguous()


def learn(
    model: nn.Module,
    settings: Settings,
    folder: Path,
    shape: tuple[int, int, int],
    lr: tuple[float, float],
    shares: Mapping[str, float] = {},
    told: Callable[[int, int, int], Iterator[tuple[Tensor, Tensor]]] = batches,
) -> History:
    """Train `model` in place on new stories all the time.

    Args:
        model: token numbers (B, T) -> logits (B, T, V), memory empty at the start of each row.
        settings: as the recipe was asked for.
        folder: where it keeps what it needs to go on.
        shape: rows in a batch, tokens in a row, batches in an epoch.
        lr: the highest learning rates of the matrices (by Muon) and of all else (by Adam).
        shares: the stages that are kept in `folder`, as `Stages` takes them.
        told: what it reads, as `batches` gives it.
    """
    from models.train.watch import watch  # it asks the measures below

    count, length, epoch = shape
    unseen = held_out_stories(200)

    def loss(network: nn.Module) -> float:
        found = measure(reader(network), unseen)
        return found.nats / found.tokens

    return learn_by_muon(
        model, endless_batches(lambda seed: told(seed, count, length), epoch, settings.device),
        CrossEntropyLossFlat(), settings, folder, loss, lr=lr, watched_by=[Stages(folder, shares)],
        watch=watch(reader, unseen, settings.seed),
    )  # fmt: skip


def reader(network: nn.Module) -> Read:
    """The network as the measures below ask it: nothing dropped, left as it was."""

    def read(ids: Tensor) -> Tensor:
        training = network.training
        network.eval()
        logits = network(ids.to(next(network.parameters()).device))
        network.train(training)
        return logits

    return read


def held_out(network: nn.Module, settings: Settings) -> HeldOut:
    """Fresh stories, each from its start; how near the grammar; how verbs agree; fewer for size "tiny"."""
    read, quick = reader(network), settings.size == "tiny"
    found = measure(read, held_out_stories(QUICK_STORIES if quick else HELD_OUT_STORIES))
    pairs = QUICK_PAIRS if quick else PAIRS
    shares = [agreement_accuracy(read, attractors, pairs) for attractors in range(MOST_ATTRACTORS + 1)]
    of = described(found, shares, pairs)
    return HeldOut(nats=found.nats, pieces=found.tokens, words=found.words, of=of)


def stages_of(
    folder: Path, network: Callable[[], nn.Module], tensors: Callable[[nn.Module], Mapping[str, Tensor]]
) -> tuple[tuple[dict[str, Any], dict[str, Tensor]], ...]:
    """The stages in `folder`, each with its loss on 200 fresh stories and how its verbs agree."""
    unseen = held_out_stories(200)

    def measured(then: nn.Module) -> dict[str, float]:
        found = measure(reader(then), unseen)
        loss = found.nats / found.tokens
        agree = [agreement_accuracy(reader(then), number, 100) for number in range(MOST_ATTRACTORS + 1)]
        return {
            "held_out_loss_nats": loss,
            "perplexity_per_token": math.exp(loss),
            "perplexity_per_word": math.exp(found.nats / found.words),
            "agreement": sum(agree) / len(agree),
        }

    return stages.measured(folder, network, measured, tensors)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A network's loss on whole stories beside the grammar's own on the same ones: summed nats.

    `places`: the words of these stories that say again where something was put, which nothing but its memory
    can tell; `found`: those of them that were its first guess.
    """

    nats: float
    grammar_nats: float
    tokens: int
    words: int
    stories: int
    places: int
    found: int


@torch.no_grad()
def measure(read: Read, told: Sequence[Story], batch: int = 64) -> Measured:
    """Summed nats over every token of the stories, each story alone behind the start piece."""
    nats, tokens, places, found = 0.0, 0, 0, 0
    for at in range(0, len(told), batch):
        some = told[at : at + batch]
        ids = _padded([[_NUMBERS[START], *numbers(story.words)] for story in some])
        wanted = ids[:, 1:].clone()
        wanted[wanted == _NUMBERS[PAD]] = UNTRAINED
        logits = read(ids[:, :-1])
        wanted = wanted.to(logits.device)
        nats += float(functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="sum"))
        tokens += int((wanted != UNTRAINED).sum())
        again = [(n, t) for n, story in enumerate(some) for t, word in enumerate(story.tokens)
                 if word.phenomenon == "copied_place"]  # fmt: skip
        right = logits.argmax(-1) == wanted
        places, found = places + len(again), found + sum(bool(right[spot]) for spot in again)
    words = sum(len(storyland.text(story).split()) for story in told)
    grammar = sum(story.entropy_nats for story in told)
    return Measured(
        nats=nats, grammar_nats=grammar, tokens=tokens, words=words, stories=len(told),
        places=places, found=found,
    )  # fmt: skip


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


def described(measured: Measured, accuracies: Sequence[float], pairs: int = PAIRS) -> str:
    """What a card says of the text a network was measured on: how good the grammar itself is on it."""
    ours, best = measured.nats / measured.tokens, measured.grammar_nats / measured.tokens
    shares = ", ".join(f"{100 * share:.1f}" for share in accuracies)
    places = max(1, measured.places)
    return (
        f"{measured.stories:,} fresh Storyland stories, each from its start; the grammar itself needs "
        f"{best:.4f} nats per token (the model {100 * (ours / best - 1):.1f} % more); a word is what stands "
        f"between spaces; verbs agree across 0 to {len(accuracies) - 1} attractors in {shares} % of {pairs} "
        f"pairs each; where things were put is told again right in {100 * measured.found / places:.1f} % of "
        f"{measured.places:,} words"
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
