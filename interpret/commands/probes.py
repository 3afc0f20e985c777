"""`python -m interpret probes`: what a linear reader finds in each layer, on our sentences or on a treebank.

    python -m interpret probes --model all --data FOLDER/ud_english_ewt --keep

asks every bundled model of English on Universal Dependencies' English Web Treebank and keeps the figures,
not the sentences, in assets/studies/probes.json, which the page shows.
"""

import argparse
import datetime
import json
import sys
from pathlib import Path
from typing import Any, get_args

import models
from interpret.grammar import treebank
from interpret.grammar.judging import world_of
from interpret.grammar.paradigms import SEED
from interpret.results import Probes
from interpret.studies.probes import Task
from interpret.study import study
from models.refusals import Refusal

FILE = Path(__file__).parents[2] / "assets" / "studies" / "probes.json"
COUNT = 2000  # sentences learned from


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m interpret probes", description=__doc__)
    parser.add_argument("--model", required=True, help=f"all, {', '.join(models.names())}, or a folder")
    parser.add_argument("--data", type=Path, help="a .conllu file, or a folder with its train and test")
    parser.add_argument("--task", choices=get_args(Task), help="without it both")
    parser.add_argument("--count", type=int, default=COUNT, help="sentences (default %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="of the sentences that are drawn")
    parser.add_argument("--json", action="store_true", help="all numbers, as JSON, instead of sentences")
    parser.add_argument("--keep", action="store_true", help="put it into assets/studies/probes.json")
    return parser


def answer(argv: list[str]) -> str:
    """The answers, as sentences or as JSON; raises Refusal for what cannot be answered."""
    asked = arguments().parse_args(argv)
    if asked.keep and (asked.data is None or not asked.data.is_dir()):
        raise Refusal("--keep keeps what is found on a treebank: name its folder with --data.")
    found = []
    for name in models.names() if asked.model == "all" else [asked.model]:
        try:
            found += _one(asked, name)
        except Refusal as refusal:
            if asked.model != "all":
                raise
            sys.stderr.write(f"{refusal}\n")
    if asked.json:
        return json.dumps([one.to_json() for one in found], ensure_ascii=False, allow_nan=False)
    return "\n".join(f"{one.in_words()}\n{one.check.in_words()}" for one in found)


def _one(asked: argparse.Namespace, name: str) -> list[Probes]:
    model = models.load(name)
    if asked.data is not None and world_of(model) != "english":
        raise Refusal(f"{model.card.name} knows no English: the treebank says nothing to it.")
    found: list[Any] = []
    for task in get_args(Task) if asked.task is None else (asked.task,):
        data = "" if asked.data is None else str(asked.data)
        found.append(study(model, "probes", task=task, treebank=data, count=asked.count, seed=asked.seed))
        if asked.keep and asked.data is not None:
            keep(found[-1], treebank.digest(asked.data))
        sys.stderr.write(f"{model.card.name}: {task}\n")
    return found


def read(file: Path = FILE) -> list[dict[str, Any]]:
    """What is kept: one entry for each model and task."""
    return json.loads(file.read_text(encoding="utf-8"))["probes"] if file.is_file() else []


def keep(found: Probes, data_sha256: str, file: Path = FILE) -> None:
    """Put one answer into the file, one line each, in the order of the catalogue."""
    made = {"made": datetime.date.today().isoformat(), "data_sha256": data_sha256}
    entries = {(one["model"], one["task"]): one for one in read(file)}
    entries[found.model, found.task] = {**found.kept(), **made}
    order = [(name, task) for name in models.names() for task in get_args(Task)]
    lines = ",\n".join(json.dumps(entries[key], ensure_ascii=False) for key in order if key in entries)
    part = file.with_suffix(".part")
    part.write_text(f'{{"schema": 1, "probes": [\n{lines}\n]}}\n', encoding="utf-8")
    part.replace(file)
