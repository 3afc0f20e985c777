"""`python -m interpret faithfulness`: deletion and insertion curves of one number, without the dashboard."""

import argparse
import json

import models
from interpret.results import Curves
from interpret.run import Run, record
from interpret.target import UNITS, Target, at, parse
from interpret.trust.faithfulness import Options, curves
from interpret.trust.removal import way_for
from interpret.trust.subject import Subject, maps


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m interpret faithfulness", description=__doc__)
    parser.add_argument("--model", required=True, help=f"{', '.join(models.names())}, or a folder")
    parser.add_argument("--text", required=True, help="the text to look into")
    parser.add_argument("--target", help="next (default), 5, 5-7, next:is, next:is/are, a class; one number")
    parser.add_argument("--measure", default="log-prob", help=", ".join(UNITS))
    parser.add_argument("--methods", help="names with commas between; without it all that can serve")
    parser.add_argument("--way", help="left out, zero or mask; without it what suits the model")
    parser.add_argument("--orders", type=int, default=20, help="how many random orders")
    parser.add_argument("--seed", type=int, default=0, help="of the random orders")
    parser.add_argument("--greedy", action="store_true", help="the greedy order too")
    parser.add_argument("--json", action="store_true", help="all numbers, as JSON, instead of sentences")
    return parser


def answer(argv: list[str]) -> str:
    """The answer, as sentences or as JSON; raises Refusal for what cannot be answered."""
    asked = arguments().parse_args(argv)
    run = record(models.load(asked.model), asked.text)
    target = one_number(run, asked.target, asked.measure)
    names = None if asked.methods is None else [name.strip() for name in asked.methods.split(",")]
    options = Options(way=asked.way, orders=asked.orders, seed=asked.seed, greedy=asked.greedy)
    way_for(Subject.of(run, target), options.way)  # refuses before the methods take their time
    found = curves(run, target, maps(run, target, names), options)
    if asked.json:
        return json.dumps(found.to_json(), ensure_ascii=False, allow_nan=False)
    return "\n".join(told(found))


def one_number(run: Run, written: str | None, measure: str) -> Target:
    """The target as typed; without one the likeliest class, the last word, or the word after the text."""
    if written is None:
        if run.model.card.task == "masked":
            words = [p for p, there in enumerate(run.of_text) if there]
            return at(run, words[-1], measure=measure)  # type: ignore[arg-type]
        return at(run, len(run.tokens), measure=measure)  # type: ignore[arg-type]
    return parse(run, written, measure)  # type: ignore[arg-type]


def told(found: Curves) -> list[str]:
    """The answer in sentences, areas in a table."""
    what = found.asked.in_words()
    lines = [f"{what[0].upper()}{what[1:]}, explained by {len(found.shown)} words.", *found.sentences()]
    widest = max(len(title) for title in (*found.titles, "random orders"))
    lines.append(f"{'':{widest}}  deletion area  insertion area  comprehensiveness  sufficiency (AOPC)")
    rows = [*zip(found.titles, found.areas, found.aopc, strict=True)]
    rows.append(("random orders", found.random_areas[0], found.random_aopc[0]))
    for title, areas, aopc in rows:
        cells = zip((*areas, *aopc), (13, 14, 17, 18), strict=True)
        lines.append(f"{title:{widest}}  " + "  ".join(f"{number:>{width}.4f}" for number, width in cells))
    if found.greedy_area is not None:
        lines.append(f"{'greedy order':{widest}}  {found.greedy_area:>13.4f}")
    return [*lines, *found.notes, found.check.in_words()]
