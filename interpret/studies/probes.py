"""Can the subject's number, or the part of speech, be read off each layer, and how much is by heart?

A linear classifier learns from the states of 70 % of the sentences and is tested on the others. "number":
what it says of the subject's number at every word from the subject to the verb, with two nouns of any
number in between; of a treebank, the number of a noun, at the noun and at the three words behind it.
"part of speech": at every word, of our own sentences or of a treebank. A treebank that comes in parts is
learned from and tested on by its own parts, which share no sentence.

A reader can also learn by heart which word has which label. So the same reader is given labels drawn by
lot, one for each word (for the number: one for each subject); what it gets right there is memory. The
difference is called selectivity. What is there can be read; that does not say that the model uses it.

Source: Hewitt, Liang 2019, https://arxiv.org/abs/1909.03368; Giulianelli et al. 2018,
https://arxiv.org/abs/1808.08079.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from interpret import progress
from interpret.grammar import probing, treebank
from interpret.grammar.judging import world_of
from interpret.grammar.paradigms import SEED
from interpret.results import Probes
from interpret.results.grammar import NO_TEXT
from interpret.results.number_units import by_heart
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import Refusal

Task = Literal["number", "part of speech"]
READING = 0.4  # of the time; the rest learns
FEWEST = 20  # sentences


@dataclass(frozen=True, kw_only=True)
class Options:
    """`task`; `count`: sentences; `treebank`: a CoNLL-U file, or a folder with train and test, in place of ours."""

    task: Task = "number"
    count: int = 400
    seed: int = SEED
    treebank: str = ""

    def __post_init__(self) -> None:
        if self.task not in get_args(Task):
            raise Refusal(f"task must be one of {', '.join(get_args(Task))}")
        if not 40 <= self.count <= 20_000:
            raise Refusal("count must lie between 40 and 20,000")


def compute(model: LanguageModel, options: Options) -> Probes:
    """Accuracies (L + 1, P) of the reader and of its control."""
    sentences, tested, places, data = _given(model, options)
    known, inside = [], []
    for one, is_test in zip(probing.read(model, sentences, READING), tested, strict=True):
        if one is not None:  # not too long for the model
            known.append(one)
            inside.append(is_test)
    tested = np.array(inside)
    asked = (
        _by_place(known)
        if options.task == "number"
        else [_all_words(known)[: None if options.treebank else probing.MOST_WORDS]]
    )
    values, control = [], []
    layers = len(asked[0][0][2])
    for layer in range(layers):
        rows = []
        for at, place in enumerate(asked):
            progress.tell(READING + (1 - READING) * (layer + at / len(asked)) / layers)
            rows.append(_both(place, layer, tested, options.seed))
        values.append([one for one, _ in rows])
        control.append([other for _, other in rows])
    majority = np.array([_majority(place, tested) for place in asked])
    inside = [tested[sentence] for sentence, *_ in asked[0]]
    return Probes(
        method="probes", model=model.card.name, model_sha256=model.card.sha256, task=options.task, data=data,
        values=np.array(values), control=np.array(control), majority=majority, places=places,
        n=np.array([len(inside) - sum(inside), sum(inside)]), check=by_heart(np.array(control)),
        options={"task": options.task, "count": options.count, "seed": options.seed},
        **{**NO_TEXT, "unit": "share right"},
    )  # fmt: skip


def _given(
    model: LanguageModel, options: Options
) -> tuple[list[probing.Labelled], np.ndarray, tuple[str, ...], str]:
    """Sentences, which of them a reader is tested on, the places it is asked about, and whose they are."""
    world, every = world_of(model), ("every word",)
    if options.treebank:
        return _of_treebank(Path(options.treebank), options)
    if options.task == "number":
        sentences, every = probing.numbers(world, options.count, options.seed), probing.NUMBER_PLACES
    else:
        sentences = probing.word_classes(world, options.seed)
    return sentences, probing.tested_sentences(len(sentences), options.seed), every, "our own sentences"


def _of_treebank(
    place: Path, options: Options
) -> tuple[list[probing.Labelled], np.ndarray, tuple[str, ...], str]:
    """As `_given`: of a folder its own split, of one file 30 % held back."""
    number = options.task == "number"
    label, places = (treebank.nouns, treebank.PLACES) if number else (treebank.tagged, ("every word",))
    learned = label(treebank.read(place), options.count, options.seed)
    if place.is_dir():
        held = label(treebank.read(place, "test"), options.count // 2, options.seed)
        tested = np.repeat([False, True], [len(learned), len(held)])
    else:
        held, tested = [], probing.tested_sentences(len(learned), options.seed)
    if len(learned) < FEWEST or not tested.any():
        raise Refusal(f"{place.name} has too few sentences for this: {FEWEST} are needed.")
    return [*learned, *held], tested, places, treebank.called(place)


Place = list[tuple[int, str, list, str]]  # sentence, the word that control labels go by, states, label


def _by_place(known: list) -> list[Place]:
    found: list[Place] = [[] for _ in known[0][0].places]
    for number, (sentence, rows) in enumerate(known):
        states = dict(rows)
        if all(word in states for word in sentence.places):  # a sentence counts at all places or at none
            subject = sentence.words[sentence.places[0]].lower()
            for place, word in zip(found, sentence.places, strict=True):
                place.append((number, subject, states[word], sentence.labels[word]))
    return found


def _all_words(known: list) -> Place:
    return [
        (number, sentence.words[word].lower(), states, sentence.labels[word])
        for number, (sentence, rows) in enumerate(known)
        for word, states in rows
    ]


def _both(place: Place, layer: int, tested: np.ndarray, seed: int) -> tuple[float, float]:
    states = np.stack([row[2][layer] for row in place])
    labels, inside = np.array([row[3] for row in place]), tested[[row[0] for row in place]]
    drawn = probing.control_labels([row[1] for row in place], labels, seed)
    return probing.reader_accuracy(states, labels, inside), probing.reader_accuracy(states, drawn, inside)


def _majority(place: Place, tested: np.ndarray) -> float:
    labels, inside = np.array([row[3] for row in place]), tested[[row[0] for row in place]]
    kinds, counts = np.unique(labels[~inside], return_counts=True)
    return float((labels[inside] == kinds[counts.argmax()]).mean())


STUDY = Study(
    name="probes",
    title="What can be read off each layer",
    question="Does it carry the number along?",
    gives="probes",
    needs=frozenset(),
    options=Options,
    source="Hewitt, Liang 2019",
    signed=False,
    compute=compute,
    tasks=frozenset({"causal", "masked"}),
    unfit=lambda card: f"{card.name} has no layers to read." if card.family == "ngram" else None,
)
