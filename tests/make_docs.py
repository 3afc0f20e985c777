"""Writes the README's tables of methods and of models from the methods and the cards: `make docs`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import models
from models import catalog
from models.base import quality

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
START, END = "<!-- methods -->", "<!-- /methods -->"
MODELS = ("<!-- models -->", "<!-- /models -->")
MODEL_HEADER = ("model", "what it is", "learned from", "on held-out text", "trained")
HEADER = ("method", "the question it answers", "gives", "needs", "source")


class NoPlaceForTable(ValueError):
    """The README has lost the two lines between which the table stands."""


def cell(text: str) -> str:
    """A text that stays inside its cell: one line, bars escaped."""
    return " ".join(text.split()).replace("|", "\\|")


def row(method: Any) -> str:
    """One method's line; its name is what the command line takes."""
    needs = ", ".join(sorted(method.needs)) or "any model"
    cells = (f"`{method.name}`", method.question, method.gives, needs, method.source)
    return "| " + " | ".join(cell(text) for text in cells) + " |"


def table(methods: Iterable[Any]) -> str:
    """The whole table, by name."""
    lines = ["| " + " | ".join(HEADER) + " |", "|" + "---|" * len(HEADER)]
    return "\n".join([*lines, *(row(method) for method in sorted(methods, key=lambda m: m.name))])


def written(readme: str, methods: Iterable[Any]) -> str:
    """The README with the table between its two marks written anew."""
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise NoPlaceForTable(
            f"README.md must hold {START} and, below it, {END}, each once; one is missing. "
            "Put both back where the method table belongs."
        )
    return f"{before}{START}\n{table(methods)}\n{END}{after}"


def model_row(name: str, title: str, card: Any) -> str:
    """One model's line, every figure from its card."""
    layers = f"{card.layers} layer{'s' * (card.layers != 1)}, " if card.layers else ""
    what = f"{title}: {layers}{card.parameters / 1e6:.1f} M parameters"
    pieces = "" if card.perplexity_per_token is None else f", {card.perplexity_per_token:,.1f} per token"
    good = f"{quality(card)}{pieces if card.perplexity_per_word is not None else ''}"
    good += f" ({card.held_out.split('; ')[0]})"  # the card says the rest
    minutes = f"{card.seconds / 60:.0f}" if card.seconds and card.seconds > 60 else "under 1"
    spent = [f"{minutes} min, {card.machine}"] if card.seconds else []
    seen = [f"{card.tokens_seen / 1e6:.1f} M tokens seen"] if card.tokens_seen else []
    cells = (f"`{name}`", what, card.trained_on, good, "; ".join([*spent, *seen]))
    return "| " + " | ".join(cell(text) for text in cells) + " |"


def with_models(readme: str) -> str:
    """The README with the table of the bundled models written anew."""
    before, start, rest = readme.partition(MODELS[0])
    _, end, after = rest.partition(MODELS[1])
    if not (start and end):
        raise NoPlaceForTable(f"README.md must hold {MODELS[0]} and, below it, {MODELS[1]}, each once.")
    lines = ["| " + " | ".join(MODEL_HEADER) + " |", "|" + "---|" * len(MODEL_HEADER)]
    entries = catalog.entries().items()
    lines += [model_row(name, entry.TITLE, models.card(name)) for name, entry in entries]
    return "\n".join([f"{before}{MODELS[0]}", *lines, f"{MODELS[1]}{after}"])


def main() -> None:
    """Write the README anew and say whether that changed it."""
    from interpret.method import find

    old = README.read_text(encoding="utf-8")
    new = with_models(written(old, find().values()))
    README.write_text(new, encoding="utf-8")
    print("README.md is as it was." if new == old else "README.md has new tables.")


if __name__ == "__main__":
    main()
