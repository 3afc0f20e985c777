"""Which heads would be missed? The loss without each head, over bundled texts, and what gradients foretell.

Each head in turn finds nothing (what it would add is 0; the bias of the layer stays): by how much does a
guess cost more? The mean over texts has its standard error over texts. Beside it |dL/dxi| for a factor xi on
what the head finds, its size taken text by text. Of a classifier the loss is that of its own answer; a
masked model is asked about twelve hidden words of each text.

Source: Michel, Levy, Neubig 2019, https://arxiv.org/abs/1905.10650, sections 2 and 3.
"""

from dataclasses import asdict, dataclass

import numpy as np
import torch

from interpret import progress
from interpret.attention.texts import corpus
from interpret.attention.worth import guesses, importance, loss, without
from interpret.results.attention import NOTHING, HeadImportance
from interpret.results.base import Check
from interpret.study import Study
from models.attending import NotTakenApart
from models.base import LanguageModel


@dataclass(frozen=True, kw_only=True)
class Options:
    """`texts`: how many bundled texts at most (2 or more)."""

    texts: int = 12

    def __post_init__(self) -> None:
        if self.texts < 2:
            raise ValueError("texts are 2 or more")


def compute(model: LanguageModel, options: Options) -> HeadImportance:
    """Changes of the loss (L, H) in nats a guess."""
    heads = model.card.heads
    if not heads or model.card.layers * heads < 2:
        raise NotTakenApart(f"{model.card.name} has no heads to choose from: choose a transformer.")
    texts = corpus(model, options.texts)
    asked = [guesses(model, tokens) for tokens in texts]
    shape = (model.card.layers, heads)
    changes, slopes = np.zeros((len(texts), *shape)), np.zeros((len(texts), *shape))
    whole, again = np.zeros(len(texts)), 0.0
    for number, one in enumerate(asked):
        with torch.no_grad():
            whole[number] = float(loss(model, one))
        again = max(again, abs(float(loss(model, one)) - whole[number]))
        slopes[number] = importance(model, one).numpy()
        for layer, head in np.ndindex(shape):
            progress.tell((number + (layer * heads + head) / (shape[0] * heads)) / len(texts))
            changes[number, layer, head] = without(model, one, layer, head) - whole[number]
    return HeadImportance(
        method="head_importance", model=model.card.name, model_sha256=model.card.sha256, text="",
        tokens=(), spans=np.zeros((0, 2), int), words=np.zeros(0, int), asked=NOTHING, values=changes.mean(0),
        unit="nats a guess", signed=True, options=asdict(options),
        errors=changes.std(0, ddof=1) / len(texts) ** 0.5, gradients=slopes.mean(0), loss=float(whole.mean()),
        texts=len(texts), guesses=sum(len(answers) for _, _, answers in asked), check=Check(
            name="repeats", value=again, limit=1e-4, says="Computed again with all heads, losses differ by {}.",
        ),
    )  # fmt: skip


STUDY = Study(
    name="head_importance", title="Heads that would be missed", question="Which heads would be missed?",
    gives="head-importance", needs=frozenset({"attention", "gradients"}), options=Options,
    source="Michel, Levy and Neubig 2019", signed=True, compute=compute, place=51,
    unfit=lambda card: (
        f"{card.name} has one head only: without it there is nothing left." if card.heads == 1 else None
    ),
)  # fmt: skip
