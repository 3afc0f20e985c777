"""`python -m interpret compare`: two models, two stages of a training or two texts, laid on each other."""

import argparse
import json
from pathlib import Path
from typing import Any

import models
from interpret.method import explain, find
from interpret.results import Result
from interpret.results.comparison import FLIPS, Comparison, Side, What, laid
from interpret.results.sides import classes, next_tokens, of_head, of_layers, of_scores, of_surprise
from interpret.run import Run, record
from interpret.sentences import harmless
from interpret.target import UNITS, parse
from models.refusals import Refusal


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m interpret compare", description=__doc__)
    parser.add_argument(
        "--model", required=True, help="the first side; NAME@STAGE for a stage of its training"
    )
    parser.add_argument("--with", dest="beside", help="the second side's model; without it the same one")
    parser.add_argument("--text", required=True, help="the text to look into")
    parser.add_argument("--with-text", help="the second side's text; without it the same one")
    parser.add_argument("--what", default="surprise", choices=tuple(FLIPS), help="which number is compared")
    parser.add_argument("--method", default="leave_one_out", help="of saliency")
    parser.add_argument("--target", default="next", help="of saliency: next, 5, 5-7, next:is, a class")
    parser.add_argument("--measure", default="log-prob", help=", ".join(UNITS))
    parser.add_argument("--head", default="1.0", help="of attention: LAYER.HEAD, the last token asks")
    parser.add_argument("--pieces", action="store_true", help="show pieces, not words")
    parser.add_argument("--out", type=Path, help="FILE.csv with every group")
    parser.add_argument("--json", action="store_true", help="all numbers, as JSON, instead of a sentence")
    return parser


def answer(argv: list[str]) -> str:
    """The comparison as a sentence or as JSON; raises Refusal for what cannot be compared."""
    asked = arguments().parse_args(argv)
    if asked.out is not None and asked.out.suffix != ".csv":
        raise Refusal(f"--out {asked.out}: name a file that ends in .csv.")
    sides = (asked.model, asked.text), (asked.beside or asked.model, asked.with_text or asked.text)
    if sides[0] == sides[1]:
        raise Refusal(
            "Both sides are the same: give --with another model or stage, or --with-text another text."
        )
    runs = [record(models.load(name), text) for name, text in sides]
    named = [name for name, _ in sides]
    if named[0] == named[1]:
        named = [f"{named[0]} ({which} text)" for which in ("first", "second")]
    found = compared(runs, (named[0], named[1]), asked)
    if asked.out is not None:
        found.to_frame().map(harmless).to_csv(asked.out, index=False, encoding="utf-8")
    if asked.json:
        return json.dumps(found.to_json(), ensure_ascii=False, allow_nan=False)
    return "\n".join((found.in_words(), *found.notes))


def compared(runs: list[Run], names: tuple[str, str], asked: Any) -> Comparison:
    """Both runs' answers to what is asked, laid on each other."""
    what: What = asked.what
    if what == "next":
        return next_tokens(explain(runs[0], "next_shares"), explain(runs[1], "next_shares"), names)
    if what == "classes":
        return classes(explain(runs[0], "classes"), explain(runs[1], "classes"), names)
    results = [_result(run, what, asked) for run in runs]
    one, other = (_side(found, what, asked.head, name) for found, name in zip(results, names, strict=True))
    first = results[0]
    units = {"surprise": "bits", "saliency": first.unit, "attention": "share"}
    return laid(
        one, other, what, words=not asked.pieces, unit=units.get(what, ""), signed=what == "saliency" and first.signed,
        about=first.asked.in_words() if what == "saliency" else what,
        notes=tuple(dict.fromkeys(note for found in results for note in found.notes)),
    )  # fmt: skip


def _result(run: Run, what: What, asked: Any) -> Result:
    if what != "saliency":
        return explain(run, {"surprise": "next_words", "attention": "attention", "layers": "lens"}[what])
    method = find().get(asked.method)
    if method is None or method.gives != "token-grid":
        known = [name for name, one in find().items() if one.gives == "token-grid"]
        raise Refusal(f"--method {asked.method}: choose one of {', '.join(known)}.")
    target = parse(run, asked.target, asked.measure)
    if len(target.asked(run.model).places) > 1 and not target.asked(run.model).summed:
        raise Refusal(f"--target {asked.target}: saliency is compared for one number, such as next or 5.")
    return explain(run, asked.method, target)


def _side(found: Any, what: What, head: str, name: str) -> Side:
    if what != "attention":
        return {"surprise": of_surprise, "saliency": of_scores, "layers": of_layers}[what](found, name)
    layer, _, index = head.partition(".")
    if not (layer.isdecimal() and index.isdecimal()):
        raise Refusal(f"--head {head}: write LAYER.HEAD, for instance 2.3.")
    return of_head(found, int(layer), int(index), len(found.tokens) - 1, name)
