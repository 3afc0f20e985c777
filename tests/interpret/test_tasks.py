"""Classifiers and models that fill gaps: the same methods, answers worked out in tests/toys.py."""

import math

import numpy as np
import pytest
import torch

from interpret import explain, record
from interpret.method import UnknownMethod
from interpret.run import hide
from interpret.target import BadTarget, at, every, of_class, parse
from models.refusals import Refusal
from tests.toys import Toy, ToyClassifier, ToyFiller

TEXT = " red dog ran"
METHODS = ("gradient_times_input", "integrated_gradients", "leave_one_out")


def classified():
    return record(ToyClassifier(), TEXT)


def filled():
    return record(ToyFiller(), TEXT)


def test_classes_of_a_text():
    found = explain(classified(), "classes")
    assert found.logits.tolist() == [6.0, 19.0]
    assert found.values == pytest.approx([1 / (1 + math.e**13), 1 / (1 + math.e**-13)])
    assert found.in_words().startswith("The model takes this text for down (100")
    assert found.notes, "as good as certain, and that is said"


@pytest.mark.parametrize("method", METHODS)
def test_a_linear_classifier_is_explained_exactly(method):
    """Logits are sums over words: up reads the second entry, down the first plus twice the second."""
    found = explain(classified(), method, every(classified(), "logit"))
    assert found.values[:, 1:].tolist() == [[-1.0, 4.0, 1.0], [1.0, 6.0, 7.0]]
    assert found.totals.tolist() == [6.0, 19.0]
    assert (found.asked.shown, found.asked.task) == (("up", "down"), "classify")


def test_the_norm_of_a_linear_classifier_is_its_weights():
    found = explain(classified(), "gradient_norm", every(classified(), "logit"))
    assert np.allclose(found.values, [[1.0] * 4, [math.sqrt(5)] * 4])
    assert found.check.value == 0.0 and "computed again" in found.check.in_words()


def test_why_one_class_and_not_the_other():
    run = classified()
    found = explain(run, "gradient_times_input", of_class(run, "down", "contrast"))
    assert found.values.tolist() == [1.0 + 2.0, 2.0, 2.0, 6.0]  # (1, 1) . vector
    assert found.asked.in_words() == "the lead (logit difference) of “down” over “up”"
    assert parse(run, "down/up") == of_class(run, "down", "contrast", "up")


@pytest.mark.parametrize("method", METHODS)
def test_each_gap_is_explained_with_its_word_hidden(method):
    """Scores of (red, dog, ran) for each hidden word: its decoder row times the others' vectors."""
    found = explain(filled(), method, every(filled(), "logit"))
    red, dog, ran = (1.0, 2.0), (2.0, -1.0), (-1.0, 3.0)
    vectors = ((3.0, -1.0), (-2.0, 4.0), (5.0, 1.0))
    expected = [
        [0.0 if word == gap else row[0] * x + row[1] * y for word, (x, y) in enumerate(vectors)]
        for gap, row in enumerate((red, dog, ran))
    ]
    assert found.values[:, 1:].tolist() == pytest.approx(np.array(expected))
    assert found.totals.tolist() == [18.0, 16.0, 13.0]
    assert found.asked.places == (1, 2, 3)


def test_fill_ins_are_asked_with_the_word_hidden():
    found = explain(filled(), "next_words", top=2)
    assert found.candidates[1:] == ((" red", " ran"), (" dog", " red"), (" ran", " red"))
    assert found.rank.tolist() == [0, 1, 1, 1]
    share = math.e**18 / sum(math.e**logit for logit in (7, 18, 1, 17))
    assert found.surprise[1] == pytest.approx(-math.log2(share))
    assert found.surprise[0] == 0 and not found.predicted[0]
    assert "guesses 3 of 3 right" in found.in_words()


def test_hiding_equals_writing_the_mask():
    run = filled()
    masked = run.vectors.clone()
    masked[2] = run.model.embed(torch.tensor([0]))[0]
    assert torch.equal(hide(run, 2).vectors, masked)
    assert torch.equal(hide(run, 2).logits, run.model.record(masked).logits)


def test_what_a_task_does_not_have_is_refused():
    with pytest.raises(UnknownMethod, match="toy-classifier names a class: “Next words” is for"):
        explain(classified(), "next_words")
    with pytest.raises(UnknownMethod, match="toy writes the next word: “Classes” is for classifiers"):
        explain(record(Toy(), TEXT), "classes")
    with pytest.raises(BadTarget, match="knows no class 'sideways': choose one of up, down"):
        of_class(classified(), "sideways")
    with pytest.raises(BadTarget, match="no token 4: this text has tokens 0 to 3"):
        at(filled(), 4)
    with pytest.raises(Refusal, match="has no mask"):
        hide(record(Toy(), TEXT), 1)
