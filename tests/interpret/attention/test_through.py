"""Attention followed through layers: on paper, its laws, and flow against networkx."""

import networkx
import numpy as np
import pytest
import torch

from interpret import explain
from interpret.attention.maps import TooLong
from interpret.attention.through import fair, flow, rollout, with_residual
from interpret.method import UnknownMethod
from interpret.run import record
from models.attending import NotTakenApart

TWO = torch.tensor([[[1.0, 0.0], [0.5, 0.5]], [[1.0, 0.0], [1.0, 0.0]]], dtype=torch.float64)


def random_maps(seed: int, layers: int, length: int, *, back: bool) -> torch.Tensor:
    found = torch.rand(layers, length, length, generator=torch.Generator().manual_seed(seed)).double() + 0.01
    found = found.tril() if back else found
    return found / found.sum(-1, keepdim=True)


def test_rollout_of_two_tokens_on_paper():
    # Half of each layer is kept: layer 1 is (1 0; 1/4 3/4), layer 2 (1 0; 1/2 1/2). Their product's second row:
    # 1/2 (1, 0) + 1/2 (1/4, 3/4) = (5/8, 3/8).
    found = rollout(with_residual(TWO))
    torch.testing.assert_close(found[0], torch.tensor([[1.0, 0.0], [0.25, 0.75]], dtype=torch.float64))
    torch.testing.assert_close(found[1], torch.tensor([[1.0, 0.0], [0.625, 0.375]], dtype=torch.float64))


@pytest.mark.parametrize("back", [True, False])
def test_rollout_rows_sum_to_1_and_stay_behind_the_asking_token(back):
    found = rollout(with_residual(random_maps(1, 3, 5, back=back)))
    torch.testing.assert_close(found.sum(-1), torch.ones(3, 5, dtype=torch.float64))
    assert (found.triu(1).abs().max() == 0) == back


def test_looking_at_oneself_rolls_out_to_oneself():
    itself = torch.eye(4, dtype=torch.float64).expand(3, 4, 4)
    torch.testing.assert_close(rollout(with_residual(itself)), itself)


def test_an_even_look_is_fair_to_all():
    lower = torch.ones(4, 4, dtype=torch.float64).tril()
    even = with_residual((lower / lower.sum(-1, keepdim=True)).expand(2, 4, 4))
    found = fair(rollout(even), even)
    torch.testing.assert_close(found, (lower / lower.sum(-1, keepdim=True)).expand(2, 4, 4))


def test_flow_equals_networkx_and_is_never_below_rollout():
    mixed = with_residual(random_maps(2, 2, 4, back=False))
    found = flow(mixed)
    graph = networkx.DiGraph()
    for layer in range(2):
        for q, k in np.ndindex(4, 4):
            graph.add_edge((layer + 1, q), (layer, k), capacity=float(mixed[layer, q, k]))
    for layer, q, k in np.ndindex(2, 4, 4):
        theirs = networkx.maximum_flow_value(graph, (layer + 1, q), (0, k))
        assert found[layer, q, k] == pytest.approx(theirs, abs=1e-6)
    assert (rollout(mixed).numpy() - found).max() < 1e-6
    np.testing.assert_allclose(found[0], mixed[0], atol=1e-6)  # one layer: the flow is the pipe


def test_long_texts_and_other_models_are_refused(run, once):
    with pytest.raises(NotTakenApart, match="looks once and has nothing to follow"):
        explain(once, "attention_rollout")
    if run.model.card.name == "tiny-induction":
        long = record(run.model, " ".join(["the keys"] * 16))
        with pytest.raises(TooLong, match=r"Flow takes too long for \d+ tokens: shorten the text to 30"):
            explain(long, "attention_flow")
    with pytest.raises(UnknownMethod, match="has no option alike"):
        explain(run, "attention_rollout", alike=True)
