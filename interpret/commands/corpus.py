"""`python -m interpret corpus index|status|cancel|unit|bundle`: an index of any number of texts, by shards."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

import models
from interpret.corpus import job, shipped
from interpret.corpus.documents import documents
from interpret.corpus.index import Index
from interpret.units import unfit


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m interpret corpus", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    index = parts.add_parser("index", help="make an index, or go on with one")
    index.add_argument("--model", required=True, help=f"{', '.join(models.names())}, or a folder")
    index.add_argument("--texts", required=True, help="bundled, or a .txt, .csv, .jsonl or .parquet file")
    index.add_argument("--column", default="", help="where the texts are in the file; guessed if not said")
    index.add_argument("--out", type=Path, required=True, help="the job's folder")
    index.add_argument("--shard", type=int, default=job.SHARD, help="texts in each shard")
    index.add_argument(
        "--workers", type=int, default=0, help="so many processes of a Dask cluster of its own"
    )
    index.add_argument("--scheduler", default="", help="the address of a Dask cluster, tcp://...")
    for name, does in (("status", "how far it is"), ("cancel", "stop it after the shard it is at")):
        parts.add_parser(name, help=does).add_argument("--out", type=Path, required=True)
    unit = parts.add_parser("unit", help="what a unit stood highest on")
    unit.add_argument("--out", type=Path, required=True)
    unit.add_argument("unit", help='kind, layer and index, such as "cell 2.17"')
    bundle = parts.add_parser("bundle", help="make the indexes anew that ship with the bundled models")
    bundle.add_argument("--model", choices=models.names(), help="only this one's")
    bundle.add_argument("--into", type=Path, default=shipped.INDEXES, help="the folder of all indexes")
    return parser


def answer(argv: list[str]) -> str:
    """What is printed; progress goes to the error stream."""
    asked = arguments().parse_args(argv)
    if asked.part == "status":
        return job.progress(asked.out).in_words()
    if asked.part == "cancel":
        job.cancel(asked.out)
        return "It stops after the shard it is at; the same command goes on with it."
    if asked.part == "unit":
        kind, _, place = asked.unit.partition(" ")
        layer, _, index = place.partition(".")
        found = asdict(Index(asked.out).unit(kind, int(layer or 0), int(index or 0)))
        return json.dumps({name: v.tolist() if hasattr(v, "tolist") else v for name, v in found.items()})
    if asked.part == "bundle":
        names = [asked.model] if asked.model else models.names()
        done = {name: shipped.bundle(name, asked.into) for name in names if not unfit(models.card(name))}
        return json.dumps({name: summary["digest"] for name, summary in done.items() if summary})
    if asked.texts == "bundled":
        found = iter(shipped.bundled(models.card(asked.model)))
    else:
        found = documents(Path(asked.texts), asked.column)
    job.plan(asked.out, asked.model, found, asked.shard)
    engine = job.here
    if asked.workers or asked.scheduler:
        from interpret.corpus.cluster import engine as on_dask

        engine = on_dask(workers=asked.workers, scheduler=asked.scheduler)
    return json.dumps(job.run(asked.out, engine, _said))


def _said(now: job.Progress) -> None:
    sys.stderr.write(f"{now.in_words()}\n")
