"""Products with fixed matrices: the same numbers as torch's own, forward and backward."""

import copy

import pytest
import torch

from models import product
from models.product import Product, freeze


class Head(torch.nn.Module):
    """Two layers and an output layer, as `freeze` expects of a network."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = torch.nn.Linear(3, 5), torch.nn.Linear(5, 2, bias=False)
        self.out = torch.nn.Linear(2, 4)
        self.requires_grad_(False)

    def get_output_embeddings(self) -> torch.nn.Module:
        """The layer that stays as it is."""
        return self.out

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """(..., 3) -> (..., 4)."""
        return self.out(self.second(self.first(rows).tanh()))


def test_a_product_on_paper():
    # [1 2] times [[3 4 5], [6 7 8]] = [3+12, 4+14, 5+16]
    matrix = torch.tensor([[3.0, 4.0, 5.0], [6.0, 7.0, 8.0]])
    assert Product(matrix)(torch.tensor([[1.0, 2.0]])).tolist() == [[15.0, 18.0, 21.0]]


@pytest.mark.parametrize(("dtype", "off"), [(torch.float32, 1e-6), (torch.float64, 1e-14)])
def test_a_frozen_network_computes_the_same_there_and_back(dtype, off):
    torch.manual_seed(0)
    plain = Head().to(dtype)
    frozen = Head().to(dtype)
    frozen.load_state_dict(plain.state_dict())
    freeze(frozen)
    rows = torch.randn(2, 7, 3, dtype=dtype)
    sent = torch.randn(6, 2, 7, 4, dtype=dtype)
    found = []
    for network in (plain, frozen):
        leaf = rows.clone().requires_grad_(True)
        out = network(leaf)
        (back,) = torch.autograd.grad(out, leaf, sent, is_grads_batched=True)
        found.append((out.detach(), back))
    for one, other in zip(*found, strict=True):
        assert torch.allclose(one, other, rtol=0, atol=off * float(one.abs().max()) * 10)


def test_without_gradients_nothing_of_the_way_back_is_made(monkeypatch):
    network, rows = Head(), torch.ones(2, 3)
    freeze(network)
    expected, made = network(rows.requires_grad_(True)).detach(), []
    monkeypatch.setattr(product._Affine, "apply", lambda *_: made.append("apply"))
    with torch.no_grad():
        assert network(rows).tolist() == expected.tolist()
    assert made == [] and "back" not in vars(network.first.forward)


def test_a_copy_of_a_frozen_network_computes_the_same():
    network, rows = Head(), torch.ones(2, 3)
    freeze(network)
    with torch.no_grad():
        assert copy.deepcopy(network)(rows).tolist() == network(rows).tolist()


def test_a_large_network_is_left_as_it_is(monkeypatch):
    network = Head()
    monkeypatch.setattr(product, "LARGEST", 10)
    freeze(network)
    assert network.first.forward.__func__ is torch.nn.Linear.forward
    monkeypatch.setattr(product, "LARGEST", 10_000)
    freeze(network)
    assert not hasattr(network.first.forward, "__func__")
    assert network.out.forward.__func__ is torch.nn.Linear.forward, "the output layer stays"
