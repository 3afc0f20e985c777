"""Many texts at once: a toy's words on paper, the bounds beside scipy, mistakes, and refusals."""

import json
from dataclasses import replace

import numpy as np
import pytest

import models
from interpret import explain, record, study
from interpret.__main__ import main
from interpret.method import UnknownMethod
from interpret.results import OverTexts
from interpret.studies.over_texts import FILE, Options, called, compute, summed_up
from interpret.target import of_class
from models.refusals import Refusal
from tests.toys import Toy, ToyClassifier

LINES = " red dog\tup\n dog dog ran\tdown\n red ran\tup\n dog"


def asked(**settings) -> OverTexts:
    return compute(ToyClassifier(), Options(**{"lines": LINES, "of": "up", "least": 2, **settings}))


def test_the_means_of_a_toy_worked_out_on_paper():
    # lead of up over down = y - (x + 2y) = -x - y, of the sum of (x, y); a word's part is the same everywhere:
    # red (3, -1): -2;  dog (-2, 4): -2;  ran (5, 1): -6
    for method in ("leave_one_out", "gradient_times_input", "integrated_gradients"):
        found = asked(by=method)
        assert dict(zip(found.shown, np.round(found.values, 4), strict=True)) == {
            "dog": -2,
            "red": -2,
            "ran": -6,
        }
        assert dict(zip(found.shown, found.counts, strict=True)) == {"dog": 3, "red": 2, "ran": 2}
        assert dict(zip(found.shown, found.places, strict=True)) == {"dog": 4, "red": 2, "ran": 2}
        np.testing.assert_allclose(found.spread, 0, atol=1e-5)
    assert np.all(np.diff(found.values) <= 1e-6), "the highest first"


def test_confusion_accuracy_and_losses_on_paper():
    found = asked()
    # sums behind the start mark (1, 2): (2, 5), (2, 11), (9, 2), (-1, 6): lead -x - y = -7, -13, -11, -5
    leads = np.array([-7.0, -13.0, -11.0, -5.0])
    np.testing.assert_allclose(found.probabilities[:, 0], 1 / (1 + np.exp(-leads)), rtol=1e-5)
    assert found.labels.tolist() == [0, 1, 0, -1]  # " dog" has no label
    assert found.confusion().tolist() == [[0, 2], [0, 1]]
    np.testing.assert_allclose(
        found.losses(), [np.log1p(np.exp(7)), np.log1p(np.exp(-13)), np.log1p(np.exp(11))], rtol=1e-3
    )
    assert found.top_losses(2) == [2, 0]
    assert "right about 1 of the 3 labelled texts" in found.rightness()
    unlabelled = asked(lines=" red dog\n dog ran")
    assert unlabelled.rightness() == "" and unlabelled.top_losses() == []


def test_every_place_of_a_word_is_found_with_its_score():
    found = asked()
    places = found.occurrences(found.shown.index("dog"))
    assert sorted((text, at) for text, at, _ in places) == [(0, 1), (1, 0), (1, 1), (3, 0)]
    assert [found.texts[t].text[slice(*found.texts[t].spans[at])] for t, at, _ in places] == ["dog"] * 4
    assert {round(score, 4) for *_, score in places} == {-2.0}


def test_scipy_finds_the_same_bounds():
    from scipy.stats import ttest_1samp

    scores = [0.5, 2.0, -1.0, 0.25]
    mean, low, high, spread = summed_up(scores)
    wanted = ttest_1samp(scores, 0).confidence_interval(0.95)
    assert (low, high) == (pytest.approx(wanted.low), pytest.approx(wanted.high))
    assert (mean, spread) == (pytest.approx(0.4375), pytest.approx(np.std(scores, ddof=1)))


def test_scores_of_the_other_class_are_the_same_turned_round():
    up, down = asked(), asked(of="down")
    at = [down.shown.index(word) for word in up.shown]
    np.testing.assert_allclose(up.values, -down.values[at], atol=1e-5)


def test_pieces_are_added_up_and_capitals_put_aside():
    model = models.load("sst-average")
    lines = "Splendidly filmed.\nIt is splendidly, SPLENDIDLY filmed!"
    found = compute(model, Options(lines=lines, least=2))
    assert set(found.shown) == {"splendidly", "filmed"}
    row = found.shown.index("filmed")
    run = record(model, "Splendidly filmed.")
    scores = explain(run, "leave_one_out", of_class(run, "positive", "contrast"))
    start = run.tokens.text.index("filmed")
    inside = (run.tokens.spans[:, 1] > start) & (run.tokens.spans[:, 0] < start + len("filmed"))
    (mine,) = [score for text, _, score in found.occurrences(row) if text == 0]
    assert mine == pytest.approx(float(scores.values[inside].sum()), abs=1e-6)
    assert [called(one) for one in ("“Great”,", "don't", "...", "(BAD)")] == ["great", "don't", "", "bad"]


def test_the_bundled_reviews_and_the_command(capsys):
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    assert len(rows) >= 60 and len({row["text"] for row in rows}) == len(rows)
    assert {row["label"] for row in rows} == {"positive", "negative"}
    assert main(["over-texts", "--model", "sst-average", "--method", "gradient_times_input", "--json"]) == 0
    read = json.loads(capsys.readouterr().out)
    found = study(models.load("sst-average"), "over_texts", by="gradient_times_input")
    assert read["values"] == json.loads(json.dumps(found.values.tolist()))
    assert read["confusion"] == found.confusion().tolist() and sum(map(sum, read["confusion"])) == len(rows)
    assert found.confusion().trace() > 0.7 * len(rows), "the model knows praise from blame"
    clear = dict(zip(found.shown, np.sign(found.values) * found.clear(), strict=True))
    assert clear["wonderful"] > 0 > clear["boring"]


def test_what_cannot_be_asked_is_refused(tmp_path, capsys):
    with pytest.raises(UnknownMethod, match="choose sst-attention"):
        study(Toy(), "over_texts")
    with pytest.raises(Refusal, match="knows no class 'sad'"):
        asked(of="sad")
    with pytest.raises(Refusal, match="at least two"):
        asked(lines=" red dog")
    with pytest.raises(Refusal, match="No word stands in 9"):
        asked(least=9)
    with pytest.raises(Refusal, match="Text 2: "):
        asked(lines=" red dog\n cat")
    with pytest.raises(UnknownMethod, match="least must be 2"):
        study(ToyClassifier(), "over_texts", least=1)
    with pytest.raises(UnknownMethod, match="scores no words"):
        asked(by="classes")
    empty = tmp_path / "empty.txt"
    empty.write_text("\n")
    assert main(["over-texts", "--model", "sst-average", "--texts", str(empty)]) == 2
    assert "is empty" in capsys.readouterr().err


def test_a_longer_bar_that_is_not_certain_is_told():
    """The sentence names words that push for certain; the picture shows the others too."""
    found = asked()
    values, reach = np.array([3.0, 2.0, 1.0]), np.array([4.0, 1.0, 2.0])
    ways = replace(
        found, shown=("wide", "sure", "small"), values=values, low=values - reach, high=values + reach
    )
    assert ways.in_words() == (
        "Over 4 texts “sure” pushes “up” up most. “wide” has a longer bar but is not certain: the bounds hold 0."
    )
    assert "longer" not in replace(ways, low=values - 0.5).in_words()
