"""Shards put together: one table of each kind, the best places of every unit, and a digest of it all."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from interpret.corpus import store
from interpret.corpus.shards import highest, summed

STATISTICS = ("count", "sum", "squares", "least", "most")
TOPS = ("values", "texts", "places")


def merged(folder: Path, shards: int, asked: dict[str, Any]) -> dict[str, Any]:
    """Write `index/` and `summary.json`; returns the summary. Memory: one shard's tables at a time."""
    from pyarrow import parquet

    parts = [folder / "shards" / f"{number:05}" for number in range(shards)]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(json.dumps(store.verified(part), sort_keys=True).encode())
    units, heads, counted = None, None, {"texts": 0, "tokens": 0, "loss": 0.0, "refused": 0}
    for part in parts:
        units = _units(units, store.read_table(part / "units.parquet").to_pydict())
        heads = _heads(heads, store.read_table(part / "heads.parquet").to_pydict())
        texts = store.read_table(part / "texts.parquet", ["tokens", "loss", "why"]).to_pydict()
        loss, length = np.array(texts["loss"], float), np.array(texts["tokens"], float) - 1
        known = np.isfinite(loss)
        counted["texts"] += len(loss)
        counted["tokens"] += int(length[known].sum())
        counted["loss"] += float((loss * length)[known].sum())
        counted["refused"] += sum(bool(why) for why in texts["why"])
    index = folder / "index"
    store.drop(index)
    store.write_tables(index, {"units": units or {}, "heads": heads or {}})
    for name in ("texts", "tokens"):
        with _writer(index / f"{name}.parquet", parts[0] / f"{name}.parquet") as out:
            for part in parts:
                out.write_table(parquet.read_table(part / f"{name}.parquet").cast(out.schema))
    mean = counted["loss"] / counted["tokens"] if counted["tokens"] else None
    summary = {**asked, **counted, "loss": mean, "digest": digest.hexdigest()}
    store.write_json(folder / "summary.json", summary)
    return summary


def _writer(file: Path, like: Path) -> Any:
    from pyarrow import parquet

    return parquet.ParquetWriter(
        file, parquet.read_schema(like), compression="zstd", write_page_checksum=True
    )


def _units(before: dict[str, list[Any]] | None, new: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Tables of units put together, row by row; a shard whose texts were all refused has none."""
    if not before or not before["kind"] or not new["kind"]:
        return new if not before or not before["kind"] else before
    sums = summed(*(np.array([table[name] for name in STATISTICS], float) for table in (before, new)))
    tops = highest(*(_tops(table) for table in (before, new)))
    found = {name: before[name] for name in ("kind", "layer", "index")}
    found |= {name: column.tolist() for name, column in zip(STATISTICS, sums, strict=True)}
    return found | {name: columns.T.tolist() for name, columns in zip(TOPS, tops, strict=True)}


def _tops(table: dict[str, list[Any]]) -> np.ndarray:
    """(3, K, N) of the rows' lists."""
    return np.stack([np.array(table[name], float).T for name in TOPS])


def _heads(before: dict[str, list[Any]] | None, new: dict[str, list[Any]]) -> dict[str, list[Any]]:
    if not before or not before["layer"] or not new["layer"]:
        return new if not before or not before["layer"] else before
    return {
        name: column if name in ("layer", "head") else (np.array(column) + np.array(new[name])).tolist()
        for name, column in before.items()
    }
