"""`python -m dashboard snapshot`: the example of the README, and what it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.__main__ import main
from dashboard.commands import snapshot
from dashboard.headless import HIDE
from tests.browser.desk import ROOT
from tests.browser.test_shots import same

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = "The film was not good"


def picture(out: Path, view: str, *choices: str) -> bytes:
    """As in the README: a page of the dashboard as a PNG."""
    command = [sys.executable, "-m", "dashboard", "snapshot", view, "--out", str(out), *choices]
    subprocess.run(command, cwd=ROOT, check=True)
    return out.read_bytes()


def test_a_snapshot_is_what_a_reader_sees(desk, server, tmp_path):
    chosen = ["--model", "induction-2l", "--text", TEXT, "--method", "gradient_norm", "--word", "3"]
    taken = picture(tmp_path / "dark.png", "saliency", *chosen, "--theme", "dark", "--panel", "saliency")
    page = desk.open(
        server.address("saliency", model="induction-2l", text=TEXT, method="gradient_norm", word=3),
        theme="dark", height=2000,
    )  # fmt: skip
    shown = page.locator(".st-key-saliency").screenshot(animations="disabled", caret="hide", style=HIDE)
    assert same(taken, shown)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["no-such", "--out", "x.png"], "There is no view 'no-such'"),
        (["saliency", "--out", "x.jpg"], "ends in .png"),
        (["saliency", "--out", "x.png", "--width", "9"], "320 to 3840"),
        (["saliency", "--out", "x.png", "--model", "no-such"], "no-such"),
        (["saliency", "--out", "x.png", "--panel", "a b"], "name a part of the page"),
        (["saliency", "--out", "x.png", "--word"], "as in the address"),
        (["saliency", "--out", "x.png", "word", "3"], "as in the address"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(argv, said, capsys):
    assert main(["snapshot", *argv]) == 2
    assert said in capsys.readouterr().err


def test_without_playwright_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    assert main(["snapshot", "saliency", "--out", "x.png"]) == 2
    assert "python -m playwright install chromium" in capsys.readouterr().err


def test_choices_are_written_as_in_the_address():
    asked, rest = snapshot.arguments().parse_known_args(
        ["saliency", "--text", "a & b", "--word=3", "--method", "x", "--out", "x.png"]
    )
    address = snapshot.where(asked, snapshot.further(rest))
    assert address == "/saliency?text=a+%26+b&word=3&method=x"
    asked.view = "next_words"
    assert snapshot.where(asked, {}).startswith("/?")
