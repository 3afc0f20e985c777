"""Numbers into sentences that can be read aloud, and text into what can be seen of it."""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

SIGNS = {"\n": "⏎", "\r": "⏎", "\t": "⇥", " ": "␣", "\x00": "␀"}
SPOKEN = {"⏎": "a new line", "⇥": "a tab", "␣": "a space"}
FORMULAS = tuple("=+-@\t\r\n＝＋－＠")  # with which a spreadsheet lets a formula begin
JOINERS = "\u200c\u200d"  # inside emoji and Indic words: part of what is seen


def visible(token: str) -> str:
    """A token as one sees it: spaces around it are dropped, other white space and controls become signs."""
    bare = token.strip(" ")
    if not bare:
        return SIGNS[" "] * len(token)
    return "".join(c if c == " " else SIGNS.get(c, "\ufffd" if _unseen(c) else c) for c in bare)


NAMED = {
    "": "the end of the text",
    "<|start|>": "the end of the text",
    "<unk>": "a word it does not know",
    "<pad>": "nothing",
    "<mask>": "a blank",
    " ": "a space",
    "\n": "a new line",
    "\t": "a tab",
}


def named(token: str) -> str:
    """A guess in a sentence or beside a bar: in quotes, or, if it is no word one can write, said in words."""
    if token in NAMED:
        return NAMED[token]
    if "\ufffd" in token:
        return "part of a character"
    return _mark(token.strip(" ")) or quoted(token)


def _mark(token: str) -> str:
    """The name of what nobody sees, such as a right-to-left mark; "" if there is more to the token."""
    if not token or not all(_leaves_no_trace(character) for character in token):
        return ""
    if len(set(token)) > 1:
        return "unseen marks"
    said = unicodedata.name(token[0], "unseen mark").lower()
    return f"{'an' if said[0] in 'aeiou' else 'a'} {said}"


def _leaves_no_trace(character: str) -> bool:
    selects = 0xFE00 <= ord(character) <= 0xFE0F
    return character not in SIGNS and (
        selects or unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp")
    )


def quoted(token: str) -> str:
    """A piece of a text in a sentence: in quotes, white space in words."""
    seen = visible(token)
    return SPOKEN.get(seen, f"“{seen}”")


def one_of(names: Sequence[str], at: int) -> str:
    """One word of a text in a sentence, and which one of those that look alike: “a”, “the” (2nd)."""
    if not names[at]:
        return "the start of the text"
    again = f" ({nth(names[: at + 1].count(names[at]))})" if names.count(names[at]) > 1 else ""
    return f"{SPOKEN.get(names[at], f'“{names[at]}”')}{again}"


def nth(number: int) -> str:
    """1st, 2nd, 3rd, 11th, 1,204th."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 100 if number % 100 < 20 else number % 10, "th")
    return f"{number:,}{ending}"


def bare(token: str) -> str:
    """`named` for labels: a word as it is, anything else in brackets and short."""
    said = named(token)
    if said.startswith("“"):
        return said[1:-1]
    return f"({said.removeprefix('the ').removeprefix('a ').removeprefix('an ')})"


def marked(token: str, before: str) -> str:
    """A guess as it stands behind `before`: three dots before one that goes on with its last word."""
    return f"…{token}" if token[:1].isalnum() and before[-1:].isalnum() else token


def writable(token: str) -> bool:
    """Whether a reader can put this piece behind a text: it is whole characters and no special piece."""
    return "\ufffd" not in token and (token in ("\n", " ") or token not in NAMED)


def harmless(cell: Any) -> Any:
    """A cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULAS else cell


def mended(value: Any) -> Any:
    """What JSON said, with its half characters (lone surrogates) as U+FFFD: nothing that shows a text takes them."""
    written = json.dumps(value, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:
        return json.loads(written.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return value


def percent(share: float) -> str:
    """A probability with two figures, its sign never alone on a line: 31 %, 3.1 %, 0.31 %."""
    if 0 < share < 5e-5:
        return "less than 0.01\u00a0%"
    value = 100 * share
    places = 0 if value >= 9.95 else 1 if value >= 0.95 else 2
    return f"{value:.{places}f}\u00a0%"


def rounded(share: float, places: int = 0) -> str:
    """A share of either sign with so many decimals, where all of a picture or table have as many: 31.4 %, −2 %."""
    return f"{100 * share:.{places}f}\u00a0%".replace("-", "−")


def two_figures(value: float) -> str:
    """A size with two significant figures, as people write it: 1,100, 2.7, 0.00031, 5.5 × 10⁻⁶."""
    rounded = float(f"{value:.1e}")
    if 0 < abs(rounded) < 1e-4:
        return in_powers(f"{value:.2g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 10 else np.format_float_positional(rounded, trim="-")


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def in_powers(written: str) -> str:
    """A number as `g` wrote it, its power of ten as people write it: 1e-09 becomes 10⁻⁹, 2.1e-06 2.1 × 10⁻⁶."""
    size, _, power = written.partition("e")
    if not power:
        return written
    raised = f"10{str(int(power)).translate(RAISED)}"
    return raised if size == "1" else f"{size}\u00a0×\u00a0{raised}"


def with_sign(value: float) -> str:
    """A number with its sign, the minus a true one: +2.31, −0.40."""
    return f"{value:+.2f}".replace("-", "−")


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in JOINERS


def by_word(text: str, spans: np.ndarray, words: np.ndarray, scores: np.ndarray, signed: bool) -> str:
    """The predicate of one row of token scores, pieces added up to words."""
    sums = np.bincount(words, weights=scores)
    names = []
    for word in range(len(sums)):
        inside = np.flatnonzero(words == word)
        names.append(visible(text[int(spans[inside[0], 0]) : int(spans[inside[-1], 1])]))
    return led(names, sums, signed)


def led(names: Sequence[str], scores: np.ndarray, signed: bool) -> str:
    """Which words stand out: a predicate for a sentence. An empty name is the start of the text."""
    whole = float(np.abs(scores).sum())
    if whole == 0:
        return "was led by no word: every score is 0."

    def name(word: int) -> str:
        return one_of(names, word)

    strong = [int(word) for word in np.argsort(-np.abs(scores), kind="stable") if scores[word]]
    if not signed:
        return (
            f"depends most on {', '.join(f'{name(w)} ({rounded(scores[w] / whole)})' for w in strong[:3])}."
        )
    up = [f"{name(w)} (+{scores[w]:.2f})" for w in strong if scores[w] > 0][:3]
    down = [f"{name(w)} (−{-scores[w]:.2f})" for w in strong if scores[w] < 0][:2]
    said = ["made likelier by " + ", ".join(up)] if up else []
    said += ["made less likely by " + ", ".join(down)] if down else []
    return f"was {' and '.join(said)}."


def odd(values: np.ndarray, could: np.ndarray | None = None) -> Iterable[str]:
    """Sentences about degenerate scores (C, T): all zero, or all on one token (K5).

    `could` (C,): how many words' tokens can matter to each row. One row alone is suspicious only if they are
    at least four.
    """
    rows = np.abs(np.atleast_2d(values))
    whole = rows.sum(axis=1)
    if not whole.any():
        yield "Every score is 0: this number does not depend on the text, so there is nothing to see."
        return
    empty = int((whole == 0).sum())
    if empty:
        yield f"For {empty} of {len(rows)} tokens no earlier token has any score."
    alone = rows.max(axis=1) > 0.999 * whole
    alive = whole > 0
    if rows.shape[1] > 2 and alive.sum() > 2 and alone[alive].all():
        yield "All the weight of every row is on one token: believe it only if another method agrees."
    elif could is not None and alone[alive & (could >= 4)].any() and alone[alive & (could >= 4)].all():
        yield "All the weight is on one token: believe it only if another method agrees."


def saturated(totals: np.ndarray, measure: str, what: str = "words (tokens)") -> Iterable[str]:
    """Sentences about explained numbers (C,) that can no longer move: certain or impossible words (K5).

    `what`: what the numbers are of, in the plural.
    """
    if measure not in ("probability", "log-prob"):
        return
    shares = totals if measure == "probability" else np.exp(totals)
    certain = int((shares > 0.9995).sum())
    if certain:
        of = f"For {certain} of {len(totals)} {what} the" if len(totals) > 1 else "The"
        yield f"{of} probability is 1.000: nothing small can move it; explain the logit instead."
    impossible = int((totals < 1e-30).sum()) if measure == "probability" else 0
    if impossible:
        of = f"For {impossible} of {len(totals)} {what} the" if len(totals) > 1 else "The"
        yield f"{of} probability is 0.000: nothing small can move it; explain the log-probability instead."
