"""Across texts: toys on paper, the one-by-one forward as the law, scikit-learn beside it, and refusals."""

import json
from dataclasses import replace

import numpy as np
import pytest

import models
from interpret import explain, record, study
from interpret.__main__ import main
from interpret.method import UnknownMethod
from interpret.results import Texts
from interpret.results.text_metrics import (
    Slice,
    apart,
    calibration,
    confusion,
    cross_entropy,
    loss_slice,
    macro_f1,
    share_slice,
)
from interpret.text_sets import MOST, REVIEWS, classes_of
from models.refusals import Refusal
from tests import tiny
from tests.toys import Toy, ToyClassifier, ToyFiller

GIVEN = {
    "texts": (" red dog ran", " dog dog", " red cat", " ran"),
    "labels": ("up", "Down ", "up", "sideways"),
}


def test_a_toys_losses_on_paper():
    found: Texts = study(Toy(), "texts", texts=(" red dog ran", " dog cat"))
    # logits of toys.py: behind <s> (2, 5, 0, 5) for red (1), behind red (0, 3.5, 7, -3.5) for dog (2),
    # behind dog (4, 7.75, -4.5, 12.25) for ran (3)
    rows = [([2, 5, 0, 5], 1), ([0, 3.5, 7, -3.5], 2), ([4, 7.75, -4.5, 12.25], 3)]
    nats = sum(float(np.log(np.exp(row).sum()) - row[token]) for row, token in rows)
    assert found.nats[0] == pytest.approx(nats, rel=1e-5)
    assert found.values[0] == pytest.approx(nats / 3, rel=1e-5)
    assert found.perplexities(0) == pytest.approx((np.exp(nats / 3), np.exp(nats / 3)), rel=1e-5)
    assert found.skipped == ((2, "A toy knows red, dog and ran."),), (
        "a text it cannot read is named by its number"
    )
    assert found.numbers.tolist() == [1] and "could not be read (text 2" in found.notes[-1]


def test_a_classifier_on_paper():
    found: Texts = study(ToyClassifier(), "texts", **GIVEN)
    # lead of up over down is -x - y of the sum of vectors: (7, 6): -13; (1, 2) + 2 (-2, 4) = (-3, 10): -7; (6, 3): -9
    assert found.numbers.tolist() == [1, 2, 4] and found.classes == ("up", "down")
    up = 1 / (1 + np.exp([13.0, 7.0, 9.0]))
    np.testing.assert_allclose(found.probabilities[:, 0], up, rtol=1e-5)
    np.testing.assert_allclose(found.values, 1 - up, rtol=1e-6)
    assert found.truth.tolist() == [0, 1, -1], "capitals and spaces do not matter; sideways is no class"
    assert found.confusion().tolist() == [[0, 1], [0, 1]]
    losses = found.losses()
    assert losses[0] == pytest.approx(-np.log(up[0]), rel=1e-6) and losses[2] is None
    assert found.worst_first() == [0, 1, 2], "what nobody labelled stands last"
    assert found.chosen(answer="wrong") == [0] and found.chosen(answer="right") == [1]
    assert found.chosen(label="up", said="down") == [0] and found.chosen(words="DOG dog") == [1]
    assert found.chosen(label="sideways") == [2] and found.chosen(order="length") == [0, 1, 2]
    assert any("“sideways”" in note for note in found.notes)


@pytest.mark.parametrize("task", ["causal", "masked", "classify"])
def test_losses_are_those_of_each_text_alone(task):
    lots = np.random.default_rng(3)
    words = np.array([" red", " dog", " ran"])
    texts = tuple("".join(lots.choice(words, size)) for size in lots.integers(1, 9, 30))
    model = {"causal": Toy, "masked": ToyFiller, "classify": ToyClassifier}[task]()
    found: Texts = study(model, "texts", texts=texts)
    for row, text in enumerate(texts):
        run = record(model, text)
        if task == "classify":
            np.testing.assert_allclose(
                found.probabilities[row], run.logits[-1].double().softmax(-1), atol=1e-6
            )
        else:
            bits = explain(run, "next_words").surprise
            assert found.nats[row] == pytest.approx(float(bits.sum()) * np.log(2), rel=1e-4, abs=1e-5)
    assert found.check.passed


@pytest.mark.parametrize("model", ["story-gpt", "reviews-lstm-sentiment"])
def test_bundled_models_read_together_as_alone(model):
    opened = models.load(model)
    found: Texts = study(opened, "texts", count=6)
    for row in (0, 3):
        run = record(opened, opened.encode(found.texts[row]))
        alone = run.logits[-1].double().softmax(-1).max() if found.names_classes else None
        given = explain(run, "next_words").surprise.sum() * np.log(2) if alone is None else float(alone)
        assert (found.nats if alone is None else found.values)[row] == pytest.approx(float(given), abs=1e-3)


def test_scikit_learn_finds_the_same_measures():
    from sklearn import calibration as theirs
    from sklearn import metrics

    lots = np.random.default_rng(1)
    shares = lots.dirichlet((1.0, 2.0, 0.5), 300)
    truth, said = lots.integers(0, 3, 300), shares.argmax(1)
    counts = confusion(truth, said, 3)
    np.testing.assert_array_equal(counts, metrics.confusion_matrix(truth, said))
    assert macro_f1(counts) == pytest.approx(metrics.f1_score(truth, said, average="macro"))
    few = confusion(
        truth[truth < 2], np.minimum(said[truth < 2], 1), 3
    )  # nobody says the third, and none is it
    assert macro_f1(few) == pytest.approx(
        metrics.f1_score(truth[truth < 2], np.minimum(said[truth < 2], 1), average="macro")
    )
    assert cross_entropy(shares, truth).mean() == pytest.approx(metrics.log_loss(truth, shares))
    sure, right = shares.max(1), said == truth
    found = calibration(sure, right)
    hit, mean = theirs.calibration_curve(right, sure, n_bins=10)
    np.testing.assert_allclose(found.right, hit)
    np.testing.assert_allclose(found.sure, mean)
    assert found.ece == pytest.approx(np.abs(hit - mean) @ found.n / 300)


def test_the_calibration_error_of_a_true_classifier_is_what_chance_makes_it():
    lots = np.random.default_rng(5)
    passed = []
    for _ in range(60):
        sure = lots.uniform(0.5, 1, 80)
        passed.append((found := calibration(sure, lots.random(80) < sure)).ece <= found.limit)
    assert 0.85 <= np.mean(passed) <= 1, "about one in twenty comes out above the limit"
    bad = calibration(np.full(80, 0.99), lots.random(80) < 0.5)
    assert bad.ece > bad.limit and bad.ece == pytest.approx(abs(bad.right[0] - 0.99))


def test_the_bounds_of_a_loss_hold_the_mean_as_often_as_they_say():
    lots = np.random.default_rng(2)
    inside = 0
    for _ in range(300):
        tokens = lots.integers(20, 120, 25)
        one = loss_slice("all", (tokens * (3 + 0.5 * lots.standard_normal(25)), tokens))
        assert one.low is not None and one.high is not None
        inside += one.low <= 3 <= one.high
    assert 0.9 <= inside / 300 <= 0.99
    alone = loss_slice("one", (np.array([6.0]), np.array([3])))
    assert (alone.value, alone.low, alone.p) == (2.0, None, None)


def test_scipy_finds_the_same_differences_between_a_slice_and_the_rest():
    from scipy.stats import ttest_ind

    lots = np.random.default_rng(4)
    one, other, same = lots.normal(4, 1, 12), lots.normal(3, 2, 30), np.full(30, 7)
    found = loss_slice("a", (one * 7, same[:12]), (other * 7, same))
    assert found.p == pytest.approx(ttest_ind(one, other, equal_var=False).pvalue)  # type: ignore[attr-defined]
    # 3 of 4 against 1 of 5: 4 * 5 = 20 of the 126 ways to place 4 right answers; no likelier are 1 (4 of 4) and 5 (0)
    right = share_slice("b", np.array([1, 1, 1, 0], bool), np.array([1, 0, 0, 0, 0], bool))
    assert right.p == pytest.approx((20 + 1 + 5) / 126)


def test_holm_calls_only_slices_apart_that_stand_his_test():
    made = [Slice(name=name, n=9, value=0.5, low=0.1, high=0.9, p=p) for name, p in
            (("all", None), ("a", 0.03), ("b", 0.001), ("c", 0.02), ("d", 0.5))]  # fmt: skip
    # 0.001 <= 0.05/4; 0.02 > 0.05/3 = 0.0167: the rest is not looked at
    assert [one.name for one in apart(made)] == ["b"]
    assert [one.name for one in apart(made[:3])] == ["a", "b"], "0.001 <= 0.05/2 and 0.03 <= 0.05/1"
    assert apart(made[:1]) == []


def test_slices_by_length_label_and_word():
    found: Texts = study(models.load("sst-average"), "texts")
    by_name = {one.name: one for one in found.slices(["film"])}
    rows = [row for row in range(60) if "film" in found.texts[row].lower()]
    assert by_name["with “film”"].n == len(rows)
    assert by_name["with “film”"].value == pytest.approx(np.mean((found.said == found.truth)[rows]))
    assert by_name["with “film”"].p is not None and by_name["without “film”"].p is None, "one test, not two"
    assert by_name["with “film”"].n + by_name["without “film”"].n == 60
    assert sum(one.n for name, one in by_name.items() if name.startswith(("short", "middling", "long"))) == 60
    assert by_name["labelled “positive”"].n == 30
    json.dumps(found.to_json(), allow_nan=False)


def test_labels_may_be_numbers_of_classes():
    assert classes_of(("0", "1", "", "1"), ("no", "yes")) == (
        [0, 1, -1, 1],
        "Labels are taken by number: 0 as no, 1 as yes.",
    )
    assert classes_of(("0", "7"), ("no", "yes"))[0] == [-1, -1]
    assert classes_of(("YES", "no"), ("no", "yes")) == ([1, 0], "")


def test_long_texts_are_cut_and_said(tmp_path):
    model = tiny.lstm_model(tmp_path)
    found: Texts = study(model, "texts", texts=(tiny.TEXT * 40, tiny.TEXT), longest=32)
    assert found.lengths[0] == 32 < found.whole[0]
    assert len(found.texts[0]) < len(tiny.TEXT * 40)
    assert any("longer than 32 tokens" in note for note in found.notes)
    assert found.nats[0] == pytest.approx(
        float(explain(record(model, model.encode(tiny.TEXT * 40).cut(32)), "next_words").surprise.sum())
        * np.log(2),
        rel=1e-4,
    )


def test_unknown_words_are_said():
    found: Texts = study(models.load("story-lstm"), "texts", texts=("The philosopher pondered.",))
    assert any("words this model does not know" in note for note in found.notes)


def test_refusals():
    with pytest.raises(UnknownMethod, match="one of reviews, passages, stories"):
        study(Toy(), "texts", source="nothing")
    with pytest.raises(UnknownMethod, match="2 texts and 1 labels"):
        study(Toy(), "texts", texts=("a", "b"), labels=("x",))
    with pytest.raises(Refusal, match=r"1,001 texts .* at most 1,000"):
        study(Toy(), "texts", texts=(" red",) * (MOST + 1))
    with pytest.raises(Refusal, match=r"can read none of these texts \(text 1: A toy knows"):
        study(Toy(), "texts", texts=(" cat",))
    with pytest.raises(Refusal, match=r"text 1: It is one token"):
        study(Toy(start=False), "texts", texts=(" red",))


def test_stop_is_heard():
    from interpret import progress

    heard: list[float] = []

    def listener(share: float) -> bool:
        heard.append(share)
        return len(heard) < 3

    with progress.heard_by(listener), pytest.raises(progress.Stopped):
        study(Toy(), "texts", texts=tuple(" red" * n for n in range(1, 20)))
    assert heard == sorted(heard) and heard[-1] < 1


def test_the_command_prints_what_the_study_finds(tmp_path, capsys):
    rows = json.loads(REVIEWS.read_text(encoding="utf-8"))[:12]
    file = tmp_path / "mine.jsonl"
    file.write_text(
        "".join(
            json.dumps({"review": r["text"], "stars": int(r["label"] == "positive")}) + "\n" for r in rows
        )
    )
    asked = ["texts", "--model", "sst-average", "--texts", str(file), "--label", "stars"]
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    found: Texts = study(
        models.load("sst-average"),
        "texts",
        texts=[r["text"] for r in rows],
        labels=[r["label"] for r in rows],
    )
    assert told["confusion"] == found.confusion().tolist()
    assert [one["loss_nats"] for one in told["texts"]] == pytest.approx(found.losses())
    assert main([*asked, "--csv"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("number,label,loss_nats,says,probability,right")
    assert main(asked) == 0 and found.in_words() in capsys.readouterr().out
    assert main(["texts", "--model", "sst-average", "--texts", str(tmp_path / "gone.csv")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_formula_in_a_text_is_harmless_in_csv(tmp_path, capsys):
    file = tmp_path / "mine.txt"
    file.write_text("=1+1 is a good film\n@bad film\n")
    assert main(["texts", "--model", "sst-average", "--texts", str(file), "--lines", "--csv"]) == 0
    out = capsys.readouterr().out
    assert "'=1+1 is a good film" in out and "'@bad film" in out


def test_the_record_refuses_what_is_not_finite():
    from interpret.results import NotFinite

    found: Texts = study(Toy(), "texts", texts=(" red dog",))
    with pytest.raises(NotFinite):
        replace(found, values=np.array([np.nan]))
