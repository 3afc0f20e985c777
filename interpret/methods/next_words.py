"""What the model expects after each word, and how much each word surprised it.

The probabilities are the softmax of the model's logits. A word's surprise is -log2 of the probability the
model gave it before seeing it: 1 bit for a fair coin's side, 0 for what was certain. Its rank is its
place among all pieces of the vocabulary. Surprise of several pieces of one word adds up.

Source: Shannon 1948 for surprise; the rank bands follow GLTR, Gehrmann, Strobelt, Rush 2019,
https://arxiv.org/abs/1906.04043.
"""

import math
from dataclasses import dataclass

import torch

from interpret.method import Method
from interpret.results import Check, NextWords
from interpret.run import Run
from interpret.target import Target
from models.base import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`top`: how many of the likeliest next pieces to keep."""

    top: int = 10

    def __post_init__(self) -> None:
        if not 2 <= self.top <= 1000:
            raise Refusal("top must lie between 2 and 1000")


@torch.no_grad()
def compute(run: Run, target: Target, options: Options) -> NextWords:
    """Top candidates (T, K), surprise and entropy in bits (T,), ranks (T,)."""
    logs = run.logits.double().log_softmax(-1)  # (T, V) nats
    top = logs.topk(min(options.top, logs.shape[-1]), dim=-1)
    own = torch.tensor(run.tokens.ids[1:].copy())
    given = logs[:-1].gather(-1, own[:, None])[:, 0]
    rank = 1 + (logs[:-1] > given[:, None]).sum(-1)
    entropy = -(logs.exp() * logs).nan_to_num(0.0).sum(-1) / math.log(2)
    none = torch.zeros(1)
    return NextWords(
        method="next_words",
        model=run.model.card.name,
        model_sha256=run.model.card.sha256,
        text=run.tokens.text,
        tokens=run.tokens.shown,
        spans=run.tokens.spans,
        words=run.tokens.words,
        asked=target.asked(run.model),
        values=top.values.exp().numpy(),
        unit="probability",
        signed=False,
        check=Check(
            name="sum of probabilities minus 1",
            says="At every place the probabilities of all pieces add up to 1; they miss it by {}.",
            value=float((logs.exp().sum(-1) - 1).abs().max()),
            limit=1e-6,
        ),
        options={"top": options.top},
        candidates=tuple(tuple(run.model.shown(int(t)) for t in row) for row in top.indices),
        candidate_ids=top.indices.numpy(),
        surprise=torch.cat((none, -given / math.log(2))).numpy(),
        rank=torch.cat((none.long(), rank)).numpy(),
        entropy=entropy.numpy(),
        predicted=(torch.arange(len(run.tokens)) > 0).numpy(),
    )


METHOD = Method(
    name="next_words",
    title="Next words",
    question="What comes next?",
    gives="next-words",
    needs=frozenset(),
    options=Options,
    source="Shannon 1948; Gehrmann, Strobelt, Rush 2019",
    signed=False,
    compute=compute,
    place=0,
)
