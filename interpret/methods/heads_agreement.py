"""Do the heads of a transformer rank the words as gradients and leaving words out do?

The look of a head: the weights in the row that the answer is read from (the last token of a model that writes;
of a classifier the token, or the tokens, whose last states reach its answer). Gradients: the size of gradient
times input of the likeliest answer's probability, all attention held as it was. Leaving out: how far the answer
(next token or classes) moves without the token, in total variation. Ranks are compared by Kendall's tau-b over
the tokens of the text, marks left out.

Source: Jain, Wallace 2019, https://arxiv.org/abs/1902.10186, section 4.1, there for classifiers that pool once.
"""

from dataclasses import asdict

import numpy as np
import torch

from interpret.attention.agreement import tau
from interpret.attention.head_lab import Heads, answering_row, gradients, heads, left_out
from interpret.attention.subject import NotForTheLab, sizes
from interpret.method import Method, NoOptions
from interpret.results.attention import NOTHING
from interpret.results.base import Check
from interpret.results.head_lab import HeadTaus
from interpret.run import Run
from interpret.target import Target


def ranked(subject: Heads) -> dict[str, np.ndarray]:
    """Taus and p (L, H, 2, 2) of each head, those of PAIRS (3, 2) for the mean of heads, maps and their tokens."""
    run = subject.run
    at = np.flatnonzero(run.tokens.spans[:, 0] < run.tokens.spans[:, 1])
    if len(at) < 3:
        raise NotForTheLab("Two words cannot be ranked: type a sentence.")
    looks = torch.einsum("q,lhqk->lhk", answering_row(run), subject.attention.double()).numpy()[..., at]
    slopes, losses = sizes(gradients(subject)[at]), sizes(left_out(subject, at))
    whole = looks.mean((0, 1))
    found = np.array([[[tau(head, slopes), tau(head, losses)] for head in layer] for layer in looks])
    pairs = np.array([tau(whole, slopes), tau(whole, losses), tau(slopes, losses)])
    return {"heads": found, "pairs": pairs, "maps": np.stack([whole / whole.sum(), slopes, losses]), "at": at}


def compute(run: Run, target: Target, options: NoOptions) -> HeadTaus:
    """Taus (L, H, 2); refuses models that fill gaps, and very short texts (`NotForTheLab`)."""
    subject = heads(run)
    found = ranked(subject)
    card, known = run.model.card, np.asarray(np.isfinite(found["heads"]).all(-1))
    pairs = np.asarray(np.isfinite(found["pairs"]).all(-1))
    best = int(subject.answer.argmax())
    with torch.no_grad():
        gap = float((subject.asked(run.vectors[None])[0] - subject.answer).abs().max())
    return HeadTaus(
        method="heads_agreement", model=card.name, model_sha256=card.sha256, text=run.tokens.text,
        tokens=run.tokens.shown, spans=run.tokens.spans, words=run.tokens.words, asked=NOTHING,
        values=np.where(known, found["heads"][..., 0], 0.0), unit="Kendall's tau", signed=True,
        options=asdict(options), defined=known, p=np.where(known, found["heads"][..., 1], 1.0), maps=found["maps"],
        at=found["at"], averaged=np.where(pairs, found["pairs"][:, 0], 0.0), known=pairs,
        answer=card.classes[best] if card.task == "classify" else run.model.shown(best),
        probability=float(subject.answer[best]), check=Check(
            name="answer", value=gap, limit=1e-4, says="Asked again, the model's answer differs by {}.",
        ),
    )  # fmt: skip


METHOD = Method(
    name="heads_agreement",
    title="Heads against other measures",
    question="Do heads, gradients and leaving out agree?",
    gives="head-taus",
    needs=frozenset({"attention", "gradients"}),
    options=NoOptions,
    source="Jain and Wallace 2019",
    signed=True,
    compute=compute,
    place=72,
    tasks=frozenset({"causal", "classify"}),
    unfit=lambda card: (
        f"{card.name} pools words by one row of attention: “Attention against other measures” is for it."
        if card.heads == 1 else None
    ),
)  # fmt: skip
