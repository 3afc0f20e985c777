"""KernelSHAP: the Shapley values on paper and by captum, sums held, honest chance."""

from itertools import product
from math import comb
from pathlib import Path

import numpy as np
import pytest
import torch

from interpret import explain, record
from interpret.blank import blank
from interpret.method import UnknownMethod
from interpret.surrogate import fitted
from interpret.target import Target, every, span
from models.refusals import Refusal
from tests.interpret import loops
from tests.toys import ToyClassifier, toy_run

NAME = "kernel_shap"


def test_two_words_that_act_together_on_paper():
    # The Shapley values of tests/interpret/test_shapley.py: -37.5 and 166.25.
    run = toy_run(power=3, start=False)
    target = Target(measure="logit", places=(2,), tokens=(3,))
    found = explain(run, NAME, target, absent="zero")
    assert found.values.tolist() == pytest.approx([-37.5, 166.25, 0])
    assert (found.total, found.unit, found.signed) == (128.75, "logits", True)


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_with_all_groups_it_is_the_shapley_values(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path, "the keys to it, a dog")
    found = explain(run, NAME)
    loops.close(found.values, explain(run, "shapley_sampling").values)
    assert found.check.value == 0
    assert found.notes[0] == "Every group of words was taken away once."


def test_equals_captums_with_the_same_groups(tmp_path: Path):
    # captum draws groups by their weight and counts them alike; given each once, its fit must weigh them.
    import captum.attr
    from captum._utils.models.linear_model import SkLearnLinearRegression

    run = loops.run_of("lstm", tmp_path, "the keys to it")
    target = every(run).rows([-1 % (len(run.tokens))])
    words = torch.from_numpy(np.maximum(run.tokens.words - 1, 0))
    groups = [torch.tensor([bits]) for bits in product((0, 1), repeat=int(words.max()) + 1)]

    def kernel(_given, _changed, group, **_settings) -> torch.Tensor:
        size, count = int(group.sum()), group.shape[1]
        inner = size * (count - size)
        return torch.tensor((count - 1) / comb(count, size) / inner if inner else 1e6)

    def each(*_given, **_settings):
        yield from groups

    theirs = captum.attr.Lime(
        next(loops.functions(run, target)), SkLearnLinearRegression(), kernel,
        perturb_func=each,
    ).attribute(
        run.vectors[None], baselines=blank(run, "zero")[None], feature_mask=words[None, :, None],
        n_samples=len(groups),
    )[0, :, 0]  # fmt: skip
    ours = explain(run, NAME, target, absent="zero").values
    for word in range(int(words.max()) + 1):
        inside = (words.numpy() == word) & (np.arange(len(words)) > 0)
        assert ours[inside].sum() == pytest.approx(float(theirs[inside][0]), abs=2e-4)


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_drawn_rows_add_up_and_chance_is_as_large_as_said(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path)
    drawn = explain(run, NAME, exact=0, samples=64, seed=2)
    counted = explain(run, "shapley_sampling")
    np.testing.assert_allclose(drawn.values.sum(axis=1), counted.values.sum(axis=1), atol=1e-4)
    off, error = np.abs(drawn.values - counted.values), drawn.spread
    assert (off <= 6 * error + 1e-5).all()
    assert error.max() > 1e-3
    assert off[error > 0].mean() > 0.2 * error[error > 0].mean()
    assert drawn.check.value == pytest.approx(error.max())
    assert not np.triu(drawn.values, 1).any()


def test_a_linear_model_leaves_nothing_to_chance():
    run = record(ToyClassifier(), " red dog ran dog red ran ran dog red dog")  # ten words, 64 of 1,024 groups
    found = explain(run, NAME, every(run, "logit"), samples=64)
    expected = [[-1, 4, 1, 4, -1, 1, 1, 4, -1, 4], [1, 6, 7, 6, 1, 7, 7, 6, 1, 6]]
    assert found.values[:, 1:] == pytest.approx(np.array(expected), abs=1e-4)
    assert found.check.value < 1e-4


def test_a_span_is_one_game(tmp_path: Path):
    run = loops.run_of("lstm", tmp_path)
    loops.close(
        explain(run, NAME, span(run, 2, 5)).values, explain(run, "shapley_sampling", span(run, 2, 5)).values
    )


def test_the_fit_is_scikit_learns():
    from sklearn.linear_model import LinearRegression

    lots = np.random.default_rng(0)
    inputs, numbers, weights = lots.normal(size=(40, 3)), lots.normal(size=40), lots.random(40)
    theirs = LinearRegression(fit_intercept=False).fit(inputs, numbers, weights).coef_
    np.testing.assert_allclose(fitted(inputs, numbers, weights)[0], theirs, rtol=1e-9)


def test_too_few_groups_are_refused():
    with pytest.raises(UnknownMethod, match="kernel_shap: samples must be 0 or lie between 16"):
        explain(toy_run(), NAME, samples=8)
    run = record(ToyClassifier(), " red" * 20)
    with pytest.raises(Refusal, match="16 samples are too few for 20 words: ask for at least 44"):
        explain(run, NAME, samples=16)
