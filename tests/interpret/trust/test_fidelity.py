"""Infidelity and sensitivity: 0 where they must be, and equal to their definitions written out."""

import numpy as np
import pytest
import torch

from interpret import explain, record
from interpret.method import find
from interpret.target import at, of_class
from interpret.trust.fidelity import Options, fidelity, infidelity, presence, sensitivity
from interpret.trust.subject import Subject, with_vectors
from models.refusals import Refusal
from tests.interpret.trust.numbers import Faint, of
from tests.toys import toy_run


def linear():
    run = record(Faint(), " red ran dog")
    return Subject.of(run, of_class(run, "down", "contrast"))


def test_an_exact_map_of_a_linear_model_misses_nothing_and_a_wrong_one_what_it_is_wrong_by():
    subject = linear()
    exact = np.array([0.2, 0.6, 0.2])
    assert infidelity(subject, exact, Options()) < 1e-12
    # wrong by 0.5 on the second word only: 0.25 times the mean square of how far that word faded
    draw = torch.Generator().manual_seed(0)
    size = (100, 3)
    parts = torch.rand(size, generator=draw, dtype=torch.float64)
    faded = parts * (torch.rand(size, generator=draw, dtype=torch.float64) < 0.3)
    expected = 0.25 * float(faded[:, 1].square().mean())
    assert infidelity(subject, exact + np.array([0, 0.5, 0]), Options()) == pytest.approx(expected, rel=1e-4)


def test_a_scaled_map_is_judged_by_its_shape():
    subject = linear()
    assert infidelity(subject, np.array([2.0, 6.0, 2.0]), Options(), scaled=True) < 1e-9
    zeros = infidelity(subject, np.zeros(3), Options())
    opposite = infidelity(subject, np.array([1.0, 0.0, -1.0]), Options(), scaled=True)
    assert 0.3 * zeros < opposite <= zeros


@pytest.mark.parametrize("name", ["gpt2", "bert", "span"])
def test_the_number_with_every_word_there_is_the_number(name, tmp_path):
    run, target = of(name, tmp_path)
    subject = Subject.of(run, target)
    total = explain(run, "gradient_times_input", target).total
    assert float(presence(subject)(torch.ones(1, len(subject.groups)))[0]) == pytest.approx(total, abs=1e-4)


def test_sensitivity_is_its_definition_written_out(tmp_path):
    run, target = of("gpt2", tmp_path)
    subject, options = Subject.of(run, target), Options(moves=3)
    method = find()["gradient_times_input"]
    draw = torch.Generator().manual_seed(0)
    radius = 0.02 * run.vectors.square().mean().sqrt()

    def scores(vectors: torch.Tensor) -> np.ndarray:
        return subject.by_word(method.compute(with_vectors(run, vectors), target, method.options()).values)

    own, largest = scores(run.vectors), 0.0
    for move in 2 * torch.rand((3, 1, *run.vectors.shape), generator=draw) - 1:
        there = scores(run.vectors + move[0] * radius)
        largest = max(largest, float(np.linalg.norm(there - own) / np.linalg.norm(own)))
    assert sensitivity(subject, method, method.options(), options) == pytest.approx(largest, rel=1e-4)


def test_the_gradient_norm_of_a_linear_model_does_not_move():
    subject, method = linear(), find()["gradient_norm"]
    assert sensitivity(subject, method, method.options(), Options()) < 1e-6


@pytest.mark.parametrize("name", ["lstm", "bert", "bert-classifier"])
def test_every_task_and_any_method_can_be_measured(name, tmp_path):
    run, target = of(name, tmp_path)
    names = ["leave_one_out", "gradient_norm"]
    found = fidelity(run, target, names, Options(samples=20, moves=2))
    assert (found.unexplained >= 0).all() and (found.unexplained <= 1 + 1e-9).all()
    assert (found.sensitivity > 0).all() and found.moves > 0
    assert found.unit == "nats squared" and "nats in size" in found.in_words()
    assert found.check.in_words().startswith("The best of these maps leaves")
    alone = fidelity(run, target, names[:1], Options(samples=20, moves=2))
    assert alone.check.in_words().startswith("This map leaves")
    assert "Maps without a sign (Gradient norm)" in found.notes[0]
    again = fidelity(run, target, names, Options(samples=20, moves=2))
    assert np.array_equal(found.values, again.values)


def test_what_does_not_move_is_refused():
    run = toy_run(decoder=((0.0, 0.0),) * 4)
    with pytest.raises(Refusal, match="Fading words do not move this number at all"):
        fidelity(run, at(run, 4), ["leave_one_out"])
    with pytest.raises(Refusal, match="at least 2 samples"):
        Options(samples=1)
