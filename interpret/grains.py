"""How finely a text is looked at: the model's pieces, whole words, or whole sentences.

A sentence ends behind . ! ? … (and the quotes and brackets that close with it) where white space follows, or
at a line break; not behind an initial or a usual short form such as “Mr.”, and not before a small letter.
"""

import re
from typing import Literal

import numpy as np

Grain = Literal["tokens", "words", "sentences"]
ENDS = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]|\n")
SHORT = (
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "no", "vol", "fig", "inc",
    "ltd", "co", "gen", "col", "sgt", "lt", "capt", "rev", "hon", "e.g", "i.e",
)  # fmt: skip


def numbered(text: str, spans: np.ndarray, words: np.ndarray, grain: Grain) -> np.ndarray:
    """Which part of the text each token belongs to, (T,): whole numbers from 0, never falling.

    A start mark, and white space between sentences, are parts of their own.
    """
    if grain == "tokens":
        return np.arange(len(spans))
    if grain == "words":
        return words
    ends = np.array(sentence_ends(text))
    found, last = [], None
    for word in range(int(words[-1]) + 1):
        inside = np.flatnonzero(words == word)
        start, end = int(spans[inside[0], 0]), int(spans[inside[-1], 1])
        written = text[start:end]
        seen = start + len(written) - len(written.lstrip())
        bare = start == end or not written.strip()
        part = (-1 - word if bare else int((ends <= seen).sum()),)
        found += [0 if last is None else found[-1] + (part != last)] * len(inside)
        last = part
    return np.array(found)


def sentence_ends(text: str) -> list[int]:
    """Where sentences end: the characters behind each."""
    found = []
    for match in ENDS.finditer(text):
        before = re.search(r"[\w.]*$", text[: match.start()])
        short = before is not None and match[0] == "." and _is_short(before[0])
        goes_on = re.match(r"[^\S\n]*[a-zà-ÿ]", text[match.end() :]) and match[0] != "\n"
        if not short and not goes_on:
            found.append(match.end())
    return found


def _is_short(word: str) -> bool:
    """An initial (“J”), or a short form that is written with a full stop."""
    return (len(word) == 1 and word.isupper() and word != "I") or word.lower() in SHORT
