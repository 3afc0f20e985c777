"""What can be read off a text without any model, token by token, to set units beside it.

Parts of speech and the number of the open subject are known in Storyland only, whose grammar says them. A
unit's correlation with a feature is Pearson's r. Thousands of units are searched, so the largest r of any
unit with the same feature shifted along the corpus is told beside it (Karpathy, Johnson, Li 2015 looked by
eye only).
"""

import re
from functools import cache

import numpy as np

from models.base import Tokens

OPENS, CLOSES = "([{", ")]}"


def features(tokens: Tokens, label: str | None = None, *, storyland: bool = False) -> dict[str, np.ndarray]:
    """Each feature of every token, (T,) floats; `label`: a review's, "positive" or "negative"."""
    text, spans = tokens.text, tokens.spans
    quoted, depth, line = _marks(text)
    shown = [text[int(a) : int(b)] for a, b in spans]
    bare = [piece.strip() for piece in shown]
    at = [min(int(b) - 1, len(text) - 1) if b > a else -1 for a, b in spans]  # a piece's last character
    found = {
        "place in the text": np.arange(len(tokens), dtype=float),
        "place in the line": np.array([line[i] if i >= 0 else 0 for i in at], dtype=float),
        "inside quotes": np.array([quoted[i] if i >= 0 else 0 for i in at], dtype=float),
        "bracket depth": np.array([depth[i] if i >= 0 else 0 for i in at], dtype=float),
        "capital letter": _flags(piece[:1].isupper() for piece in bare),
        "all capitals": _flags(len(piece) > 1 and piece.isupper() for piece in bare),
        "digit": _flags(any(c.isdigit() for c in piece) for piece in bare),
        "punctuation": _flags(bool(re.fullmatch(r"[^\w\s]+", piece)) for piece in bare),
        "end of a sentence": _flags(piece[-1:] in (".", "!", "?") and piece != "" for piece in bare),
        "goes on with a word": _flags(
            i > 0 and a > 0 and text[int(a) : int(a) + 1].isalnum() and text[int(a) - 1].isalnum()
            for i, (a, _) in enumerate(spans)
        ),
        "length": np.array([len(piece) for piece in bare], dtype=float),
        "praise (of the whole review)": np.full(
            len(tokens), {"positive": 1.0, "negative": -1.0}.get(label or "", 0.0)
        ),
    }
    return found | (_story(tokens) if storyland else {})


def _flags(said) -> np.ndarray:
    return np.array([float(bool(one)) for one in said])


def _marks(text: str) -> tuple[list[int], list[int], list[int]]:
    """Behind each character: inside quotes or not, how many brackets are open, how far into the line."""
    quoted, depth, line = [], [], []
    inside = level = along = 0
    for character in text:
        if character in '"“”':
            inside = 1 - inside if character == '"' else int(character == "“")
        level = max(0, level + (character in OPENS) - (character in CLOSES))
        along = 0 if character == "\n" else along + 1
        quoted.append(inside)
        depth.append(level)
        line.append(along)
    return quoted, depth, line


@cache
def _parts() -> dict[str, str]:
    """Storyland's words by part of speech."""
    from models.train import storyland_words as words

    found: dict[str, str] = {}
    for name, pools in (
        ("name", (words.NAMES,)), ("verb", [v for v in vars(words).values() if isinstance(v, words.Verbs)]),
        ("noun", (words.THINGS, words.PLACES, words.ANIMALS)), ("adjective", (words.ADJECTIVES, words.MOODS)),
    ):  # fmt: skip
        for pool in pools:
            sides = (pool,) if isinstance(pool, words.Pool) else (pool.single, pool.plural)
            for side in sides:
                for word in side.words:
                    found.setdefault(word, name)
    return found


@cache
def _plurals() -> frozenset[str]:
    from models.train import storyland_words as words

    return frozenset(
        word for pairs in (words.THINGS, words.PLACES, words.ANIMALS) for word in pairs.plural.words
    )


def _story(tokens: Tokens) -> dict[str, np.ndarray]:
    words = [tokens.text[int(a) : int(b)].strip() for a, b in tokens.spans]
    parts = [_parts().get(word, "") for word in words]
    found = {part: _flags(one == part for one in parts) for part in ("name", "noun", "verb", "adjective")}
    found["plural noun"] = _flags(word in _plurals() for word in words)
    found["number of the open subject"] = open_number(words)
    return found


def open_number(words: list[str]) -> np.ndarray:
    """+1 from a plural subject to the word before its verb, -1 from a single one, 0 elsewhere, (T,).

    `words` may begin with start marks (""); a text that Storyland's grammar cannot have written is 0
    throughout.
    """
    from models.train.storyland import derive
    from models.train.storyland_teller import NotAStory

    first = sum(word == "" for word in words)
    found = np.zeros(len(words))
    try:
        told = derive([word for word in words if word])
    except NotAStory:
        return found
    for place, word in enumerate(told.tokens):
        if word.phenomenon == "agreement" and word.causes:
            plural = word.word in _plural_verbs()
            found[first + min(word.causes) : first + place] = 1.0 if plural else -1.0
    return found


@cache
def _plural_verbs() -> frozenset[str]:
    from models.train import storyland_words as words

    verbs = [v for v in vars(words).values() if isinstance(v, words.Verbs)]
    return frozenset(word for pairs in verbs for word in pairs.plural.words)


def correlations(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Pearson's r of each unit with each feature: (N, M) and (N, F) -> (M, F). What never changes gets 0."""
    return _scaled(values).T @ _scaled(labels) / len(values)


def _scaled(values: np.ndarray) -> np.ndarray:
    values = values - values.mean(axis=0)
    size = values.std(axis=0)
    return (values / np.where(size > 1e-12, size, 1.0) * (size > 1e-12)).astype(np.float32)


def by_chance(values: np.ndarray, labels: np.ndarray, seed: int = 0, turns: int = 5) -> np.ndarray:
    """The largest |r| of any unit with each feature shifted along the corpus, (F,): the largest of `turns`.

    A shift by a random amount, with what falls off coming in again at the start, keeps a feature's runs and
    pauses, which plain shuffling would not.
    """
    lots, scaled, labels = np.random.default_rng(seed), _scaled(values), _scaled(labels)
    most = np.zeros(labels.shape[1])
    for _ in range(turns):
        far = int(lots.integers(len(values) // 10, len(values) - len(values) // 10))
        most = np.maximum(most, np.abs(scaled.T @ np.roll(labels, far, axis=0)).max(axis=0) / len(values))
    return most
