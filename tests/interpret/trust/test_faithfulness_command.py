"""`python -m interpret faithfulness`: the library's numbers, sentences, and refusals."""

import json
from pathlib import Path

import pytest

import models
from interpret import record
from interpret.__main__ import main
from interpret.target import at
from interpret.trust.faithfulness import Options, curves
from interpret.trust.subject import maps
from tests import tiny

TEXT = "the keys to the cabinet are on the table"
NAMES = ["gradient_norm", "leave_one_out"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny.huggingface_folder(tmp_path / "tiny", "gpt2")


def ask(folder: Path, *more: str, text: str = TEXT) -> int:
    return main(["faithfulness", "--model", str(folder), "--text", text, *more])


def test_json_is_the_librarys_numbers(folder, capsys):
    assert ask(folder, "--methods", ", ".join(NAMES), "--greedy", "--orders", "6", "--json") == 0
    out, error = capsys.readouterr()
    assert error == ""
    run = record(models.load(folder), TEXT)
    target = at(run, len(run.tokens))
    found = curves(run, target, maps(run, target, NAMES), Options(orders=6, greedy=True))
    read = json.loads(out)
    assert read == json.loads(json.dumps(found.to_json()))
    assert (read["schema"], read["method"], read["methods"]) == (1, "faithfulness", NAMES)
    assert read["sentences"][0].startswith("Gradient norm: Deleting its top 3 words (")


def test_without_json_it_is_said_in_words(folder, capsys):
    assert ask(folder, "--methods", "leave_one_out", "--target", "next", "--way", "zero") == 0
    out, _ = capsys.readouterr()
    assert out.startswith("The log-probability of ")
    assert "Leave one out: Zeroing its top " in out
    assert "random orders " in out and "deletion area" in out


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--methods", "tea_leaves"], "'tea_leaves' scores no words: choose of "),
        (["--target", "every"], "Evidence is about one number"),
        (["--way", "mask"], "tiny has no mask piece"),
        (["--text", "the"], "There is one word to take away here"),
        (["--orders", "1"], "orders must lie between 2 and 1000"),
    ],
)
def test_what_is_wrong_costs_one_sentence(folder, capsys, more, sentence):
    assert ask(folder, *more) == 2
    out, error = capsys.readouterr()
    assert out == "" and error.startswith(sentence) and error.count("\n") == 1
