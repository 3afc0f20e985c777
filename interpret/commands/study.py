"""`python -m interpret study NAME --model MODEL`: a question to a model itself, or to many texts.

`attention` is short for attention_as_explanation. `--summary FILE.json` puts that study's table of this
model into a file that holds several models', `--keep` into the one that the lab shows. With `--data DIR` it
asks all test sentences of DIR/sst2/sentences; with `--seeds 1,2,3` it also trains the models of *Attention is
not not Explanation* anew, which takes some minutes for each seed.
"""

import argparse
import datetime
import json
import sys
from pathlib import Path
from typing import Any

import models
from interpret.attention.anew import Plan, experiments
from interpret.attention.table import summary
from interpret.results import Result
from interpret.sentences import harmless
from interpret.study import find_studies, study
from models.refusals import Refusal

SHORT = {"attention": "attention_as_explanation"}
KEPT = Path(__file__).parents[2] / "assets" / "studies" / "attention_sst.json"
ALL = 2000  # texts: more than the test part has


def answer(argv: list[str]) -> str:
    """The study's sentence, and its check; its numbers go to `--out` (.json or .csv)."""
    parser = argparse.ArgumentParser(prog="python -m interpret study", description=__doc__)
    parser.add_argument("name", help=f"attention, {', '.join(find_studies())}")
    parser.add_argument("--model", required=True, help=f"{', '.join(models.names())}, or a folder")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--out", type=Path, help="FILE.json or FILE.csv")
    parser.add_argument(
        "--summary", type=Path, help="FILE.json with tables of several models (attention only)"
    )
    parser.add_argument("--keep", action="store_true", help="the same, in the file that the lab shows")
    parser.add_argument("--data", type=Path, help="a folder that holds sst2/sentences (attention only)")
    parser.add_argument("--seeds", default="", help="of models that are trained anew, such as 1,2,3")
    parser.add_argument("--epochs", type=int, default=2, help="of each training")
    parser.add_argument("--work", type=Path, help="keeps what is trained: a stopped run goes on from there")
    asked = parser.parse_args(argv)
    asked.summary = KEPT if asked.keep else asked.summary
    name = SHORT.get(asked.name, asked.name)
    if name not in find_studies():
        raise Refusal(f"There is no study {asked.name!r}: choose one of {', '.join(find_studies())}.")
    plan = _plan(asked, name)
    known = _options(asked.option, find_studies()[name].options)
    if asked.data is not None:
        known = {"file": str(asked.data / "sst2" / "sentences" / "test.tsv"), "texts": ALL, **known}
    found = study(models.load(asked.model), name, **known)
    if asked.out is not None:
        _write(found, asked.out)
    if asked.summary is not None:
        _put(found, asked.summary)
    if plan is not None:
        table = experiments(plan, lambda line: sys.stderr.write(f"{line}\n"))
        _keep("trained anew", table, asked.summary or KEPT)
    return f"{found.in_words()}\n{found.check.in_words()}"


def _plan(asked: argparse.Namespace, name: str) -> Plan | None:
    """What is to be trained, if anything."""
    if asked.data is None and not asked.seeds:
        return None
    if name != SHORT["attention"]:
        raise Refusal("--data and --seeds are for the study of attention: leave them out.")
    if asked.data is None:
        raise Refusal("To train on SST-2, name its folder: --data DIR, which holds sst2/sentences.")
    if not asked.seeds:
        return None
    try:
        seeds = tuple(int(seed) for seed in asked.seeds.split(","))
    except ValueError:
        raise Refusal(f"--seeds {asked.seeds}: name whole numbers, such as 1,2,3.") from None
    return Plan(data=asked.data, seeds=seeds, epochs=asked.epochs, work=asked.work)


def _options(written: list[str], kind: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in written:
        name, _, value = part.partition("=")
        field = kind.__dataclass_fields__.get(name)
        default = "" if field is None else field.default
        try:
            found[name] = type(default)(value) if isinstance(default, int | float | str) else value
        except ValueError:
            raise Refusal(f"--option {part}: {name} takes a number.") from None
    return found


def _write(found: Result, out: Path) -> None:
    if out.suffix == ".json":
        out.write_text(
            json.dumps(found.to_json(), ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
        )
    elif out.suffix == ".csv":
        found.to_frame().map(harmless).to_csv(out, index=False)
    else:
        raise Refusal(f"--out {out}: name a file that ends in .json or .csv.")


def _put(found: Any, file: Path) -> None:
    if found.kind != "explaining":
        raise Refusal("--summary is for the study of attention: leave it out.")
    _keep(found.model, summary(found), file)


def _keep(name: str, table: dict[str, Any], file: Path) -> None:
    """Write a table with its date in place of an earlier one of that name."""
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    known[name] = {"date": datetime.date.today().isoformat(), **table}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
