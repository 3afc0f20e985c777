"""Pairs from files, and what is kept of the bundled models: the command line."""

import json

import numpy as np
import pytest

import models
from interpret.commands.grammar import answer
from interpret.grammar import files, kept
from interpret.grammar.files import BadPairs, parsed
from interpret.grammar.judging import judge
from interpret.grammar.scoring import score
from interpret.results import Grammar
from models.refusals import Refusal
from tests.toys import Toy

LINE = {
    "sentence_good": "red dog ran",
    "sentence_bad": "red ran ran",
    "UID": "order",
    "linguistics_term": "words",
}


def condition(name: str, *words: str) -> dict:
    regions = [{"region_number": at, "content": word} for at, word in enumerate(words, start=1)]
    return {"condition_name": name, "regions": regions}


def suite(*formulas: str) -> str:
    item = {
        "item_number": 1,
        "conditions": [condition("match", "red", "dog"), condition("mismatch", "ran", "dog")],
    }
    predictions = [{"type": "formula", "formula": formula} for formula in formulas]
    return json.dumps({"meta": {"name": "toys"}, "predictions": predictions, "items": [item]})


def test_lines_as_blimp_writes_them(tmp_path):
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join(json.dumps({**LINE, "UID": uid}) for uid in ("a", "b", "a")) + "\n\n")
    found = files.read(file)
    assert [(p.name, p.phenomenon, len(p.pairs())) for p in found] == [("a", "words", 2), ("b", "words", 1)]
    assert judge(Toy(), found, world="file").values.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "pairs is empty"),
        (json.dumps(LINE) + "\nnot json", "Line 2 is not a JSON object"),
        ("[1, 2]", "Line 1 is not a JSON object"),
        ("[" * 100_000, "Line 1 is not a JSON object"),
        (json.dumps({**LINE, "sentence_bad": 7}), "Line 1 has no sentence_bad"),
        (json.dumps({**LINE, "sentence_bad": LINE["sentence_good"]}), "Line 1: both sentences are the same"),
        (json.dumps({**LINE, "sentence_bad": "x" * 3000}), "Line 1: sentence_bad is longer than 2,000"),
        ('{"items": [], "predictions": true, "meta": true}', "its items and its predictions must be lists"),
        ('{"sentence_good": ' + "9" * 5000 + "}", "Line 1 is not a JSON object"),
        (suite("(1" + " " * 3000), "Prediction 1 is longer than 2,000 characters"),
        (suite(), "pairs is a suite without predictions"),
        (suite("(2;%match%) + (1;%match%) < (2;%mismatch%)"), "only comparisons of two regions are read"),
        (suite("(2;%match%) < (2;%other%)"), "Item 1 has no condition 'other'"),
        (suite("(3;%match%) < (2;%match%)"), "region 3 of 'match' is empty or missing"),
    ],
)
def test_a_file_that_holds_no_pairs_is_refused(text, said):
    with pytest.raises(BadPairs, match=said.replace("(", r"\(").replace(")", r"\)")):
        parsed(text, "pairs")


@pytest.mark.parametrize(
    ("number", "formula", "conditions"),
    [
        ("\n1\n", "(1;%a%) < (2;%b%)", []),
        (1, "(1;\n%a%) is (2;%b%)", []),
        ("\n1\n", "(3;%a%) < (2;%a%)", [condition("a", "red", "dog")]),
    ],
)
def test_what_a_suite_says_stays_on_one_line(number, formula, conditions):
    suite = {
        "items": [{"item_number": number, "conditions": conditions}], "predictions": [{"formula": formula}],
        "meta": {"name": "mine"},
    }  # fmt: skip
    with pytest.raises(BadPairs) as refusal:
        parsed(json.dumps(suite), "mine")
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadPairs, match="No such file or directory: name a file of pairs"):
        files.read(tmp_path / "none.jsonl")


def test_a_suite_compares_regions_only():
    one, other = parsed(suite("((2;%match%) < (2;%mismatch%))", "(2;%match%) > (2;%mismatch%)"), "x")
    found = score(Toy(), one.pairs())
    # "dog" behind "red": logits 0, 3.5, 7, -3.5. Behind "ran" the state is (1,2)/2 + (5,1) = (5.5, 2):
    # logits 2, 9.5, 9, 0.5; only region 2 counts, though region 1 differs
    for logits, number in (([0, 3.5, 7, -3.5], found.good[0]), ([2, 9.5, 9, 0.5], found.bad[0])):
        np.testing.assert_allclose(number, logits[2] - np.log(np.exp(logits).sum()), atol=1e-5)
    np.testing.assert_allclose(score(Toy(), other.pairs()).good, found.bad)


def test_the_command_prints_accuracy_n_and_interval(tmp_path):
    asked = ["--model", "story-lstm", "--paradigm", "story_agreement_0,story_agreement_1", "--count", "12"]
    written = json.loads(answer([*asked, "--json"]))
    assert {"accuracy", "n", "interval"} <= set(written)
    assert set(written["paradigms"]) == {"story_agreement_0", "story_agreement_1"}
    row = written["paradigms"]["story_agreement_1"]
    assert row["n"] == 12
    assert row["interval"][0] <= row["accuracy"] <= row["interval"][1]
    assert "story_agreement_1" in answer(asked)
    file = tmp_path / "own.jsonl"
    file.write_text('{"good": "Mia lives near the mill.", "bad": "Mia live near the mill."}\n')
    assert json.loads(answer(["--model", "story-lstm", "--pairs", str(file), "--json"]))["n"] == 1


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--model", "sst-attention"], "names classes"),
        (["--model", "induction-2l"], "knows neither the words of English nor those of Storyland"),
        (["--model", "story-lstm", "--keep", "--paradigm", "story_quote"], "--keep keeps whole answers"),
        (["--model", "story-lstm", "--count", "0"], "--count must lie between"),
    ],
)
def test_the_command_refuses(argv, said):
    with pytest.raises(Refusal, match=said):
        answer(argv)


def test_what_is_kept_comes_back(tmp_path):
    file = tmp_path / "kept.json"
    found = judge(Toy(), files.parsed(json.dumps(LINE), "x"), world="english")
    kept.keep(found, ["toy"], file)
    kept.keep(found, ["toy"], file)  # takes its own place
    (entry,) = kept.read(file).values()
    back = Grammar.of_kept(entry)
    assert back.to_frame().equals(found.to_frame())
    assert back.in_words() == found.in_words()
    card = Toy().card
    assert kept.is_current(entry, card)
    assert not kept.is_current({**entry, "pairs": "other"}, card)
    assert not kept.is_current({**entry, "sha256": "other"}, card)


def test_the_kept_answers_are_about_these_weights_and_sentences():
    """If this fails: python -m interpret grammar --model all --keep (asks only what is out of date)."""
    entries = kept.read()
    assert {"wiki-lstm", "wiki-ngram", "reviews-gpt", "reviews-bert", "story-lstm", "story-gpt"} <= set(
        entries
    )
    stale = [name for name, entry in entries.items() if not kept.is_current(entry, models.card(name))]
    assert not stale
