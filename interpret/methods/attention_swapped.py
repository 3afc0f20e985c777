"""Another attention in the place of the model's own: shuffled, made to differ, or an exact twin.

What the words were encoded to stays; only the weights they are pooled with are others. Shuffled: the same
weights in random orders. Adversary: as different as possible while the answer moves by at most epsilon; what
breaks that bound is thrown away afterwards. Twin: by a linear programme, the same answer exactly.

Source: Jain, Wallace 2019, https://arxiv.org/abs/1902.10186, section 4.2; against it: Wiegreffe, Pinter 2019,
https://arxiv.org/abs/1908.04626 (such a map was made for one sentence, with the rest of the model frozen);
the twin follows from Brunner et al. 2020, https://arxiv.org/abs/1908.04211.
"""

from dataclasses import asdict, dataclass
from typing import Literal, get_args

import numpy as np
import torch

from interpret.attention.subject import jsd, subject, tvd
from interpret.attention.swapping import ALIKE, adversary, classifier_twin, shuffles
from interpret.method import Method
from interpret.results.attention import NOTHING
from interpret.results.base import Check
from interpret.results.explaining import Swapped
from interpret.run import Run
from interpret.target import Target

Way = Literal["shuffled", "adversary", "twin"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """`way`: shuffled, adversary or twin; `epsilon`: how far an adversary may move the answer; `orders`, `seed`."""

    way: Way = "twin"
    epsilon: float = 0.05
    orders: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        if self.way not in get_args(Way):
            raise ValueError(f"way is one of {', '.join(get_args(Way))}")
        if not 0 <= self.epsilon <= 1 or self.orders < 1:
            raise ValueError("epsilon lies between 0 and 1, and orders are 1 or more")


def compute(run: Run, target: Target, options: Options) -> Swapped:
    """Own and other weights (2, T)."""
    one = subject(run)
    moves = torch.zeros(0)
    if options.way == "shuffled":
        mixed, moves = shuffles(one, options.orders, options.seed)
        other = mixed[int((moves - moves.median()).abs().argmin())]
    elif options.way == "adversary":
        other = adversary(one, options.epsilon, options.seed).attention
    else:
        found = classifier_twin(one)
        other = one.attention if found is None else found
    other = other.to(one.attention.dtype)
    own, card = one.attention, run.model.card
    answers = one.answers(torch.stack((own, other)))
    moved = float(tvd(answers[0], answers[1]))
    limit = {"shuffled": None, "adversary": options.epsilon, "twin": ALIKE * 10}[options.way]
    return Swapped(
        method="attention_swapped", model=card.name, model_sha256=card.sha256, text=run.tokens.text,
        tokens=run.tokens.shown, spans=run.tokens.spans, words=run.tokens.words, asked=NOTHING,
        values=torch.stack((own, other)).double().numpy(), unit="share", signed=False,
        options=asdict(options), way=options.way,
        exists=options.way == "shuffled" or float(tvd(own, other)) > 1e-6, distance=float(jsd(own, other)),
        apart=float(tvd(own, other)), moved=moved, answers=answers.double().numpy(), classes=card.classes,
        moves=np.asarray(moves, dtype=np.float64), check=Check(
            name="change of the answer", value=moved, limit=limit,
            says="With the other weights the answer moves by {}.",
        ),
    )  # fmt: skip


METHOD = Method(
    name="attention_swapped",
    title="Another attention, the same answer",
    question="Would another map give the same answer?",
    gives="swapped",
    needs=frozenset({"attention", "classes"}),
    options=Options,
    source="Jain and Wallace 2019; Wiegreffe and Pinter 2019",
    signed=False,
    compute=compute,
    place=71,
    tasks=frozenset({"classify"}),
    unfit=lambda card: (
        None if card.heads == 1 else f"{card.name} has many heads: choose sst-attention or sst-average."
    ),
)
