"""Learns a tuned lens: an affine map for each layer, so that the layer can be asked for the next word.

It is learned on the bundled texts and on texts the model writes itself (drawn with a seed), in about the time
given; a tenth of the texts is held out, and the divergences shown are those on it. Kept for these weights as
long as the server runs; bundled models have one already.

Source: Belrose and others 2023, https://arxiv.org/abs/2303.08112.
"""

from dataclasses import asdict, dataclass

import numpy as np

from interpret.lens.readers import keep
from interpret.lens.texts import texts_for
from interpret.lens.training import train
from interpret.results import Asked, Check, LensTraining
from interpret.study import Study
from models.base import LanguageModel, Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`seconds` to learn, `seed` of the texts and steps."""

    seconds: int = 60
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.seconds <= 120:
            raise Refusal("seconds must lie between 1 and 120")


def compute(model: LanguageModel, options: Options) -> LensTraining:
    """Learn, keep for `lens` with reader="tuned", and say how close it came."""
    texts = texts_for(model, seed=options.seed)
    lens, points = train(model, texts, seconds=options.seconds, seed=options.seed)
    keep(model, lens)
    values = np.array([point.divergence for point in points])
    best = float(np.sum(list(lens.learned["divergence"])))  # type: ignore[call-overload]
    return LensTraining(
        method="tuned_lens", model=model.card.name, model_sha256=model.card.sha256, text="", tokens=(),
        spans=np.zeros((0, 2), int), words=np.zeros(0, int),
        asked=Asked(measure="log-prob", places=(), tokens=(), shown=()),
        values=values, unit="nats", signed=False,
        check=Check(
            name="divergence kept against the first step's",
            says="The maps kept are the best on held-out texts: their divergence is {} of the first step's.",
            value=best / float(values[0].sum()), limit=1.0,
        ),
        options=asdict(options), seconds=np.array([point.seconds for point in points]),
        straight=tuple(lens.learned["straight"]),  # type: ignore[arg-type]
    )  # fmt: skip


STUDY = Study(
    name="tuned_lens", title="Train a tuned lens", question="When did it decide?", gives="lens-training",
    needs=frozenset({"unembed"}), options=Options, source="Belrose and others 2023", signed=False,
    compute=compute, place=61, tasks=frozenset({"causal"}),
)  # fmt: skip
