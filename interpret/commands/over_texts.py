"""`python -m interpret over-texts`: which words push a class over many texts, and what a classifier gets wrong."""

import argparse
import json
from pathlib import Path

import models
from interpret.results import OverTexts
from interpret.studies.over_texts import Options
from interpret.study import study
from models.refusals import Refusal


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m interpret over-texts", description=__doc__)
    parser.add_argument("--model", required=True, help=f"{', '.join(models.names())}, or a folder")
    parser.add_argument("--method", default=Options.by, help="that scores the words (default %(default)s)")
    parser.add_argument("--of", default=Options.of, help="the class; without it the model's last")
    parser.add_argument("--least", type=int, default=Options.least, help="texts a word must stand in")
    parser.add_argument(
        "--texts", type=Path, help="FILE with a text a line, a class behind a tab if it is known"
    )
    parser.add_argument("--top", type=int, default=10, help="words and losses that are printed")
    parser.add_argument("--json", action="store_true", help="all numbers, as JSON, instead of tables")
    return parser


def answer(argv: list[str]) -> str:
    """The answer as tables or as JSON; raises Refusal for what cannot be answered."""
    asked = arguments().parse_args(argv)
    lines = ""
    if asked.texts is not None:
        try:
            lines = asked.texts.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Refusal(
                f"--texts {asked.texts} cannot be read ({error}): name a text file in UTF-8."
            ) from None
        if not lines.strip():
            raise Refusal(f"--texts {asked.texts} is empty: write a text a line.")
    found = study(
        models.load(asked.model), "over_texts", by=asked.method, of=asked.of, least=asked.least, lines=lines
    )
    if asked.json:
        return json.dumps(found.to_json(), ensure_ascii=False, allow_nan=False)
    return "\n".join(told(found, asked.top))


def told(found: OverTexts, most: int) -> list[str]:
    """The sentences, the words at both ends, and the largest losses."""
    lines = [found.in_words(), found.shows(), *found.notes]
    for row in found.ends(most):
        lines.append(
            f"{found.shown[row]:16} {found.values[row]:+8.3f}  [{found.low[row]:+.3f}, {found.high[row]:+.3f}]  "
            f"spread {found.spread[row]:.3f}  texts {found.counts[row]}"
        )
    if len(found.labelled):
        lines += ["", found.rightness(), f"labelled (rows) as {', '.join(found.classes)}; said (columns)"]
        lines += ["  ".join(f"{count:4}" for count in row) for row in found.confusion()]
        loss = dict(zip(found.labelled.tolist(), found.losses().tolist(), strict=True))
        for text in found.top_losses(most):
            label = found.classes[found.labels[text]]
            lines.append(
                f"{loss[text]:7.3f} nats  labelled {label}, says {found.said(text)}: {found.texts[text].text}"
            )
    return [*lines, found.check.in_words()]
