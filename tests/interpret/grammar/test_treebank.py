"""A treebank by hand: what is read of it, how it is split, what is kept of the answer."""

import gzip
import json
from collections import Counter

import numpy as np
import pytest

import models
from interpret import study
from interpret.commands import probes as command
from interpret.grammar import treebank
from interpret.results import Probes
from models.refusals import Refusal

TAGS = "# text = Don't go.\n1-2\tDon't\t_\t_\n1\tDo\tdo\tAUX\n2\tn't\tnot\tPART\n3\tgo\tgo\tVERB\n4\t.\t.\tPUNCT\n\n"


def written(form: str, number: str, end: str = ".") -> str:
    """`The FORM lived here END` in ten columns."""
    rows = [("The", "DET", "_"), (form, "NOUN", f"Case=Nom|Number={number}"), ("lived", "VERB", "Tense=Past"),
            ("here", "ADV", "_"), (end, "PUNCT", "_")]  # fmt: skip
    lines = [
        f"{at}\t{one}\t_\t{tag}\t_\t{features}\t0\troot\t_\t_"
        for at, (one, tag, features) in enumerate(rows, 1)
    ]
    return "\n".join([f"# text = The {form} lived here{end}", *lines, "", ""])


@pytest.fixture
def folder(tmp_path):
    """40 sentences to learn from and 10 to be tested on; a third of them plural."""
    place = tmp_path / "ud_english_toy"
    place.mkdir()
    for part, count in (("train", 60), ("test", 30)):
        lines = [written("cats", "Plur") if at % 3 == 0 else written("cat", "Sing") for at in range(count)]
        (place / f"en-ud-{part}.conllu.gz").write_bytes(gzip.compress("".join(lines).encode()))
    return place


def test_a_treebank_is_read_as_it_is_written(tmp_path):
    file = tmp_path / "x.conllu.gz"
    file.write_bytes(gzip.compress((TAGS * 2).encode()))
    first, _ = treebank.read(file)
    assert [word.form for word in first.words] == ["Do", "n't", "go", "."]
    (found,) = treebank.tagged(treebank.read(file), 1, seed=0)
    assert found.labels == ("AUX", "PART", "VERB", "PUNCT")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# text = a\n1\ta\ta\tDET\n2 b VERB\n\n", "Line 3, “2 b VERB”, is no line of CoNLL-U"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_treebank_is_refused(tmp_path, text, said):
    file = tmp_path / "x.conllu"
    if text is not None:
        file.write_text(text)
    with pytest.raises(Refusal, match=said):
        treebank.read(file)
    with pytest.raises(Refusal, match=r"There is no train\.conllu in"):
        treebank.read(tmp_path)


def test_as_many_plural_as_singular_nouns_and_the_three_words_behind_them(folder):
    found = treebank.nouns(treebank.read(folder), 40, seed=3)
    assert Counter(one.labels[one.places[0]] for one in found) == {"singular": 20, "plural": 20}
    assert all(one.places == (1, 2, 3, 4) for one in found)
    assert all(one.labels == (None, *[one.labels[1]] * 4) for one in found)
    assert treebank.called(folder) == "UD English TOY"


def test_what_is_learned_and_what_is_tested_come_from_different_files(folder):
    asked = {"treebank": str(folder), "count": 40, "seed": 3}
    found = study(models.load("story-lstm"), "probes", task="number", **asked)
    assert (found.places, found.n.tolist()) == (treebank.PLACES, [40, 20])
    assert found.values[0, 0] == 1  # "cat" and "cats" say it themselves
    assert found.values[0, 1] == found.majority[1] == 0.5  # "lived" without its past says nothing
    words = study(models.load("story-lstm"), "probes", task="part of speech", **asked)
    assert words.n.tolist() == [160, 80]  # the share of words asked for, in whole sentences
    assert words.values.min() == 1  # every form has one part of speech
    assert words.data == "UD English TOY"


def test_too_few_sentences_are_refused(tmp_path):
    file = tmp_path / "x.conllu"
    file.write_text(TAGS * 5)
    with pytest.raises(Refusal, match=r"x\.conllu has too few sentences"):
        study(models.load("story-lstm"), "probes", task="part of speech", treebank=str(file))


def test_what_is_kept_comes_back_and_takes_its_own_place(folder, tmp_path):
    file = tmp_path / "kept.json"
    found = study(models.load("story-lstm"), "probes", task="number", treebank=str(folder), count=40)
    for _ in range(2):
        command.keep(found, treebank.digest(folder), file)
    (entry,) = command.read(file)
    assert json.loads(file.read_text())["schema"] == 1
    assert {"sha256", "seed", "made", "data_sha256"} <= set(entry)
    back = Probes.of_kept(entry)
    assert back.in_words() == found.in_words()
    np.testing.assert_allclose(back.control, found.control, atol=1e-4)


def test_the_command_refuses(folder):
    with pytest.raises(Refusal, match="--keep keeps what is found on a treebank"):
        command.answer(["--model", "wiki-lstm", "--keep"])
    with pytest.raises(Refusal, match="story-lstm knows no English"):
        command.answer(["--model", "story-lstm", "--data", str(folder)])


def test_the_kept_answers_are_about_these_weights():
    """If this fails: python -m interpret probes --model all --data FOLDER/ud_english_ewt --keep."""
    entries = command.read()
    assert {"wiki-lstm", "reviews-gpt", "reviews-bert"} <= {entry["model"] for entry in entries}
    stale = [entry["model"] for entry in entries if entry["sha256"] != models.card(entry["model"]).sha256]
    assert not stale
