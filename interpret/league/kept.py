"""assets/studies/saliency_league.json: how well each method found the true causes, so that the page opens at once."""

import json
from pathlib import Path
from typing import Any

from interpret.results import League

FILE = Path(__file__).parents[2] / "assets" / "studies" / "saliency_league.json"
SCHEMA = 1
Key = tuple[str, str, str]  # model, world, measure


def read(file: Path = FILE) -> dict[Key, dict[str, Any]]:
    """What is kept, by model, world and explained measure."""
    if not file.is_file():
        return {}
    written = json.loads(file.read_text(encoding="utf-8"))
    entries = written["leagues"] if written.get("schema") == SCHEMA else []
    return {(entry["model"], entry["world"], entry["measure"]): entry for entry in entries}


def keep(found: League, file: Path = FILE) -> None:
    """Put one answer into the file, one line each, in the order of their names."""
    entries = read(file)
    entries[found.model, found.world, found.measure] = found.kept()
    lines = ",\n".join(
        json.dumps(entries[key], ensure_ascii=False, allow_nan=False) for key in sorted(entries)
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    made = file.with_suffix(".part")
    made.write_text(f'{{"schema": {SCHEMA}, "leagues": [\n{lines}\n]}}\n', encoding="utf-8")
    made.replace(file)
