"""Which class a classifier takes the text for, and how sure it is.

The probabilities are the softmax of the logits of the classes; they add up to 1. A probability near 1 says
that the model is sure, not that it is right: its card says how often it was right on texts it never saw.

Source: Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs" (softmax).
"""

import numpy as np
import torch

from interpret.method import Method, NoOptions
from interpret.results import Check, ClassScores
from interpret.run import Run
from interpret.target import Target


@torch.no_grad()
def compute(run: Run, target: Target, options: NoOptions) -> ClassScores:
    """Probabilities and logits of the classes, (V,) each."""
    logits = run.logits[0].double()
    shares = logits.softmax(-1).numpy()
    sure = float(shares.max())
    notes = ("The model is as good as certain: probabilities hide what still moves; explain the logit.",)
    return ClassScores(
        method="classes",
        model=run.model.card.name,
        model_sha256=run.model.card.sha256,
        text=run.tokens.text,
        tokens=run.tokens.shown,
        spans=run.tokens.spans,
        words=run.tokens.words,
        asked=target.asked(run.model),
        values=shares,
        unit="probability",
        signed=False,
        check=Check(
            name="sum of probabilities minus 1",
            says="The probabilities of all classes add up to 1; they miss it by {}.",
            value=float(np.abs(shares.sum() - 1)),
            limit=1e-6,
        ),
        notes=notes if sure > 0.999 else (),
        classes=run.model.card.classes,
        logits=logits.numpy(),
    )


METHOD = Method(
    name="classes",
    title="Classes",
    question="What does it take this text for?",
    gives="classes",
    needs=frozenset({"classes"}),
    options=NoOptions,
    source="Bridle 1990 (softmax)",
    signed=False,
    compute=compute,
    place=0,
    tasks=frozenset({"classify"}),
)
