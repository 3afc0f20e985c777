"""SmoothGrad: exact where there is nothing to smooth, captum's with the same shakes, honest chance."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from interpret import explain
from interpret.method import UnknownMethod
from interpret.methods.smooth_grad import Options, noise
from interpret.target import Target, every, span
from tests.interpret import loops
from tests.toys import EMBEDDING, toy_run

NAME = "smooth_grad"
THE_RAN = Target(measure="logit", places=(3,), tokens=(3,))  # "ran" after "red dog"


def test_a_linear_model_on_paper():
    # Its gradient is everywhere the same, so shaking changes nothing: (-1, 3) * <s> / 4, red / 2, dog.
    found = explain(toy_run(), NAME, THE_RAN)
    assert found.values.tolist() == pytest.approx([1.25, -3, 14, 0])
    assert found.check.value == pytest.approx(0, abs=1e-5)
    assert (found.unit, found.signed, found.total) == ("logits", True, 12.25)


def test_a_cubed_model_on_paper():
    # One word x = (-2, 4), cubed: the gradient of -x1^3 + 3 x2^3 is (-3 x1^2, 9 x2^2). A shake e and its
    # opposite add e^2 on average: the score is 6 (4 + v) + 36 (16 + v), v the mean of the squared shakes.
    run = toy_run(" dog", power=3, start=False)
    found = explain(run, NAME, Target(measure="logit", places=(1,), tokens=(3,)), samples=8)
    squares = (noise(run, Options(samples=8))[:, 0] ** 2).mean(0)
    expected = 6 * (4 + squares[0]) + 36 * (16 + squares[1])
    assert found.values.tolist() == pytest.approx([float(expected)], rel=1e-5)
    assert expected > 600.1  # gradient times input is 600


def test_shakes_have_the_size_asked_for_and_leave_the_start_mark_alone():
    shakes = noise(toy_run(), Options(level=0.5, samples=4096))
    # Around the mean (7/4, 6/4) the vectors' entries spread by the root of their mean square.
    spread = np.sqrt(np.mean((np.array(EMBEDDING) - np.mean(EMBEDDING, axis=0)) ** 2))
    assert float(shakes[:, 1:].std()) == pytest.approx(0.5 * spread, rel=0.02)
    assert not shakes[:, 0].any()
    assert torch.equal(shakes[0], -shakes[1])


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_equals_captum_with_the_same_shakes(tmp_path: Path, family: str, monkeypatch):
    import captum.attr

    run = loops.run_of(family, tmp_path)
    target = every(run).rows([2, 6])
    shakes = noise(run, Options(samples=8, level=1.0))
    monkeypatch.setattr(torch, "normal", lambda *_given, **_settings: shakes)
    theirs = []
    for function in loops.functions(run, target):
        tunnel = captum.attr.NoiseTunnel(captum.attr.Saliency(function))
        given = run.vectors[None].clone().requires_grad_(True)
        found: Any = tunnel.attribute(given, nt_samples=8, abs=False)[0]
        theirs.append((found * run.vectors).sum(-1).detach().numpy())
    expected = np.stack(theirs)
    loops.close(explain(run, NAME, target, samples=8, level=1.0).values, expected)


def test_the_error_is_that_of_pairs_and_a_span_has_its_own(tmp_path: Path):
    run = loops.run_of("gpt2", tmp_path)
    few, many = (explain(run, NAME, samples=n, level=1.0) for n in (16, 400))
    off = np.abs(few.values - many.values)
    assert few.spread.max() > 1e-3
    assert (off <= 6 * (few.spread + many.spread) + 1e-6).all()
    assert many.spread.max() < 0.5 * few.spread.max()
    whole = explain(run, NAME, span(run, 2, 5), samples=16, level=1.0)
    assert whole.spread.shape == whole.values.shape
    assert 0 < whole.spread.max() <= few.spread[1:5].sum(axis=0).max()
    assert whole.check.value == pytest.approx(whole.spread.max())


def test_portions_do_not_change_the_numbers(tmp_path: Path):
    run = loops.run_of("lstm", tmp_path)
    all_at_once = explain(run, NAME, every(run), samples=40).values
    one_by_one = np.stack([
        explain(run, NAME, every(run).rows([row]), samples=40).values for row in range(len(all_at_once))
    ])  # fmt: skip
    loops.close(one_by_one, all_at_once)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [({"level": 0.0}, "level must lie above 0"), ({"samples": 5}, "samples must be an even number from 4")],
)
def test_options_that_make_no_sense_are_refused(options: dict, sentence: str):
    with pytest.raises(UnknownMethod, match=f"smooth_grad: {sentence}"):
        explain(toy_run(), NAME, **options)
