"""Classifiers of SST-2's sentences trained anew for *Attention is not not Explanation*: what nobody bundles.

The same network as sst-attention's or sst-average's, but with weights from elsewhere: even ones in training
and test alike, those of another model (its guide), or its own, made to differ from another model's while the
answers stay (an adversary that was trained, not made for one sentence). From sentences alone, as in the
papers; Adam with amsgrad, 32 sentences at a time, embeddings begin as reviews-gpt's.

Source: Wiegreffe, Pinter 2019, https://arxiv.org/abs/1908.04626, sections 3 and 4. Differs from their code:
the best epoch is chosen on the dev part, not on the test part.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

import models
from models import checkpoints
from models.text import Cutter
from models.train.sst import EMBEDDING, Classifier, Example, sentences, side_by_side

RATE, DECAY, BATCH, AT_ONCE = 1e-3, 1e-5, 32, 64
LOOKING = ("attention", "vector")  # the parts of a network that make its weights
SHORTEST = 5  # pieces; shorter sentences are left out, as in the papers
CUTTER = "sst-attention"  # whose pieces it reads
Loss = Callable[[Tensor, Tensor, Tensor], Tensor]  # (B,) which sentences, logits, weights -> one number
Guide = Sequence[Tensor]  # (T,) weights for each sentence of a part


@dataclass(frozen=True, eq=False)
class Part:
    """Sentences as pieces with their classes."""

    examples: list[Example]
    pad: int

    @cached_property
    def kinds(self) -> np.ndarray:
        """(N,) 0 negative, 1 positive."""
        return np.array([kind for _, kind in self.examples])

    def batch(self, which: np.ndarray) -> tuple[Tensor, Tensor]:
        """Pieces (B, T), padded behind, and classes (B,)."""
        return side_by_side([self.examples[one] for one in which], self.pad)

    def in_turn(self) -> Iterator[np.ndarray]:
        """All sentences in order, in groups."""
        for at in range(0, len(self.examples), AT_ONCE):
            yield np.arange(at, min(at + AT_ONCE, len(self.examples)))

    def mixed(self, rng: np.random.Generator) -> list[np.ndarray]:
        """All sentences in groups of similar length, in random order."""
        lengths = np.array([len(ids) for ids, _ in self.examples]) + rng.random(len(self.examples)) * 4
        order = np.argsort(lengths)
        groups = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        return [groups[at] for at in rng.permutation(len(groups))]


@dataclass(frozen=True, eq=False)
class Seen:
    """What a network made of a part: probabilities (N, 2), and the weights of each sentence, (T,)."""

    answers: Tensor
    weights: list[Tensor]

    def right(self, part: Part) -> float:
        """Accuracy."""
        return float((self.answers.argmax(-1).numpy() == part.kinds).mean())

    def f1(self, part: Part) -> float:
        """F1 score of the positive class, as in the papers."""
        given, wanted = self.answers.argmax(-1).numpy() == 1, part.kinds == 1
        return float(2 * (given & wanted).sum() / max(1, given.sum() + wanted.sum()))


def part(data: Path, name: str) -> Part:
    """The sentences of "train", "dev" or "test" with five pieces or more, cut as sst-attention cuts."""
    folder = models.folder(CUTTER)
    cutter = Cutter(folder / checkpoints.TOKENIZER, None)
    pad = cutter.number("<pad>")
    if pad is None:
        raise ValueError("the tokenizer has no piece <pad>")
    cut = [(cutter.cut(text).ids, kind) for text, kind in sentences(data, name)]
    return Part([one for one in cut if len(one[0]) >= SHORTEST], pad)


def fresh(encoder: str, seed: int, pad: int) -> Classifier:
    """An untrained network ("lstm" or "projection") whose embedding begins as reviews-gpt's."""
    torch.manual_seed(seed)
    given = checkpoints.opened(models.folder(EMBEDDING))[1]["transformer.wte.weight"]
    network = Classifier("small", len(given), pad, encoder, dropout=0.0)
    network.embedding.weight.data.copy_(given)
    return network


def even(part: Part) -> list[Tensor]:
    """The same weight for each piece of a sentence."""
    return [torch.full((len(ids),), 1 / len(ids)) for ids, _ in part.examples]


def placed(guide: Guide, which: np.ndarray, width: int) -> Tensor:
    """The weights of some sentences, padded with 0, (B, width)."""
    return torch.stack([functional.pad(guide[one], (0, width - len(guide[one]))) for one in which])


@torch.no_grad()
def seen(network: Classifier, part: Part, guide: Guide | None = None) -> Seen:
    """A network's answers and weights, its own or those of `guide`."""
    network.eval()
    answers, weights = [], []
    for which in part.in_turn():
        ids, _ = part.batch(which)
        logits, found = network.weighed(ids, None if guide is None else placed(guide, which, ids.shape[1]))
        answers.append(logits.softmax(-1))
        weights += [row[: len(part.examples[one][0])] for row, one in zip(found, which, strict=True)]
    return Seen(torch.cat(answers), weights)


def trained(
    network: Classifier, train: Part, dev: Part, *, epochs: int, seed: int,
    guides: tuple[Guide, Guide] | None = None, loss: Loss | None = None,
    heard: Callable[[float], None] = lambda done: None,
) -> Classifier:  # fmt: skip
    """Train a network in place on `train`, in an order by `seed`; it ends as after its best epoch on `dev`.

    `guides`: weights for the sentences of `train` and of `dev` that take the place of its own, and stay as
    they are. `loss`: what to make small instead of the cross-entropy of the classes; then the last epoch is
    kept. `heard`: is told the share that is done.
    """
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    free = [(n, p) for n, p in network.named_parameters() if guides is None or n.split(".")[0] not in LOOKING]
    decayed = [p for n, p in free if n.split(".")[0] not in LOOKING]
    looking = [p for n, p in free if n.split(".")[0] in LOOKING]
    groups = [{"params": decayed, "weight_decay": DECAY}, {"params": looking}]
    adam = torch.optim.Adam([g for g in groups if g["params"]], lr=RATE, amsgrad=True, fused=True)
    best, kept = -1.0, network.state_dict()
    for epoch in range(epochs):
        network.train()
        batches = train.mixed(rng)
        for number, which in enumerate(batches):
            ids, kinds = train.batch(which)
            guide = None if guides is None else placed(guides[0], which, ids.shape[1])
            logits, weights = network.weighed(ids, guide)
            price = (
                functional.cross_entropy(logits, kinds)
                if loss is None else loss(torch.from_numpy(which), logits, weights)
            )  # fmt: skip
            adam.zero_grad()
            price.backward()
            adam.step()
            heard((epoch + (number + 1) / len(batches)) / epochs)
        found = seen(network, dev, None if guides is None else guides[1]).right(dev)
        if loss is not None or found > best:
            best, kept = found, deepcopy(network.state_dict())
    network.load_state_dict(kept)
    return network


def against(base: Seen, strength: float) -> Loss:
    """The loss of a model that is to answer as `base` did and to look elsewhere, summed over sentences.

    |p - p'| / 2 of the positive class (half the total variation, as in the authors' code) less `strength`
    times the Kullback-Leibler divergence of its weights from the base's. Wiegreffe, Pinter 2019, section 4.
    """

    def loss(which: Tensor, logits: Tensor, weights: Tensor) -> Tensor:
        answers = base.answers[which]
        theirs = placed(base.weights, which.numpy(), weights.shape[1])
        moved = (logits.softmax(-1) - answers)[:, 1].abs() / 2
        return (moved - strength * divergence(weights, theirs)).sum()

    return loss


def divergence(one: Tensor, other: Tensor) -> Tensor:
    """Kullback-Leibler divergence of rows (B, T) from others, in nats, (B,); finite where both are 0 (padding)."""
    ratio = one.clamp(min=1e-10).log() - other.clamp(min=1e-10).log()
    return (one * ratio).sum(-1)
