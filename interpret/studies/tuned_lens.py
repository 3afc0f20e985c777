"""Learns a tuned lens: an affine map for each layer, so that the layer can be asked for the next word.

It is learned on the bundled texts and on texts the model writes itself (drawn with a seed), in about the time
given; a tenth of the texts is held out, and the divergences shown are those on it. Kept for these weights as
long as the server runs; bundled models have one already.

Source: Belrose and others 2023, https://arxiv.org/abs/2303.08112.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from interpret.lens.readers import Lens, keep
from interpret.lens.texts import texts_for
from interpret.lens.training import Point, train
from interpret.results import Asked, Check, LensTraining
from interpret.study import Study
from models.base import Card, LanguageModel
from models.refusals import Refusal


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
    return learn(model, options)


def learn(
    model: LanguageModel, options: Options, heard: Callable[[LensTraining], None] = lambda _: None
) -> LensTraining:
    """As `compute`; `heard` is told how far it is at every tenth step. Ended early, the best maps are kept."""
    points: list[Point] = []

    def listener(point: Point) -> None:
        points.append(point)
        heard(_told(model.card, options, points, lens=None))

    texts = texts_for(model, seed=options.seed)
    lens, _ = train(model, texts, seconds=options.seconds, seed=options.seed, heard=listener)
    keep(model, lens)
    return _told(model.card, options, points, lens)


def _told(card: Card, options: Options, points: list[Point], lens: Lens | None) -> LensTraining:
    """The curve so far; of a finished lens also what the layers say without it."""
    values = np.array([point.divergence for point in points])
    best = values.sum(1).min()
    nothing: Any = (None,) * values.shape[1]
    straight: Any = nothing if lens is None else tuple(lens.learned["straight"])  # type: ignore[arg-type]
    early = lens is not None and lens.learned["stopped"]
    note = (
        f"Stopped after {points[-1].seconds:.0f} of {options.seconds} seconds; the best maps so far are kept."
    )
    return LensTraining(
        method="tuned_lens", model=card.name, model_sha256=card.sha256, text="", tokens=(),
        spans=np.zeros((0, 2), int), words=np.zeros(0, int),
        asked=Asked(measure="log-prob", places=(), tokens=(), shown=()),
        values=values, unit="nats", signed=False,
        check=Check(
            name="divergence kept against the first step's",
            says="The maps kept are the best on held-out texts: their divergence is {} of the first step's.",
            value=float(best / values[0].sum()), limit=1.0,
        ),
        options=asdict(options), seconds=np.array([point.seconds for point in points]), straight=straight,
        notes=(note,) if early else (),
    )  # fmt: skip


STUDY = Study(
    name="tuned_lens", title="Train a tuned lens", question="When did it decide?", gives="lens-training",
    needs=frozenset({"unembed"}), options=Options, source="Belrose and others 2023", signed=False,
    compute=compute, place=61, tasks=frozenset({"causal"}),
)  # fmt: skip
