"""Long texts are worked through in portions: 1,000 tokens are neither refused nor held all at once."""

from typing import Any

import numpy as np
import pytest
from torch import Tensor

from interpret import every, explain, record
from interpret.sensitivity import input_gradients
from interpret.target import at
from interpret.trust import removal
from interpret.trust.faithfulness import Options, curves
from interpret.trust.subject import maps
from tests.toys import Toy

LONG = " red dog ran" * 333 + " dog"


class Watched(Toy):
    """Keeps how many tokens went through it at one time."""

    def __init__(self) -> None:
        super().__init__()
        self.at_once: list[int] = []

    def states(self, vectors: Tensor) -> Tensor:
        self.at_once.append(vectors.shape[0] * vectors.shape[1])
        return super().states(vectors)


@pytest.fixture
def run() -> Any:
    return record(Watched(), LONG)


def test_leaving_out_goes_in_portions(run: Any):
    run.model.at_once.clear()
    found = explain(run, "leave_one_out", at(run, 1000, 1, measure="logit"))
    assert len(run.tokens) == 1001 and found.values.shape == (1001,)
    assert max(run.model.at_once) <= 4096
    # After token 999 the state is linear: what a word 30 places back gave has been halved 30 times.
    assert abs(found.values[999]) > 0.1 and np.abs(found.values[:900]).max() < 1e-4


def test_curves_go_in_portions(run: Any):
    target = at(run, 1001, 1, measure="logit")
    given = maps(run, target, ["gradient_times_input"])
    run.model.at_once.clear()
    found = curves(run, target, given, Options(insertion=False, orders=2))
    assert found.values.shape == (1, 1001)
    assert max(run.model.at_once) <= removal.AT_ONCE


def test_gradients_of_every_token_go_in_portions(run: Any):
    target, budget = every(run, "logit"), 1
    one_row = 1001 * 2 * 4 * 12  # bytes: tokens, width, float32, a block's widest layer there and back
    rows = [len(part) for part, _, _ in input_gradients(run.model, run.vectors[None], target, budget)]
    assert sum(rows) == 1001 and max(rows) == 2**20 // one_row
