"""Reading an index: what a unit stood highest on, which texts were hardest, how heads look on the whole."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interpret.corpus import store
from models.base import Refusal


@dataclass(frozen=True)
class UnitCard:
    """One unit over a corpus."""

    count: int
    mean: float
    deviation: float
    least: float
    most: float
    places: tuple[tuple[float, int, int], ...]  # activation, text, token; the highest first, one a text


class Index:
    """The tables of a finished job folder; nothing is held in memory but what is asked for."""

    def __init__(self, folder: Path):
        self.folder = folder
        try:
            self.summary: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise Refusal(
                f"{folder.name} holds no finished index: run `python -m interpret corpus index` to its end."
            ) from None

    def unit(self, kind: str, layer: int, index: int) -> UnitCard:
        """A unit's statistics and highest places; refuses one that is not there."""
        from pyarrow import parquet

        wanted = [("kind", "==", kind), ("layer", "==", layer), ("index", "==", index)]
        rows = parquet.read_table(self.folder / "index" / "units.parquet", filters=wanted).to_pylist()
        if not rows:
            raise Refusal(f"This index has no {kind} {layer}.{index}.")
        row = rows[0]
        mean = row["sum"] / row["count"]
        spread = max(0.0, row["squares"] / row["count"] - mean**2) ** 0.5
        places = zip(row["values"], map(int, row["texts"]), map(int, row["places"]), strict=True)
        return UnitCard(int(row["count"]), mean, spread, row["least"], row["most"], tuple(places))

    def texts(self) -> list[dict[str, Any]]:
        """Every text with its loss, length and answer, without its state."""
        columns = ["number", "text", "label", "tokens", "loss", "answer", "share", "why"]
        return store.read_table(self.folder / "index" / "texts.parquet", columns).to_pylist()

    def heads(self) -> list[dict[str, Any]]:
        """Every head's mean entropy (bits), and its mass on the first token and on the one before."""
        rows = store.read_table(self.folder / "index" / "heads.parquet").to_pylist()
        sums = ("entropy", "first", "previous")
        return [{**row, **{name: row[name] / row["rows"] for name in sums}} for row in rows]
