"""`python -m interpret units`: finds quote, number and sentiment units, proves them, writes what came out."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import models
from interpret.units_findings import Finding, number_unit, quote_unit, to_json
from interpret.units_sentiment import sentiment_unit
from models.refusals import Refusal

WRITTEN = Path(__file__).parents[2] / "assets" / "studies" / "units.json"


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m interpret units", description=__doc__)
    parser.add_argument(
        "--model", required=True, help="story-lstm, story-gpt, reviews-lstm ...; several with commas"
    )
    parser.add_argument(
        "--find", default="", help="quote, number, sentiment; without it all that suit the model"
    )
    parser.add_argument("--data", type=Path, help="for sentiment: the folder that holds imdb/test.parquet")
    parser.add_argument(
        "--texts", type=int, default=300, help="stories, or reviews, for finding and again for proving"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the texts and of the random units")
    parser.add_argument(
        "--out", type=Path, default=WRITTEN, help="the file that is written anew for these models"
    )
    return parser


def answer(argv: list[str]) -> str:
    """The findings in sentences; they replace earlier ones of the same model in the file."""
    asked = arguments().parse_args(argv)
    if asked.texts < 8:
        raise Refusal(f"--texts {asked.texts}: ask for at least 8, or nothing can be judged.")
    found: list[Finding] = []
    for name in asked.model.split(","):
        model = models.load(name.strip())
        for what, find in _finders(asked, model).items():
            if not asked.find or what in asked.find.split(","):
                found.append(find())
    if not found:
        raise Refusal("Nothing to find: name story-lstm or story-gpt, or give --data for a model of reviews.")
    keep(asked.out, found)
    return "\n".join(one.in_words() for one in found)


def _finders(asked: argparse.Namespace, model: Any) -> dict[str, Callable[[], Finding]]:
    if model.card.trained_on.startswith("Storyland"):
        return {
            "quote": lambda: quote_unit(model, asked.texts, asked.seed),
            "number": lambda: number_unit(model, asked.texts, seed=asked.seed),
        }
    if asked.data is None:
        return {}
    return {"sentiment": lambda: sentiment_unit(model, asked.data, asked.texts, asked.seed)}


def keep(path: Path, found: list[Finding]) -> None:
    """Write findings into the file in place of earlier ones of the same name and model."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    new = {(one.name, one.model) for one in found}
    entries = [one for one in before if (one["name"], one["model"]) not in new] + [
        to_json(one) for one in found
    ]
    entries.sort(key=lambda one: (one["model"], one["name"]))
    path.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
