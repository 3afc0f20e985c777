"""The hand-written ways back: worked on paper, against autograd, and their laws."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log, tanh
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from models import pullback_gpt2
from models.base import LanguageModel, Pullback, Recording, Tokens
from models.huggingface import transformers
from models.pullback_gpt2 import Gpt2Weights, fits, gpt2_pullback
from models.pullback_lstm import LstmWeights, lstm_pullback
from tests import tiny

POSITIONS = [0, 2, 2, 5, 8]


class Plain(LanguageModel):
    """Only `states`; its `pullback` is the one that serves any model."""

    card = tiny.lstm_card()

    def __init__(self, states: Any):
        self._states = states

    def states(self, vectors: Tensor) -> Tensor:
        return self._states(vectors)

    def encode(self, text: str) -> Tokens:
        raise NotImplementedError

    def shown(self, token: int) -> str:
        raise NotImplementedError

    def embed(self, ids: Tensor) -> Tensor:
        raise NotImplementedError

    def unembed(self, hidden: Tensor) -> Tensor:
        raise NotImplementedError

    def record(self, vectors: Tensor) -> Recording:
        raise NotImplementedError


@dataclass(frozen=True)
class Case:
    """One model: its way by hand and the same states for autograd, both of (B, T, `width`)."""

    plain: Plain
    by_hand: Any
    width: int
    width_out: int

    def pullbacks(self, vectors: Tensor) -> tuple[Pullback, Pullback]:
        return self.by_hand(vectors), self.plain.pullback(vectors)

    def vectors(self, batch: int, length: int) -> Tensor:
        return torch.randn(batch, length, self.width)

    def seeds(self, batch: int, targets: int) -> Tensor:
        return torch.randn(batch, targets, self.width_out)

    def close(self, ours: Tensor, theirs: Tensor) -> None:
        tolerance = 1e-10 if ours.dtype == torch.float64 else 1e-5
        largest = float(theirs.abs().max())
        torch.testing.assert_close(ours, theirs, rtol=0, atol=tolerance * max(1.0, largest))


def gpt2(**settings: Any) -> Any:
    """A GPT-2 with all weights random, gains and biases too."""
    library = transformers()
    shape = {"n_layer": 3, "n_embd": 24, "n_head": 3, "n_positions": 40, "vocab_size": 30}
    ends = {"bos_token_id": 0, "eos_token_id": 0, "attn_implementation": "eager"}
    config = library.GPT2Config(**{**shape, **ends, **settings})
    network = library.GPT2LMHeadModel(config).eval().requires_grad_(False)
    for weight in network.parameters():
        weight += 0.2 * torch.randn(weight.shape)
    return network


def gpt2_case(**settings: Any) -> Case:
    network = gpt2(**settings)
    weights = Gpt2Weights.of(network)

    def states(vectors: Tensor) -> Tensor:
        return network.transformer(inputs_embeds=vectors, use_cache=False).last_hidden_state

    return Case(Plain(states), lambda v: gpt2_pullback(weights, v), 24, 24)


def weights_of(layer: Any) -> LstmWeights:
    return LstmWeights(
        input=layer.weight_ih_l0,
        hidden=layer.weight_hh_l0,
        bias=layer.bias_ih_l0 + layer.bias_hh_l0,
    )


def lstm_case() -> Case:
    widths = [5, 12, 7]
    stack = [nn.LSTM(i, d, batch_first=True).requires_grad_(False) for i, d in pairwise(widths)]
    weights = [weights_of(layer) for layer in stack]

    def states(vectors: Tensor) -> Tensor:
        for layer in stack:
            vectors, _ = layer(vectors)
        return vectors

    return Case(Plain(states), lambda v: lstm_pullback(weights, v), widths[0], widths[-1])


MAKERS = {"lstm": lstm_case, "gpt2": gpt2_case}


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


@pytest.fixture
def double() -> Iterator[None]:
    """Everything in float64."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture(params=list(MAKERS))
def exact(request: pytest.FixtureRequest, double: None) -> Case:
    return MAKERS[request.param]()


@pytest.fixture(params=["float32", "float64"])
def case(request: pytest.FixtureRequest, maker: str) -> Case:
    if request.param == "float64":
        request.getfixturevalue("double")
    return MAKERS[maker]()


@pytest.fixture(params=list(MAKERS))
def maker(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.usefixtures("double")
def test_lstm_on_paper() -> None:
    # One unit, two steps. Weights from the input (i, f, g, o): 0, 0, 1, 0; from the hidden state:
    # 0, 0, 0, 2; biases 0, ln 3, 0, 0. So i = 1/2 and f = 3/4 always, g = tanh(x), o = s(2 h):
    #   c1 = tanh(x1) / 2                     h1 = tanh(c1) / 2             (o1 = s(0) = 1/2)
    #   c2 = 3/4 c1 + tanh(x2) / 2            h2 = s(2 h1) tanh(c2)
    # and by hand
    #   dc1/dx1 = (1 - tanh(x1)^2) / 2        dh1/dx1 = (1 - tanh(c1)^2) / 2 dc1/dx1
    #   dh2/dx2 = o2 (1 - tanh(c2)^2) (1 - tanh(x2)^2) / 2
    #   dh2/dx1 = 2 o2 (1 - o2) tanh(c2) dh1/dx1 + o2 (1 - tanh(c2)^2) 3/4 dc1/dx1
    x1, x2 = 0.7, -0.4
    layer = LstmWeights(
        input=torch.tensor([[0.0], [0.0], [1.0], [0.0]]),
        hidden=torch.tensor([[0.0], [0.0], [0.0], [2.0]]),
        bias=torch.tensor([0.0, log(3), 0.0, 0.0]),
    )
    c1 = tanh(x1) / 2
    h1 = tanh(c1) / 2
    c2 = 3 / 4 * c1 + tanh(x2) / 2
    o2 = 1 / (1 + exp(-2 * h1))
    c1_by_x1 = (1 - tanh(x1) ** 2) / 2
    h1_by_x1 = (1 - tanh(c1) ** 2) / 2 * c1_by_x1
    h2_by_x2 = o2 * (1 - tanh(c2) ** 2) * (1 - tanh(x2) ** 2) / 2
    h2_by_x1 = 2 * o2 * (1 - o2) * tanh(c2) * h1_by_x1 + o2 * (1 - tanh(c2) ** 2) * 3 / 4 * c1_by_x1
    back = lstm_pullback([layer], torch.tensor([[[x1], [x2]]]))
    gradients = back.pull(torch.tensor([0, 1]), torch.ones(1, 2, 1))
    assert back.states.flatten().tolist() == pytest.approx([h1, o2 * tanh(c2)], abs=1e-15)
    assert gradients[0, 0].flatten().tolist() == pytest.approx([h1_by_x1, 0], abs=1e-15)
    assert gradients[0, 1].flatten().tolist() == pytest.approx([h2_by_x1, h2_by_x2], abs=1e-15)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("rows", [1, 20, 10_000])
def test_equals_autograd(case: Case, batch: int, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pullback_gpt2, "ROWS", rows)
    ours, theirs = case.pullbacks(case.vectors(batch, 9))
    positions, seeds = torch.tensor(POSITIONS), case.seeds(batch, len(POSITIONS))
    case.close(ours.states, theirs.states)
    pulled = ours.pull(positions, seeds)
    assert pulled.shape == (batch, len(POSITIONS), 9, case.width)
    case.close(pulled, theirs.pull(positions, seeds))


@pytest.mark.parametrize("positions", [[0], [3], [1, 4], [4, 4, 4]])
def test_some_positions_only(case: Case, positions: list[int]) -> None:
    """What is explained may end before the text does; one pullback is asked several times."""
    ours, theirs = case.pullbacks(case.vectors(2, 7))
    for _ in range(2):
        seeds = case.seeds(2, len(positions))
        pulled = ours.pull(torch.tensor(positions), seeds)
        assert pulled.shape[2] == positions[-1] + 1
        case.close(pulled, theirs.pull(torch.tensor(positions), seeds))


def test_one_token(case: Case) -> None:
    ours, theirs = case.pullbacks(case.vectors(2, 1))
    seeds = case.seeds(2, 1)
    case.close(ours.pull(torch.tensor([0]), seeds), theirs.pull(torch.tensor([0]), seeds))


def test_any_memory_layout(case: Case) -> None:
    """Views with strange strides give the same numbers as their copies."""
    vectors = case.vectors(6, 2).transpose(0, 1)
    seeds = case.seeds(len(POSITIONS), 2).transpose(0, 1)
    positions = torch.tensor([0, 1, 2, 5, 5])
    ours = case.by_hand(vectors).pull(positions, seeds)
    case.close(ours, case.plain.pullback(vectors.contiguous()).pull(positions, seeds.contiguous()))


def test_law_finite_differences(exact: Case) -> None:
    vectors, step = exact.vectors(1, 5), 1e-5
    seed = exact.seeds(1, 1)
    (gradient,) = exact.by_hand(vectors).pull(torch.tensor([3]), seed)[0]
    for source in range(5):
        for axis in range(exact.width):
            moved = torch.zeros_like(vectors)
            moved[0, source, axis] = step
            ends = [exact.by_hand(vectors + sign * moved).states[0, 3] for sign in (1, -1)]
            slope = float(((ends[0] - ends[1]) * seed[0, 0]).sum()) / (2 * step)
            expected = float(gradient[source, axis]) if source <= 3 else 0.0
            assert slope == pytest.approx(expected, abs=1e-7)


def test_law_linear_in_the_seed(exact: Case) -> None:
    back, positions = exact.by_hand(exact.vectors(2, 6)), torch.tensor([1, 3, 5])
    one, other = exact.seeds(2, 3), exact.seeds(2, 3)
    together = back.pull(positions, 2 * one - 3 * other)
    exact.close(together, 2 * back.pull(positions, one) - 3 * back.pull(positions, other))


def test_law_later_sources_are_exactly_zero(case: Case) -> None:
    pulled = case.by_hand(case.vectors(2, 9)).pull(torch.tensor(POSITIONS), case.seeds(2, len(POSITIONS)))
    for target, position in enumerate(POSITIONS):
        assert (pulled[:, target, position + 1 :] == 0).all()
        assert (pulled[:, target, position].abs().amax(-1) > 0).all()


def test_lstm_refuses_falling_positions() -> None:
    back = lstm_case().by_hand(torch.zeros(1, 3, 5))
    with pytest.raises(ValueError, match="rising"):
        back.pull(torch.tensor([2, 1]), torch.zeros(1, 2, 7))


@pytest.mark.parametrize(
    "settings",
    [{"n_layer": 1}, {"n_inner": 20}, {"activation_function": "gelu_pytorch_tanh"}, {"n_head": 1}],
)
@pytest.mark.usefixtures("double")
def test_gpt2_shapes_that_fit(settings: dict[str, Any]) -> None:
    case = gpt2_case(**settings)
    ours, theirs = case.pullbacks(case.vectors(2, 6))
    positions, seeds = torch.tensor([2, 5]), case.seeds(2, 2)
    case.close(ours.pull(positions, seeds), theirs.pull(positions, seeds))


@pytest.mark.usefixtures("double")
def test_a_network_serves_like_its_weights() -> None:
    network = gpt2()
    vectors, seeds = torch.randn(1, 4, 24), torch.randn(1, 1, 24)
    pulled = [
        gpt2_pullback(source, vectors).pull(torch.tensor([3]), seeds)
        for source in (network, Gpt2Weights.of(network))
    ]
    assert torch.equal(*pulled)


@pytest.mark.parametrize(
    "settings",
    [
        {"activation_function": "relu"},
        {"activation_function": "gelu"},  # with erf: close to the tanh formula, not equal
        {"scale_attn_weights": False},
        {"scale_attn_by_inverse_layer_idx": True},
        {"reorder_and_upcast_attn": True},
        {"add_cross_attention": True},
    ],
)
def test_other_architectures_do_not_fit(settings: dict[str, Any]) -> None:
    assert not fits(gpt2(**settings))


def test_what_fits() -> None:
    network = gpt2()
    assert fits(network)
    assert not fits(network.transformer)
    assert not fits(nn.Linear(2, 2))
    assert not fits(network.to(torch.bfloat16))
