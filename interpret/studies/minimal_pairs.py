"""The pairs of one paradigm, with both halves' scores: which does the model get wrong, and how clearly?

Scores are log-probabilities in nats; of a model that writes, from the first word in which the halves differ
(what both begin with cancels out). A lead of 1 nat is 2.7 times likelier.

Source: Warstadt et al. 2020 (BLiMP), https://arxiv.org/abs/1912.00582, section 3.
"""

from dataclasses import dataclass

from interpret.grammar.judging import pairs_of, usual_count, world_of
from interpret.grammar.paradigms import SEED, chosen
from interpret.results import MinimalPairs
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`paradigm`: its name; `count`: pairs of it, 0 for what suits the model."""

    paradigm: str = ""
    count: int = 0
    seed: int = SEED

    def __post_init__(self) -> None:
        if not 0 <= self.count <= 1000:
            raise Refusal("count must lie between 0 (what suits the model) and 1,000")


def compute(model: LanguageModel, options: Options) -> MinimalPairs:
    """Both scores of every pair."""
    world = world_of(model)
    paradigm = chosen((options.paradigm,) if options.paradigm else (), world)[0]
    return pairs_of(model, paradigm, options.count or usual_count(model), options.seed)


STUDY = Study(
    name="minimal_pairs",
    title="The pairs of one rule",
    question="Which sentences does it get wrong?",
    gives="minimal-pairs",
    needs=frozenset(),
    options=Options,
    source="Warstadt et al. 2020",
    signed=True,
    compute=compute,
    tasks=frozenset({"causal", "masked"}),
)
