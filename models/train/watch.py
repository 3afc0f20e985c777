"""What is seen of a network that learns Storyland, at each point of its curve: its verbs and its own words.

Every sample goes on from the same beginning with the same chances, so that only the network differs.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from models.train import storyland
from models.train.learning import Watch
from models.train.storyland import PAD, SPECIAL, START, UNKNOWN, NotAStory, Story
from models.train.storyland_lessons import Read, agreement_accuracy, evenly, numbers

BEGINNING = ("Mia", "lives", "near", "the", "mill", ".", "The", "keys")
PAIRS_AT_ONCE, LENGTH = 100, 20  # minimal pairs, and words the network adds


def watch(reader: Callable[[nn.Module], Read], told: Sequence[Story], seed: int = 1) -> Watch:
    """A `Watch` for `learning.fit`, for networks that `reader` reads, measured on the stories `told`.

    It finds, per token and in nats, what guessing evenly costs (`evenly_nats`) and what the grammar itself
    needs for these very stories (`grammar_nats`: no network can do better in the long run); `agreement`, two
    shares of minimal pairs that it gets right: nothing between subject and verb, and one noun of the other
    number; and `sample`, a text of its own, with the counts of its characters that were given (`given`) and
    that the grammar could have told (`lawful`).
    """
    constant = {"evenly_nats": evenly(), "grammar_nats": entropy(told)}

    def look(network: nn.Module) -> dict[str, Any]:
        reads = reader(network)
        words = sample(reads, BEGINNING, LENGTH, seed)
        return {
            **constant,
            "agreement": [agreement_accuracy(reads, between, PAIRS_AT_ONCE) for between in (0, 1)],
            "sample": storyland.typed(words),
            "given": len(storyland.typed(BEGINNING)),
            "lawful": len(storyland.typed(words[: lawful(words)])),
        }

    return look


def entropy(told: Sequence[Story]) -> float:
    """The grammar's own loss on these stories, in nats per token."""
    return sum(story.entropy_nats for story in told) / sum(len(story.tokens) for story in told)


@torch.no_grad()
def sample(read: Read, beginning: Sequence[str], length: int, seed: int) -> list[str]:
    """`beginning` and up to `length` words drawn from the network's own probabilities; the end ends it."""
    chances = np.random.default_rng(seed).random(length)
    names = (*SPECIAL, *storyland.vocabulary())
    ids, words = numbers((START, *beginning)), list(beginning)
    for chance in chances:
        shares = read(torch.tensor([ids]))[0, -1].double().softmax(-1).cpu().numpy()
        shares[numbers((UNKNOWN, PAD))] = 0.0
        ends = shares.cumsum()
        drawn = int(np.searchsorted(ends, chance * ends[-1], side="right"))
        if names[drawn] == START:
            break
        ids.append(drawn)
        words.append(names[drawn])
    return words


def lawful(words: Sequence[str]) -> int:
    """How many words from the first on the grammar could have told."""
    for count in range(1, len(words) + 1):
        try:
            storyland.derive(words[:count])
        except NotAStory:
            return count - 1
    return len(words)
