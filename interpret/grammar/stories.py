"""Minimal pairs cut out of Storyland's stories: up to a word that a rule fixes, and one that breaks it.

Storyland's own grammar says of every word which earlier words fix it, and refuses words that it cannot have
written (`models.train.storyland.derive`). So each good half is lawful and each bad one is not, by proof and
not by our judgment.
"""

from collections.abc import Iterator

import numpy as np

from interpret.grammar.templates import Pair, Pools
from models.train import storyland
from models.train.storyland_teller import NotAStory, Word
from models.train.storyland_words import (
    ADJECTIVES,
    ANIMALS,
    BE,
    BETWEEN,
    HE,
    IN_PLACE,
    LIVE,
    NAMES,
    NUMBERS,
    PLACES,
    SHE,
    STAND,
    TEND,
    THINGS,
    WANT,
    Pairs,
)  # fmt: skip

LONGEST = 60  # words before the cut: longer beginnings take longer to read
_TWO = {"animals": ANIMALS, "be": BE, "live": LIVE, "places": PLACES, "stand": STAND, "tend": TEND,
        "things": THINGS, "want": WANT}  # fmt: skip
_ONE = {"adjectives": ADJECTIVES, "between": BETWEEN, "in_place": IN_PLACE, "names": NAMES}
_CASES = (("she", "he", "it", "they"), ("her", "him", "it", "them"), ("her", "his", "their"))
_SELVES = ("herself", "himself", "itself", "themselves")
_MARKS = ('"', ")", "]")


def pools() -> Pools:
    """Storyland's words for the lines of storyland.json."""
    found: dict[str, list[tuple[str, ...]]] = {
        name: list(zip(words.single.words, words.plural.words, strict=True)) for name, words in _TWO.items()
    }
    found |= {name: [(word,) for word in words.words] for name, words in _ONE.items()}
    return {**found, "some": [("a", "some")]}


def cut_pairs(
    phenomenon: str, seed: int, count: int, attractors: tuple[int, int] = (0, 9), forms: str = ""
) -> list[Pair]:
    """`count` beginnings of stories up to a word that `phenomenon` fixes, at most one from each story.

    `attractors`: least and most nouns of the other number before a verb. `forms`: only words of this pool.
    """
    found: list[Pair] = []
    number = 0
    while len(found) < count:
        rng = np.random.default_rng((seed, number, 77))
        words = storyland.tell(rng).tokens
        number += 1
        found += list(_cuts(words, phenomenon, attractors, forms, rng))[:1]
    return found


def _cuts(
    words: tuple[Word, ...],
    phenomenon: str,
    attractors: tuple[int, int],
    forms: str,
    rng: np.random.Generator,
) -> Iterator[Pair]:
    fitting = [
        at
        for at, word in enumerate(words[:LONGEST])
        if word.phenomenon == phenomenon
        and attractors[0] <= word.attractors <= attractors[1]
        and (not forms or word.word in _both(_TWO[forms]))
    ]
    told = [word.word for word in words]
    for at in rng.permutation(fitting):
        for wrong in rng.permutation(others(told[at], phenomenon, told[:at])):
            if not _lawful([*told[:at], str(wrong)]):
                yield Pair(
                    good=storyland.typed(told[: at + 1]), bad=storyland.typed([*told[:at], str(wrong)])
                )
                break


def others(word: str, phenomenon: str, before: list[str]) -> list[str]:
    """Words of the same kind that could stand in place of `word` and mean something else."""
    if phenomenon == "agreement":
        return [storyland.other(word)] if word != "am" else ["are", "is"]
    if phenomenon == "reflexive":
        return [self for self in _SELVES if self != word]
    if phenomenon == "pronoun":
        return [other for case in _CASES if word in case for other in case if other != word]
    if phenomenon.startswith("closing"):
        return [mark for mark in _MARKS if mark != word]
    if phenomenon == "copied_name":
        return [name for name in (SHE if word in SHE.rank else HE).words if name not in before]
    if phenomenon == "counted":
        return [number for number in NUMBERS.words if number != word]
    if word in _both(ANIMALS):
        return [form for form in ANIMALS.both(word) if form != word]
    pool = IN_PLACE if word in IN_PLACE.rank else _side(word)
    return [other for other in pool.words if other != word]


def _side(word: str):  # the pool of the word's own number
    for words in (PLACES, THINGS):
        for side in (words.single, words.plural):
            if word in side.rank:
                return side
    return THINGS.single


def _both(words: Pairs) -> frozenset[str]:
    return frozenset((*words.single.words, *words.plural.words))


def _lawful(words: list[str]) -> bool:
    try:
        storyland.derive(words)
    except NotAStory:
        return False
    return True
