"""Rules that were asked already: each is kept on this machine when it is finished, so that a run goes on.

A file holds one rule's counts. Its name is a digest of the weights, of the pairs themselves and of how they are
scored; what stands in it is believed only if it says the same and its own checksum holds.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from interpret.grammar.scoring import UnknownWords, score
from interpret.grammar.templates import Pair
from models.base import LanguageModel
from models.switches import anything_held

SCORED = 1  # raised when pairs are scored in another way


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Of one rule's pairs: how many were asked, known and right; the same for one word; of one length; seconds."""

    asked_for: int
    n: int
    right: float
    word_n: int
    word_right: float
    same_length: int
    seconds: float


def shelf() -> Path:
    """Where finished rules are kept on this machine."""
    root = (
        os.environ.get("UNDERHOOD_CACHE")
        or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "underhood"
    )
    return Path(root).expanduser() / "grammar"


def digest(model: LanguageModel, pairs: Sequence[Pair]) -> str:
    """Of all that the counts depend on; empty for weights without a digest, or with units off: asked anew."""
    if len(set(model.card.sha256)) < 8 or len(model.card.sha256) != 64 or anything_held():
        return ""
    said = [SCORED, model.card.sha256, model.card.task, [asdict(pair) for pair in pairs]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def finished(key: str) -> Counts | None:
    """What was found before; None if nothing was, or nothing that can be believed."""
    if not key:
        return None
    try:
        written = json.loads((shelf() / f"{key}.json").read_text(encoding="utf-8"))
        counts = Counts(**written["counts"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return counts if (written["of"], written["check"]) == (key, _check(key, counts)) else None


def count(model: LanguageModel, pairs: Sequence[Pair], key: str) -> Counts:
    """Score one rule's pairs, and keep what came out."""
    started = time.monotonic()
    try:
        scored = score(model, pairs)
    except UnknownWords:
        return Counts(
            asked_for=len(pairs), n=0, right=0, word_n=0, word_right=0, same_length=0, seconds=0.0
        )  # fmt: skip
    found = Counts(
        asked_for=len(pairs), n=len(scored.kept), right=float(wins(scored.good, scored.bad).sum()),
        word_n=int(scored.differ.sum()),
        word_right=float((wins(scored.good_word, scored.bad_word) * scored.differ).sum()),
        same_length=int(scored.same_length.sum()), seconds=time.monotonic() - started,
    )  # fmt: skip
    _keep(key, found)
    return found


def wins(good: np.ndarray, bad: np.ndarray) -> np.ndarray:
    """1 where the good half is likelier, 0 where the bad one is, a half where neither is.

    So halves that change places turn a share x into 1 - x.
    """
    return (good > bad) + 0.5 * (good == bad)


def _check(key: str, counts: Counts) -> str:
    return hashlib.sha256(f"{key} {json.dumps(asdict(counts))}".encode()).hexdigest()


def _keep(key: str, counts: Counts) -> None:
    """Write under another name first: a run that is killed leaves no half a file behind."""
    if not key:
        return
    written = json.dumps({"of": key, "counts": asdict(counts), "check": _check(key, counts)})
    try:
        shelf().mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=shelf(), suffix=".part", delete=False, encoding="utf-8"
        ) as file:
            aside = Path(file.name)
            try:
                file.write(written)
                file.flush()
                aside.replace(shelf() / f"{key}.json")
            finally:
                aside.unlink(missing_ok=True)
    except OSError:
        return  # a disk that is full or closed costs time the next time, and nothing now
