"""Every token the model could write next, with its probability, before and after the dials.

The probabilities are the softmax of the model's logits. Temperature, top-k and top-p are applied to them in
the browser, in the order of `interpret.writing.dialled`, which the tests hold it to.

Source: Fan, Lewis, Dauphin 2018, https://arxiv.org/abs/1805.04833 (top-k); Holtzman et al. 2020,
https://arxiv.org/abs/1904.09751 (top-p).
"""

import math
from dataclasses import dataclass

import torch

from interpret.method import Method
from interpret.results import Check, NextShares
from interpret.run import Run
from interpret.target import Target
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`named`: how many of the likeliest tokens to name."""

    named: int = 20_000

    def __post_init__(self) -> None:
        if self.named < 1:
            raise Refusal("named must be 1 or more")


@torch.no_grad()
def compute(run: Run, target: Target, options: Options) -> NextShares:
    """Probabilities of all tokens after the text, falling, (V,)."""
    logits = run.logits[-1].double()
    order = logits.argsort(descending=True, stable=True)
    shares = logits.softmax(-1)[order]
    logs = logits.log_softmax(-1)[order]
    return NextShares(
        method="next_shares",
        model=run.model.card.name,
        model_sha256=run.model.card.sha256,
        text=run.tokens.text,
        tokens=run.tokens.shown,
        spans=run.tokens.spans,
        words=run.tokens.words,
        asked=target.asked(run.model),
        values=shares.numpy(),
        unit="probability",
        signed=False,
        check=Check(
            name="sum of probabilities minus 1",
            says="The probabilities of all tokens add up to 1; they miss it by {}.",
            value=float((shares.sum() - 1).abs()),
            limit=1e-6,
        ),
        options={"named": options.named},
        candidates=tuple(run.model.shown(int(token)) for token in order[: options.named]),
        candidate_ids=order.numpy(),
        logits=logits[order].numpy(),
        entropy=float(-(shares * logs).nan_to_num(0.0).sum() / math.log(2)),
    )


METHOD = Method(
    name="next_shares",
    title="Every next token",
    question="How adventurous should it write?",
    gives="next-shares",
    needs=frozenset(),
    options=Options,
    source="Fan, Lewis, Dauphin 2018; Holtzman et al. 2020",
    signed=False,
    compute=compute,
    tasks=frozenset({"causal"}),
)
