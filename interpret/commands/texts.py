"""`python -m interpret texts`: how a model does on many texts, and one of them as two models see it."""

import argparse
import json
from pathlib import Path
from typing import Any

import models
from interpret import explain, record
from interpret.corpus import uploads
from interpret.results import Texts
from interpret.results.overlaid import Overlaid, overlaid
from interpret.results.text_metrics import Slice, apart
from interpret.sentences import harmless, percent, visible
from interpret.study import study
from interpret.text_sets import LONGEST, STORIES, WHERE
from models.refusals import Refusal


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m interpret texts", description=__doc__)
    parser.add_argument("--model", required=True, help=f"{', '.join(models.names())}, or a folder")
    parser.add_argument(
        "--texts", default="bundled",
        help=f"bundled, one of {', '.join(WHERE)}, or a FILE that ends in {', '.join(uploads.ENDINGS)}",
    )  # fmt: skip
    parser.add_argument("--column", default="", help="of the file, where the texts are (guessed without it)")
    parser.add_argument("--label", help="of the file, where the labels are (guessed without it, - for none)")
    parser.add_argument("--lines", action="store_true", help="each line of a .txt is a text")
    parser.add_argument("--seed", type=int, default=0, help="of the stories")
    parser.add_argument("--count", type=int, default=STORIES, help="stories")
    parser.add_argument("--with", dest="words", action="append", default=[], help="a slice with this word")
    parser.add_argument("--top", type=int, default=10, help="texts, or words, that are printed")
    parser.add_argument("--beside", help="another model, to lay over the text --number")
    parser.add_argument(
        "--number", type=int, help="of a text, from 1; without it the one with the largest loss"
    )
    written = parser.add_mutually_exclusive_group()
    written.add_argument("--json", action="store_true", help="all numbers, as JSON, instead of tables")
    written.add_argument("--csv", action="store_true", help="a line a text, or a word, as CSV")
    return parser


def answer(argv: list[str]) -> str:
    """The answer as tables, JSON or CSV; raises Refusal for what cannot be answered."""
    asked = arguments().parse_args(argv)
    model = models.load(asked.model)
    found: Texts = study(model, "texts", **_texts(asked))
    if asked.beside:
        return _beside(asked, model, found)
    if asked.json:
        return json.dumps(found.to_json(), ensure_ascii=False, allow_nan=False)
    if asked.csv:
        return found.to_frame().map(harmless).to_csv(index=False).rstrip("\n")
    return "\n".join(told(found, asked.top, asked.words))


def _texts(asked: argparse.Namespace) -> dict[str, Any]:
    """The texts that are asked for, as options of the study."""
    named = {"bundled": "", **{name: name for name in WHERE}}.get(asked.texts)
    if named is not None:
        return {"source": named, "seed": asked.seed, "count": asked.count}
    file = Path(asked.texts)
    try:
        held = file.read_bytes()
    except OSError as error:
        raise Refusal(
            f"--texts {asked.texts} cannot be read ({error.strerror}): name a file, or one of bundled, "
            f"{', '.join(WHERE)}."
        ) from None
    about = uploads.columns(file.name, held)
    label = next(iter(about.labels), "") if asked.label is None else asked.label.removeprefix("-")
    column = asked.column or next(iter(about.texts), "")
    read = uploads.read(file.name, held, column, label, lines=asked.lines or about.lines)
    return {"texts": read.texts, "labels": read.labels}


def told(found: Texts, most: int, words: list[str]) -> list[str]:
    """The sentences, the worst texts, slices, who is taken for whom and calibration."""
    lines = [found.in_words(), found.shows(), *found.notes, ""]
    losses = found.losses()
    for row in found.worst_first()[:most]:
        loss = losses[row]
        label = f", labelled {found.group_names()[row]}" if found.labels[row] else ""
        lost = "" if loss is None else f"{loss:7.3f} nats"
        lines.append(f"{found.numbers[row]:5}  {lost:12}  {found.answer(row)}{label}: {found.quoted(row)}")
    slices = found.slices(words)
    lines += ["", *(_slice(one, found.names_classes) for one in slices)]
    far = "; ".join(one.name for one in apart(slices)) or "none"
    lines.append(f"apart from the other texts by more than chance (Holm, 5 %): {far}")
    if found.names_classes and len(found.labelled):
        about = found.calibration()
        lines += ["", f"labelled (rows) as {', '.join(found.classes)}; said (columns)"]
        lines += ["  ".join(f"{count:4}" for count in row) for row in found.confusion()]
        lines.append(
            f"expected calibration error {percent(about.ece)}; by chance {percent(about.chance)}, up to "
            f"{percent(about.limit)}"
        )
    return [*lines, found.check.in_words()]


def _slice(one: Slice, right: bool) -> str:
    shape = "{:.1%}" if right else "{:.3f}"
    bounds = (
        ""
        if one.low is None or one.high is None
        else f"  [{shape.format(one.low)}, {shape.format(one.high)}]"
    )
    return f"{one.name:36} {one.n:5}  {shape.format(one.value)}{bounds}"


def _beside(asked: argparse.Namespace, model: Any, found: Texts) -> str:
    """One text as two models see it, word by word."""
    if found.names_classes:
        raise Refusal(
            f"{asked.model} names a class and expects no words: ask a model that writes or fills gaps."
        )
    numbers = found.numbers.tolist()
    number = asked.number or numbers[found.worst_first()[0]]
    if number not in numbers:
        raise Refusal(f"There is no text {number}: choose one of 1 to {max(numbers)}.")
    text = found.texts[numbers.index(number)]
    other = models.load(asked.beside)
    if other.card.task == "classify":
        raise Refusal(
            f"{asked.beside} names a class and expects no words: name a model that writes or fills gaps."
        )
    laid = overlaid(
        *(explain(record(one, one.encode(text).cut(_longest(one))), "next_words") for one in (model, other))
    )
    if not laid.predicted.any():
        raise Refusal(f"No word of text {number} is predicted by both models: choose a longer one.")
    if asked.json:
        return json.dumps(laid.to_json(), ensure_ascii=False, allow_nan=False)
    if asked.csv:
        return laid.to_frame().map(harmless).to_csv(index=False).rstrip("\n")
    return "\n".join([laid.in_words(), *_words(laid, asked.top)])


def _longest(model: Any) -> int:
    return min(LONGEST, model.card.context or LONGEST)


def _words(laid: Overlaid, most: int) -> list[str]:
    lines = [f"{'word':24} {laid.models[0]:>12} {laid.models[1]:>12}  bits"]
    lines += [
        f"{visible(laid.shown[row]):24} {laid.bits[0, row]:12.2f} {laid.bits[1, row]:12.2f}"
        for row in laid.apart(most)
    ]
    return lines
