"""How far does it look? What a guess costs when only the last n words' tokens are as they were.

Tokens of the last halves of bundled texts are guessed with everything further back cut off, shuffled, turned
round or replaced by tokens of other texts; in a model with attention also with no weight allowed further
back than n tokens in any layer ("window"). The curve falls as far as the model uses what stands there:
shuffling keeps the words and loses their order, so where the shuffled curve lies near the whole one, order
there is not used. Bands are twice the standard error over texts.

Source: Khandelwal, He, Qi, Jurafsky 2018, https://arxiv.org/abs/1805.04623, sections 3 to 5 (there on
WikiText-2 and the Penn Treebank; here on our own texts, which are shorter).
"""

from dataclasses import asdict, dataclass
from typing import get_args

import numpy as np

from interpret import progress
from interpret.attention.reach import Way, costs
from interpret.attention.texts import corpus
from interpret.results.attention import NOTHING
from interpret.results.base import Check
from interpret.results.reach import Reach
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import Refusal

STEPS = (1, 2, 3, 5, 8, 12, 20, 32, 48, 64)


@dataclass(frozen=True, kw_only=True)
class Options:
    """`texts` at most; `count`: tokens guessed in each; `seed`: of shuffles and replacements."""

    texts: int = 16
    count: int = 8
    seed: int = 0

    def __post_init__(self) -> None:
        if self.texts < 2 or self.count < 1:
            raise ValueError("texts are 2 or more and count is 1 or more")


def compute(model: LanguageModel, options: Options) -> Reach:
    """Nats a guess by way and reach, (W, N)."""
    texts = sorted(corpus(model, 50), key=len, reverse=True)[: options.texts]
    shortest = min(len(tokens) for tokens in texts)
    steps = [step for step in STEPS if step < shortest // 2]
    if len(steps) < 2:
        raise Refusal(
            "The bundled texts are too short for this model: there is nothing further back to change."
        )
    ways: list[Way] = [way for way in get_args(Way) if way != "window" or "attention" in model.card.abilities]
    others = np.concatenate([t.ids[t.spans[:, 0] < t.spans[:, 1]] for t in texts])
    found = np.zeros((len(texts), len(ways), len(steps)))
    whole = np.zeros(len(texts))
    jobs = len(texts) * (len(ways) * len(steps) + 1)
    for number, tokens in enumerate(texts):
        rng = np.random.default_rng((options.seed, number))
        whole[number] = costs(model, tokens, len(tokens), "cut", options.count, rng, others).mean()
        for way, step in np.ndindex(len(ways), len(steps)):
            progress.tell((number * (jobs // len(texts)) + way * len(steps) + step) / jobs)
            found[number, way, step] = costs(
                model, tokens, steps[step], ways[way], options.count, rng, others
            ).mean()
    changes = found - whole[:, None, None]
    uncut = max(
        abs(costs(model, t, len(t), "shuffled", options.count, np.random.default_rng(0), others).mean() - w)
        for t, w in zip(texts[:3], whole, strict=False)
    )
    return Reach(
        method="reach", model=model.card.name, model_sha256=model.card.sha256, text="",
        tokens=(), spans=np.zeros((0, 2), int), words=np.zeros(0, int), asked=NOTHING, values=found.mean(0),
        unit="nats a guess", signed=False, options=asdict(options), ways=tuple(ways), steps=np.array(steps),
        errors=changes.std(0, ddof=1) / len(texts) ** 0.5, whole=float(whole.mean()), texts=len(texts),
        guesses=len(texts) * options.count, check=Check(
            name="nothing changed", value=float(uncut), limit=1e-3,
            says="With nothing far enough to be changed, the cost differs by {} nats.",
        ),
    )  # fmt: skip


STUDY = Study(
    name="reach", title="How far it looks", question="How far does it look?", gives="reach",
    needs=frozenset({"unembed"}), options=Options, source="Khandelwal et al. 2018", signed=False,
    compute=compute, place=52, tasks=frozenset({"causal"}),
)  # fmt: skip
