"""Shards put together: one table of each kind, the best places of every unit, and a digest of it all."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from interpret.corpus import store
from interpret.corpus.tallies import correlations, together

Arrays = dict[str, np.ndarray]
NAMES = ("kind", "layer", "index")
SAME = {"labels": ("feature",), "gates": ("layer", "index"), "heads": ("layer", "head")}


def merged(folder: Path, shards: int, asked: dict[str, Any]) -> dict[str, Any]:
    """Write `index/` and `summary.json`; returns the summary. Memory: one shard's tables at a time."""
    parts = [folder / "shards" / f"{number:05}" for number in range(shards)]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(json.dumps(store.verified(part), sort_keys=True).encode())
    sums: dict[str, Arrays] = {}
    for part in parts:
        for name in ("units", *SAME):
            new = store.arrays(store.read_table(part / f"{name}.parquet"))
            sums[name] = _added(name, sums[name], new) if name in sums else new
    features, chance = _correlated(sums)
    index = folder / "index"
    store.drop(index)
    found: dict[str, Any] = {name: sums[name] for name in ("units", "gates", "heads")}
    copied = {name: _copier(parts, name) for name in ("texts", "tokens")}
    store.write_tables(index, found, copied)
    summary = {
        **asked,
        **_counted(parts),
        "features": features,
        "chance": chance,
        "digest": digest.hexdigest(),
    }
    store.write_json(folder / "summary.json", summary)
    return summary


def _added(name: str, before: Arrays, new: Arrays) -> Arrays:
    """Two shards' tables as one; a shard whose texts were all refused has none of some."""
    if name == "units":
        if not len(before["kind"]) or not len(new["kind"]):
            return before if len(before["kind"]) else new
        return {name: before[name] for name in NAMES} | together(before, new)
    kept = SAME[name]
    if not len(before[kept[0]]) or not len(new[kept[0]]):
        return before if len(before[kept[0]]) else new
    return {n: held if n in kept else held + new[n] for n, held in before.items()}


def _correlated(sums: dict[str, Arrays]) -> tuple[list[str], dict[str, list[float]]]:
    """Put r in place of the sums of products; the features, and for each kind of unit what chance allows."""
    units, labels = sums["units"], sums["labels"]
    names, chance = list(labels["feature"]), {}
    if len(units["kind"]):
        by_label = {name: labels[name] for name in ("sum", "squares")} | {"count": labels["count"].max()}
        apart = np.abs(correlations(units, by_label, "shifted")).reshape(len(units["kind"]), -1, len(names))
        for kind in dict.fromkeys(units["kind"]):
            chance[str(kind)] = apart[units["kind"] == kind].max(axis=(0, 1)).round(6).tolist()
        units["r"] = correlations(units, by_label, "products").astype(np.float32)
        del units["products"], units["shifted"]
    return [str(name) for name in names], chance


def _counted(parts: list[Path]) -> dict[str, Any]:
    """Texts, tokens, refused texts, and the mean loss of a token."""
    counted = {"texts": 0, "tokens": 0, "refused": 0}
    loss = scored = 0.0
    for part in parts:
        texts = store.read_table(part / "texts.parquet", ["tokens", "loss", "why"]).to_pydict()
        losses, length = np.array(texts["loss"], float), np.array(texts["tokens"], float)
        known = np.isfinite(losses)
        counted["texts"] += len(losses)
        counted["tokens"] += int(length.sum())
        counted["refused"] += sum(bool(why) for why in texts["why"])
        scored += float((length - 1)[known].sum())
        loss += float((losses * (length - 1))[known].sum())
    return counted | {"loss": loss / scored if scored else None}


def _copier(parts: list[Path], name: str) -> Callable[[Path], None]:
    """What writes the rows of all shards into one file, in groups of a good size."""

    def copy(file: Path) -> None:
        import pyarrow
        from pyarrow import parquet

        like = parquet.read_schema(parts[0] / f"{name}.parquet")
        with parquet.ParquetWriter(file, like, compression="zstd", write_page_checksum=True) as out:
            for group in _groups(parts, name):
                out.write_table(pyarrow.concat_tables([table.cast(like) for table in group]).combine_chunks())

    return copy


def _groups(parts: list[Path], name: str) -> Iterator[list[Any]]:
    held, rows = [], 0
    for part in parts:
        held.append(store.read_table(part / f"{name}.parquet"))
        rows += len(held[-1])
        if rows >= store.ROWS.get(name, store.MANY):
            yield held
            held, rows = [], 0
    if held:
        yield held
