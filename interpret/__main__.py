"""`python -m interpret METHOD --model NAME --text "..."`: the dashboard's numbers without the dashboard."""

import argparse
import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

import models
from interpret import commands, explain, find, record
from interpret.results import NotFinite, Result
from interpret.sentences import harmless
from interpret.target import UNITS, parse
from models.refusals import Refusal

COMMANDS = [module.name for module in pkgutil.iter_modules(commands.__path__)]
TARGETS = "every (default), next, 5, 5-7, next:is, next:is/are; places count tokens, the start mark is 0"


def arguments() -> argparse.ArgumentParser:
    """What can be asked on the command line; options of a method are written NAME=VALUE."""
    parser = argparse.ArgumentParser(prog="python -m interpret", description=__doc__)
    parser.add_argument("method", help=f"{', '.join(find())}; or a command: {', '.join(COMMANDS)}")
    parser.add_argument("--model", required=True, help=f"{', '.join(models.names())}, or a folder")
    parser.add_argument("--text", required=True, help="the text to look into")
    parser.add_argument("--target", default="every", help=TARGETS)
    parser.add_argument("--measure", default="log-prob", help=", ".join(UNITS))
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--out", type=Path, help="FILE.json or FILE.csv; without it JSON is printed")
    return parser


def options(written: list[str], method: str) -> dict[str, Any]:
    """`steps=16` as {"steps": 16}: each value in the type its option has."""
    known = find()[method].options.__dataclass_fields__ if method in find() else {}
    found: dict[str, Any] = {}
    for part in written:
        name, _, value = part.partition("=")
        default = getattr(known.get(name), "default", "")
        try:
            found[name] = type(default)(value) if isinstance(default, (int, float)) else value
        except ValueError:
            raise Refusal(f"--option {part}: {name} takes a number.") from None
    return found


def write(result: Result, out: Path | None) -> None:
    """Print the result as JSON, or write it to a .json or .csv file."""
    if out is None:
        print(json.dumps(result.to_json(), ensure_ascii=False, allow_nan=False))
    elif out.suffix == ".json":
        out.write_text(
            json.dumps(result.to_json(), ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
        )
    else:
        result.to_frame().map(harmless).to_csv(out, index=False, encoding="utf-8")


def main(argv: list[str] | None = None) -> int:
    """Answer one question; exit code 2 and one sentence when it cannot be answered."""
    argv = sys.argv[1:] if argv is None else argv
    if argv and argv[0].replace("-", "_") in COMMANDS:
        return _command(argv[0].replace("-", "_"), argv[1:])
    asked = arguments().parse_args(argv)
    try:
        if asked.out is not None and asked.out.suffix not in (".json", ".csv"):
            raise Refusal(f"--out {asked.out}: name a file that ends in .json or .csv.")
        if asked.method not in find():
            raise Refusal(f"There is no method {asked.method!r}: choose one of {', '.join(find())}.")
        run = record(models.load(asked.model), asked.text)
        target = parse(run, asked.target, asked.measure)
        write(explain(run, asked.method, target, **options(asked.option, asked.method)), asked.out)
    except (Refusal, NotFinite) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{asked.out}: {error.strerror or error}: name another file.", file=sys.stderr)
        return 2
    return 0


def _command(name: str, argv: list[str]) -> int:
    command = importlib.import_module(f"interpret.commands.{name}")
    try:
        print(command.answer(argv))
    except (Refusal, NotFinite) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
