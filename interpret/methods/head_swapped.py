"""Another attention in one head of a transformer: would the model's answer change?

Shuffled: each row's weights in a random order among the tokens it sees. Twin: other weights with exactly the
same output of this head, row by row, by a linear programme; they exist for rows that see more tokens than
the head is wide (and one more). Adversary: weights as different as possible while the answer moves by at
most epsilon, by Adam from several starts, and checked afterwards. Everything behind the head is computed
anew. What counts is how far the distribution at the end (the next word, or the classes) moves, in total
variation.

Source: Jain, Wallace 2019, https://arxiv.org/abs/1902.10186, section 4.2, for the shuffle; the twin follows
from Brunner et al. 2020, https://arxiv.org/abs/1908.04211.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from interpret.attention.head_lab import adversary, at_the_end, heads, moves, shuffled
from interpret.attention.maps import chosen_head, head_maps, layers, square
from interpret.attention.subject import tvd
from interpret.attention.swapping import same, twin
from interpret.method import Method
from interpret.results.attention import HeadMaps, head_name
from interpret.results.base import Check
from interpret.run import Run
from interpret.sentences import percent
from interpret.target import Target

Way = Literal["shuffled", "adversary", "twin"]
SHUFFLES = 20


@dataclass(frozen=True, kw_only=True)
class Options:
    """`layer` (from 1), `head` (from 0); `way`; `epsilon`: how far an adversary may move the answer; `seed`."""

    layer: int = 1
    head: int = 0
    way: Way = "shuffled"
    epsilon: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        if self.way not in get_args(Way):
            raise ValueError(f"way is one of {', '.join(get_args(Way))}")
        if not 0 < self.epsilon <= 1:
            raise ValueError("epsilon lies above 0 and at most at 1")


def compute(run: Run, target: Target, options: Options) -> HeadMaps:
    """The run's maps (L, H, T, T) with one head's changed; the notes say what became of the answer."""
    found = square(run).astype(np.float64)
    layer, head = chosen_head(found, options.layer, options.head)
    other, note, check = WAYS[options.way](run, layer, head, options)
    found[layer, head] = other.numpy()
    return head_maps(
        run, "head_swapped", found, unit="share of the row", options=options, check=check, notes=(note,)
    )


Change = tuple[Tensor, str, Check]  # weights (T, T), what became of the answer, and the check


def _shuffled(run: Run, layer: int, head: int, options: Options) -> Change:
    subject, made = at_the_end(run), torch.Generator().manual_seed(options.seed)
    own = subject.attention[layer, head].double()
    others = torch.stack([shuffled(own, subject.back, made) for _ in range(SHUFFLES)])
    moved = moves(subject, layer, head, others.float())
    other = others[int(moved.argsort()[SHUFFLES // 2])]
    note = (
        f"With {head_name(layer + 1, head)} shuffled the model's answer moves by {percent(float(moved.median()))} "
        f"(median of {SHUFFLES} orders; at most {percent(float(moved.max()))})."
    )
    return other, note, Check(
        name="weights", value=float((other.sort(-1).values - own.sort(-1).values).abs().max()), limit=1e-9,
        says="Each row holds the same weights as before, up to {}.",
    )  # fmt: skip


def _adversary(run: Run, layer: int, head: int, options: Options) -> Change:
    found = adversary(heads(run), layer, head, options.epsilon, options.seed)
    name = head_name(layer + 1, head)
    note = (
        f"Other weights for {name} at a divergence of {found.distance:.2f} (of at most 0.69) nats a row move the "
        f"model's answer by {percent(found.moved)}." if found.distance > 0.01 else
        f"No other weights were found for {name} that move the answer by less than {options.epsilon:g}: there it fixes "
        "the map."
    )  # fmt: skip
    return found.attention.double(), note, Check(
        name="change of the answer", value=found.moved, limit=options.epsilon,
        says="Checked afterwards, the answer moves by {}.",
    )  # fmt: skip


def _twin(run: Run, layer: int, head: int, options: Options) -> Change:
    subject = at_the_end(run)
    own, value = subject.attention[layer, head].double(), layers(run)[layer].value[head]
    other, count = twins(own, value, subject.back)
    name, gap = head_name(layer + 1, head), max(same(own[q], other[q], value) for q in range(len(own)))
    moved = percent(float(moves(subject, layer, head, other[None].float())))
    note = (
        f"{count} of {len(own)} rows of {name} have a twin; with them the model's answer moves by {moved}."
        if count else f"No row of {name} has a twin: it is {value.shape[1]} wide, and the text is too short."
    )  # fmt: skip
    return other, note, Check(
        name="output", value=gap, limit=1e-5, says="With the twin the head's output differs by {} of its size."
    )  # fmt: skip


WAYS = {"shuffled": _shuffled, "adversary": _adversary, "twin": _twin}


def twins(own: Tensor, value: Tensor, back: bool) -> tuple[Tensor, int]:
    """Every row's twin where it has one, (T, T), and how many have."""
    other, count = own.clone(), 0
    for query in range(len(own)):
        seen = query + 1 if back else len(own)
        found = twin(own[query, :seen], value[:seen])
        if found is not None and float(tvd(found, own[query, :seen])) > 1e-6:
            other[query, :seen] = found
            count += 1
    return other, count


METHOD = Method(
    name="head_swapped",
    title="One head shuffled, made to differ, or its twin",
    question="Would another map in this head change the answer?",
    gives="head-maps",
    needs=frozenset({"attention"}),
    options=Options,
    source="Jain and Wallace 2019; Brunner et al. 2020",
    signed=False,
    compute=compute,
    place=59,
)
