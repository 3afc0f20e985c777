"""Two sentences of the reader's own: which one does the model find likelier, and at which word?

Equal words stand side by side. A word's surprise is -log2 of the probability the model gave it (of a model
that fills gaps: while it was hidden); the pieces of one word are added up, and the words of a sentence add
up to minus its log-probability.

Source: Shannon 1948 for surprise; for its use on pairs, Wilcox et al. 2018, https://arxiv.org/abs/1809.00042.
"""

from dataclasses import dataclass

from interpret.grammar.judging import side_by_side
from interpret.results import SentencePair
from interpret.study import Study
from models.base import LanguageModel


@dataclass(frozen=True, kw_only=True)
class Options:
    """The two sentences."""

    first: str = "The keys to the old cabinet are here."
    second: str = "The keys to the old cabinet is here."


def compute(model: LanguageModel, options: Options) -> SentencePair:
    """Both sentences word by word."""
    return side_by_side(model, options.first, options.second)


STUDY = Study(
    name="sentence_pair",
    title="A pair of your own",
    question="Which of these two sentences does it prefer?",
    gives="sentence-pair",
    needs=frozenset(),
    options=Options,
    source="Wilcox et al. 2018",
    signed=False,
    compute=compute,
    tasks=frozenset({"causal", "masked"}),
)
