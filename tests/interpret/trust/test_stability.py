"""Stability: other blanks, seeds and small edits; words are matched by where they stand."""

import numpy as np
import pytest

from interpret import explain, record
from interpret.target import at, of_class
from interpret.trust.edits import edited, edits
from interpret.trust.stability import Options, stability
from interpret.trust.subject import Subject
from models.refusals import Refusal
from tests import tiny
from tests.interpret.trust.numbers import Faint, of
from tests.toys import toy_run


def test_another_blank_on_paper():
    """down - up reads both entries. Words: red .2, ran .6, dog .2; the mean (1.75, 1.5) / 10 takes .325."""
    run = record(Faint(), " red ran dog")
    found = stability(run, of_class(run, "down", "contrast"), "integrated_gradients", Options(edited=False))
    assert found.changes == ("as shown", "baseline mean")
    assert found.values == pytest.approx(np.array([[0.2, 0.6, 0.2], [-0.125, 0.275, -0.125]]), abs=1e-5)
    low, high, spread = found.whiskers
    assert low == pytest.approx([-0.125, 0.275, -0.125], abs=1e-5)
    assert high == pytest.approx([0.2, 0.6, 0.2], abs=1e-5)
    assert spread == pytest.approx([0.1625] * 3, abs=1e-5)
    assert list(found.ranges) == ["other baselines"]
    assert found.ranges["other baselines"] == pytest.approx(found.whiskers[:2])
    assert found.same_top.all() and found.steady and found.check.value == 0
    assert "“ran” is still its top word" in found.in_words()
    assert "baseline pad" in found.notes[0]  # a toy has no filling piece


def test_other_seeds_change_a_method_that_draws_lots(tmp_path):
    run, target = of("lstm", tmp_path)
    found = stability(run, target, "smooth_grad", Options(seeds=3, edited=False))
    assert found.changes[:4] == ("as shown", "seed 1", "seed 2", "seed 3")
    assert (found.values[1:] != found.values[0]).any(axis=1).all()
    expected = explain(run, "smooth_grad", target, seed=2)
    assert np.array_equal(found.values[2], Subject.of(run, target).by_word(expected.values))
    again = stability(run, target, "smooth_grad", Options(seeds=3, edited=False))
    assert np.array_equal(found.values, again.values)


def test_every_kind_of_change_has_a_range_of_its_own(tmp_path):
    run, target = of("lstm", tmp_path)
    found = stability(run, target, "gradient_shap", Options(seeds=2))
    kinds = {"seed": "other seeds", "baseline": "other baselines"}
    for kind, (low, high) in found.ranges.items():
        rows = [0, *(n for n, change in enumerate(found.changes)
                     if n and kinds.get(change.split()[0], "small edits") == kind)]  # fmt: skip
        assert len(rows) > 1
        assert np.array_equal(low, found.values[rows].min(axis=0))
        assert np.array_equal(high, found.values[rows].max(axis=0))
    assert set(found.ranges) == {"other seeds", "other baselines", "small edits"}


def test_correlations_are_scipys(tmp_path):
    from scipy.stats import spearmanr

    run, target = of("lstm", tmp_path)
    found = stability(run, target, "gradient_times_input")
    assert len(found.changes) > 2
    for row, values in enumerate(found.values):
        assert found.correlations[0, row] == pytest.approx(spearmanr(found.values[0], values)[0])
    assert np.array_equal(found.correlations, found.correlations.T)


@pytest.mark.parametrize("name", ["lstm", "gpt2", "bert", "bert-classifier", "span"])
def test_words_are_matched_and_the_question_stays(name, tmp_path):
    run, target = of(name, tmp_path)
    subject, seen = Subject.of(run, target), 0
    for edit in edits(subject):
        found = edited(subject, edit)
        if found is None:
            continue
        moved, which = found
        seen += 1
        shown = [moved.shown[word].lower() for word in which]
        assert shown == [word.lower() for word in subject.shown]
        assert moved.target.tokens == target.tokens
        for old, new in zip(target.places, moved.target.places, strict=True):
            if old < len(run.tokens):
                assert moved.run.tokens.ids[new] == run.tokens.ids[old]
            else:
                assert new == len(moved.run.tokens)
    assert seen >= 1


def test_edits_of_a_text(tmp_path):
    run = record(tiny.lstm_model(tmp_path), "the keys to the cabinet are")
    text = run.tokens.text
    written = {edit.name: edit.written(text) for edit in edits(Subject.of(run, at(run, len(run.tokens))))}
    assert written == {
        "a doubled space": "the  keys to the cabinet are",
        "a doubled space further on": "the keys to  the cabinet are",
        "a capital first letter": "The keys to the cabinet are",
        "a space in front": " the keys to the cabinet are",
    }  # no full stop: what comes after the end is what is explained
    judged, target = of("bert-classifier", tmp_path, text="A dog ran")
    names = {edit.name: edit.written("A dog ran") for edit in edits(Subject.of(judged, target))}
    assert names["a full stop"] == "A dog ran." and names["a small first letter"] == "a dog ran"


def test_nothing_to_change_and_nothing_to_compare_are_refused():
    run = toy_run()
    with pytest.raises(Refusal, match="Nothing small can be changed here for “Gradient × input”"):
        stability(run, at(run, 4), "gradient_times_input", Options(edited=False))
    flat = toy_run(decoder=((0.0, 0.0),) * 4)
    with pytest.raises(Refusal, match="gives every word the same score here"):
        stability(flat, at(flat, 4, measure="logit"), "gradient_norm", Options(edited=False))
    with pytest.raises(Refusal, match="seeds must lie between 0 and 100"):
        Options(seeds=-1)
