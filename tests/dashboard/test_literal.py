"""A reader's words in labels: whatever stands in them, only text comes of it."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.literal import JOINER, isolated, literal
from interpret.sentences import visible

ROOT = Path(__file__).parents[2]
ALIVE = [  # what Streamlit 1.67 replaces in text, even in text that was escaped (StreamlitMarkdown.js)
    re.compile(r":[\w+-]+:"), re.compile(r"https?://|www\.|\w@\w", re.IGNORECASE),
    re.compile(r"(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)"),
]  # fmt: skip


def read(markdown: str) -> str:
    """The text of Markdown in which nothing but escapes is special; fails on a mark that stands bare."""
    shown = re.sub(r"\\([!-/:-@\[-`{-~])", lambda found: chr(0xE000 + ord(found[1])), markdown)
    assert not re.search(r"[!-/:-@\[-`{-~]", shown), markdown
    return re.sub("[\ue000-\ue07f]", lambda found: chr(ord(found[0]) - 0xE000), shown)


def test_marks_stand_behind_a_backslash_and_words_as_they_are():
    assert literal("the film was") == "the film was"
    assert literal("a*b*") == r"a\*b\*"
    assert literal("$x$ & <b>") == r"\$x\$ \& \<b\>"
    assert literal("two\nlines") == "two⏎lines"
    assert literal(":smile:") == rf"\:{JOINER}smile\:"
    assert literal("    ####") == "\u00a0" * 4 + r"\#\#\#\#"


@given(st.text(alphabet=st.sampled_from(list("ab1 :-<>=~@/.w*_[]()$`#&|!\\{}\n\"'+")), max_size=30))
def test_what_is_drawn_is_the_text(text):
    drawn = read(literal(text))
    assert drawn.replace(JOINER, "").replace("\u00a0", " ") == text.replace("\n", visible("\n"))
    assert not [rule for rule in ALIVE if rule.search(drawn)]
    assert "  " not in drawn and drawn == drawn.strip(" ")


@pytest.mark.parametrize(
    "file", ["choices/controls.py", "choices/several.py", "choices/units.py", "panels/next_word.py"]
)
def test_options_drawn_as_markdown_are_literal(file):
    tree = ast.parse((ROOT / "dashboard" / file).read_text(encoding="utf-8"))
    drawn = [
        call for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("st.pills", "st.segmented_control")
    ]  # fmt: skip
    assert drawn
    for call in drawn:
        said = {word.arg: ast.unparse(word.value) for word in call.keywords}
        assert "literal" in said["format_func"]


def test_quoted_words_from_right_to_left_stand_on_their_own():
    assert isolated("“cat” (31 %), then <b>") == "“cat” (31 %), then &lt;b&gt;"  # nothing to set apart
    assert isolated("“كتاب” (17 %), “<i>” 3") == "“<bdi>كتاب</bdi>” (17 %), “<bdi>&lt;i&gt;</bdi>” 3"


def calls(path: Path) -> list[ast.Call]:
    return [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]


def test_no_toast_is_shown_and_titles_of_pages_are_our_own():
    """Both would draw a reader's words as Markdown, or put them into the browser's history."""
    for path in (ROOT / "dashboard").rglob("*.py"):
        for call in calls(path):
            name = ast.unparse(call.func)
            assert name not in ("st.toast", "st.title", "st.header"), path
            if name == "st.set_page_config":
                assert path.name == "app.py" and ast.unparse(call.args[0]) == "'Underhood'"
            if name == "st.Page":
                (title,) = [word.value for word in call.keywords if word.arg == "title"]
                assert ast.unparse(title) in ("asked.title", "first.title"), (
                    "as assets/texts/interface has it"
                )
