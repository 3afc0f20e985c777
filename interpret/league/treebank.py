"""Sentences of the Stanford Sentiment Treebank, in which people judged every word and every phrase.

What is explained is the lead of "positive" over "negative". Words that praise should push it up and words that
blame should push it down; words that do neither are the others. The labels run from 0 to 4, 2 is neutral.
People judged what a word means to a reader, and not what this model does with it: a method that shows a model's
mistake truly loses here. The sentences are read where they are and never copied.

Source: Socher et al. 2013, https://nlp.stanford.edu/sentiment/.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interpret.league.cases import Asked, Case
from interpret.run import Run, record
from interpret.target import Measure, of_class
from models.base import LanguageModel
from models.refusals import Refusal

UP, DOWN, NEUTRAL = "positive", "negative", 2
SHORTEST, LONGEST = 6, 40  # words of a sentence
PHRASE = (2, 5)  # words
NAMES = {
    "praise": "Words that praise, among neutral ones",
    "blame": "Words that blame, among neutral ones",
    "which_way": "Praise or blame?",
    "phrases": "Phrases that praise or blame",
}


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A sentence as typed; its words and phrases with their labels, as spans of characters."""

    text: str
    words: tuple[tuple[int, int, int], ...]  # start, end, label
    phrases: tuple[tuple[int, int, int], ...]  # of several words, the whole sentence left out


def judges(model: LanguageModel) -> bool:
    """Whether the model tells praise from blame."""
    return model.card.task == "classify" and {UP, DOWN} <= set(model.card.classes)


def sentences(data: str, count: int, seed: int) -> list[Labelled]:
    """`count` sentences of the part "dev" that can be laid upon their trees, drawn by lot."""
    file = Path(data) / "sst2" / "trees" / "dev.txt"
    try:
        trees = file.read_text(encoding="utf-8").splitlines() if data else None
    except (OSError, UnicodeDecodeError):
        trees = None
    if trees is None:
        raise Refusal(
            "The words that people judged are in the Stanford Sentiment Treebank, which is not part of this "
            "project: name the folder that holds sst2/trees/dev.txt (--data)."
        )
    order = np.random.default_rng(seed).permutation(len(trees))
    found: list[Labelled] = []
    for at in order:
        one = labelled(trees[at])
        if one is not None and SHORTEST <= len(one.text.split()) <= LONGEST:
            found.append(one)
        if len(found) == count:
            break
    return found


def labelled(tree: str) -> Labelled | None:
    """A tree laid upon its sentence; None where it does not lie on it letter by letter."""
    from models.train.sst import phrases  # its module trains: fastai

    *_, (text, _) = phrases(tree)
    at = [place for place, letter in enumerate(text) if not letter.isspace()]
    letters, words, wholes = "".join(text.split()), [], []
    for label, first, last, leaf in _nodes(tree):
        if last > len(at) or (leaf and letters[first:last] != leaf):
            return None
        span = (at[first], at[last - 1] + 1, label)
        (words if leaf else wholes).append(span)
    return Labelled(text=text, words=tuple(words), phrases=tuple(wholes[:-1]))


def _nodes(tree: str) -> Iterator[tuple[int, int, int, str]]:
    """Label, first and last letter (spaces not counted) and the word, if it is one, of every node."""
    begun: list[tuple[int, int, str]] = []
    read = 0
    for label, word, _ in re.findall(r"\((\d)|([^\s()]+)|(\))", tree):
        if label:
            begun.append((int(label), read, ""))
        elif word:
            written = str({"-LRB-": "(", "-RRB-": ")"}.get(word, word))
            begun[-1] = (*begun[-1][:2], written)
            read += len(written)
        else:
            number, first, leaf = begun.pop()
            yield number, first, read, leaf


def asked(model: LanguageModel, data: str, count: int, seed: int, measure: Measure) -> list[Asked]:
    """Up to `count` sentences, each with the cases that its labels allow."""
    found = []
    for one in sentences(data, count, seed):
        run = record(model, one.text)
        contrast = DOWN if measure == "contrast" else None
        cases = tuple(_cases(run, one))
        if cases:
            found.append(Asked(run=run, target=of_class(run, UP, measure, contrast), cases=cases))
    return found


def _cases(run: Run, one: Labelled) -> Iterator[Case]:
    words, labels = _words(run, one)
    ways = {"praise": labels > NEUTRAL, "blame": labels < NEUTRAL}
    for name, true in ways.items():
        kept = true | (labels == NEUTRAL)
        yield from _case(name, words, true, kept, against=name == "blame")
    yield from _case("which_way", words, ways["praise"], labels != NEUTRAL)
    spans = [
        span for span in one.phrases if PHRASE[0] <= len(one.text[span[0] : span[1]].split()) <= PHRASE[1]
    ]
    groups, labels = [_tokens(run, start, end) for start, end, _ in spans], np.array([s[2] for s in spans])
    yield from _case("phrases", groups, labels > NEUTRAL, labels != NEUTRAL)


def _case(
    name: str, items: list[np.ndarray], true: np.ndarray, kept: np.ndarray, *, against: bool = False
) -> Iterator[Case]:
    if len(items) and (true & kept).any() and (~true & kept).any():
        chosen = tuple(items[at] for at in np.flatnonzero(kept))
        yield Case(group=name, row=0, items=chosen, true=true[kept], against=against)


def _words(run: Run, one: Labelled) -> tuple[list[np.ndarray], np.ndarray]:
    """The tokens of every whole word (W entries), and its label (W,): that of its part furthest from neutral."""
    inside, of = run.of_text, run.tokens.words
    groups = [np.flatnonzero((of == word) & inside) for word in dict.fromkeys(of[inside].tolist())]
    labels = []
    for group in groups:
        start, end = run.tokens.spans[group[0], 0], run.tokens.spans[group[-1], 1]
        of_word = [label for first, last, label in one.words if first < end and last > start]
        labels.append(max(of_word, key=lambda label: abs(label - NEUTRAL), default=NEUTRAL))
    return groups, np.array(labels)


def _tokens(run: Run, start: int, end: int) -> np.ndarray:
    """The tokens that have letters between two places of the text."""
    starts, ends = run.tokens.spans.T
    return np.flatnonzero(run.of_text & (starts < end) & (ends > start))
