"""What the model expects after each word, and how much each word surprised it.

The probabilities are the softmax of the model's logits. A word's surprise is -log2 of the probability the
model gave it before seeing it: 1 bit for a fair coin's side, 0 for what was certain. Its rank is its
place among all pieces of the vocabulary. Surprise of several pieces of one word adds up.

A model that fills gaps is asked about each token with that token hidden, and with it the later pieces of its
word; the surprises add up to its pseudo-log-likelihood (Kauf, Ivanova 2023, https://arxiv.org/abs/2305.10588).

Source: Shannon 1948 for surprise; the rank bands follow GLTR, Gehrmann, Strobelt, Rush 2019,
https://arxiv.org/abs/1906.04043.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from interpret import progress
from interpret.method import Method
from interpret.results import Check, NextWords
from interpret.run import Run, hidden_vectors
from interpret.swaps import instead
from interpret.target import Target
from models.refusals import Refusal


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
    masked = run.model.card.task == "masked"
    logs = (_fill_ins(run) if masked else run.logits).double().log_softmax(-1)  # (T, V) nats
    ahead = 0 if masked else 1
    top = logs.topk(min(options.top, logs.shape[-1]), dim=-1)
    length = len(run.tokens)
    predicted = run.of_text if masked else np.arange(length) > 0
    own = torch.tensor(run.tokens.ids[ahead:].copy())
    given = logs[: length - ahead].gather(-1, own[:, None])[:, 0]
    rank = 1 + (logs[: length - ahead] > given[:, None]).sum(-1)
    entropy = -(logs.exp() * logs).nan_to_num(0.0).sum(-1) / math.log(2)
    none = torch.zeros(ahead)
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
        surprise=torch.cat((none, -given / math.log(2))).numpy() * predicted,
        rank=torch.cat((none.long(), rank)).numpy() * predicted,
        entropy=entropy.numpy(),
        predicted=predicted,
        ahead=ahead,
        swaps=instead(run, logs, ahead),
    )


def _fill_ins(run: Run) -> torch.Tensor:
    """A masked model's logits at each place with the token there hidden, (T, V)."""
    places, rows, at_once = np.flatnonzero(run.of_text), run.logits.clone(), max(1, 4096 // len(run.tokens))
    for start in range(0, len(places), at_once):
        progress.tell(start / len(places))
        some = places[start : start + at_once]
        states = run.model.states(torch.stack([hidden_vectors(run, int(place)) for place in some]))
        rows[some] = run.model.unembed(states[torch.arange(len(some)), torch.from_numpy(some)])
    return rows


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
    tasks=frozenset({"causal", "masked"}),
)
