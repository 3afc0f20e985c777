"""DeepLift: exact on a network of products and ReLUs, refused wherever its scores would not add up."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from interpret import explain, record
from interpret.blank import blank
from interpret.method import UnknownMethod
from interpret.methods.deep_lift import LIMIT, scores_of
from interpret.sensitivity import numbers_of
from interpret.target import Target, every
from models.refusals import Refusal
from tests.interpret import loops
from tests.toys import ToyClassifier, toy_run

NAME = "deep_lift"


class Bent(ToyClassifier):
    """The sum of the vectors minus (4, 9), through one ReLU; `times` itself in a model DeepLift cannot do."""

    def __init__(self, times: bool = False) -> None:
        super().__init__()
        self.card = replace(self.card, name="bent", family="transformer")
        self.network, self._times = torch.nn.Sequential(torch.nn.ReLU()), times

    def states(self, vectors: Tensor) -> Tensor:
        moved = self.network(super().states(vectors) - torch.tensor([4.0, 9.0]))
        return moved * moved if self._times else moved


def test_a_bent_line_on_paper():
    # " red dog ran" behind <s>: sum (7, 6), minus (4, 9): (3, -3), after the ReLU (3, 0). Blank: <s> alone,
    # (1, 2) - (4, 9) = (-3, -7), after the ReLU (0, 0). Of its change of 6 the first entry keeps 3: slope
    # 1/2; the second 0. up (0, 1): 0. down (1, 2): half of each first entry, 3, -2, 5.
    run = record(Bent(), " red dog ran")
    found = explain(run, NAME, every(run, "logit"))
    np.testing.assert_allclose(found.values, [[0, 0, 0, 0], [0, 1.5, -1, 2.5]], atol=1e-5)
    assert found.totals.tolist() == [0, 3]
    assert found.check.passed and found.check.value < 1e-3


def test_a_product_is_refused_with_the_gap():
    # Squares of (3, 0): 9 for down. captum's slope is half of 2 * 3: scores 3 * (3, -2, 5), 18 together.
    run = record(Bent(times=True), " red dog ran")
    with pytest.raises(
        Refusal, match=r"do not add up on bent: they miss .* up to 100\s% \(1\s% is allowed\)"
    ):
        explain(run, NAME, Target(measure="logit", places=(4,), tokens=(1,), task="classify"))


@pytest.mark.parametrize("family", ["gpt2", "llama", "opt"])
def test_transformers_break_it_and_are_refused_beforehand(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path)
    target, start = every(run).rows([2, 6, 9]), blank(run, "zero")
    sums = scores_of(run, target, start).sum(axis=1)
    both = numbers_of(run.model, torch.stack((run.vectors, start)), target)
    gap = np.abs(sums - (both[0] - both[1])) / np.abs(both[0] - both[1])
    assert gap.min() > 2 * LIMIT and gap.max() > 10 * LIMIT  # not a close thing
    with pytest.raises(UnknownMethod, match="attention multiplies numbers that both depend on the text"):
        explain(run, NAME, target)


def test_captums_deep_lift_on_an_lstm_is_gradient_times_input_and_is_refused(tmp_path: Path):
    run = loops.run_of("lstm", tmp_path)
    run.model.network = torch.nn.ModuleList(run.model._layers)  # type: ignore[attr-defined]
    target = every(run).rows([3, 7])
    loops.close(
        scores_of(run, target, torch.zeros_like(run.vectors)),
        explain(run, "gradient_times_input", target).values,
    )
    with pytest.raises(UnknownMethod, match="LSTM gates multiply numbers that both depend on the text"):
        explain(run, NAME, target)


def test_a_model_without_layers_to_go_through_is_refused():
    run = toy_run()
    run.model.card = replace(run.model.card, family="transformer")
    with pytest.raises(Refusal, match="toy shows no layers that DeepLift could go through"):
        explain(run, NAME)
