"""How a Storyland story comes to be: word by word, every word one draw from an offer made by the grammar.

The grammar (`storyland_grammar.py`) never draws anything but words, and no offer holds a word twice. So the
words told so far fix everything the grammar knows: no two derivations share a prefix, the probability of
each next word given all before it is exact, and a story's causes and probabilities can be found again from
its words alone (`Follow`). `tests/models/test_storyland.py` checks both halves of this.
"""

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.refusals import Refusal
from models.train.storyland_words import Pool

Phenomenon = Literal[
    "", "agreement", "pronoun", "reflexive", "closing_quote", "closing_bracket",
    "copied_name", "copied_thing", "copied_place", "counted",
]  # fmt: skip


class NotAStory(Refusal):
    """Words that the grammar cannot have written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """One token of a story and why it stands there.

    `causes` are the indices of the earlier tokens that fix it; `attractors` counts, for agreement, the nouns
    of the other number between the cause and the verb; `logprob_nats` is the logarithm of its probability
    given all tokens before it.
    """

    word: str
    causes: tuple[int, ...]
    phenomenon: Phenomenon
    attractors: int
    logprob_nats: float


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind of word on offer: a pool, how likely this kind is, and what fixes a word drawn from it."""

    kind: str
    pool: Pool
    weight: float = 1.0
    phenomenon: Phenomenon = ""
    causes: tuple[int, ...] = ()
    attractors: int = 0
    barred: Collection[str] = ()


Decider = Callable[[Sequence[Choice]], tuple[Choice, str]]
_SINGLE: dict[str, Pool] = {}


def only(word: str) -> Pool:
    """The pool of one word."""
    if word not in _SINGLE:
        _SINGLE[word] = Pool((word,))
    return _SINGLE[word]


class Ended(Exception):
    """The words to follow are spent; `offer` is what the grammar offers next."""

    def __init__(self, offer: Sequence[Choice]):
        super().__init__()
        self.offer = offer


class Draw:
    """Decides by chance."""

    def __init__(self, rng: np.random.Generator):
        self._chances = _evenly(rng)

    def __call__(self, offer: Sequence[Choice]) -> tuple[Choice, str]:
        choice = offer[0]
        if len(offer) > 1:
            left = next(self._chances) * sum([c.weight for c in offer])
            for choice in offer:
                left -= choice.weight
                if left < 0:
                    break
        return choice, choice.pool.draw(self._chances, choice.barred)


def _evenly(rng: np.random.Generator) -> Iterator[float]:
    while True:
        yield from rng.random(256).tolist()


class Follow:
    """Decides as the given words did; refuses words that were never on offer (`NotAStory`)."""

    def __init__(self, words: Sequence[str]):
        self._words, self._at = words, 0

    def __call__(self, offer: Sequence[Choice]) -> tuple[Choice, str]:
        if self._at == len(self._words):
            raise Ended(offer)
        word = self._words[self._at]
        for choice in offer:
            if word in choice.pool.rank and word not in choice.barred:
                self._at += 1
                return choice, word
        before = " ".join(self._words[max(0, self._at - 6) : self._at]) or "the beginning"
        raise NotAStory(f"The grammar never says {word!r} after {before}: choose a word it offers there.")


class Teller:
    """The words told so far; `say` is the only way a story grows."""

    def __init__(self, decide: Decider):
        self._decide = decide
        self.words: list[Word] = []

    @property
    def here(self) -> int:
        """The index of the next word."""
        return len(self.words)

    @property
    def last(self) -> str:
        """The word told last."""
        return self.words[-1].word

    def say(self, *offer: Choice) -> str:
        """Tell one word of the offer; returns the kind it was."""
        choice, word = self._decide(offer)
        chance = choice.pool.share(word, choice.barred)
        if len(offer) > 1:
            chance *= choice.weight / sum([c.weight for c in offer])
        self.words.append(
            Word(
                word=word,
                causes=choice.causes,
                phenomenon=choice.phenomenon,
                attractors=choice.attractors,
                logprob_nats=math.log(chance),
            )
        )
        return choice.kind

    def words_in_a_row(self, *words: str) -> None:
        """Tell words that nothing else could stand in place of."""
        for word in words:
            self.say(Choice(word, only(word)))


def shares(offer: Sequence[Choice]) -> dict[str, float]:
    """Every word on offer and its exact probability; an offer that holds a word twice is a fault."""
    total = sum(choice.weight for choice in offer)
    found: dict[str, float] = {}
    for choice in offer:
        for word in choice.pool.words:
            if word in choice.barred:
                continue
            if word in found:
                raise AssertionError(f"{word!r} is offered twice: the derivation is not recoverable")
            found[word] = choice.weight / total * choice.pool.share(word, choice.barred)
    return found
