"""`python -m interpret words`: neighbours, maps to a file, agreement with people's judgements, refusals by line."""

import csv
import io
import json
from typing import Any

import numpy as np
import pytest

from interpret import study
from interpret.__main__ import main
from interpret.space.benchmarks import Pair, agreement, pairs_of, read_pairs, spearman
from interpret.space.neighbours import row_of
from interpret.space.vectors import space
from models.refusals import Refusal
from tests.models.test_catalog import bundled
from tests.toys import Toy


def asked(capsys, *argv: str) -> dict:
    assert main(["words", *argv]) == 0
    return json.loads(capsys.readouterr().out)


def test_neighbours_as_json(capsys):
    found = asked(capsys, "--model", "story-lstm", "--word", "dog", "--count", "3")
    assert found["schema"] == 1 and len(found["shown"]) == len(found["values"]) == 3
    assert found["values"] == sorted(found["values"], reverse=True)


def test_a_map_to_a_file(capsys, tmp_path):
    out = tmp_path / "map.csv"
    asked(capsys, "--model", "story-lstm", "--map", "pca", "--out", str(out))
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert len(rows) == 660 and {"piece", "shown", "x", "y", "group"} == set(rows[0])


def test_refusals_are_one_sentence(capsys, tmp_path):
    for argv in (
        ["--word", "zzz"],
        ["--map", "pca", "--out", "map.png"],
        ["--pairs", str(tmp_path / "none")],
    ):
        assert main(["words", "--model", "story-lstm", *argv]) == 2
        assert capsys.readouterr().err.count("\n") == 1


# Lists of pairs


def test_spearman_on_paper_and_against_scipy():
    """Ranks 1 2 3 4 against 1 2 4 3: 1 - 6 · 2 / (4 · 15) = 0.8."""
    from scipy.stats import spearmanr

    assert spearman([1, 2, 3, 4], [10, 20, 40, 30]) == pytest.approx(0.8)
    made = np.random.default_rng(3)
    one, other = made.integers(0, 6, 40).tolist(), made.integers(0, 6, 40).tolist()
    theirs: Any = spearmanr(one, other)
    assert spearman(one, other) == pytest.approx(theirs.statistic)
    assert spearman([1, 2], [1, 2]) is None and spearman([1, 1, 1], [1, 2, 3]) is None


@pytest.mark.parametrize(
    "written",
    [
        "word1\tword2\tPOS\tSimLex999\told\nold\tnew\tA\t1.58\nred\tdog\tN\t9\n",
        "Word 1,Word 2,Human (mean)\nold,new,1.58\n\nred,dog,9\n",
        "# of our own\nold;new;1.58\nred;dog;9\n",
    ],
)
def test_the_known_layouts_are_read(tmp_path, written):
    path = tmp_path / "pairs.txt"
    path.write_text(written, encoding="utf-8")
    assert read_pairs(path) == [Pair("old", "new", 1.58), Pair("red", "dog", 9.0)]


@pytest.mark.parametrize(
    ("written", "said"),
    [("a\tb\t1\nc\td\n", "line 2: expected two words"), ("", "is empty"), ("one\ttwo\tscore\n", "no pairs")],
)
def test_malformed_lists_are_refused_by_line(tmp_path, written, said):
    path = tmp_path / "pairs.txt"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(Refusal, match=said):
        read_pairs(path)


def test_pairs_with_unknown_words_are_left_out_and_counted():
    """Cosines: red-ran .87, <s>-dog .6, red-dog -.71: people who judge in this order agree wholly."""
    model = Toy()
    model.encode = lambda text: Toy.encode(model, text.removeprefix("a "))  # type: ignore[method-assign]
    pairs = [Pair("red", "ran", 9), Pair("dog", "ran", 1), Pair("red", "dog", 2)]
    found = agreement(model, space(model), pairs)
    # dog-ran: (-2, 4)·(5, 1) = -6 / (√20 √26) = -.26, above red-dog: ranks 3 2 1 against 3 1 2
    assert (found.pairs, found.left_out, found.unknown) == (3, 0, ())
    assert found.spearman == pytest.approx(0.5)
    known = agreement(bundled("wiki-lstm"), space(bundled("wiki-lstm")), [
        Pair("actor", "actress", 9), Pair("old", "film", 1), Pair("three", "four", 8), Pair("zqx", "old", 5),
    ])  # fmt: skip
    assert (known.pairs, known.left_out, known.unknown) == (3, 1, ("zqx",))
    assert known.spearman_in_pieces is not None
    assert known.in_words("mine").startswith(
        f"mine: the model's order agrees with people's by {known.spearman:.2f}"
    )
    assert "6 of its 7 words" in known.in_words("mine") and "3 of its 4 pairs" in known.in_words("mine")
    few = agreement(model, space(model), pairs[:2])
    assert few.spearman is None and "too few" in few.in_words("mine")


def test_the_map_tells_words_of_a_list_from_others():
    """The same figure as the command line's, and the list's words as the second group."""
    model = bundled("wiki-lstm")
    written = "actor\tactress\t9\nold\tfilm\t1\nthree\tfour\t8\n"
    found = study(model, "word_map", how="pca", pairs=written, pairs_name="mine")
    points = space(model)
    rows = [row_of(points, word) for line in written.splitlines() for word in line.split()[:2]]
    assert sorted(rows) == np.flatnonzero(found.groups).tolist()
    assert found.benchmark == agreement(model, points, pairs_of(written.splitlines(), "mine")).in_words(
        "mine"
    )
    with pytest.raises(Refusal, match="mine, line 2"):
        study(model, "word_map", how="pca", pairs="a b 1\nc".replace(" ", ","), pairs_name="mine")
