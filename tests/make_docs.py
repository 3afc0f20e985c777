"""Writes the README's method table from the methods themselves: `make docs`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
START, END = "<!-- methods -->", "<!-- /methods -->"
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


def main() -> None:
    """Write the README anew and say whether that changed it."""
    from interpret.method import find

    old = README.read_text(encoding="utf-8")
    new = written(old, find().values())
    README.write_text(new, encoding="utf-8")
    print("README.md is as it was." if new == old else "README.md has a new method table.")


if __name__ == "__main__":
    main()
