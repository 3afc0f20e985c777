"""GradientShap: on paper, captum's with the same draws, complete but for chance."""

from pathlib import Path

import numpy as np
import pytest
import torch

from interpret import explain, record
from interpret.method import UnknownMethod
from interpret.methods.gradient_shap import Options, draws
from interpret.target import Target, every, span
from tests.interpret import loops
from tests.toys import ToyClassifier, toy_run

NAME = "gradient_shap"
THE_RAN = Target(measure="logit", places=(3,), tokens=(3,))  # "ran" after "red dog"


def test_a_linear_model_on_paper():
    # From zeros: (-1, 3) * red / 2 = -3, dog 14; the start mark belongs to both texts. From the mean
    # (1.75, 1.5): red - mean = (1.25, -2.5), dog - mean = (-3.75, 2.5): -8.75 / 2 and 11.25.
    found = explain(toy_run(), NAME, THE_RAN)
    assert found.values.tolist() == pytest.approx([0, -3, 14, 0])
    assert found.check.value == pytest.approx(0, abs=1e-4)
    found = explain(toy_run(), NAME, THE_RAN, baseline="mean")
    assert found.values.tolist() == pytest.approx([0, -4.375, 11.25, 0])
    assert (found.unit, found.signed, found.total) == ("logits", True, 12.25)


def test_a_squared_model_needs_no_luck():
    # The gradient grows evenly on the way, and places come at equal distances from both ends:
    # the integrated gradients of tests/interpret/test_integrated_gradients.py, whatever was drawn.
    run = toy_run(power=2, start=False)
    found = explain(run, NAME, Target(measure="logit", places=(2,), tokens=(3,)), samples=4)
    assert found.values.tolist() == pytest.approx([-4.5, 41, 0])


def test_words_of_chance_as_the_blank_text():
    run = record(ToyClassifier(), " red dog ran")
    blanks, shares = draws(run, Options(baseline="words", samples=400))
    assert torch.equal(blanks[:, 0], run.vectors[:1].expand(200, -1))  # the start mark stays
    assert {tuple(v) for v in blanks[:, 1].tolist()} == {(1.0, 2.0), (3.0, -1.0), (-2.0, 4.0), (5.0, 1.0)}
    torch.testing.assert_close(shares[::2] + shares[1::2], torch.ones(200))
    found = explain(run, NAME, every(run, "logit"), baseline="words", samples=400)
    # Linear: row up (0, 1) times (x - mean of the 200 drawn words).
    expected = run.vectors[1:, 1] - blanks[:, 1:, 1].mean(0)
    assert found.values[0, 1:].tolist() == pytest.approx(expected.tolist(), abs=1e-4)
    assert found.check.value == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("baseline", ["zero", "words"])
@pytest.mark.parametrize("family", loops.FAMILIES)
def test_equals_captum_with_the_same_draws(tmp_path: Path, family: str, baseline: str, monkeypatch):
    run = loops.run_of(family, tmp_path)
    target = every(run).rows([2, 6])
    options = Options(baseline=baseline, samples=8)  # type: ignore[arg-type]
    blanks, shares = draws(run, options)
    monkeypatch.setattr(np.random, "uniform", lambda *_given: shares.double().numpy())
    monkeypatch.setattr(np.random, "choice", lambda count, *_given: np.arange(count))
    theirs = loops.by_captum(
        "GradientShap", run, target, baselines=blanks.repeat_interleave(2, dim=0), n_samples=8
    ).sum(-1)
    loops.close(explain(run, NAME, target, baseline=baseline, samples=8).values, theirs)


@pytest.mark.parametrize("family", ["lstm", "gpt2"])  # llama leaves zero too steeply for 400 draws
def test_comes_to_integrated_gradients_with_many_draws(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path)
    found = explain(run, NAME, samples=400)
    off = np.abs(found.values - explain(run, "integrated_gradients", tolerance=1e-4).values)
    assert (off <= 6 * found.spread + 1e-3).all()
    assert off.max() < 0.2 * np.abs(found.values).max()
    assert not np.triu(found.values, 1).any()


def test_a_span_adds_up_as_one(tmp_path: Path):
    run = loops.run_of("lstm", tmp_path)
    whole = explain(run, NAME, span(run, 2, 5))
    rows = explain(run, NAME, every(run).rows([1, 2, 3, 4]))
    loops.close(whole.values, rows.values.sum(axis=0))
    assert whole.spread.shape == whole.values.shape


def test_options_that_make_no_sense_are_refused():
    with pytest.raises(UnknownMethod, match="gradient_shap: baseline must be words, zero or mean"):
        explain(toy_run(), NAME, baseline="noise")
