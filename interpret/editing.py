"""A word of a text changed in place: the new text, which words are still the same, and what changed with it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from interpret.results import ClassScores, NextWords
from interpret.sentences import bare, named, percent, quoted, with_sign
from interpret.wording import Word, words_of

LONGEST = 400  # characters that may take a word's place

Swaps = list[list[tuple[str, float]]]


def place_of(word: Word, text: str, spans: np.ndarray) -> tuple[int, int]:
    """Where a word stands in its text, without the white space around it: (start, end)."""
    first, end = word.tokens
    start, stop = int(spans[first, 0]), int(spans[end - 1, 1])
    written = text[start:stop]
    return start + len(written) - len(written.lstrip()), start + len(written.rstrip())


def spots(text: str, spans: np.ndarray, words: np.ndarray) -> list[tuple[int, int]]:
    """Where the words stand that can be changed: those with a letter or a digit in them, (start, end)."""
    places = [
        place_of(w, text, spans) for w in words_of(text, spans, words) if any(c.isalnum() for c in w.shown)
    ]
    return [(start, end) for start, end in places if start < end]


def edited(text: str, place: tuple[int, int], new: str) -> str | None:
    """The text with `new` in a word's place; nothing in it takes the word out, with the space before it.

    None where that cannot be: no such place, too long, or no word would be left.
    """
    start, end = place
    put = new.strip()
    if not 0 <= start < end <= len(text) or len(put) > LONGEST:
        return None
    before, after = text[:start], text[end:]
    if not put:
        gap = len(before) - len(before.rstrip(" "))
        before = before[: len(before) - gap]
        after = after if before.strip() else after.lstrip(" ")
    whole = before + put + after
    return whole if whole.strip() else None


def applied(text: str, places: Sequence[tuple[int, int]], edits: Sequence[tuple[int, str]]) -> str | None:
    """The text after several edits, each a word and what stands there then; None if no word is left."""
    now: str | None = text
    for word, new in sorted(edits, reverse=True):
        now = None if now is None else edited(now, places[word], new)
    return now


def edits_in_words(text: str, places: Sequence[tuple[int, int]], edits: Sequence[tuple[int, str]]) -> str:
    """For instance: “good” → “bad”; without “not”."""
    was = [(quoted(text[slice(*places[word])]), new) for word, new in edits]
    return "; ".join(f"{old} → {quoted(new)}" if new else f"without {old}" for old, new in was)


def token_starts(text: str, spans: np.ndarray) -> dict[int, int]:
    """Which token begins at a character, white space before it left aside."""
    starts: dict[int, int] = {}
    for token, (start, end) in enumerate(spans.tolist()):
        written = text[start:end]
        starts.setdefault(start + len(written) - len(written.lstrip()), token)
    return starts


def swaps_of(found: NextWords, places: Sequence[tuple[int, int]]) -> Swaps:
    """What a model would rather have at each of these places of its text, the likeliest first.

    Nothing where no token of the model begins, where it spells a word letter by letter, and for whole sentences.
    """
    if not found.swaps:
        return [[] for _ in places]
    starts = token_starts(found.text, found.spans)
    offered: Swaps = []
    for start, end in places:
        word, token = found.text[start:end], starts.get(start, 0)
        pieces = sum(start <= at < end for at in starts)
        fits = len(word.split()) == 1 and (len(word) == 1 or pieces < len(word))
        offered.append(
            [(bare(piece), float(f"{share:.3g}")) for piece, share in found.swaps[token]] if fits else []
        )
    return offered


def aligned(before: Sequence[str], after: Sequence[str]) -> list[int | None]:
    """For each word after an edit, which word before it stood there; None for a new one."""
    found: list[int | None] = [None] * len(after)
    for _, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for k in range(min(b - a, d - c)):
            found[c + k] = a + k
    return found


def difference(before: str, after: str, around: int = 2) -> tuple[str, str, str, str]:
    """Where two texts differ, in words: what stands before it, what was there, what is there now, what follows.

    `around`: so many words on either side; dots say that there are more.
    """
    was, now = before.split(), after.split()
    most = min(len(was), len(now))
    head = next((k for k in range(most) if was[k] != now[k]), most)
    tail = next((k for k in range(most - head) if was[-1 - k] != now[-1 - k]), most - head)
    lead, rest = now[:head], now[len(now) - tail :]
    return (
        " ".join(["…"] * (len(lead) > around) + lead[-around:]),
        " ".join(was[head : len(was) - tail]),
        " ".join(now[head : len(now) - tail]),
        " ".join(rest[:around] + ["…"] * (len(rest) > around)),
    )


@dataclass(frozen=True, kw_only=True)
class Change:
    """One number before and after an edit, as a reader reads it."""

    what: str
    before: str
    after: str
    by: str  # the difference


def changes(before: NextWords | ClassScores, after: NextWords | ClassScores) -> list[Change]:
    """What an edit did to the model's answer, and to how surprised it was by the text."""
    if isinstance(before, ClassScores) and isinstance(after, ClassScores):
        return _classes(before, after)
    assert isinstance(before, NextWords) and isinstance(after, NextWords)
    return [*_guesses(before, after), _total(before, after)]


def nats_per_word(found: NextWords) -> float:
    """Log-probability of a text per word, by a model that writes: how fluent it is."""
    return -float(found.surprise[found.predicted].sum()) * math.log(2) / max(1, len(found.text.split()))


def _classes(before: ClassScores, after: ClassScores) -> list[Change]:
    was, now = (one.classes[int(one.values.argmax())] for one in (before, after))
    flipped = Change(what="class", before=was, after=now, by="the same" if was == now else "flipped")
    each = [
        Change(what=f"probability of {name}", before=percent(p), after=percent(q), by=points(q - p))
        for name, p, q in zip(before.classes, before.values.tolist(), after.values.tolist(), strict=True)
    ]
    return [flipped, *(each[:1] if len(each) == 2 else each)]


def _guesses(before: NextWords, after: NextWords) -> list[Change]:
    """The first guess behind the text, and what became of it; nothing for models that fill gaps."""
    if not before.ahead:
        return []
    first, now = before.marked()[0], after.marked()[0]
    same = before.candidates[-1][0] == after.candidates[-1][0]
    found = [
        Change(
            what="first guess", before=f"{named(first)} {percent(float(before.values[-1, 0]))}",
            after=f"{named(now)} {percent(float(after.values[-1, 0]))}",
            by=points(float(after.values[-1, 0] - before.values[-1, 0])) if same else "another one",
        )
    ]  # fmt: skip
    if not same:
        was = float(before.values[-1, 0])
        left = dict(zip(after.candidate_ids[-1].tolist(), after.values[-1].tolist(), strict=True))
        share = left.get(int(before.candidate_ids[-1, 0]))
        least = float(after.values[-1, -1])
        found.append(
            Change(
                what=f"probability of {named(first)}", before=percent(was),
                after=percent(share) if share is not None else f"below {percent(least)}",
                by=points(share - was) if share is not None else f"more than {points(least - was)}",
            )
        )  # fmt: skip
    return found


def _total(before: NextWords, after: NextWords) -> Change:
    was, now = (float(one.surprise[one.predicted].sum()) for one in (before, after))
    return Change(
        what="surprise of the whole text", before=f"{was:.1f} bits", after=f"{now:.1f} bits",
        by=f"{now - was:+.1f} bits".replace("-", "−"),
    )  # fmt: skip


def points(difference: float) -> str:
    """A difference of two probabilities: +12.3 points of a hundred."""
    return f"{100 * difference:+.1f} points".replace("-", "−")


def of_number(what: str, before: float, after: float) -> Change:
    """One number that an edit changed."""
    was, now = (f"{value:.2f}".replace("-", "−") for value in (before, after))
    return Change(what=what, before=was, after=now, by=with_sign(after - before))
