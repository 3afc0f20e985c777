"""Every page with a picture says how to read it and what it does not tell; most with this picture's own numbers."""

import ast
import re
from pathlib import Path

import pytest

from dashboard.interface import notes
from dashboard.panels.stories import stories
from dashboard.panels.trust import KINDS
from dashboard.questions import QUESTIONS
from interpret import find, find_studies
from tests.dashboard.conftest import texts

ROOT = Path(__file__).parents[2] / "dashboard"
HOW, LIMITS = "How to read this", "What it does not tell you"
ELSEWHERE = {story["page"] for story in stories()} | {
    "unit",
    "memory",
    "ablate",
    "attention",
    "lab",
    "next",
    "trust",
}
WITHOUT_PICTURE = {"own", "stories"}
SETTINGS = {
    "reach": "story-lstm",
    "select": "story-lstm",
    "factors": "story-lstm",
    "over-texts": "reviews-lstm-sentiment",
}
WRITTEN = notes()
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("*/*.py")))


def called(path: Path) -> set[str]:
    """What a file calls of others, such as frame.notes or st.plotly_chart."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def panels(path: Path) -> set[Path]:
    """A view and the panels it is made of."""
    found, todo = set(), [path]
    while todo:
        here = todo.pop()
        found.add(here)
        for name in re.findall(
            r"from dashboard\.panels(?:\.(\w+))? import (.+)", here.read_text(encoding="utf-8")
        ):
            names = [name[0]] if name[0] else re.findall(r"\w+", name[1])
            more = {ROOT / "panels" / f"{one}.py" for one in names}
            todo += [one for one in more - found if one.exists()]
    return found


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.path)
def test_every_view_that_draws_has_notes_among_its_parts(asked):
    calls = set().union(*map(called, panels(ROOT / "views" / f"{asked.file}.py")))
    if asked.path not in WITHOUT_PICTURE:
        assert calls & {"frame.notes", "frame.how", "behind.notes"}


@pytest.mark.parametrize(
    "path", sorted({one.path for one in QUESTIONS} - ELSEWHERE - WITHOUT_PICTURE - {""}), ids=str
)
def test_the_notes_stand_on_the_page(opened, path):
    """The other pages are opened by the tests of stories and tours, which look for the same."""
    (file,) = [one.file for one in QUESTIONS if one.path == path]
    page = opened(file, model=SETTINGS.get(path, "reviews-gpt"), text="The actors in this film")
    assert not page.exception
    assert HOW in texts(page) and LIMITS in texts(page)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_evidence_says_how_to_read_it(kind):
    assert f"evidence-{kind}" in WRITTEN


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_a_note_is_whole_and_belongs_to_something(name):
    note = WRITTEN[name]
    assert set(note) == {"how", "limits"} and note["how"].endswith((".", "?"))
    assert note["limits"] and all(limit.endswith((".", "?")) for limit in note["limits"])
    stem = re.sub("-(causal|masked|classify|once)$", "", name)
    known = {*find(), *find_studies(), "signed", "unsigned"}
    assert stem in known or f'"{stem}"' in SOURCES or stem.removeprefix("evidence-") in KINDS


def test_notes_end_with_the_pictures_own_numbers(opened):
    page = opened(model="reviews-gpt", text="The actors in this film")
    said = texts(page)
    share = re.search(r"first guess is “(\w+)” \((\d+)", said)
    assert share and f"about {share[2]} would begin with “{share[1]}”" in said
    assert "bars hold" in said
