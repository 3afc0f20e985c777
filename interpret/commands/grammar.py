"""`python -m interpret grammar`: minimal pairs, on one model or on all, without the dashboard.

A run that was killed goes on where it was: each finished rule is kept on this machine.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import models
from interpret import progress
from interpret.grammar import files, kept
from interpret.grammar.judging import judge, world_of
from interpret.grammar.paradigms import COUNT, SEED, WORLDS, chosen
from interpret.results import Grammar
from models.base import LanguageModel
from models.refusals import Refusal


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m interpret grammar", description=__doc__)
    parser.add_argument("--model", required=True, help=f"all, {', '.join(models.names())}, or a folder")
    parser.add_argument("--paradigm", default="", help="names with commas between; without it all")
    parser.add_argument("--pairs", type=Path, help="FILE.jsonl as BLiMP's, or a SyntaxGym suite as .json")
    parser.add_argument("--world", choices=WORLDS, help="whose sentences; without it those the model knows")
    parser.add_argument(
        "--count", type=int, default=COUNT, help="pairs of each paradigm (default %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="of the pairs that are generated")
    parser.add_argument("--json", action="store_true", help="all numbers, as JSON, instead of sentences")
    parser.add_argument("--keep", action="store_true", help="put it into assets/studies/grammar.json")
    parser.add_argument("--again", action="store_true", help="with --keep: also what is kept and still true")
    return parser


def answer(argv: list[str]) -> str:
    """The answer, as sentences or as JSON; raises Refusal for what cannot be answered."""
    asked = arguments().parse_args(argv)
    if asked.keep and (asked.pairs or asked.paradigm or asked.world):
        raise Refusal("--keep keeps whole answers: leave out --paradigm, --pairs and --world.")
    if not 1 <= asked.count <= 1000 and asked.pairs is None:
        raise Refusal("--count must lie between 1 and 1,000.")
    if asked.model != "all":
        found = [] if _is_kept(asked, asked.model) else [_one(asked, models.load(asked.model))]
    else:
        found = _all(asked)
    if asked.json:
        shown = [one.to_json() for one in found]
        return json.dumps(shown if asked.model == "all" else shown[0], ensure_ascii=False, allow_nan=False)
    return "\n\n".join(told(one) for one in found) or "All that is kept is still true; --again asks again."


def _is_kept(asked: argparse.Namespace, name: str) -> bool:
    if not asked.keep or asked.again or name not in models.names():
        return False
    return kept.is_current(kept.read().get(name), models.card(name), asked.seed)


def _all(asked: argparse.Namespace) -> list[Grammar]:
    """Every bundled model that can be asked; those that cannot are named on the way."""
    found = []
    for name in models.names():
        if _is_kept(asked, name):
            continue
        try:
            found.append(_one(asked, models.load(name)))
        except Refusal as refusal:
            sys.stderr.write(f"{refusal}\n")
    return found


def _one(asked: argparse.Namespace, model: LanguageModel) -> Grammar:
    name, started = model.card.name, time.monotonic()

    def listener(share: float) -> bool:
        if sys.stderr.isatty():
            passed = time.monotonic() - started
            left = f", about {passed / share - passed:.0f} s left" if share > 0.02 else ""
            sys.stderr.write(f"\r{name}: {share:.0%}{left}   ")
        return True

    with progress.heard_by(listener):
        if asked.pairs is not None:
            found = judge(model, files.read(asked.pairs), world="file", count=files.MOST, seed=asked.seed)
        else:
            world = asked.world or world_of(model)
            names = tuple(part.strip() for part in asked.paradigm.split(",") if part.strip())
            found = judge(model, chosen(names, world), world=world, count=asked.count, seed=asked.seed)
    sys.stderr.write(f"{name}: {found.seconds:.0f} s\n")
    if asked.keep:
        kept.keep(found, models.names())
    return found


def told(found: Grammar) -> str:
    """The answer in sentences, and a line for each paradigm."""
    lines = [found.in_words(), found.agreement(), *(rule.in_words() for rule in found.rules()), ""]
    low, high = found.interval
    widest = max(len(name) for name in found.names)
    for row, name in enumerate(found.names):
        left = int(found.asked_for[row] - found.n[row])
        lines.append(
            f"{name:{widest}}  {found.values[row]:6.1%}  [{low[row]:6.1%}, {high[row]:6.1%}]  n "
            f"{found.n[row]}" + (f"  left out {left}" if left else "")
        )
    return "\n".join([*(line for line in lines), *found.notes, found.check.in_words()])
