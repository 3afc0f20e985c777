"""A small language for minimal pairs: one line writes as many pairs as its words allow.

    The {person:s} {near} the {thing:o} <be:s> {state}.

`{pool}` is a word of that pool; no pool gives one word twice in a sentence, and `{pool=}` is the last one
once more. Words with two forms (`man/men`, `is/are`, `herself/himself`) take one by the letter behind the
colon: `1` and `2` are the first and the second; `s` is one of them, in turn from pair to pair, and `o` the
other; `g` and `h` are a second such couple; without a letter, chance decides. So half of the pairs of a
line have a singular subject, and a model that always likes one form better gets exactly half of them right.

Words between `^` and `^` alone are compared, where the halves differ further on the left: how likely is
“ever” behind the one beginning, and how likely behind the other? Without such marks whole sentences are
compared.

The two halves differ in `<pool:s>`, where the wrong half has the other form of the same word, and in
`[right|wrong]`. A pool drawn from in both halves of the brackets gives both the same word.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.refusals import Refusal

Pools = Mapping[str, Sequence[tuple[str, ...]]]  # each word with its forms
_PART = re.compile(r"\{(\w+)(=?)(?::([12sogh]))?\}|<(\w+):([12sogh])>|\[([^|\]]*)\|([^\]]*)\]|([^{<\[]+|\[)")
_TRIES = 200


class BadTemplate(Refusal):
    """A line that this small language does not know, or that cannot write as many pairs as asked for."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two sentences that differ in what one rule is about; `good` keeps the rule.

    `part`: the characters of each that alone are compared; None for all of them.
    """

    good: str
    bad: str
    part: tuple[tuple[int, int], tuple[int, int]] | None = None


@dataclass(kw_only=True)
class _Sentence:
    """The two halves as far as they are written, and what was drawn for them."""

    pools: Pools
    rng: np.random.Generator
    bits: Mapping[str, int]
    drawn: dict[str, list[tuple[tuple[str, ...], int]]] = field(default_factory=dict)  # and a form by chance
    used: dict[str, int] = field(default_factory=dict)

    def word(self, pool: str, again: str = "") -> tuple[tuple[str, ...], int]:
        """The next word of a pool, or its last one once more: its forms, and one of them by chance."""
        if pool not in self.pools:
            raise BadTemplate(f"There are no words called {pool!r}: name a pool of words.json.")
        drawn, used = self.drawn.setdefault(pool, []), self.used.get(pool, 0)
        if not again:
            used += 1
        if used > len(drawn):
            taken = [word for word, _ in drawn]
            left = [word for word in self.pools[pool] if word not in taken]
            if not left:
                raise BadTemplate(f"A sentence asks for more words called {pool!r} than there are: add some.")
            word = left[int(self.rng.integers(len(left)))]
            drawn.append((word, int(self.rng.integers(len(word)))))
        self.used[pool] = used
        return drawn[used - 1]

    def form(self, pool: str, by: str, side: int = 0, again: str = "") -> str:
        """The next word in the form that the letter `by` asks for; in the other one on the wrong side."""
        word, chance = self.word(pool, again)
        if by and len(word) != 2:
            raise BadTemplate(f"{word[0]!r} has one form: write {{{pool}}} without a letter behind a colon.")
        return word[self.bits[by] ^ side if by else chance]

    def written(self, template: str, side: int) -> str:
        """One half; `side` 0 keeps the rule."""
        found = []
        for part in _parts(template):
            pool, again, form, critical, by, right, wrong, plain = part
            if pool:
                found.append(self.form(pool, form, again=again))
            elif critical:
                found.append(self.form(critical, by, side))
            elif plain:
                found.append(plain)
            else:
                found.append(self.written((right, wrong)[side], side))
        return "".join(found)


def _parts(template: str) -> list[tuple[str, ...]]:
    found, at = [], 0
    while at < len(template):
        part = _PART.match(template, at)
        if part is None:
            raise BadTemplate(
                f"This line cannot be read from {template[at : at + 12]!r} on: see templates.py."
            )
        found.append(tuple(group or "" for group in part.groups()))
        at = part.end()
    return found


def pair(template: str, pools: Pools, rng: np.random.Generator, number: int) -> Pair:
    """Pair `number` of a line: its number decides which form `s` and `g` stand for."""
    s, g = number & 1, (number >> 1) & 1
    bits = {"1": 0, "2": 1, "s": s, "o": 1 - s, "g": g, "h": 1 - g}
    sentence = _Sentence(pools=pools, rng=rng, bits=bits)
    good, good_part = _marked(sentence.written(template, 0))
    sentence.used = {}
    bad, bad_part = _marked(sentence.written(template, 1))
    part = None if good_part is None or bad_part is None else (good_part, bad_part)
    return Pair(good=_capital(good), bad=_capital(bad), part=part)


def _marked(half: str) -> tuple[str, tuple[int, int] | None]:
    """A half without its marks, and what stood between them."""
    pieces = half.split("^")
    if len(pieces) != 3:
        return half, None
    start = len(pieces[0])
    return "".join(pieces), (start, start + len(pieces[1]))


def pairs(templates: Sequence[str], pools: Pools, seed: int, count: int) -> list[Pair]:
    """`count` different pairs, the lines in turn; the same ones for the same seed, whatever the count."""
    rng, found = np.random.default_rng(seed), dict[Pair, None]()
    while len(found) < count:
        number = len(found)
        # four in a row go through all forms before the next line has its turn
        line = templates[number // 4 % len(templates)]
        for _ in range(_TRIES):
            one = pair(line, pools, rng, number)
            if one not in found:
                break
        else:
            raise BadTemplate(f"{line!r} cannot write {count} different pairs: add words, or ask for fewer.")
        found[one] = None
    return list(found)


def _capital(sentence: str) -> str:
    first = next((at for at, letter in enumerate(sentence) if letter.isalpha()), 0)
    return sentence[:first] + sentence[first : first + 1].upper() + sentence[first + 1 :]


def difference(one: Sequence[str], other: Sequence[str]) -> tuple[int, int, int]:
    """Where two lists differ: how many entries they begin with alike, and where each difference ends."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    ends = 0
    while ends < min(len(one), len(other)) - start and one[-1 - ends] == other[-1 - ends]:
        ends += 1
    return start, len(one) - ends, len(other) - ends
