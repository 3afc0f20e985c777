"""The interface's texts are in one folder for each language, and a page has no title from anywhere else."""

import ast
import json
import os
import re
import shutil
import string
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import choices, interface, shelf
from dashboard.interface import FIRST, NOTES, TEXTS, says, section, texts
from dashboard.questions import QUESTIONS
from tests.dashboard import mirrored as mirrored_page
from tests.dashboard.conftest import texts as html

DASHBOARD = Path(interface.__file__).parent
QUOTED = re.compile(r"""["']([\w-]+\.[\w-]+)["']""")
TAKEN = re.compile(r"""\b(?:said|saysParts|says|section)\(\s*f?(["'`])([\w.-]+?)(?:\.?\$?\{|\1)""")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_taken_by_somebody_and_every_name_has_one():
    sources = [*DASHBOARD.rglob("*.py"), *DASHBOARD.rglob("*.js")]
    used = {name for path in sources for _, name in TAKEN.findall(path.read_text(encoding="utf-8"))}
    known = set(texts(FIRST))
    quoted = {name for path in sources for name in QUOTED.findall(path.read_text(encoding="utf-8"))}
    exact = (used | quoted) & known  # some names are handed on, such as those of a table's columns
    used |= exact
    parts = {name for name in used - known if any(one.startswith(f"{name}.") for one in known)}
    assert used == exact | parts
    asked = {f"pages.{one.path}" for one in QUESTIONS} | {f"groups.{one.heading}" for one in QUESTIONS}
    assert asked <= known
    assert not [
        one for one in known - exact if one.split(".")[0] not in parts | {"pages", "groups", "questions"}
    ]
    with pytest.raises(KeyError):
        says("pages.nowhere")


def test_no_two_files_have_the_same_section():
    for folder in (*TEXTS.iterdir(), *NOTES.iterdir()):
        parts = [
            part for file in folder.glob("*.json") for part in json.loads(file.read_text(encoding="utf-8"))
        ]
        assert len(parts) == len(set(parts)), folder.name


@pytest.mark.parametrize("folder", sorted(TEXTS.iterdir()), ids=lambda folder: folder.name)
def test_a_language_says_what_english_says(folder):
    """Another language has no names of its own, and puts the same things into the same places."""
    english, other = texts(FIRST), texts(folder.name)
    assert set(other) <= set(english)
    for name, text in other.items():
        assert text.strip() and places(text) == places(english[name]), name


def test_pages_take_their_titles_from_the_texts():
    for path in sorted((DASHBOARD / "views").glob("*.py")):
        calls = [
            call for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("frame.question", "frame.asks")
        ]  # fmt: skip
        assert [ast.unparse(call.func) for call in calls] == ["frame.asks"], path.name
        (given,) = calls[0].args
        if isinstance(given, ast.Constant):
            assert path.stem == next(one.file for one in QUESTIONS if one.path == given.value)


@pytest.fixture
def mirrored(tmp_path, monkeypatch):
    """A language in which every text stands in brackets, but for one that its file does not have."""
    shutil.copytree(TEXTS / FIRST, tmp_path / FIRST)
    other: dict[str, dict[str, str]] = {}
    for name, text in texts(FIRST).items():
        part, entry = name.split(".", 1)
        other.setdefault(part, {})[entry] = f"⟦{text}⟧"
    del other["side-bar"]["local"]
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "all.json").write_text(json.dumps(other), encoding="utf-8")
    monkeypatch.setattr(interface, "TEXTS", tmp_path)
    monkeypatch.setenv("UNDERHOOD_LANGUAGE", "xx")
    forget()
    yield
    forget()


PAGES = (
    "next_words",
    "saliency",
    "generate",
    "attention?model=reviews-gpt",
    "unit",
    "memory",
    "ablate",
    "training",
)


@pytest.mark.timeout(300)
def test_pages_say_nothing_that_is_not_in_the_texts():
    """Labels, headings, help and what a screen reader is told: only names of models have no brackets."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.dashboard.mirrored", *PAGES], capture_output=True, text=True, check=True,
        cwd=DASHBOARD.parent, env=os.environ | {"UNDERHOOD_LANGUAGE": "xx"}, timeout=250,
    )  # fmt: skip
    said = json.loads(ran.stdout)
    assert list(said) == list(PAGES)
    assert {one for found in said.values() for one in found} <= set(shelf.titles())


def unescaped(source: str) -> list[str]:
    """Texts that a file writes between tags as they are."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr) and "<" in "".join(
            str(part.value) for part in node.values if isinstance(part, ast.Constant)
        ):
            inner = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
            found += [
                ast.unparse(one)
                for one in inner
                if isinstance(one, ast.Call) and ast.unparse(one.func) == "says"
            ]
    return found


def test_a_text_between_tags_is_escaped():
    """A translator's text is no HTML."""
    assert unescaped('f\'<p>{says("a.b")} {escape(says("a.c"))}</p>\'') == ["says('a.b')"]
    assert not [
        (path.name, one) for path in DASHBOARD.rglob("*.py")
        for one in unescaped(path.read_text(encoding="utf-8"))
    ]  # fmt: skip


def test_an_inline_text_is_found():
    page = AppTest.from_string(
        "import streamlit as st\nst.button('⟦Stop⟧', help='Ends it')\nst.html('<h2 class=a>A <b>head</b></h2>')"
    ).run()
    assert {"Ends it", "A  head "} <= set(mirrored_page.labels(page)) and "⟦Stop⟧" in mirrored_page.labels(
        page
    )


def forget() -> None:
    texts.cache_clear()
    interface._merged.cache_clear()


def test_another_language_reaches_the_page(mirrored, opened):
    page = opened("unit", text="The keys to the cabinet")
    assert not page.exception
    assert '<h1 class="question">⟦What does one unit watch for?⟧</h1>' in html(page)
    assert page.selectbox(key="model").label == "⟦Model⟧"
    assert page.text_area(key="text").label == "⟦Text⟧"
    assert "⟦How to read this⟧" in html(page) and "⟦Check.⟧" in html(page)
    assert any(
        one.value == "Runs on this computer. Nothing is sent anywhere." for one in page.sidebar.caption
    )
    assert QUESTIONS[0].title == "⟦What comes next?⟧" and QUESTIONS[0].group == "⟦Guesses⟧"
    assert section("measures")["logit"] == "⟦score before softmax (logit)⟧"


def test_an_unknown_language_is_english(monkeypatch):
    monkeypatch.setenv("UNDERHOOD_LANGUAGE", "../../etc/passwd")
    assert says("side-bar.model") == "Model" and list(section("measures")) == list(choices.MEASURES)
