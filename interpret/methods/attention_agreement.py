"""Do attention, gradients and leaving words out tell the same story about this sentence?

Attention; gradient times input of the classes' probabilities with the attention held fixed; and the change of
the probabilities without each word, everything computed anew: three maps, compared by Kendall's tau-b. And
how many weights must be erased, in which order, before the answer changes.

Source: Jain, Wallace 2019, https://arxiv.org/abs/1902.10186, section 4.1; erasure: Serrano, Smith 2019,
https://arxiv.org/abs/1906.03731; conicity: Mohankumar et al. 2020, https://arxiv.org/abs/2004.14243.
"""

from dataclasses import asdict, dataclass

import numpy as np

from interpret.attention.agreement import gradients, left_out, taus
from interpret.attention.erasure import ORDERS, needed, orders
from interpret.attention.subject import conicity, sizes, subject
from interpret.method import Method
from interpret.results.attention import NOTHING
from interpret.results.base import Check
from interpret.results.explaining import ThreeMaps
from interpret.run import Run
from interpret.target import Target


@dataclass(frozen=True, kw_only=True)
class Options:
    """`seed`: of the random order of erasing."""

    seed: int = 0


def compute(run: Run, target: Target, options: Options) -> ThreeMaps:
    """Three maps (3, T); refuses models that do not pool by one row of attention (`NotForTheLab`)."""
    one = subject(run)
    maps = [one.attention.double().numpy(), sizes(gradients(one)), sizes(left_out(one))]
    found = taus(*maps)
    known = np.asarray(np.isfinite(found).all(axis=1))
    by_order = orders(one, np.random.default_rng(options.seed))
    answer, card = one.answer, run.model.card
    gap = float(np.abs(answer.numpy() - run.logits[-1].softmax(-1).numpy()).max())
    return ThreeMaps(
        method="attention_agreement", model=card.name, model_sha256=card.sha256, text=run.tokens.text,
        tokens=run.tokens.shown, spans=run.tokens.spans, words=run.tokens.words, asked=NOTHING,
        values=np.stack(maps), unit="share", signed=False, options=asdict(options),
        tau=np.where(known, found[:, 0], 0.0), p=np.where(known, found[:, 1], 1.0), defined=known,
        flips=np.array([needed(one, by_order[name]) for name in ORDERS]), orders=ORDERS,
        answer=card.classes[int(answer.argmax())], probability=float(answer.max()),
        conicity=conicity(one.encoded), check=Check(
            name="answer", value=gap, limit=1e-5,
            says="Put together again from its parts, the model's answer differs by {}.",
        ),
    )  # fmt: skip


METHOD = Method(
    name="attention_agreement",
    title="Attention against other measures",
    question="Do attention, gradients and leaving words out agree?",
    gives="three-maps",
    needs=frozenset({"attention", "classes", "gradients"}),
    options=Options,
    source="Jain and Wallace 2019",
    signed=False,
    compute=compute,
    place=70,
    tasks=frozenset({"classify"}),
    unfit=lambda card: (
        None if card.heads == 1 else f"{card.name} has many heads: choose sst-attention or sst-average."
    ),
)
