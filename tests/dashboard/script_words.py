"""Finds words for a reader that stand in a script itself, not among the texts of the interface.

No parser of JavaScript is at hand, and little of one is needed: strings and templates are found, comments and regular
expressions stepped over, and of every string it is known in which call it stands and what it is assigned to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""(?P<gap>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<name>[\w$]+)
    |(?P<mark>[=!]==?|=>|[+]=|\?\?|\?\.|\|\||&&|.)""",
    re.VERBOSE | re.DOTALL,
)
REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
BEFORE_REGEX = {*"(,=:[!&|?{};", "=>", "&&", "||", "??", "return", "===", "!==", ""}
TEMPLATE = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*", re.DOTALL)
GOES_ON = re.compile(r"[?:+|&.]")  # a line that begins so belongs to the one before

SHOWN = {"textContent", "title", "alt", "placeholder"}  # what is assigned to them is seen
ALOUD = {"aria-label", "aria-valuetext", "aria-description", "aria-roledescription", *SHOWN}
# From which argument on (0: the first) what a function is given is seen.
SHOWS = {
    "element": 2,
    "button": 1,
    "dial": 0,
    "append": 0,
    "prepend": 0,
    "replaceChildren": 0,
    "axisLabel": 0,
}
CLASSES = {("element", 1), ("button", 0)}  # arguments that are names of classes
STYLES = {"className", "cssText", "font", "gridTemplateColumns"}
SELECTS = {"querySelector", "querySelectorAll", "closest", "matches", "getPropertyValue", "matchMedia"}
SENTENCE = re.compile(
    r"[^\W\d_]{2,}[,.:]? +[^\W\d_]{2,}|[^\W\d_]{3,}[.!?…]$|^[.,:;]? [^\W\d_]{2,}|[^\W\d_]{2,} $"
)
CODE = re.compile(r"[<>={}\[\]#]|;\s*[\w-]+:|-src|\($|^\d*px |\\n")  # signs that no sentence for a reader has


@dataclass
class Bracket:
    """An open bracket: its sign, the function that is called with it, the argument one is at, its first string."""

    sign: str
    function: str
    argument: int = 0
    first: str = ""


@dataclass(frozen=True)
class Literal:
    """A string, or a stretch of a template, and where it stands."""

    text: str
    call: tuple[str, int] | None  # the call it is given to, or to an operator in it: function, argument
    attribute: str  # the first string of that call
    to: str  # the property that is assigned, if one is
    compared: bool

    def seen(self) -> bool:
        """Whether a reader sees it: by where it stands, or because it is a sentence."""
        if self.compared or self.call in {("says", 0), ("saysParts", 0)}:
            return False
        return bool(re.search(r"[^\W\d_]{2,}", self.text)) and (self._in_sight() or self._sentence())

    def _in_sight(self) -> bool:
        if self.call is None:
            return self.to in SHOWN and not CODE.search(self.text)
        function, argument = self.call
        if function == "setAttribute":
            return argument == 1 and self.attribute in ALOUD
        return function in SHOWS and argument >= SHOWS[function]

    def _sentence(self) -> bool:
        names = self.call in CLASSES or (self.call or ("", 0))[0] in SELECTS or self.to in STYLES
        return not names and bool(SENTENCE.search(self.text)) and not CODE.search(self.text)


def inline_words(script: str) -> list[str]:
    """The texts of a script that a reader would see and that are not from `says`, in order."""
    return [one.text for one in Reader(script).literals() if one.seen()]


@dataclass
class Reader:
    """Walks through a script once."""

    script: str
    at: int = 0
    before: list[str] = field(default_factory=lambda: ["", ""])  # the last two tokens
    open: list[Bracket] = field(default_factory=list)
    to: str = ""
    to_depth: int = 0

    def literals(self, end: str = "") -> Iterator[Literal]:
        """Every string, up to the bracket `end` that closes what is open now."""
        depth = len(self.open)
        while self.at < len(self.script):
            found = self._regex() or TOKEN.match(self.script, self.at)
            assert found is not None
            token, kind = found[0], found.lastgroup
            self.at = found.end()
            if kind == "gap":
                self._line_may_end(token)
            elif kind == "string":
                yield self._literal(token[1:-1])
            elif token == "`":
                yield from self._template()
            elif token == end and len(self.open) == depth:
                return
            elif kind == "mark":
                self._mark(token)
            if kind != "gap":
                self.before = [self.before[1], token]

    def _regex(self) -> re.Match[str] | None:
        here = self.script[self.at : self.at + 2]
        wanted = here[0] == "/" and here not in ("//", "/*") and self.before[1] in BEFORE_REGEX
        return REGEX.match(self.script, self.at) if wanted else None

    def _line_may_end(self, gap: str) -> None:
        goes_on = GOES_ON.match(self.script, self.at) or self.before[1] in {*"=?:+(,", "||", "??", "&&"}
        if "\n" in gap and len(self.open) <= self.to_depth and not goes_on:
            self.to = ""

    def _mark(self, mark: str) -> None:
        if mark in "([{":
            called = mark == "(" and re.fullmatch(r"[\w$]+", self.before[1])
            self.open.append(Bracket(mark, self.before[1] if called else ""))
        elif mark in ")]}" and self.open:
            self.open.pop()
            self.to = self.to if len(self.open) >= self.to_depth else ""
        elif mark == "," and self.open:
            self.open[-1].argument += 1
        elif mark in ("=", "+="):
            self.to = self.before[1] if self.before[0] == "." else ""
            self.to_depth = len(self.open)

    def _template(self) -> Iterator[Literal]:
        while True:
            found = TEMPLATE.match(self.script, self.at)
            assert found is not None
            if found[0]:
                yield self._literal(found[0])
            self.at = found.end() + 1
            if self.script[found.end()] == "`":
                return
            self.at += 1
            self.before = ["", "{"]
            yield from self.literals("}")

    def _literal(self, text: str) -> Literal:
        inner = next((one for one in reversed(self.open) if one.sign != "(" or one.function), None)
        call = (inner.function, inner.argument) if inner and inner.sign == "(" else None
        attribute = inner.first if inner else ""
        if inner and not inner.first:
            inner.first = text
        compared = self.before[1] in ("===", "!==", "==", "!=")
        inside = inner is not None and inner.sign == "["
        return Literal(text, call, attribute, "" if inside else self.to, compared)
