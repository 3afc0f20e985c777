"""Reading an index: a unit's card, which texts were hardest, how heads look on the whole.

Tables are Parquet and are read with DuckDB, which takes from the file only the rows asked for. The table of
units is compared with its SHA-256 when an index is opened.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from interpret.corpus import store
from interpret.corpus.tallies import ENDS, PLACES
from models.refusals import Refusal


@dataclass(frozen=True)
class At:
    """A place of the corpus: the number of its text, of its token, and the unit's activation there."""

    text: int
    place: int
    value: float


@dataclass(frozen=True, eq=False)
class UnitCard:
    """One unit over a corpus."""

    count: int
    mean: float
    deviation: float
    least: float
    most: float
    highest: tuple[At, ...]  # one a text, the highest first
    lowest: tuple[At, ...]
    middling: tuple[At, ...]  # highest places of texts that get it half way from the mean to the most
    counts: np.ndarray  # (B,) tokens in each bin
    edges: np.ndarray  # (B + 1,)
    r: np.ndarray  # (F,) correlation with each feature

    @property
    def limit(self) -> float:
        """The largest size of an activation: the end of the colour scale."""
        return max(abs(self.least), abs(self.most)) or 1.0


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
        if not store.whole(folder / "index", "units.parquet"):
            raise Refusal(f"The index in {folder.name} is damaged: start it again, or make it anew.")

    @property
    def features(self) -> tuple[str, ...]:
        """What units are correlated with."""
        return tuple(self.summary["features"])

    def chance(self, kind: str) -> np.ndarray:
        """The largest |r| of any unit of a kind with each feature shifted along the texts, (F,)."""
        return np.array(self.summary["chance"][kind])

    def sizes(self, kind: str) -> tuple[int, ...]:
        """How many units of a kind each layer has."""
        asked = "select max(index) + 1 from units where kind = ? group by layer order by layer"
        return tuple(int(row[0]) for row in self._rows("units", asked, kind))

    def unit(self, kind: str, layer: int, index: int, count: int = 6) -> UnitCard:
        """A unit's statistics and places, `count` of each sort; refuses one that is not there."""
        where = "select * from units where kind = ? and layer = ? and index = ?"
        rows = self._dicts("units", where, kind, layer, index)
        if not rows:
            raise Refusal(f"This index has no {kind} {layer}.{index}.")
        row = rows[0]
        mean = row["sum"] / row["count"]
        counts, edges = _histogram(row)
        ends = {end: _places(row, end, count) for end in ENDS}
        return UnitCard(
            count=int(row["count"]), mean=mean,
            deviation=max(0.0, row["squares"] / row["count"] - mean**2) ** 0.5,
            least=float(row["least"]), most=float(row["most"]),
            highest=ends["high"], lowest=ends["low"],
            middling=_middling(row, (mean + row["most"]) / 2, count // 2),
            counts=counts, edges=edges, r=np.array(row["r"], float),
        )  # fmt: skip

    def text(self, numbers: Sequence[int]) -> dict[int, str]:
        """Some texts by their numbers."""
        if not numbers:
            return {}
        wanted = ", ".join(str(int(number)) for number in sorted(set(numbers)))
        return dict(self._rows("texts", f"select number, text from texts where number in ({wanted})"))

    def gates(self) -> list[dict[str, Any]]:
        """Of every LSTM cell: tokens that found its gates shut (3) and open (3), and the sum of ln f."""
        return self._dicts("gates", "select * from gates order by layer, index")

    def texts(self) -> list[dict[str, Any]]:
        """Every text with its loss, length and answer, without its state."""
        columns = "number, text, label, tokens, loss, answer, share, why"
        return self._dicts("texts", f"select {columns} from texts order by number")

    def heads(self) -> list[dict[str, Any]]:
        """Every head's mean entropy (bits), and its mass on the first token and on the one before."""
        rows = self._dicts("heads", "select * from heads order by layer, head")
        sums = ("entropy", "first", "previous")
        return [{**row, **{name: row[name] / row["rows"] for name in sums}} for row in rows]

    def _rows(self, table: str, asked: str, *given: Any) -> list[tuple[Any, ...]]:
        return self._asked(table, asked, given)[1]

    def _dicts(self, table: str, asked: str, *given: Any) -> list[dict[str, Any]]:
        names, rows = self._asked(table, asked, given)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _asked(
        self, table: str, asked: str, given: tuple[Any, ...]
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        import duckdb

        with duckdb.connect(config={"threads": 1}) as session:
            try:
                session.read_parquet(str(self.folder / "index" / f"{table}.parquet")).create_view(table)
                found = session.execute(asked, list(given))
            except duckdb.Error:
                raise Refusal(
                    f"The index in {self.folder.name} cannot be read: start it again, or make it anew."
                ) from None
            return [column[0] for column in found.description or ()], found.fetchall()


def _histogram(row: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Counts and edges, without the empty bins at both ends."""
    counts, width = np.array(row["counts"], np.int64), 2.0 ** int(row["exponent"])
    filled = np.flatnonzero(counts)
    first, last = int(filled[0]), int(filled[-1])
    return counts[first : last + 1], (np.arange(first, last + 2) - len(counts) // 2) * width


def _places(row: dict[str, Any], end: str, count: int) -> tuple[At, ...]:
    parts = (row[f"{end}_{name}"] for name in ("texts", "places", "values"))
    return tuple(At(int(t), int(p), float(v)) for t, p, v in zip(*parts, strict=True) if t >= 0)[:count]


def _middling(row: dict[str, Any], half: float, count: int) -> tuple[At, ...]:
    """The examples of the bins nearest `half`."""
    codes, values = np.array(row["examples"], np.int64), np.array(row["example_values"], float)
    order = np.argsort(np.where(codes < 0, np.inf, np.abs(values - half)), kind="stable")
    chosen = [int(k) for k in order[:count] if codes[k] >= 0]
    return tuple(At(int(codes[k] // PLACES), int(codes[k] % PLACES), float(values[k])) for k in chosen)
