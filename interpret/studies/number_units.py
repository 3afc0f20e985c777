"""Which unit carries the number of the subject? Each is switched off in turn, and the verbs are asked again.

An LSTM's unit is switched off by holding its cell and its output at 0 at every word; a transformer's head by
holding what it found at 0. The verbs stand behind their subject with one noun in between or two
(Storyland), with none or one (English), half of the subjects singular and half plural. A unit is flagged
when it loses more verbs than it wins, by McNemar's exact test with p below 0.05 divided by the number of
units.

A unit that hurts when it is switched off may be one link of a chain; one that does not may have a stand-in.

Source: Lakretz et al. 2019, https://arxiv.org/abs/1903.07435 (there the weights into and out of a unit are
set to 0, which holds it at 0 too).
"""

from dataclasses import dataclass

import numpy as np

from interpret.grammar.judging import world_of
from interpret.grammar.paradigms import SEED
from interpret.grammar.units import each_off, leads, lost, switchable, verbs
from interpret.results import Check, NumberUnits
from interpret.results.grammar import NO_TEXT
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`count`: sentences of each of two kinds."""

    count: int = 60
    seed: int = SEED

    def __post_init__(self) -> None:
        if not 8 <= self.count <= 1000:
            raise Refusal("count must lie between 8 and 1,000")


def compute(model: LanguageModel, options: Options) -> NumberUnits:
    """The share of verbs lost without each unit."""
    asked = verbs(model, world_of(model), options.count, options.seed)
    units = switchable(model)
    lead = leads(model, asked)
    without = each_off(model, asked, units)
    before, after, again = lead > 0, without > 0, leads(model, asked) > 0
    sides = [asked.plural == many for many in (False, True)]
    values = np.stack([before[side].mean() - after[:, side].mean(1) for side in sides], 1)
    p = lost(before, after)
    return NumberUnits(
        method="number_units", model=model.card.name, model_sha256=model.card.sha256, values=values,
        what=units[0][0].kind, layers=np.array([one[0].layer for one in units]),
        indices=np.array([one[0].index for one in units]), p=p, flagged=p < 0.05 / len(units),
        before=np.array([before[side].mean() for side in sides]), n=np.array([side.sum() for side in sides]),
        leads=np.stack([lead[side].mean() - without[:, side].mean(1) for side in sides], 1),
        lead_before=np.array([lead[side].mean() for side in sides]),
        check=Check(
            name="verbs that changed for good", value=float((before != again).mean()), limit=1e-9,
            says="With every unit on again, the share of verbs that come out otherwise than before is {}.",
        ),
        options={"count": options.count, "seed": options.seed},
        **{**NO_TEXT, "unit": "share of verbs", "signed": True},
    )  # fmt: skip


STUDY = Study(
    name="number_units",
    title="Number units",
    question="Which unit carries the number of the subject?",
    gives="number-units",
    needs=frozenset(),
    options=Options,
    source="Lakretz et al. 2019",
    signed=True,
    compute=compute,
    tasks=frozenset({"causal"}),
)
