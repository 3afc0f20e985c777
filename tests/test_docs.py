"""What is written for readers is complete: every method, command, target and link."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import make_docs

ROOT = Path(__file__).parents[1]
PROSE = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """As much of a Method as the table shows."""

    name: str
    question: str = "Which words?"
    gives: str = "token-scores"
    needs: frozenset[str] = frozenset()
    source: str = "Nobody 2020"


# The method table


def test_the_readme_has_the_table_that_make_docs_would_write():
    from interpret.method import find

    assert text("README.md") == make_docs.written(text("README.md"), find().values()), "run: make docs"


def test_the_readme_has_the_models_of_the_catalogue_with_their_cards_figures():
    assert text("README.md") == make_docs.with_models(text("README.md")), "run: make docs"


def test_a_readme_without_marks_for_models_is_refused():
    with pytest.raises(make_docs.NoPlaceForTable, match="models"):
        make_docs.with_models("one\ntwo")


def test_every_file_of_methods_is_in_the_table():
    _, _, rest = text("README.md").partition(make_docs.START)
    table, _, _ = rest.partition(make_docs.END)
    files = {path.stem for path in (ROOT / "interpret" / "methods").glob("[!_]*.py")}
    assert files
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == files


def test_the_table_is_by_name_with_bars_and_lines_kept_inside_their_cells():
    table = make_docs.table(
        [
            Listed(name="b", question="This | that?\n  Or both?"),
            Listed(name="a", needs=frozenset({"gradients", "attention"})),
        ]
    )
    assert table.splitlines()[2:] == [
        "| `a` | Which words? | token-scores | attention, gradients | Nobody 2020 |",
        "| `b` | This \\| that? Or both? | token-scores | any model | Nobody 2020 |",
    ]


def test_only_what_stands_between_the_marks_is_written_anew():
    readme = f"one\n{make_docs.START}\nold\n{make_docs.END}\ntwo\n"
    once = make_docs.written(readme, [Listed(name="a")])
    assert once.startswith(f"one\n{make_docs.START}\n| method |")
    assert once.endswith(f"Nobody 2020 |\n{make_docs.END}\ntwo\n")
    assert "old" not in once
    assert make_docs.written(once, [Listed(name="a")]) == once
    assert make_docs.written(once, [Listed(name="b")]) != once


@pytest.mark.parametrize("readme", ["", make_docs.START, f"{make_docs.END} {make_docs.START}"])
def test_a_readme_without_its_marks_is_refused(readme):
    with pytest.raises(make_docs.NoPlaceForTable, match="Put both back"):
        make_docs.written(readme, [])


# Commands and targets


def subcommands(source: str) -> set[str]:
    """The words given to `add_parser` in a command line's source."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "add_parser"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def unnamed(readme: str, package: str, commands: set[str]) -> set[str]:
    """The commands that the README does not show as `python -m package command`."""
    return {word for word in commands if not re.search(rf"-m {package} {word}\b", readme)}


@pytest.mark.parametrize("package", ["models", "interpret", "dashboard"])
def test_the_readme_shows_every_command(package):
    commands = subcommands((ROOT / package / "__main__.py").read_text(encoding="utf-8"))
    if package == "models":
        commands |= {"list", "inspect", "train", "verify"}
    assert unnamed(text("README.md"), package, commands) == set()
    assert f"python -m {package}" in text("README.md")


def test_a_command_that_is_not_shown_is_found():
    source = "commands.add_parser('list')\ncommands.add_parser('verify', help='...')"
    assert unnamed("python -m models list", "models", subcommands(source)) == {"verify"}


def targets(makefile: str) -> dict[str, str]:
    """Each target declared phony by name, with its help ("" where there is none)."""
    (names,) = re.findall(r"^\.PHONY: ([a-z -]+)$", makefile, re.MULTILINE)
    lines = re.findall(r"^([a-z -]+):.*?## (.+)$", makefile, re.MULTILINE)
    helps = {name: said for together, said in lines for name in together.split()}
    return {name: helps.get(name, "") for name in names.split()}


def test_every_make_target_has_help_and_is_named_to_developers():
    found = targets(text("Makefile"))
    assert {"help", "run", "test", "test-lowest", "check", "bench", "bench-peers", "audit", "train"} <= set(
        found
    )
    assert [name for name, line in found.items() if not line] == []
    written = text("README.md") + text("CONTRIBUTING.md")
    assert [name for name in found if name != "help" and f"make {name}" not in written] == []


def test_a_make_target_without_help_is_found():
    assert targets(".PHONY: a b\na: x ## does a\nb: y\n") == {"a": "does a", "b": ""}


# Links, change log, placeholders


def broken_links(name: str, words: str, root: Path) -> list[str]:
    """Links to files that are not there."""
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)|(?:src|srcset)=\"([^\"]+)\"", words)
    local = [link for pair in links for link in pair if link and "://" not in link]
    return [f"{name} links to {link}" for link in local if not (root / link).exists()]


@pytest.mark.parametrize("name", PROSE)
def test_every_link_leads_to_a_file(name):
    assert broken_links(name, text(name), ROOT) == []


def test_a_broken_link_is_found(tmp_path):
    (tmp_path / "here.md").touch()
    words = '[a](here.md#part) [b](gone.md) [c](https://example.com) <img src="gone.png">'
    assert broken_links("x", words, tmp_path) == ["x links to gone.md", "x links to gone.png"]


def test_the_change_log_says_what_is_not_released_yet():
    _, heading, rest = text("CHANGELOG.md").partition("## Unreleased\n")
    assert heading
    assert rest.partition("\n## ")[0].strip()


@pytest.mark.parametrize("name", PROSE)
def test_no_placeholder_is_left(name):
    assert re.findall(r"\b(?:TODO|FIXME|XXX)\S*", text(name)) == []
