"""From which kind of word to which kind heads look: means over tagged sentences.

Each word asks from its last token; what it gives to the tokens of another word is added up. So each asking
word has a row of shares over words, marks and words without a tag; rows are averaged by the asking word's
class, and their columns added up by the looked-at word's class. An even look gives what the places alone give.

Source: Clark et al. 2019, https://arxiv.org/abs/1906.04341, section 3, for averages over a corpus.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from interpret.grammar.probing import Labelled
from models.base import Tokens

ITSELF, OTHER, MARKS = "itself", "other words", "marks"
REST = (ITSELF, OTHER, MARKS)  # what else a word can look at


def words_of_tokens(tokens: Tokens, words: Sequence[str]) -> np.ndarray:
    """Which word each token belongs to, (T,); -1 for marks and for what is in none of the words."""
    found, at = np.full(len(tokens), -1), 0
    for number, word in enumerate(words):
        start = tokens.text.find(word, at)
        if start < 0:
            continue
        at = start + len(word)
        found[(tokens.spans[:, 1] > start) & (tokens.spans[:, 0] < at)] = number
    return found


def columns(tokens: Tokens, sentence: Labelled, classes: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """For each token its class among `classes` and REST, (T,), and its word, (T,) (-1: none)."""
    words = words_of_tokens(tokens, sentence.words)
    other, marks = len(classes) + 1, len(classes) + 2
    empty = tokens.spans[:, 0] == tokens.spans[:, 1]
    kinds = np.where(empty, marks, other)
    for at, word in enumerate(words):
        label = sentence.labels[word] if word >= 0 else None
        if label in classes:
            kinds[at] = classes.index(label)
    return kinds, words


@dataclass
class ClassTally:
    """Sums over sentences for `classes` (P); C = P + 3 columns."""

    classes: tuple[str, ...]
    shape: tuple[int, int]  # (L, H)
    weight: np.ndarray = field(init=False)  # (L, H, P, C)
    even: np.ndarray = field(init=False)  # (P, C)
    asked: np.ndarray = field(init=False)  # (P,) words

    def __post_init__(self) -> None:
        kinds = len(self.classes)
        self.weight = np.zeros((*self.shape, kinds, kinds + len(REST)))
        self.even, self.asked = np.zeros((kinds, kinds + len(REST))), np.zeros(kinds, dtype=int)

    def add(self, attention: np.ndarray, tokens: Tokens, sentence: Labelled, causal: bool) -> None:
        """Count one sentence's attention (L, H, T, T)."""
        kinds, words = columns(tokens, sentence, self.classes)
        for word in range(len(sentence.words)):
            inside = np.flatnonzero(words == word)
            if not len(inside) or kinds[inside[-1]] >= len(self.classes):
                continue
            query, row = int(inside[-1]), int(kinds[inside[-1]])
            seen = query + 1 if causal else len(tokens)
            where = np.where(words == word, len(self.classes), kinds)[:seen]  # to itself
            for kind in np.unique(where):
                self.weight[:, :, row, kind] += attention[:, :, query, :seen][..., where == kind].sum(-1)
                self.even[row, kind] += (where == kind).mean()
            self.asked[row] += 1

    def means(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean shares (L, H, P, C) and those of an even look (P, C); rows sum to 1, or to 0 where nothing asked."""
        n = np.maximum(self.asked, 1)[:, None]
        return self.weight / n, self.even / n
