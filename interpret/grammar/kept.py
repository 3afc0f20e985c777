"""assets/studies/grammar.json: what the bundled models were found to know, so that the page opens at once.

    python -m interpret grammar --model all --keep

asks again those whose weights, or whose sentences, are others than when they were asked last.
"""

import json
from pathlib import Path
from typing import Any

from interpret.grammar.paradigms import SEED, WORLDS, digest
from interpret.results import Grammar
from models.base import Card

FILE = Path(__file__).parents[2] / "assets" / "studies" / "grammar.json"
SCHEMA = 1


def read(file: Path = FILE) -> dict[str, dict[str, Any]]:
    """What is kept, by model."""
    if not file.is_file():
        return {}
    written = json.loads(file.read_text(encoding="utf-8"))
    return {entry["model"]: entry for entry in written["models"]} if written.get("schema") == SCHEMA else {}


def is_current(entry: dict[str, Any] | None, card: Card, seed: int = SEED) -> bool:
    """Whether a kept answer is about these weights and today's sentences."""
    if entry is None or entry["world"] not in WORLDS:
        return False
    return (entry["sha256"], entry["pairs"], entry["seed"]) == (card.sha256, digest(entry["world"]), seed)


def keep(found: Grammar, order: list[str], file: Path = FILE) -> None:
    """Put one model's answer into the file, one line a model, in the order of the catalogue."""
    entries = read(file)
    entries[found.model] = {**found.kept(), "pairs": digest(found.world)}
    known = [name for name in order if name in entries]
    lines = ",\n".join(json.dumps(entries[name], ensure_ascii=False) for name in known)
    file.parent.mkdir(parents=True, exist_ok=True)
    made = file.with_suffix(".part")
    made.write_text(f'{{"schema": {SCHEMA}, "models": [\n{lines}\n]}}\n', encoding="utf-8")
    made.replace(file)
