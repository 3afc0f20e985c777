"""`python -m interpret study NAME --model MODEL`: a question to a model itself, or to many texts.

`attention` is short for attention_as_explanation. `--summary FILE.json` puts that study's table of this
model into a file that holds several models' (assets/studies/attention_sst.json is one).
"""

import argparse
import datetime
import json
from pathlib import Path
from typing import Any

import models
from interpret.attention.table import summary
from interpret.results import Result
from interpret.study import find_studies, study
from models.base import Refusal

SHORT = {"attention": "attention_as_explanation"}


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
    asked = parser.parse_args(argv)
    name = SHORT.get(asked.name, asked.name)
    if name not in find_studies():
        raise Refusal(f"There is no study {asked.name!r}: choose one of {', '.join(find_studies())}.")
    found = study(models.load(asked.model), name, **_options(asked.option, find_studies()[name].options))
    if asked.out is not None:
        _write(found, asked.out)
    if asked.summary is not None:
        _put(found, asked.summary)
    return f"{found.in_words()}\n{found.check.in_words()}"


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
        found.to_frame().to_csv(out, index=False)
    else:
        raise Refusal(f"--out {out}: name a file that ends in .json or .csv.")


def _put(found: Any, file: Path) -> None:
    if found.kind != "explaining":
        raise Refusal("--summary is for the study of attention: leave it out.")
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    known[found.model] = {"date": datetime.date.today().isoformat(), **summary(found)}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
