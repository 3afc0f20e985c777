"""The plain-torch LSTM: solved on paper, against nn.LSTM and against fastai's AWD_LSTM."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch

from models import lstm
from models.pullback_lstm import LstmWeights
from tests import tiny


def test_one_unit_gives_the_gates_and_states_of_a_hand_calculation():
    # Gates come in the order i, f, g, o. Nothing but the candidate looks at the input.
    weights = LstmWeights(
        input=torch.tensor([[0.0], [0.0], [1.0], [0.0]]),
        hidden=torch.zeros(4, 1),
        bias=torch.tensor([0.0, math.log(3), 0.0, math.log(4)]),
    )
    tracks = lstm.step_by_step(weights, torch.tensor([[1.0], [-2.0]]))
    # i = sigmoid(0) = 1/2, f = sigmoid(ln 3) = 3/4, o = sigmoid(ln 4) = 4/5
    assert tracks["input_gate"].flatten().tolist() == pytest.approx([0.5, 0.5])
    assert tracks["forget_gate"].flatten().tolist() == pytest.approx([0.75, 0.75])
    assert tracks["output_gate"].flatten().tolist() == pytest.approx([0.8, 0.8])
    # g = tanh(1), tanh(-2); c1 = g1/2; c2 = 3/4 c1 + g2/2; h = 4/5 tanh(c)
    first = math.tanh(1) / 2
    second = 0.75 * first + math.tanh(-2) / 2
    assert tracks["candidate"].flatten().tolist() == pytest.approx([math.tanh(1), math.tanh(-2)])
    assert tracks["cell"].flatten().tolist() == pytest.approx([first, second])
    assert tracks["hidden"].flatten().tolist() == pytest.approx(
        [0.8 * math.tanh(first), 0.8 * math.tanh(second)]
    )


def test_recorded_states_equal_nn_lstm(tmp_path: Path):
    model = tiny.lstm_model(tmp_path)
    vectors = model.embed(torch.tensor(model.encode(tiny.TEXT).ids))
    kept = model.record(vectors)
    assert kept.memory is not None
    tensors, given = tiny.lstm_tensors(), vectors
    for number, width in enumerate((12, 10)):
        layer = torch.nn.LSTM(given.shape[1], width)
        layer.load_state_dict({f"{part}_l0": tensors[f"layers.{number}.{part}"] for part in lstm.PARTS})
        steps, state = [], None
        for vector in given.detach():  # one token at a time, to see every cell
            _, state = layer(vector[None], state)
            steps.append(state)
        expected = torch.stack([cell[0] for _, cell in steps]).detach()
        given = torch.stack([hidden[0] for hidden, _ in steps]).detach()
        torch.testing.assert_close(kept.memory.cell[number], expected, atol=1e-6, rtol=0)
        torch.testing.assert_close(kept.memory.hidden[number], given, atol=1e-6, rtol=0)
        torch.testing.assert_close(kept.hidden[number + 1], given, atol=1e-6, rtol=0)


def test_recorded_gates_explain_the_recorded_cells(tmp_path: Path):
    model = tiny.lstm_model(tmp_path)
    memory = model.record(model.embed(torch.tensor(model.encode(tiny.TEXT).ids))).memory
    assert memory is not None
    for layer in range(2):
        before = torch.cat((torch.zeros_like(memory.cell[layer][:1]), memory.cell[layer][:-1]))
        cell = memory.forget_gate[layer] * before
        cell += memory.input_gate[layer] * memory.candidate[layer]
        torch.testing.assert_close(memory.cell[layer], cell, atol=1e-6, rtol=0)
        hidden = memory.output_gate[layer] * memory.cell[layer].tanh()
        torch.testing.assert_close(memory.hidden[layer], hidden, atol=1e-6, rtol=0)


def awd_lstm(layers: int, *, tied: bool, bias: bool) -> Any:
    """fastai's language model as fastai builds it, with a decoder bias that is not zero."""
    from fastai.text.models.awdlstm import AWD_LSTM
    from fastai.text.models.core import LinearDecoder, SequentialRNN

    encoder = AWD_LSTM(tiny.VOCABULARY, 8, 14, layers, pad_token=1)
    decoder = LinearDecoder(
        tiny.VOCABULARY,
        8,
        0.1,
        tie_encoder=encoder.encoder if tied else None,  # type: ignore[arg-type]
        bias=bias,
    )
    network = SequentialRNN(encoder, decoder).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2.0)  # fastai's first weights are almost linear
        if bias:
            decoder.decoder.bias.normal_()
        for name, kept in network.named_buffers():
            assert "raw" not in name, kept.shape
    network.reset()
    return network


@pytest.mark.parametrize(("layers", "tied", "bias"), [(3, True, True), (2, False, True), (1, False, False)])
def test_equals_fastai_on_the_same_weights(tmp_path: Path, layers: int, tied: bool, bias: bool):
    network = awd_lstm(layers, tied=tied, bias=bias)
    tensors = lstm.from_fastai(network.state_dict())
    assert ("decoder" in tensors) is not tied
    assert ("decoder_bias" in tensors) is bias
    widths = (8, *(14,) * (layers - 1), 8)
    model = lstm.LstmModel(tensors, tiny.lstm_card(widths), tiny.cutter(tmp_path))
    ids = torch.tensor([0, 17, 4, 250, 4, 99, 31])
    with torch.no_grad():
        expected = network(ids[None])[0][0]
    assert expected.std() > 0.01
    torch.testing.assert_close(model.logits(model.embed(ids)[None])[0], expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(model.record(model.embed(ids)).logits, expected, atol=1e-5, rtol=0)


def test_fastai_remembers_the_text_before_and_ours_does_not(tmp_path: Path):
    network = awd_lstm(2, tied=True, bias=True)
    model = lstm.LstmModel(
        lstm.from_fastai(network.state_dict()), tiny.lstm_card((8, 14, 8)), tiny.cutter(tmp_path)
    )
    ids = torch.tensor([5, 6, 7])
    first, ours = network(ids[None])[0], model.logits(model.embed(ids)[None])
    assert not torch.equal(network(ids[None])[0], first)  # the trap this model is free of
    assert torch.equal(model.logits(model.embed(ids)[None]), ours)
