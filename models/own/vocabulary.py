"""The list of words that belongs to a file of weights: in a file beside it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.own.confined import confined
from models.refusals import BadCheckpoint

NAMES = ("vocab", "itos", "vocabulary")
LARGEST_FILE = 200_000_000  # bytes


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """Words in the order of their numbers, and the classes of a classifier if they are named."""

    words: tuple[str, ...]
    classes: tuple[str, ...] = ()
    source: str  # the file's name


def places(weights: Path) -> Iterator[Path]:
    """Where the vocabulary of a file of weights may be: under its name, or as vocab or itos beside it."""
    for name in (weights.stem, *NAMES):
        yield from (weights.with_name(f"{name}{ending}") for ending in (".json", ".txt", ".pkl"))
    yield from sorted(weights.parent.glob("itos*.pkl"))


def beside(weights: Path, root: Path | None) -> Vocabulary | None:
    """The vocabulary of a file of weights; None if there is none, refused if it is not a list of words.

    Nothing outside `root` is read, if one is given.
    """
    for path in places(weights):
        if path.is_file() and path != weights:
            return read(path if root is None else confined(path, root))
    return None


def read(path: Path) -> Vocabulary:
    """Words from a .json list, or {"vocab", "classes"}; a .txt with one a line; or a pickled list (.pkl)."""
    if path.stat().st_size > LARGEST_FILE:
        raise BadCheckpoint(f"{path.name} is too large for a list of words.")
    if path.suffix == ".pkl":
        from models.own import pickled

        found = pickled.outline(path)
        return _made(path, found.vocab, found.classes)
    try:
        text = path.read_text(encoding="utf-8")
        said: Any = json.loads(text) if path.suffix == ".json" else text.removesuffix("\n").split("\n")
    except (ValueError, RecursionError):
        raise BadCheckpoint(f"{path.name} is not readable as a list of words: save it as JSON.") from None
    if isinstance(said, dict):
        return _made(path, said.get("vocab"), said.get("classes"))
    if isinstance(said, list) and len(said) == 2 and all(isinstance(part, list) for part in said):
        return _made(path, *said)
    return _made(path, said, None)


def _made(path: Path, words: Any, classes: Any) -> Vocabulary:
    if not isinstance(words, list | tuple) or not words or not all(isinstance(word, str) for word in words):
        raise BadCheckpoint(
            f"{path.name} is no list of words: give a JSON list of the words in the order of their numbers."
        )
    return Vocabulary(words=tuple(words), classes=tuple(map(str, classes or ())), source=path.name)
