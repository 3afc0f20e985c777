"""Factors: a product of two small matrices is found again, the error is scikit-learn's, partners match."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import models
from interpret import explain, record
from interpret.method import UnknownMethod
from interpret.methods.factors import parts
from interpret.units import Unit
from interpret.units_nmf import explained, factorise, matched, stability
from models.refusals import Refusal
from tests import tiny


def activations(tokens: int, units: int, seed: int = 0) -> torch.Tensor:
    lots = torch.Generator().manual_seed(seed)
    low_rank = torch.rand(tokens, 8, generator=lots) ** 4 @ (torch.rand(8, units, generator=lots) ** 6 * 3)
    return (low_rank + 0.3 * torch.randn(tokens, units, generator=lots)).clamp(min=0)


def test_two_factors_on_paper():
    # rows 0 and 1 are (2, 0, 1) once and twice, row 2 is (0, 3, 0): two factors without anything left over
    x = torch.tensor([[2.0, 0.0, 1.0], [4.0, 0.0, 2.0], [0.0, 3.0, 0.0]])
    w, h = factorise(x, 2, steps=500, tolerance=0)
    assert explained(x, w, h) > 0.99999
    first = int(h[:, 1].argmin())
    torch.testing.assert_close(h[first] / h[first].max(), torch.tensor([1.0, 0.0, 0.5]), rtol=0, atol=1e-3)
    torch.testing.assert_close(
        w[:, first] / w[:, first].max(), torch.tensor([0.5, 1.0, 0.0]), rtol=0, atol=1e-3
    )


def test_the_error_is_scikit_learns():
    from sklearn import decomposition

    NMF: Any = decomposition.NMF

    x = activations(48, 200)
    theirs: Any = NMF(n_components=6, init="random", random_state=0, max_iter=500)
    w = torch.from_numpy(theirs.fit_transform(x.numpy()))
    reached = explained(x, w, torch.from_numpy(theirs.components_))
    assert 1 - explained(x, *factorise(x, 6)) <= 1.01 * (1 - reached)


def test_more_factors_leave_less():
    x = activations(30, 80)
    left = [1 - explained(x, *factorise(x, count)) for count in (2, 4, 8)]
    assert left[0] > left[1] > left[2] > 0
    for part in factorise(x, 4):
        assert bool((part >= 0).all())


def test_partners_are_matched_one_to_one():
    one = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 2.0]])
    assert matched(one, one[[2, 0, 1]] * 5).tolist() == [1.0, 1.0, 1.0]
    # both rows look most like (1, 1): together they are most alike if the second takes the odd one, (0, 1)
    found = matched(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([[1.0, 1.0], [0.0, 1.0]]))
    np.testing.assert_allclose(found, [0.5**0.5, 0.5**0.5])


def test_steady_factors_are_told_from_others():
    x = torch.block_diag(*(torch.rand(6, 20) + 0.5 for _ in range(3)))
    assert (stability(x, factorise(x, 3)[1], 2) > 0.99).all()
    noise = torch.rand(18, 60)
    assert (stability(noise, factorise(noise, 3)[1], 2) < 0.99).any()


def test_cells_go_in_twice_neurons_once():
    values = np.array([[1.0, -2.0], [-3.0, 4.0]])
    x, names = parts(values, [Unit(1, 0, "cell"), Unit(1, 1, "cell")])
    assert x.tolist() == [[1, 0, 0, 2], [0, 4, 3, 0]]
    assert names == ["cell 1.0", "cell 1.1", "cell 1.0 (−)", "cell 1.1 (−)"]
    x, _ = parts(values, [Unit(1, 0, "neuron"), Unit(1, 1, "neuron")])
    assert x.tolist() == [[1, 0], [0, 4]]


def test_factors_of_a_text(tmp_path: Path):
    run = record(models.load(tiny.huggingface_folder(tmp_path, "gpt2")), tiny.TEXT)
    found = explain(run, "factors", count=3, layers="1, 3")
    assert found.values.shape == (3, len(run.tokens))
    np.testing.assert_allclose(found.values.max(axis=1), 1.0)
    assert found.neurons == 104 and found.written == 0
    assert all(unit.startswith(("neuron 1.", "neuron 3.")) for units in found.units for unit in units)
    assert (np.diff(found.share) <= 0).all() and found.share.sum() == pytest.approx(1)
    np.testing.assert_array_equal(explain(run, "factors", count=3, layers="1, 3").values, found.values)
    json.dumps(found.to_json(), allow_nan=False)
    longer = explain(run, "factors", count=2, write=4)
    assert longer.written == 4 and len(longer.tokens) == len(run.tokens) + 4
    assert longer.text.startswith(run.tokens.text)


@pytest.mark.parametrize(
    ("wrong", "said"), [({"count": 1}, "between 2 and 16"), ({"layers": "one"}, "numbers from 1")]
)
def test_other_numbers_of_factors_are_refused(tmp_path: Path, wrong, said):
    run = record(tiny.lstm_model(tmp_path), tiny.TEXT)
    with pytest.raises((UnknownMethod, Refusal), match=said):
        explain(run, "factors", **wrong)


def test_a_layer_that_is_not_there_is_refused(tmp_path: Path):
    run = record(tiny.lstm_model(tmp_path), tiny.TEXT)
    with pytest.raises(Refusal, match="has 2 layers: choose some of 1 to 2"):
        explain(run, "factors", layers="5")
