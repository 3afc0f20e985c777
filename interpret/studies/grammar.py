"""How often a model prefers the sentence that keeps a rule of grammar to one that breaks it.

Each pair differs in what one rule is about, and in nothing else. The model is not asked whether a sentence is
right; it is asked how likely each one is. A model that writes gives a sentence the product of its words'
probabilities; one that fills gaps, the product over its words, each hidden in turn. The share of pairs
whose good half is likelier is its accuracy; a coin gets one half. Where a rule is about a later word
(“ever”, a gap) and the halves begin differently, only that word is compared, so that a rare beginning costs
nothing (BLiMP's two-prefix method). Bounds are Wilson's, at 95 %.

The sentences are our own, written by a small template grammar (assets/texts/pairs). In half of the pairs the
subject is one, in half it is several: a model that always likes the same word better gets half of them right.

Source: Marvin, Linzen 2018, https://arxiv.org/abs/1808.09031; Warstadt et al. 2020 (BLiMP),
https://arxiv.org/abs/1912.00582; agreement by attractors: Linzen, Dupoux, Goldberg 2016,
https://arxiv.org/abs/1611.01368; hidden words: Salazar et al. 2020, https://arxiv.org/abs/1910.14659.
"""

from dataclasses import dataclass

from interpret.grammar import files
from interpret.grammar.judging import judge, usual_count, world_of
from interpret.grammar.paradigms import SEED, chosen
from interpret.results import Grammar
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import Refusal

MOST = 1000


@dataclass(frozen=True, kw_only=True)
class Options:
    """`paradigms`: names with commas between, "" for all. `count`: pairs of each; 0 for what suits the model.

    `written`: pairs of the reader's own in place of ours, the text of a file (interpret/grammar/files.py),
    and what to call it.
    """

    paradigms: str = ""
    count: int = 0
    seed: int = SEED
    written: str = ""
    name: str = "your file"

    def __post_init__(self) -> None:
        if not 0 <= self.count <= MOST:
            raise Refusal(f"count must lie between 0 (what suits the model) and {MOST:,}")
        if self.seed < 0:
            raise Refusal("seed must be a whole number from 0")


def compute(model: LanguageModel, options: Options) -> Grammar:
    """The accuracy of every paradigm of the model's world, or of the reader's file."""
    if options.written:
        own = files.parsed(options.written, options.name)
        return judge(model, own, world="file", count=options.count or usual_count(model), seed=options.seed)
    world = world_of(model)
    names = tuple(name.strip() for name in options.paradigms.split(",") if name.strip())
    return judge(model, chosen(names, world), world=world, count=options.count or None, seed=options.seed)


STUDY = Study(
    name="grammar",
    title="Minimal pairs",
    question="Has it learned grammar?",
    gives="grammar",
    needs=frozenset(),
    options=Options,
    source="Marvin, Linzen 2018; Warstadt et al. 2020",
    signed=False,
    compute=compute,
    tasks=frozenset({"causal", "masked"}),
)
