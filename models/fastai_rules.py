"""fastai's rules for preparing a text, with the place in the typed text that each character came from.

The rules are those of fastai 2 (https://docs.fast.ai/text.core.html): marks such as xxmaj say what was
changed. A mark and what it stands before share the word between them: xxmaj has the capital letter.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

BOS = "xxbos"
MARKS = ("xxunk", "xxpad", BOS, "xxeos", "xxfld", "xxrep", "xxwrep", "xxup", "xxmaj")
Span = tuple[int, int]
Part = tuple[str, int, int]  # a text, and which part of what was found it stands for

_HTML = (
    ("#39;", "'"), ("amp;", "&"), ("#146;", "'"), ("nbsp;", " "), ("#36;", "$"), ("\\n", "\n"),
    ("quot;", "'"), ("<br />", "\n"), ('\\"', '"'), ("<unk>", "xxunk"), (" @.@ ", "."), (" @-@ ", "-"),
    ("...", " …"),
)  # fmt: skip
_ENTITY = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")
_REPEATED = re.compile(r"(\S)(\1{2,})")
_REPEATED_WORD = re.compile(r"(?:\s|^)(\w+)\s+((?:\1\s+)+)\1(\s|\W|$)")
_SPECIAL = re.compile(r"[/#\\]")
_SPACES = re.compile(" {2,}")
# fastai writes [A-Z]+[^a-z\s]*, which finds the same, but takes time with the square of a long run of capitals.
_CAPITALS = re.compile(r"(\s|^)([A-Z][^a-z\s]*)(?=(\s|$))")
_CAPITAL = re.compile(r"(\s|^)([A-Z][^A-Z\s]*)(?=(\s|$))")


@dataclass(frozen=True)
class Placed:
    """A text, and for each character where in the typed text it came from."""

    text: str
    places: tuple[Span, ...]

    def span(self, start: int, end: int) -> Span:
        """The part of the typed text that characters `start` to `end` stand for."""
        real = [place for place in self.places[start:end] if place[0] < place[1]]
        if real:
            return min(real)[0], max(last for _, last in real)
        before = self._ends[start]
        return before, before

    @cached_property
    def _ends(self) -> list[int]:
        """How far in the typed text the characters before each one reach."""
        return list(accumulate((last for _, last in self.places), max, initial=0))

    def replaced(self, pattern: re.Pattern[str], by: Callable[[re.Match[str]], list[Part]]) -> "Placed":
        """Each match replaced by parts, which say which of the match's characters they stand for."""
        text: list[str] = []
        places: list[Span] = []
        at = 0
        for found in pattern.finditer(self.text):
            text.append(self.text[at : found.start()])
            places += self.places[at : found.start()]
            for part, start, end in by(found):
                text.append(part)
                same = len(part) == end - start
                places += self.places[start:end] if same else [self.span(start, end)] * len(part)
            at = found.end()
        return Placed("".join((*text, self.text[at:])), (*places, *self.places[at:]))


def prepared(typed: str) -> Placed:
    """A text as fastai's default rules leave it, xxbos before it."""
    placed = Placed(typed, tuple((i, i + 1) for i in range(len(typed))))
    for old, new in _HTML:
        if old in placed.text:
            placed = placed.replaced(re.compile(re.escape(old)), lambda m, new=new: _written(m, new))
    placed = placed.replaced(_ENTITY, lambda m: [(html.unescape(m[0]), *m.span())])
    placed = placed.replaced(_REPEATED, _counted)
    placed = placed.replaced(_REPEATED_WORD, _counted_words)
    placed = placed.replaced(_SPECIAL, lambda m: [_nothing(m, " "), (m[0], *m.span()), _nothing(m, " ")])
    placed = placed.replaced(_SPACES, lambda m: [(" ", *m.span())])
    placed = placed.replaced(_CAPITALS, lambda m: _marked(m, "xxup"))
    placed = placed.replaced(_CAPITAL, lambda m: _marked(m, "xxmaj"))
    return _begun(_lowered(placed))


def _written(found: re.Match[str], new: str) -> list[Part]:
    """Another way of writing the same; a space before it stands for nothing that was typed."""
    start, end = found.span()
    if len(new) > 1 and new[0] == " ":
        return [(" ", start, start), (new[1:], start, end)]
    return [(new, start, end)]


def _nothing(found: re.Match[str], text: str) -> Part:
    return text, found.start(), found.start()


def _counted(found: re.Match[str]) -> list[Part]:
    """From cccc to xxrep 4 c: the mark stands for the first letter, the count for those between."""
    start, end = found.span()
    parts = [("xxrep", start, start + 1), (str(end - start), start + 1, end - 1), (found[1], end - 1, end)]
    return _apart(found, parts)


def _counted_words(found: re.Match[str]) -> list[Part]:
    """Four times the same word -> xxwrep 4 word, and the character behind them."""
    first, between = found.span(1), found.span(2)
    last = (between[1], between[1] + len(found[1]))
    count = str(len(found[2].split()) + 2)
    parts = [("xxwrep", *first), (count, *between), (found[1], *last)]
    return [*_apart(found, parts), (found[3], *found.span(3))]


def _apart(found: re.Match[str], parts: list[Part]) -> list[Part]:
    return [_nothing(found, " "), *(side for part in parts for side in (part, _nothing(found, " ")))]


def _marked(found: re.Match[str], mark: str) -> list[Part]:
    """A word in capitals: the mark stands for its first letter; a single letter has no mark."""
    start, end = found.span(2)
    kept = (found[1], *found.span(1))
    if len(found[2]) == 1:
        return [kept, (found[2].lower(), start, end)]
    lower = found[2].lower()
    word = [(lower[0], start, start), (lower[1:], start + 1, end)]
    return [kept, (mark, start, start + 1), _nothing(found, " "), *word]


def _lowered(placed: Placed) -> Placed:
    """Small letters; the one letter that becomes two (İ) is written out first."""
    placed = placed.replaced(re.compile("İ"), lambda m: [(m[0].lower(), *m.span())])
    return Placed(placed.text.lower(), placed.places)


def _begun(placed: Placed) -> Placed:
    """Without the blanks around it, behind xxbos."""
    blank = len(placed.text) - len(placed.text.lstrip())
    text = placed.text.strip()
    return Placed(f"{BOS} {text}", (*[(0, 0)] * (len(BOS) + 1), *placed.places[blank : blank + len(text)]))
