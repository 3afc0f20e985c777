"""Minimal pairs from a reader's file: BLiMP's lines, or a SyntaxGym suite. Text is taken as text, never run.

BLiMP: one JSON object a line with `sentence_good`, `sentence_bad` and, if they are there, `UID` (the
paradigm), `linguistics_term` (the phenomenon). Source: Warstadt et al. 2020,
https://arxiv.org/abs/1912.00582.

SyntaxGym: one JSON object with `items`, each with `conditions` made of `regions`, and `predictions` such as
`((5;%match%) < (5;%mismatch%))`: the surprise of region 5 must be smaller in the one condition than in the
other. Each comparison is a paradigm of its own; only the words of that region are scored. Source: Gauthier
et al. 2020, https://aclanthology.org/2020.acl-demos.10.
"""

import json
import re
from pathlib import Path
from typing import Any

from interpret.grammar.paradigms import Paradigm
from interpret.grammar.templates import Pair
from interpret.sentences import mended
from models.checkpoints import in_short
from models.refusals import Refusal

LARGEST = 20_000_000  # characters
LONGEST = 2_000  # characters of a sentence
MOST = 100_000  # pairs
_PREDICTION = re.compile(
    r"\(?\s*(\d{1,6})\s*;\s*%([^%]+)%\s*\)?\s*([<>])\s*\(?\s*(\d{1,6})\s*;\s*%([^%]+)%\s*\)?"
)


class BadPairs(Refusal):
    """A file that holds no minimal pairs as they should be written."""


def read(file: Path) -> list[Paradigm]:
    """The paradigms of a .jsonl or .json file; refuses what is no such file, with the line's number."""
    try:
        if file.stat().st_size > LARGEST:
            raise BadPairs(f"{file.name} is larger than {LARGEST // 10**6} MB: split it.")
        return parsed(file.read_text(encoding="utf-8"), file.stem)
    except OSError as error:
        raise BadPairs(f"{file}: {error.strerror or error}: name a file of pairs.") from None
    except UnicodeDecodeError:
        raise BadPairs(f"{file.name} is not UTF-8 text: save it as such.") from None


def parsed(text: str, name: str) -> list[Paradigm]:
    """The paradigms of a file's text."""
    if len(text) > LARGEST:
        raise BadPairs(f"{name} is larger than {LARGEST // 10**6} MB: split it.")
    if not text.strip():
        raise BadPairs(f"{name} is empty: it should hold one pair a line.")
    try:
        whole = mended(json.loads(text))
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, dict) and "items" in whole:
        return _suite(whole, name)
    return _lines(text, name)


def _lines(text: str, name: str) -> list[Paradigm]:
    found: dict[str, list[Pair]] = {}
    phenomena: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if number > MOST:
            raise BadPairs(f"{name} has more than {MOST:,} lines: split it.")
        entry = _object(line, number)
        good, bad = (_sentence(entry, key, number) for key in ("good", "bad"))
        if good == bad:
            raise BadPairs(f"Line {number}: both sentences are the same.")
        paradigm = _named(entry, ("UID", "paradigm"), name)
        phenomena.setdefault(paradigm, _named(entry, ("linguistics_term", "phenomenon"), paradigm))
        found.setdefault(paradigm, []).append(Pair(good=good, bad=bad))
    return [
        Paradigm(name=paradigm, title=paradigm, phenomenon=phenomena[paradigm], rule="", written=tuple(pairs))
        for paradigm, pairs in found.items()
    ]


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        entry = mended(json.loads(line))
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict):
        raise BadPairs(
            f'Line {number} is not a JSON object such as {{"sentence_good": …, "sentence_bad": …}}.'
        )
    return entry


def _sentence(entry: dict[str, Any], key: str, number: int) -> str:
    sentence = entry.get(f"sentence_{key}", entry.get(key))
    if not isinstance(sentence, str) or not sentence.strip():
        raise BadPairs(f"Line {number} has no sentence_{key}, or it is no text.")
    if len(sentence) > LONGEST:
        raise BadPairs(f"Line {number}: sentence_{key} is longer than {LONGEST:,} characters.")
    return sentence.strip()


def _named(entry: dict[str, Any], keys: tuple[str, ...], otherwise: str) -> str:
    return next(
        (entry[key][:80] for key in keys if isinstance(entry.get(key), str) and entry[key]), otherwise
    )


def _suite(suite: dict[str, Any], name: str) -> list[Paradigm]:
    about, predictions, items = suite.get("meta"), suite.get("predictions") or [], suite["items"]
    if not isinstance(predictions, list) or not isinstance(items, list):
        raise BadPairs(f"{name} is no suite: its items and its predictions must be lists.")
    title = _named(about if isinstance(about, dict) else {}, ("name",), name)
    found = []
    for number, prediction in enumerate(predictions, start=1):
        formula = prediction.get("formula", "") if isinstance(prediction, dict) else ""
        if len(str(formula)) > LONGEST:  # the pattern takes time with the square of a run of blanks
            raise BadPairs(f"Prediction {number} is longer than {LONGEST:,} characters: split it.")
        for at, part in enumerate(str(formula).split("&"), start=1):
            pairs = tuple(_compared(item, part, number) for item in items)
            called = f"{title}, prediction {number}" + (f", part {at}" if "&" in str(formula) else "")
            found.append(
                Paradigm(name=called, title=called, phenomenon=title, rule=part.strip(), written=pairs)
            )
    if not found:
        raise BadPairs(f"{name} is a suite without predictions: there is nothing to compare.")
    return found


def _compared(item: Any, formula: str, number: int) -> Pair:
    """One item by one comparison: good is the half that should surprise less in its region."""
    read_as = _PREDICTION.fullmatch(formula.strip().removeprefix("(").removesuffix(")").strip("[] "))
    read_as = read_as or _PREDICTION.fullmatch(formula.strip())
    if read_as is None:
        raise BadPairs(
            f"Prediction {number}, “{in_short(formula)[:60]}”: only comparisons of two regions are "
            f"read, such as "
            "(5;%match%) < (5;%mismatch%)."
        )
    region, condition, sign, other_region, other = read_as.groups()
    halves = [_written(item, condition, int(region)), _written(item, other, int(other_region))]
    (good, good_part), (bad, bad_part) = halves if sign == "<" else halves[::-1]
    return Pair(good=good, bad=bad, part=(good_part, bad_part))


def _written(item: Any, condition: str, region: int) -> tuple[str, tuple[int, int]]:
    """A condition's sentence, and where the region stands in it."""
    number = in_short(item.get("item_number", "?") if isinstance(item, dict) else "?")
    try:
        regions = next(c["regions"] for c in item["conditions"] if c["condition_name"] == condition)
        sentence, span = "", None
        for part in regions:
            content = str(part["content"]).strip()
            glued = not sentence or content[:1] in ",.?!;:'"
            start = len(sentence) + (0 if glued or not content else 1)
            sentence += content if glued or not content else f" {content}"
            if int(part["region_number"]) == region:
                span = (start, len(sentence))
    except (StopIteration, KeyError, TypeError, ValueError, OverflowError):
        raise BadPairs(f"Item {number} has no condition {condition!r} made of numbered regions.") from None
    if span is None or span[0] >= span[1] or len(sentence) > LONGEST:
        raise BadPairs(f"Item {number}: region {region} of {condition!r} is empty or missing.")
    return sentence, span
