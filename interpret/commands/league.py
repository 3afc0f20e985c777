"""`python -m interpret league`: maps against causes that are known, without the dashboard.

    python -m interpret league --model all --data DIR --keep

asks every bundled model whose causes are known, and the toys, and puts the answers into
assets/studies/saliency_league.json; what is kept of the same weights, count and seed is not asked again.
"""

import argparse
import json
import sys
from pathlib import Path

import models
from interpret import progress
from interpret.league import kept
from interpret.results import League
from interpret.results.league import MEASURES, READINGS
from interpret.sentences import harmless
from interpret.studies.saliency_league import Options, world_of
from interpret.study import study
from interpret.target import UNITS
from models.base import LanguageModel
from models.refusals import Refusal

MODELS = (
    "story-lstm", "story-gpt", "sst-attention", "sst-average", "reviews-lstm-sentiment", "reviews-bert-sentiment",
)  # fmt: skip
TOYS = "toys"


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m interpret league", description=__doc__)
    parser.add_argument(
        "--model", required=True, help=f"all ({', '.join(MODELS)}, toys), toys, a name or a folder"
    )
    parser.add_argument(
        "--count", type=int, default=Options.count, help="cases of a kind (default %(default)s)"
    )
    parser.add_argument(
        "--methods", default="", help="names with commas between; without it all that can serve"
    )
    parser.add_argument("--measure", default=Options.measure, help=", ".join(UNITS))
    parser.add_argument(
        "--data", default="", help="the folder that holds sst2/trees, for models that judge reviews"
    )
    parser.add_argument("--seed", type=int, default=Options.seed, help="of texts, places and lots")
    parser.add_argument("--json", action="store_true", help="all numbers, as JSON, instead of tables")
    parser.add_argument("--out", type=Path, help="FILE.csv with every number")
    parser.add_argument("--keep", action="store_true", help="put it into assets/studies/saliency_league.json")
    parser.add_argument("--again", action="store_true", help="with --keep: also what is kept and still true")
    return parser


def answer(argv: list[str]) -> str:
    """The leagues as tables or as JSON; raises Refusal for what cannot be answered."""
    asked = arguments().parse_args(argv)
    if asked.keep and asked.methods:
        raise Refusal("--keep keeps whole leagues: leave out --methods.")
    if asked.out is not None and asked.out.suffix != ".csv":
        raise Refusal(f"--out {asked.out}: name a file that ends in .csv.")
    names = (*MODELS, TOYS) if asked.model == "all" else (asked.model,)
    found = [one for name in names if (one := _one(asked, name)) is not None]
    if asked.out is not None and found:
        import pandas

        tables = [one.to_frame().assign(model=one.model, world=one.world) for one in found]
        pandas.concat(tables).map(harmless).to_csv(asked.out, index=False)
    if asked.json:
        shown = [one.to_json() for one in found]
        return json.dumps(shown if asked.model == "all" else shown[0], ensure_ascii=False, allow_nan=False)
    return "\n\n".join(told(one) for one in found) or "All that is kept is still true; --again asks again."


def _one(asked: argparse.Namespace, name: str) -> League | None:
    """One model's league; None if it is kept and still true."""
    model = models.load(MODELS[0] if name == TOYS else name)
    world = TOYS if name == TOYS else world_of(model)
    if asked.keep and not asked.again and _is_kept(asked, model, world):
        return None

    def listener(share: float) -> bool:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{name}: {share:.0%}")
        return True

    with progress.heard_by(listener):
        found = study(
            model, "saliency_league", world=TOYS if name == TOYS else "", count=asked.count, methods=asked.methods,
            measure=asked.measure, data=asked.data, seed=asked.seed,
        )  # fmt: skip
    sys.stderr.write(f"{name}: {found.seconds:.0f} s\n")
    if asked.keep:
        kept.keep(found)
    return found


def _is_kept(asked: argparse.Namespace, model: LanguageModel, world: str) -> bool:
    entry = kept.read().get((TOYS if world == TOYS else model.card.name, world, asked.measure))
    if entry is None or (entry["options"]["count"], entry["seed"]) != (asked.count, asked.seed):
        return False
    return world == TOYS or entry["sha256"] == model.card.sha256


def told(found: League) -> str:
    """The answer in a sentence, and a table of AUC (scores with their sign) by method and group."""
    lines = [f"{found.model}: {found.in_words()}", *found.notes, found.check.in_words()]
    widest = max(len(title) for title in found.titles)
    for measure in MEASURES:
        r, m, beaten = READINGS.index("signed"), MEASURES.index(measure), found.beats("signed", measure)
        lines.append(f"\n{measure}  (* better than chance; columns: {', '.join(found.group_titles)})")
        for row in found.ranking("signed", measure):
            cells = [
                f"{value:.2f}{'*' if beaten[row, at] else ' '}"
                for at, value in enumerate(found.values[r, m, row])
            ]
            lines.append(f"{found.titles[row]:{widest}}  {' '.join(cells)}")
    counts = " ".join(f"{n:>4} " for n in found.n)
    return "\n".join([*lines, f"{'cases':{widest}}  {counts}"])
