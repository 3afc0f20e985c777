"""Whether scores add up: by steps, on paper, against captum; and what cannot be asked."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from interpret import every, record
from interpret.target import BadTarget, at
from interpret.trust.completeness import Options, completeness
from interpret.trust.evidence import EVIDENCE
from models.refusals import Refusal
from tests.interpret.trust import numbers
from tests.toys import Toy, toy_run


def test_a_cubed_model_on_paper():
    # f = w . state^3 along the way s * state: f'(s) = 3 s^2 f. One node at 1/2 finds 3/4 of the change, so a
    # gap of 25 %; two nodes of Gauss-Legendre are exact for powers up to 3. The start mark, part of both
    # texts, is made 0 here, so that the blank text has f = 0.
    run = toy_run(power=3, start=False)
    found = completeness(run, at(run, 3, 1, measure="logit"))
    assert found.steps.tolist() == [1, 2]
    assert found.values == pytest.approx([25, 0], abs=1e-4)
    assert found.sums == pytest.approx([0.75 * found.wanted, found.wanted], rel=1e-5)
    assert found.grade == "good" and found.bare == 0
    assert found.in_words().startswith("With 2 steps from a blank text (zeros), the scores add up to ")
    assert found.in_words().endswith("a gap of less than 0.01\u00a0%.")


def test_too_few_steps_fail_the_check():
    run = toy_run(power=3, start=False)
    found = completeness(run, at(run, 3, 1, measure="logit"), Options(most=1))
    assert not found.check.passed and found.grade == "bad"
    assert "That is too much" in found.check.in_words()


@pytest.mark.parametrize("name", numbers.TASKS)
def test_gaps_close_for_every_task(name, tmp_path):
    run, target = numbers.of(name, tmp_path)
    found = completeness(run, target)
    assert found.check.passed and found.values[-1] <= 1
    assert found.sums[-1] == pytest.approx(found.wanted, rel=0.0101)


def test_the_gap_is_captums_convergence_delta(tmp_path):
    from captum.attr import IntegratedGradients

    from interpret.blank import blank

    run, target = numbers.of("gpt2", tmp_path)
    found = completeness(run, target, Options(most=2, tolerance=1e-9))

    def number(vectors: torch.Tensor) -> torch.Tensor:
        return target.scores(run.model.unembed(run.model.states(vectors)[:, target.positions]))[:, 0]

    for row, steps in enumerate(found.steps.tolist()):
        _, delta = IntegratedGradients(number).attribute(
            run.vectors[None].clone(), blank(run, "zero")[None], n_steps=steps, return_convergence_delta=True
        )
        assert found.sums[row] - found.wanted == pytest.approx(float(delta), abs=2e-5)


def test_what_cannot_be_asked_is_refused():
    run = toy_run()
    with pytest.raises(BadTarget, match="about one number"):
        completeness(run, every(run))
    with pytest.raises(Refusal, match="toy has no <pad> piece"):
        completeness(run, at(run, 3), Options(baseline="pad"))
    with pytest.raises(Refusal, match="most must lie"):
        Options(most=0)
    blind = Toy()
    blind.card = replace(blind.card, abilities=frozenset({"unembed"}))
    deaf = record(blind, " red dog ran")
    with pytest.raises(Refusal, match="no gradients"):
        completeness(deaf, at(deaf, 3))


def test_options_and_settings_reach_the_evidence():
    run = toy_run(" red dog ran red dog", power=3)
    target = at(run, 5, measure="logit")
    few = EVIDENCE["faithfulness"](run, target, ["gradient_norm"], orders=3, insertion=False, greedy=True)
    assert few.insertion is None and few.greedy is not None and few.options["orders"] == 3
    with pytest.raises(Refusal, match="There is no option greed: choose of way"):
        EVIDENCE["faithfulness"](run, target, ["gradient_norm"], greed=True)
    asked = {"integrated_gradients": {"baseline": "mean"}}
    names = ["integrated_gradients", "leave_one_out"]
    plain, other = (EVIDENCE["agreement"](run, target, names, **more) for more in ({}, {"settings": asked}))
    moved = EVIDENCE["stability"](run, target, names[:1], settings=asked, edited=False)
    usual = EVIDENCE["stability"](run, target, names[:1], edited=False)
    assert not np.allclose(moved.values[0], usual.values[0])
    assert "baseline zero" in moved.changes and "baseline mean" in usual.changes
    assert plain.values.shape == other.values.shape
