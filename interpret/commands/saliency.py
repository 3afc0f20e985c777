"""`python -m interpret saliency`: maps of several methods for the same number, or of every number, at once."""

import argparse
import json
from pathlib import Path
from typing import Any

import models
from interpret.method import explain, find
from interpret.results import Result
from interpret.run import record
from interpret.sentences import harmless
from interpret.target import UNITS, parse
from interpret.trust.subject import usable
from models.refusals import Refusal


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m interpret saliency", description=__doc__)
    parser.add_argument("--model", required=True, help=f"{', '.join(models.names())}, or a folder")
    parser.add_argument("--text", required=True, help="the text to look into")
    parser.add_argument(
        "--target", default="every", help="every (default), next, 5, 5-7, next:is, next:is/are, a class"
    )
    parser.add_argument("--measure", default="log-prob", help=", ".join(UNITS))
    parser.add_argument("--methods", help="names with commas between; without it all that can serve")
    parser.add_argument(
        "--option", action="append", default=[], metavar="METHOD.NAME=VALUE", help="smooth_grad.samples=48"
    )
    parser.add_argument("--out", type=Path, help="FILE.csv with every score")
    parser.add_argument("--json", action="store_true", help="all numbers, as JSON, instead of sentences")
    return parser


def answer(argv: list[str]) -> str:
    """The maps as sentences or as JSON; raises Refusal for what cannot be answered."""
    asked = arguments().parse_args(argv)
    if asked.out is not None and asked.out.suffix != ".csv":
        raise Refusal(f"--out {asked.out}: name a file that ends in .csv.")
    run = record(models.load(asked.model), asked.text)
    target = parse(run, asked.target, asked.measure)
    names = None if asked.methods is None else [name.strip() for name in asked.methods.split(",")]
    settings = options(asked.option)
    chosen = [method.name for method in usable(run, names)]
    if unasked := set(settings) - set(chosen):
        raise Refusal(
            f"--option is for {', '.join(sorted(unasked))}, which is not asked: add it to --methods."
        )
    found: dict[str, Result] = {}
    left_out: dict[str, str] = {}
    for name in chosen:
        try:
            found[name] = explain(run, name, target, **settings.get(name, {}))
        except Refusal as refusal:
            if names is not None:
                raise
            left_out[name] = str(refusal)
    if asked.out is not None:
        import pandas

        tables = [one.to_frame().assign(method=name) for name, one in found.items()]
        pandas.concat(tables).map(harmless).to_csv(asked.out, index=False)
    if asked.json:
        shown: dict[str, Any] = {"maps": [one.to_json() for one in found.values()], "left_out": left_out}
        return json.dumps(shown, ensure_ascii=False, allow_nan=False)
    said = [f"{find()[name].title}: {one.in_words()} {one.check.in_words()}" for name, one in found.items()]
    return "\n".join([*said, *(f"{find()[name].title}: left out. {why}" for name, why in left_out.items())])


def options(written: list[str]) -> dict[str, dict[str, Any]]:
    """`smooth_grad.samples=48` as {"smooth_grad": {"samples": 48}}, each value in the type its option has."""
    found: dict[str, dict[str, Any]] = {}
    for part in written:
        place, _, value = part.partition("=")
        method, _, name = place.partition(".")
        known = find()[method].options.__dataclass_fields__ if method in find() else {}
        if name not in known:
            raise Refusal(f"--option {part}: write METHOD.NAME=VALUE, for instance smooth_grad.samples=48.")
        default = known[name].default
        try:
            found.setdefault(method, {})[name] = (
                type(default)(value) if isinstance(default, int | float) else value
            )
        except ValueError:
            raise Refusal(f"--option {part}: {name} takes a number.") from None
    return found
