"""Tours and lessons: files that name pages, what to choose there, and what to say; read and checked, never trusted.

A tour is a walk through steps. A lesson asks: what a reader expects is marked before the page shows it. Both are
JSON; those beside the models lie in `assets/tours` and `assets/lessons`, and a teacher's own has the same form.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.interface import says
from dashboard.questions import QUESTIONS
from interpret.sentences import visible

ASSETS = Path(__file__).parents[1] / "assets"
FOLDERS = {"tour": ASSETS / "tours", "lesson": ASSETS / "lessons"}
BYTES = 200_000  # of a teacher's own file
MOST_STEPS = 40
LONGEST = 1200  # characters of one sentence or title
LONGEST_CHOICE = 4000
OWN = "own"  # the name of the reader's own
GUESSED = {"saliency": ("causes",), "": ("next", "surprise")}  # page -> what can be guessed there first
RESERVED = (
    "tour",
    "lesson",
    "step",
    "present",
    "guess",
    "packed",
    "carried",
)  # of the address: not for a step to choose


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: a page with choices, what to say there, and what to look for or think about afterwards."""

    page: str
    choices: dict[str, str]
    text: str
    look: str
    guess: str = ""  # what the reader is asked to guess first


@dataclass(frozen=True, kw_only=True)
class Guide:
    """A tour or a lesson."""

    kind: str
    name: str
    title: str
    minutes: int
    about: str
    steps: tuple[Step, ...]

    def at(self, number: int, *, present: bool = False) -> tuple[str, dict[str, str]]:
        """The page of a step (from 1) and its address."""
        step = self.steps[number - 1]
        own = {self.kind: self.name, "step": str(number)}
        guess = {"guess": step.guess} if step.guess else {}
        return step.page, {**step.choices, **guess, **own, **({"present": "1"} if present else {})}


def guides(kind: str) -> dict[str, Guide]:
    """The bundled ones of a kind, by name, in the order of their files."""
    return {path.stem: _bundled(path) for path in sorted(FOLDERS[kind].glob("*.json"))}


@cache
def _bundled(path: Path) -> Guide:
    return read(path.read_bytes(), [one.path for one in QUESTIONS], path.stem)


def read(
    content: bytes, pages: Collection[str], name: str = OWN, models: Collection[str] = ()
) -> Guide:  # fmt: skip
    """A tour or a lesson from a file.

    Args:
        content: The file: JSON with `title`, `minutes`, `about`, and `steps` (of a tour: page, choices, text, look)
            or `questions` (of a lesson: page, choices, prompt, reflection, and `guess`, what is asked for).
        pages: The paths of the pages there are; "" or "next" is the first.
        name: What it is called in the address.
        models: The names of the models there are; none, and it may name any.

    Raises:
        ValueError: One sentence: what is wrong with it, and where.
    """
    if len(content) > BYTES:
        raise ValueError(says("guides.this-file-is-larger-than", BYTES=BYTES // 1000))
    try:
        record = json.loads(content.decode("utf-8-sig"))
        json.dumps(record, ensure_ascii=False).encode()  # no half characters: no page can show them
    except (ValueError, RecursionError):
        raise ValueError(says("guides.this-file-is-not-json")) from None
    if not isinstance(record, dict) or ("steps" in record) == ("questions" in record):
        raise ValueError(says("guides.a-tour-has-steps"))
    kind, listed = ("tour", "steps") if "steps" in record else ("lesson", "questions")
    given = record[listed]
    if not isinstance(given, list) or not 0 < len(given) <= MOST_STEPS:
        raise ValueError(says("guides.must-be-a-list", listed=listed, MOST_STEPS=MOST_STEPS))
    steps = tuple(_step(one, kind, number, pages) for number, one in enumerate(given, 1))
    for step in steps:
        if models and step.choices["model"].partition("@")[0] not in models:
            raise ValueError(says("guides.this-file-names-a-model", model=_shown(step.choices["model"])))
    minutes = record.get("minutes", 5 * len(steps))
    if type(minutes) is not int or not 0 < minutes < 1000:
        raise ValueError(says("guides.minutes-must-be-a-whole"))
    return Guide(
        kind=kind, name=name, title=_said(record, "title", says("guides.the-file")), minutes=minutes, steps=steps,
        about=_said(record, "about", says("guides.the-file"), ""),
    )  # fmt: skip


def written(found: Guide) -> str:
    """The file that `read` makes this tour or lesson of."""
    text, look = ("text", "look") if found.kind == "tour" else ("prompt", "reflection")
    steps = [
        {
            "page": step.page, "choices": step.choices, text: step.text, look: step.look,
            **({"guess": step.guess} if step.guess else {}),
        }
        for step in found.steps
    ]  # fmt: skip
    listed = "steps" if found.kind == "tour" else "questions"
    record = {"title": found.title, "minutes": found.minutes, "about": found.about, listed: steps}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _step(one: Any, kind: str, number: int, pages: Collection[str]) -> Step:
    where = f"{'step' if kind == 'tour' else 'question'} {number}"
    if not isinstance(one, dict):
        raise ValueError(says("guides.in-this-must-be-an", where=where))
    page = one.get("page")
    page = "" if page == "next" else page
    if not isinstance(page, str) or page not in (*pages, ""):
        raise ValueError(
            says("guides.in-there-is-no-page", where=where, page=_shown(page), pages=", ".join(pages))
        )
    guess = one.get("guess", "")
    if guess not in ("", *GUESSED.get(page, ())):
        allowed = " or ".join(f"“{name}”" for name in GUESSED.get(page, ())) or says("guides.left-out")
        raise ValueError(says("guides.in-on-this-page-guess", where=where, allowed=allowed))
    text, look = ("text", "look") if kind == "tour" else ("prompt", "reflection")
    return Step(
        page=page, choices=_choices(one.get("choices"), where), guess=guess, text=_said(one, text, where),
        look=_said(one, look, where, ""),
    )  # fmt: skip


def _choices(given: Any, where: str) -> dict[str, str]:
    if not isinstance(given, dict) or "model" not in given or len(given) > 30:
        raise ValueError(says("guides.in-choices-must-be-an", where=where))
    for name, value in given.items():
        if not re.fullmatch("[a-z_]{1,40}", name) or name in RESERVED:
            raise ValueError(says("guides.in-no-page-has", where=where, name=_shown(name)))
        if not isinstance(value, str) or len(value) > LONGEST_CHOICE:
            raise ValueError(
                says("guides.in-must-be-text", where=where, name=name, LONGEST_CHOICE=LONGEST_CHOICE)
            )
    return dict(given)


def _said(record: dict, name: str, where: str, without: str | None = None) -> str:
    said = record.get(name, without)
    if not isinstance(said, str) or len(said) > LONGEST or (without is None and not said.strip()):
        raise ValueError(says("guides.in-must-be-text-2", where=where, name=name, LONGEST=LONGEST))
    return said


def _shown(value: Any) -> str:
    return f"“{' '.join(visible(str(value)[:40]).split())}”"
