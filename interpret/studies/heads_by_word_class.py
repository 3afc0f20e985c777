"""From which kind of word to which does each head look? Averages over tagged sentences.

Our own sentences, in which each word has its part of speech where its form has only one (or a treebank in
CoNLL-U): for each head the mean share of attention that words of one class give to words of another, to
themselves, to words without a class and to marks. Beside it the share that an even look over the same tokens
would give.

Source: Clark et al. 2019, https://arxiv.org/abs/1906.04341, sections 3 and 4.
"""

from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from interpret import progress
from interpret.attention.maps import looks_back, square
from interpret.attention.word_classes import REST, ClassTally
from interpret.grammar import probing, treebank
from interpret.grammar.judging import world_of
from interpret.grammar.paradigms import SEED
from interpret.grammar.probing import Labelled
from interpret.results.attention import NOTHING
from interpret.results.attention_means import WordClassHeads
from interpret.results.base import Check
from interpret.run import record
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import Refusal

LEAST = 20  # words of a class
MOST_CLASSES = 12
LONGEST = 128  # tokens of a sentence


@dataclass(frozen=True, kw_only=True)
class Options:
    """`count` sentences at most, drawn by `seed`; `treebank`: a CoNLL-U file in place of our own sentences."""

    count: int = 200
    seed: int = SEED
    treebank: str = ""

    def __post_init__(self) -> None:
        if not 10 <= self.count <= 20_000:
            raise ValueError("count lies between 10 and 20,000")


def compute(model: LanguageModel, options: Options) -> WordClassHeads:
    """Mean shares (L, H, P, P + 3); refuses models whose language has no tagged sentences here."""
    sentences, data = _sentences(model, options)
    counted = Counter(label for one in sentences for label in one.labels if label)
    classes = tuple(name for name, n in counted.most_common(MOST_CLASSES) if n >= LEAST)
    if not classes:
        raise Refusal(f"No class has {LEAST} words in these sentences: give more of them.")
    tally, gap, read = ClassTally(classes, (model.card.layers, model.card.heads or 1)), 0.0, 0
    for number, sentence in enumerate(sentences):
        progress.tell(number / len(sentences))
        tokens = model.encode(sentence.text)
        if len(tokens) > min(LONGEST, model.card.context or LONGEST):
            continue
        run = record(model, tokens)
        attention = square(run).astype(np.float64)
        gap = max(gap, float(np.abs(attention.sum(-1) - 1).max()))
        tally.add(attention, tokens, sentence, looks_back(run))
        read += 1
    values, even = tally.means()
    return WordClassHeads(
        method="heads_by_word_class", model=model.card.name, model_sha256=model.card.sha256, text="", tokens=(),
        spans=np.zeros((0, 2), int), words=np.zeros(0, int), asked=NOTHING, values=values, unit="mean share of a row",
        signed=False, options={**asdict(options), "treebank": Path(options.treebank).name}, classes=classes,
        columns=(*classes, *REST), even=even, n=tally.asked, sentences=read, data=data, check=Check(
            name="rows", value=gap, limit=1e-4, says=f"Over {read} sentences, rows miss 1 by at most {{}}.",
        ),
    )  # fmt: skip


def _sentences(model: LanguageModel, options: Options) -> tuple[list[Labelled], str]:
    """Tagged sentences in the model's own language, and what to call them."""
    if options.treebank:
        place = Path(options.treebank)
        given = [
            Labelled(text=one.text, words=tuple(w.form for w in one.words), labels=tuple(w.tag for w in one.words))
            for one in treebank.read(place)
        ]  # fmt: skip
        data = treebank.called(place)
    else:
        given = [_named(one) for one in probing.word_classes(_world(model), options.seed)]
        data = "our own sentences"
    order = np.random.default_rng(options.seed).permutation(len(given))[: options.count]
    return [given[at] for at in sorted(order)], data


def _named(one: Labelled) -> Labelled:
    """Full stops and question marks by a name that is not that of the model's own marks."""
    return replace(one, labels=tuple("punctuation" if label == "mark" else label for label in one.labels))


def _world(model: LanguageModel) -> str:
    if model.card.task == "classify":
        return "english"  # a world is told by probabilities, and classifiers give none
    try:
        return world_of(model)
    except Refusal:
        raise Refusal(
            f"{model.card.name} knows neither English nor Storyland, and tagged sentences are in these only: choose "
            "another model, or give a treebank."
        ) from None


STUDY = Study(
    name="heads_by_word_class", title="From which kind of word to which", gives="word-class-heads",
    question="From which kind of word to which does each head look?", needs=frozenset({"attention"}),
    options=Options, source="Clark et al. 2019", signed=False, compute=compute, place=52,
    unfit=lambda card: (
        f"{card.name} looks once, from nowhere in the text, so no kind of word asks." if card.heads == 1 else None
    ),
)  # fmt: skip
