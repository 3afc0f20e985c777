"""What the model writes when it goes on by itself, and how sure it was of each word.

Tokens are drawn one after the other from the probabilities that temperature, top-k and top-p leave
(`interpret.writing`), by a seed. What is shown of each token are the model's own numbers, before the dials: its
probability, its rank, how undecided the model was (entropy), and its focus: the share of the size (L2) of
gradient times input that the three most important tokens before it have. A focus near 1 means that a few
tokens decided; for a text of n tokens it is at least 3 / n.

Source: Holtzman et al. 2020, https://arxiv.org/abs/1904.09751; gradient times input as in Ecco, Alammar 2021.
"""

import math
from dataclasses import asdict, dataclass

import numpy as np
import torch

from interpret import progress
from interpret.method import Method, explain
from interpret.results import Check, Written
from interpret.run import Run, record
from interpret.target import Target, every
from interpret.writing import Dials, go_on
from models.refusals import Refusal

FEW = 3  # tokens that count as few


@dataclass(frozen=True, kw_only=True)
class Options(Dials):
    """`count` tokens, drawn by `seed`; temperature, top_k and top_p as in `interpret.writing.Dials`."""

    count: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.count <= 200:
            raise Refusal("count must lie between 1 and 200")


def compute(run: Run, target: Target, options: Options) -> Written:
    """What was drawn behind the text, token by token, each (N,)."""
    model, given = run.model, len(run.tokens)
    if (model.card.context or 10**6) <= given:
        raise Refusal(f"The text leaves {model.card.name} no room to write on: shorten it.")
    with progress.part(0, 0.7):
        tokens = go_on(run, options.count, options.seed, dials=options)
    whole = record(model, tokens)
    logs = whole.logits.double().log_softmax(-1)[:-1]  # row t is about token t + 1
    own = logs.gather(-1, torch.from_numpy(tokens.ids[1:].copy())[:, None])[:, 0]
    rank = 1 + (logs > own[:, None]).sum(-1)
    entropy = -(logs.exp() * logs).nan_to_num(0.0).sum(-1) / math.log(2)

    with progress.part(0.7, 0.3):
        focus = _focus(whole) if "gradients" in model.card.abilities else None
    rows = slice(given - 1, None)  # about what was drawn
    return Written(
        method="write_on",
        model=model.card.name,
        model_sha256=model.card.sha256,
        text=run.tokens.text,
        tokens=run.tokens.shown,
        spans=run.tokens.spans,
        words=run.tokens.words,
        asked=target.asked(model),
        values=own[rows].exp().numpy(),
        unit="probability",
        signed=False,
        check=Check(
            name="sum of probabilities minus 1",
            says="At every place the probabilities of all tokens add up to 1; they miss it by {}.",
            value=float((logs.exp().sum(-1) - 1).abs().max()),
            limit=1e-6,
        ),
        options=asdict(options),
        whole=tokens.text,
        drawn=tokens.shown[given:],
        drawn_spans=tokens.spans[given:],
        drawn_words=tokens.words[given:],
        entropy=entropy[rows].numpy(),
        surprise=(-own[rows] / math.log(2)).numpy(),
        rank=rank[rows].numpy(),
        first=tuple(model.shown(int(token)) for token in logs[rows].argmax(-1)),
        focus=None if focus is None else focus[given:],
    )


def _focus(whole: Run) -> np.ndarray:
    """The share of the three largest scores in each token's row; 1 where there are no more than three."""
    grid = explain(whole, "gradient_times_input_l2", every(whole))
    found = np.ones(len(whole.tokens))
    for row, place in enumerate(grid.asked.places):
        if place == len(found):
            break  # the token after the text
        sizes = np.sort(np.abs(grid.values[row]))[::-1]
        if sizes.sum() > 0:
            found[place] = sizes[:FEW].sum() / sizes.sum()
    return found


METHOD = Method(
    name="write_on",
    title="The text written on",
    question="What does it write by itself?",
    gives="written",
    needs=frozenset(),
    options=Options,
    source="Holtzman et al. 2020",
    signed=False,
    compute=compute,
    tasks=frozenset({"causal"}),
)
