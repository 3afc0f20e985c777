"""What kind of piece each one is: read off its letters, or off the pools of Storyland's own grammar."""

from collections.abc import Sequence
from functools import cache

import numpy as np

MARK, PART, SIGN, NUMBER, CAPITAL, START, GOES_ON = (
    "special", "part of a character", "punctuation", "number", "capital", "starts a word", "goes on with a word",
)  # fmt: skip
WORD = "word"
LETTERS = ("vowel", "consonant", "capital", "number", "punctuation", "space")
NUMBER_WORDS = {
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
    "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million",
    "billion", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth",
}  # fmt: skip


def kinds_of(shown: Sequence[str], *, storyland: bool = False) -> tuple[np.ndarray, tuple[str, ...]]:
    """The kind of each piece, (P,), as an index into the names given with it; kinds nobody is of are left out."""
    if sum(len(name) <= 1 for name in shown) > 0.8 * len(shown):
        said = [_letter(name) for name in shown]
    elif storyland:
        said = [_parts_of_speech().get(name.strip(), _piece(name, spaces=False)) for name in shown]
    else:
        spaces = any(name.startswith(" ") for name in shown)
        said = [_piece(name, spaces=spaces) for name in shown]
    names = tuple(dict.fromkeys(sorted(said, key=_place)))
    index = {name: number for number, name in enumerate(names)}
    return np.array([index[name] for name in said]), names


def _place(kind: str) -> int:
    known = (START, WORD, GOES_ON, CAPITAL, NUMBER, SIGN, MARK, PART, *LETTERS[:2])
    return known.index(kind) if kind in known else -1


def _piece(name: str, *, spaces: bool) -> str:
    bare = name.strip()
    if bare.startswith("<") and bare.endswith(">") and len(bare) > 2:
        return MARK
    if "\ufffd" in bare:
        return PART
    if not any(letter.isalnum() for letter in bare):
        return SIGN
    if bare.lower() in NUMBER_WORDS or any(letter.isdigit() for letter in bare):
        return NUMBER
    if bare[:1].isupper():
        return CAPITAL
    return (START if name.startswith(" ") else GOES_ON) if spaces else WORD


def _letter(name: str) -> str:
    if len(name) > 1:
        return MARK
    if not name.strip():
        return "space"
    if name.isdigit():
        return NUMBER
    if name.isalpha():
        return CAPITAL if name.isupper() else "vowel" if name in "aeiou" else "consonant"
    return SIGN


@cache
def _parts_of_speech() -> dict[str, str]:
    """Storyland's words by the pools its stories draw them from; the first pool a word stands in counts."""
    from models.train import storyland_words as words

    groups = {
        "name": [words.SHE, words.HE],
        "noun": [words.THINGS.single, words.THINGS.plural, words.PLACES.single, words.PLACES.plural,
                 words.ANIMALS.single, words.ANIMALS.plural],
        "number": [words.NUMBERS, words.BIG_NUMBERS],
        "adjective": [words.ADJECTIVES, words.MOODS],
        "adverb": [words.ADVERBS, words.TIMES],
        "preposition": [words.IN_PLACE, words.BETWEEN],
        "verb": [pool for one in vars(words).values() if isinstance(one, words.Verbs)
                 for pool in (one.single, one.plural)],
    }  # fmt: skip
    found: dict[str, str] = {}
    for kind, pools in groups.items():
        for pool in pools:
            for word in pool.words:
                found.setdefault(word, kind)
    return found
