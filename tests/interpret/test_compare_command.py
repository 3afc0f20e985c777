"""`python -m interpret compare`: two stages, two texts, and sentences about what cannot be compared."""

import json

import pytest

import models
from interpret import explain, record
from interpret.__main__ import main
from interpret.results.comparison import laid
from interpret.results.sides import of_surprise

TEXT = "Sofia works behind the mill."


def ask(*given: str) -> int:
    return main(["compare", "--model", "story-lstm", "--text", TEXT, *given])


def test_two_stages_are_compared_as_the_library_does(capsys, tmp_path):
    table = tmp_path / "out.csv"
    assert ask("--with", "story-lstm@1-percent", "--json", "--out", str(table)) == 0
    said = json.loads(capsys.readouterr().out)
    sides = [
        of_surprise(explain(record(models.load(name), TEXT), "next_words"), name)
        for name in ("story-lstm", "story-lstm@1-percent")
    ]
    assert said == json.loads(
        json.dumps(laid(sides[0], sides[1], "surprise", about="surprise", unit="bits").to_json())
    )
    assert len(table.read_text().splitlines()) == len(said["groups"]) + 1


def test_layers_of_two_stages(capsys):
    assert ask("--with", "story-lstm@1-percent", "--what", "layers") == 0
    assert "settles its answer after" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["next", "saliency"])
def test_two_texts_are_one_sentence(what, capsys):
    assert ask("--with-text", "Sofia works behind the mills.", "--what", what) == 0
    assert "text)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "Both sides are the same"),
        (["--with", "story-lstm@1-percent", "--what", "attention"], "no attention"),
        (["--with", "shakespeare-chars", "--what", "next"], "different vocabularies"),
        (["--with", "story-lstm@1-percent", "--what", "saliency", "--target", "every"], "for one number"),
        (["--with", "story-lstm@9-percent"], "has no stage"),
        (["--with", "story-lstm@1-percent", "--what", "saliency", "--method", "next_words"], "choose one of"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence(given, said, capsys):
    assert ask(*given) == 2
    assert said in capsys.readouterr().err
