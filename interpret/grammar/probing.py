"""What a simple reader (a linear classifier) finds in each layer, and how much of that it learned by heart.

Source: linear probes, Alain, Bengio 2016, https://arxiv.org/abs/1610.01644; number along the sentence,
Giulianelli et al. 2018, https://arxiv.org/abs/1808.08079; control tasks, Hewitt, Liang 2019,
https://arxiv.org/abs/1909.03368.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from interpret import progress
from interpret.grammar import templates
from interpret.grammar.paradigms import paradigms, pools
from interpret.grammar.scoring import TOKENS_AT_ONCE
from models.base import LanguageModel, Tokens
from models.refusals import Refusal

TESTED = 0.3  # share of the sentences that a reader is tested on
MOST_WORDS = 4000  # of our own that a reader of parts of speech learns from and is tested on
NUMBER_LINES = {
    "english": ("The {person:s} {near} the {thing} {near} the {thing}", 1, ("person", "thing")),
    "storyland": ("{names} {live:1} {in_place} the {places:1}. The {things:s} {between} the {places} "
                  "{between} the {places}",
                  7, ("things", "places")),
}  # fmt: skip  # the line, the subject's word, counted from 0
NUMBER_PLACES = ("subject", "preposition", "the", "noun", "preposition 2", "the 2", "noun 2")
TAGS = {
    "english": {
        "person": "noun", "male": "noun", "thing": "noun", "irregular": "noun", "name": "name",
        "know": "verb",
        "live": "verb", "saw": "verb", "found": "verb", "state": "adjective", "quality": "adjective",
        "near": "preposition", "be": "auxiliary", "have": "auxiliary", "will": "auxiliary",
        "this": "determiner",
        "place": "adverb", "she_her": "pronoun",
    },
    "storyland": {
        "things": "noun", "places": "noun", "animals": "noun", "names": "name", "live": "verb",
        "tend": "verb",
        "stand": "verb", "want": "verb", "adjectives": "adjective", "between": "preposition",
        "be": "auxiliary",
        "some": "determiner",
    },
}  # fmt: skip
LITERAL = {
    "the": "determiner",
    "that": "pronoun",
    "and": "conjunction",
    "who": "pronoun",
    ".": "mark",
    "?": "mark",
}


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A sentence's words and the label of each; None: not asked. `places`: words that are read one by one."""

    text: str
    words: tuple[str, ...]
    labels: tuple[str | None, ...]
    places: tuple[int, ...] = ()


def numbers(world: str, count: int, seed: int) -> list[Labelled]:
    """Sentences up to the verb, each word labelled with its subject's number; other nouns are of any."""
    line, subject, _ = NUMBER_LINES[world]
    found = []
    for at, pair in enumerate(templates.pairs([line], pools(world), seed, count)):
        words = tuple(re.findall(r"\w+|[^\w\s]", pair.good))
        label = "plural" if at & 1 else "singular"
        labels = [label if place >= subject else None for place in range(len(words))]
        places = tuple(subject + step for step in range(len(NUMBER_PLACES)))
        found.append(Labelled(text=pair.good, words=words, labels=tuple(labels), places=places))
    return found


def word_classes(world: str, seed: int, each: int = 12) -> list[Labelled]:
    """Our own sentences, each word labelled with its part of speech where its form has only one."""
    tags: dict[str, set[str]] = {word: {tag} for word, tag in LITERAL.items()}
    for pool, tag in TAGS[world].items():
        for word in pools(world)[pool]:
            for form in word:
                tags.setdefault(form.lower(), set()).add(tag)
    for pool in pools(world).keys() - TAGS[world].keys():  # words of other kinds make a form ambiguous
        for word in pools(world)[pool]:
            for form in word:
                if form.lower() in tags and pool not in ("past2", "named", "woman", "herself"):
                    tags[form.lower()].add(f"of {pool}")
    return list(_tagged(world, seed, each, tags))


def _tagged(world: str, seed: int, each: int, tags: dict[str, set[str]]) -> Iterator[Labelled]:
    for paradigm in paradigms(world).values():
        if paradigm.cut:
            continue
        for pair in paradigm.pairs(each, seed):
            words = tuple(re.findall(r"\w+|[^\w\s]", pair.good))
            one = [tags.get(word.lower(), set()) for word in words]
            labels = tuple(next(iter(kinds)) if len(kinds) == 1 else None for kinds in one)
            yield Labelled(text=pair.good, words=words, labels=labels)


@torch.no_grad()
def read(
    model: LanguageModel, sentences: Sequence[Labelled], share: float
) -> list[tuple[Labelled, list] | None]:
    """Each sentence with the states of its labelled words: rows (word, (L + 1) vectors), at its last token.

    None for one that is too long. A masked model sees the word itself. `share`: how much of the progress it is.
    """
    found: list[tuple[Labelled, list] | None] = []
    for at, sentence in enumerate(sentences):
        progress.tell(share * at / len(sentences))
        tokens = model.encode(sentence.text)
        if len(tokens) > min(TOKENS_AT_ONCE, model.card.context or TOKENS_AT_ONCE):
            found.append(None)
            continue
        hidden = model.record(model.embed(torch.from_numpy(tokens.ids.copy()))).hidden
        rows = [
            (word, [layer[place].numpy() for layer in hidden])
            for word, place in enumerate(_last_tokens(tokens, sentence.words))
            if place is not None and sentence.labels[word] is not None
        ]
        found.append((sentence, rows))
    return found


def _last_tokens(tokens: Tokens, words: Sequence[str]) -> list[int | None]:
    """The last token of each word, found by where it stands in the text; None for one that is not found."""
    at, found = 0, []
    for word in words:
        start = tokens.text.find(word, at)
        if start < 0:
            found.append(None)
            continue
        at = start + len(word)
        inside = np.flatnonzero((tokens.spans[:, 0] < at) & (tokens.spans[:, 1] >= at))
        found.append(int(inside[0]) if len(inside) else None)
    return found


def reader_accuracy(states: np.ndarray, labels: np.ndarray, tested: np.ndarray, seed: int = 0) -> float:
    """The share right, of those `tested` (N,), by a linear classifier that learned from the others."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if len(set(labels[~tested].tolist())) < 2:
        raise Refusal(
            "All words to learn from have the same label: there is nothing to read. Give more sentences."
        )
    reader = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=300, random_state=seed))
    reader.fit(states[~tested], labels[~tested])
    return float((reader.predict(states[tested]) == labels[tested]).mean())


def control_labels(words: Sequence[str], labels: np.ndarray, seed: int) -> np.ndarray:
    """Labels drawn by lot, one for each different word, as often as the real ones are: (N,)."""
    rng, drawn = np.random.default_rng(seed), dict[str, str]()
    for word in words:
        if word not in drawn:
            drawn[word] = str(rng.choice(labels))
    return np.array([drawn[word] for word in words])


def tested_sentences(count: int, seed: int) -> np.ndarray:
    """Which sentences a reader is tested on, (count,): whole ones, never words of one it learned from."""
    return np.random.default_rng(seed).permutation(count) < round(TESTED * count)
