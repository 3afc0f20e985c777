"""Another attention in one head of a transformer: would the model's answer change?

Shuffled: each row's weights in a random order among the tokens it sees. Twin: other weights with exactly the
same output of this head, row by row, by a linear programme; they exist for rows that see more tokens than
the head is wide (and one more). Everything behind the head is computed anew. What counts is how far the
distribution at the end (the next word, or the classes) moves, in total variation.

Source: Jain, Wallace 2019, https://arxiv.org/abs/1902.10186, section 4.2, for the shuffle; the twin follows
from Brunner et al. 2020, https://arxiv.org/abs/1908.04211.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from interpret.attention.maps import head_maps, layers, looks_back, square
from interpret.attention.subject import tvd
from interpret.attention.swapping import same, twin
from interpret.method import Method
from interpret.results.attention import HeadMaps, head_name
from interpret.results.base import Check
from interpret.run import Run
from interpret.sentences import percent
from interpret.target import Target
from models.base import Refusal
from models.observed import changing

Way = Literal["shuffled", "twin"]
SHUFFLES = 20


class NoSuchHead(Refusal):
    """A head that the model does not have."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """`layer` (from 1) and `head` (from 0); `way`: shuffled or twin; `seed`: of the shuffles."""

    layer: int = 1
    head: int = 0
    way: Way = "shuffled"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.way not in get_args(Way):
            raise ValueError(f"way is one of {', '.join(get_args(Way))}")


def compute(run: Run, target: Target, options: Options) -> HeadMaps:
    """The run's maps (L, H, T, T) with one head's changed; the notes say what became of the answer."""
    found = square(run).astype(np.float64)
    layer, head = options.layer - 1, options.head
    if not (0 <= layer < found.shape[0] and 0 <= head < found.shape[1]):
        raise NoSuchHead(
            f"There is no {head_name(options.layer, head)}: layers run from 1 to {found.shape[0]} and heads "
            f"from 0 "
            f"to {found.shape[1] - 1}."
        )
    own = torch.from_numpy(found[layer, head])
    back, name = looks_back(run), head_name(options.layer, head)
    if options.way == "shuffled":
        made = torch.Generator().manual_seed(options.seed)
        others = [shuffled(own, back, made) for _ in range(SHUFFLES)]
        moves = [_moved(run, layer, head, other) for other in others]
        other = others[int(np.argsort(moves)[len(moves) // 2])]
        note = (
            f"With {name} shuffled the model's answer moves by {percent(float(np.median(moves)))} (median of "
            f"{SHUFFLES} orders; at most {percent(max(moves))})."
        )
        check = Check(
            name="weights", value=float((other.sort(-1).values - own.sort(-1).values).abs().max()), limit=1e-9,
            says="Each row holds the same weights as before, up to {}.",
        )  # fmt: skip
    else:
        value = layers(run)[layer].value[head]
        other, count = twins(own, value, back)
        gap = max(same(own[q], other[q], value) for q in range(len(own)))
        moved = percent(_moved(run, layer, head, other))
        note = (
            f"{count} of {len(own)} rows of {name} have a twin; with them the model's answer moves by "
            f"{moved}."
            if count else f"No row of {name} has a twin: it is {value.shape[1]} wide, and the text is too short."
        )  # fmt: skip
        check = Check(
            name="output",
            value=gap,
            limit=1e-5,
            says="With the twin the head's output differs by {} of its size.",
        )
    found[layer, head] = other.numpy()
    return head_maps(
        run, "head_swapped", found, unit="share of the row", options=options, check=check, notes=(note,)
    )


def shuffled(own: Tensor, back: bool, made: torch.Generator) -> Tensor:
    """Each row (T, T) in a random order among the tokens it sees."""
    other = own.clone()
    for query in range(len(own)):
        seen = query + 1 if back else len(own)
        other[query, :seen] = own[query, torch.randperm(seen, generator=made)]
    return other


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


@torch.no_grad()
def _moved(run: Run, layer: int, head: int, other: Tensor) -> float:
    """How far the last row of answers moves with other weights in one head."""

    def put(at: int, weights: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        if at == layer:
            weights = weights.clone()
            weights[:, head] = other.to(weights.dtype)
        return weights, values

    with changing(put, run.model.card.layers):
        answers = run.model.logits(run.vectors[None])[0, -1].softmax(-1)
    return float(tvd(answers, run.logits[-1].softmax(-1)))


METHOD = Method(
    name="head_swapped",
    title="One head shuffled, or its twin",
    question="Would another map in this head change the answer?",
    gives="head-maps",
    needs=frozenset({"attention"}),
    options=Options,
    source="Jain and Wallace 2019; Brunner et al. 2020",
    signed=False,
    compute=compute,
    place=59,
)
