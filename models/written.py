"""What a card.json may say: every value is of its kind, finite and of a sensible size, and no path leads away."""

import math
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, get_args

from models.base import ABILITIES, Family, Task

LONGEST = 2_000  # characters of one text
LARGEST = 10**15  # of a whole number
MANY = 20_000  # entries of a list
WORDS = ("name", "trained_on", "held_out", "machine", "data_sha256", "recipe", "trained", "sha256", "tokenizer_sha256",
         "licence")  # fmt: skip
COUNTS = ("vocabulary", "parameters", "context", "heads", "tokens_seen", "seed")
NUMBERS = (
    "held_out_loss_nats",
    "perplexity_per_token",
    "perplexity_per_word",
    "accuracy",
    "macro_f1",
    "seconds",
)
# These must be there, the others may be null.
MUST = (
    "name",
    "vocabulary",
    "parameters",
    "family",
    "task",
    "widths",
    "abilities",
    "classes",
)


def faults(said: dict[str, Any]) -> str | None:
    """The first value of a card that is not as it should be, by its name; None if all are."""
    kept = {name: value for name, value in said.items() if value is not None or name in MUST}
    rules: dict[str, Callable[[Any], bool]] = {
        "family": lambda value: value in get_args(Family),
        "task": lambda value: value in get_args(Task),
        **dict.fromkeys(WORDS, is_text),
        **dict.fromkeys(COUNTS, is_count),
        **dict.fromkeys(NUMBERS, is_number),
        "widths": lambda value: is_list(value, is_count) and len(value) > 0,
        "abilities": lambda value: is_list(value, lambda one: one in ABILITIES),
        "classes": lambda value: is_list(value, is_text),
        "curve": lambda value: is_list(value, is_step),
        "snapshots": lambda value: is_list(value, is_stage),
    }
    return next((name for name, fits in rules.items() if name in kept and not fits(kept[name])), None)


def is_text(value: Any) -> bool:
    """A text of sensible length that can be shown."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)


def is_count(value: Any) -> bool:
    """A whole number from 0."""
    return type(value) is int and 0 <= value <= LARGEST


def is_number(value: Any) -> bool:
    """A finite number."""
    return type(value) in (int, float) and abs(value) <= LARGEST and math.isfinite(value)


def is_list(value: Any, entry: Any) -> bool:
    """A list, not too long, all of whose entries are of a kind."""
    return isinstance(value, list | tuple) and len(value) <= MANY and all(map(entry, value))


def is_step(value: Any) -> bool:
    """A step of a learning curve: numbers by their names."""
    return isinstance(value, dict) and all(map(is_number, value.values()))


def is_stage(value: Any) -> bool:
    """A kept stage of a training: named, with a file inside the folder, and measured in numbers."""
    if not isinstance(value, dict) or not all(
        is_text(value.get(name)) for name in ("name", "file", "sha256")
    ):
        return False
    path = PurePosixPath(value["file"])
    if path.is_absolute() or ".." in path.parts or "\0" in value["file"] or "\\" in value["file"]:
        return False
    return all(is_text(one) or is_number(one) or is_list(one, is_number) for one in value.values())
