"""What the components say is among the texts of the interface, and each script has the texts that it says."""

import ast
import importlib
import re
from functools import cache

import pytest

from dashboard import interface
from dashboard.components import BASE, HERE, sources
from dashboard.components.strip import SHARED
from tests.dashboard.script_words import inline_words

NO_READERS = {"pdf"}  # it writes the language of PDF files, whose operators look like words
FOR_PROGRAMS = {  # a value in JSON files, columns of CSV files, names of elements in a selector
    "attention_frame": ["left out"],
    "factors": ["factor "],
    "paths": ["path, rect, circle, ellipse, line, polyline, polygon, text, image"],
    "saving": ["in words"],
    "surprise": ["guess "],
}
SAID = re.compile(r"""\bsays(?:Parts)?\(\s*("?)([\w.-]*)""")


@pytest.mark.parametrize("path", sorted(HERE.glob("*.js")), ids=lambda path: path.stem)
def test_a_script_has_no_words_of_its_own(path):
    if path.stem not in NO_READERS:
        assert inline_words(path.read_text(encoding="utf-8")) == FOR_PROGRAMS.get(path.stem, [])


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ('node.textContent = "Copied"', ["Copied"]),
        ("node.textContent = done\n  ? `${n} done`\n  : says(\"script-a.b\")", [" done"]),
        ('node.title = help || "Undo"\nconst kind = "undo"', ["Undo"]),
        ('node.setAttribute("aria-label", `Delete ${word}`)', ["Delete "]),
        ('node.setAttribute("role", "group")', []),
        ('element("p", "hint big", "Words")', ["Words"]),
        ('element("p", "hint big", says("script-a.b"))', []),
        ('button("tool step", on ? "On" : "off")', ["On", "off"]),
        ('box.append("links", node, `${percent(p)} of all`)', ["links", " of all"]),
        ('return [who, " is made likelier by ", ...up]', [" is made likelier by "]),
        ('const HINT = "Point at a word."', ["Point at a word."]),
        ('return says("script-a.b", { by: by || "the model" })', ["the model"]),
        ('if (event.key === "Enter") node.querySelector("button, input")?.focus()', []),
        ('pen.font = `12px ${type}` // a comment, "with words in it"', []),
        ('const mark = /["`]\\s+two words/.test(text) ? `a${`b ${"c d e"}`}` : "no words here"', ["no words here"]),
    ],
)  # fmt: skip
def test_words_in_a_script_are_found(script, words):
    assert inline_words(script) == words


@cache
def joined() -> set[tuple[str, ...]]:
    """Of every component, the parts that its script is made of, as its Python file asks for them."""
    found = set()
    for path in sorted(HERE.glob("[!_]*.py")):
        module = importlib.import_module(f"dashboard.components.{path.stem}")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or ast.unparse(call.func) not in ("load", "draw"):
                continue
            given = f"[{', '.join(ast.unparse(one) for one in call.args)}]"
            if "*shared" in given:  # of `draw` itself
                continue
            name, *shared = eval(given, vars(module))
            found.add((*BASE, *(SHARED if ast.unparse(call.func) == "draw" else ()), *shared, name))
    return found


def test_every_script_says_what_it_has():
    """The texts that a component's script says are all in front of it: a name of another part may be missing."""
    whole = {
        path.stem for path in HERE.glob("*.js") if "\nexport default" in path.read_text(encoding="utf-8")
    }
    assert {parts[-1] for parts in joined()} == whole
    for parts in joined():
        _, script = sources(parts[-1], *parts[len(BASE) : -1])
        said = SAID.findall(script.split("\n", 1)[1])
        asked = {name for quote, name in said if quote}
        assert all(quote or name == "name" for quote, name in said), "only names that stand there are checked"
        given = script.split("\n", 1)[0]
        assert given.startswith("const TEXTS = ") and asked
        assert not [name for name in asked if f'"{name}": "' not in given], parts[-1]


def test_a_script_brings_the_language_that_was_asked_for(monkeypatch):
    """And English where that language has no text."""
    known, other = interface.texts, {"script-tree.go-on": "Von hier weiter"}
    monkeypatch.setattr(interface, "texts", lambda language: other if language == "de" else known(language))
    monkeypatch.setenv("UNDERHOOD_LANGUAGE", "de")
    _, script = sources("tree", "frame")
    assert '"script-tree.go-on": "Von hier weiter"' in script
    assert '"script-tree.point": "Point at a token to follow its way; click to keep it."' in script
