"""`python -m interpret saliency`: several maps at once, each with the numbers of the library."""

import csv
import json
from pathlib import Path

import pytest

import models
from interpret import explain, find, record
from interpret.__main__ import main
from interpret.target import parse
from tests import tiny
from tests.interpret.loops import TEXT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny.huggingface_folder(tmp_path / "tiny", "gpt2")


def ask(folder: Path, *more: str) -> int:
    return main(["saliency", "--model", str(folder), "--text", TEXT, *more])


def test_every_map_has_the_librarys_numbers(folder, capsys):
    assert ask(folder, "--target", "next", "--json", "--option", "kernel_shap.samples=64") == 0
    read = {one["method"]: one for one in json.loads(capsys.readouterr().out)["maps"]}
    run = record(models.load(folder), TEXT)
    wanted = [
        name for name, one in find().items() if one.gives == "token-grid" and not one.refusal(run.model.card)
    ]
    assert set(read) == set(wanted) - {"deep_lift"}
    for name, one in read.items():
        options = {"samples": 64} if name == "kernel_shap" else {}
        expected = explain(run, name, parse(run, "next"), **options)
        assert one == json.loads(json.dumps(expected.to_json())), name


def test_named_methods_as_sentences_and_as_a_table(folder, tmp_path, capsys):
    out = tmp_path / "maps.csv"
    assert ask(folder, "--methods", "gradient_norm, leave_one_out", "--out", str(out)) == 0
    run = record(models.load(folder), TEXT)
    said = capsys.readouterr().out
    assert (
        explain(run, "gradient_norm").in_words() in said and explain(run, "leave_one_out").in_words() in said
    )
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert {row["method"] for row in rows} == {"gradient_norm", "leave_one_out"}
    assert len(rows) == 2 * len(run.tokens) ** 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--methods", "classes"], "scores no words"),
        (["--methods", "gradient_norm", "--option", "lime.samples=64"], "add it to --methods"),
        (["--option", "lime.sample=64"], "METHOD.NAME=VALUE"),
        (["--option", "lime.samples=many"], "takes a number"),
        (["--out", "maps.txt"], "ends in .csv"),
        (["--target", "99"], "There is no token 99"),
    ],
)
def test_what_cannot_be_asked_costs_one_sentence(folder, capsys, more, said):
    assert ask(folder, *more) == 2
    out, error = capsys.readouterr()
    assert out == "" and said in error and error.count("\n") == 1
