"""Units and heads switched off: the same as cutting their weights, on this thread only."""

import threading
from pathlib import Path
from typing import Any

import pytest
import torch

import models
from models.classifier import AttentiveClassifier
from models.lstm import LstmModel
from models.switches import NoSuchUnit, Unit, found_by_heads, switched, widths
from tests import tiny

ZERO = torch.zeros(())


def given(model, count: int = 6):
    return model.embed(torch.arange(3, 3 + count))


@pytest.fixture
def lstm(tmp_path: Path) -> LstmModel:
    return tiny.lstm_model(tmp_path)


@pytest.fixture
def gpt(tmp_path: Path):
    return models.load(tiny.huggingface_folder(tmp_path, "gpt2"))


def test_one_cell_on_paper():
    # One cell, all weights 0: every gate is 1/2 and the candidate 0, so the cell stays 0. Held at 2 the
    # hidden state is 1/2 tanh(2) = 0.48201.
    from models.lstm import step_by_step
    from models.pullback_lstm import LstmWeights

    nothing = LstmWeights(input=torch.zeros(4, 1), hidden=torch.zeros(4, 1), bias=torch.zeros(4))
    tracks = step_by_step(nothing, torch.zeros(3, 1), {0: torch.tensor(2.0)})
    assert tracks["hidden"][:, 0].tolist() == pytest.approx([0.48201379] * 3)
    assert not step_by_step(nothing, torch.zeros(3, 1))["hidden"].any()


@pytest.mark.parametrize("layer", [1, 2])
def test_a_hidden_state_off_is_its_weights_cut(lstm, tmp_path, layer):
    tensors = tiny.lstm_tensors()
    reader = "decoder" if layer == 2 else "layers.1.weight_ih"
    for name in (f"layers.{layer - 1}.weight_hh", reader):
        tensors[name] = tensors[name].clone()
        tensors[name][:, 4] = 0.0  # all that leaves unit 4
    cut = LstmModel(tensors, tiny.lstm_card(), tiny.cutter(tmp_path))
    x = given(lstm)[None]
    with switched(lstm, {Unit(layer, 4, "hidden"): ZERO}):
        off, recorded = lstm.logits(x), lstm.record(x[0])
    torch.testing.assert_close(off, cut.logits(x), rtol=0, atol=1e-5)
    torch.testing.assert_close(recorded.logits, off[0], rtol=0, atol=1e-5)
    assert not recorded.memory.hidden[layer - 1][:, 4].any()
    assert (off - lstm.logits(x)).abs().max() > 1e-3


def test_a_neuron_off_is_its_row_cut(gpt, tmp_path):
    x = given(gpt)[None]
    with switched(gpt, {Unit(2, 7, "neuron"): ZERO, Unit(3, 1, "neuron"): ZERO}):
        off, seen = gpt.logits(x), gpt.record(x[0])
    network = tiny.network("gpt2")
    network.transformer.h[1].mlp.c_proj.weight.data[7] = 0
    network.transformer.h[2].mlp.c_proj.weight.data[1] = 0
    torch.testing.assert_close(off, network(inputs_embeds=x).logits, rtol=0, atol=2e-4)
    assert not seen.neurons[1][:, 7].any() and seen.neurons[1][:, 6].any()


def test_a_head_off_is_its_rows_cut(gpt):
    x = given(gpt)[None]
    with switched(gpt, {Unit(1, 2, "head"): torch.zeros(6)}):
        off = gpt.logits(x)
    network = tiny.network("gpt2")  # 4 heads of 6 numbers
    network.transformer.h[0].attn.c_proj.weight.data[12:18] = 0
    torch.testing.assert_close(off, network(inputs_embeds=x).logits, rtol=0, atol=2e-4)


@pytest.mark.parametrize("kind", ["cell", "hidden"])
def test_held_at_its_own_values_nothing_changes(lstm, kind):
    x = given(lstm)
    own = getattr(lstm.record(x).memory, kind)[0]
    with switched(lstm, {Unit(1, 3, kind): own[:, 3], Unit(1, 5, kind): own[:, 5]}):
        torch.testing.assert_close(lstm.logits(x[None]), lstm.logits(x[None]), rtol=0, atol=0)
        held = lstm.logits(x[None])
    torch.testing.assert_close(held, lstm.logits(x[None]), rtol=0, atol=1e-5)


def test_heads_held_at_what_they_found_change_nothing(gpt):
    x = given(gpt)
    found = found_by_heads(gpt, x)
    assert found.shape == (3, 4, 6, 6)
    before = gpt.logits(x[None])
    with switched(gpt, {Unit(2, 1, "head"): found[1, 1]}):
        torch.testing.assert_close(gpt.logits(x[None]), before, rtol=0, atol=1e-4)


def test_a_direction_that_reads_back_is_held_from_its_end():
    made = torch.Generator().manual_seed(2)
    shapes = {"embedding": (9, 3), "attention.weight": (4, 6), "attention.bias": (4,),
              "attention.vector": (4,), "head.weight": (2, 6), "head.bias": (2,)}  # fmt: skip
    for way in ("forward", "backward"):
        shapes |= {f"{way}.weight_ih": (12, 3), f"{way}.weight_hh": (12, 3), f"{way}.bias_ih": (12,),
                   f"{way}.bias_hh": (12,)}  # fmt: skip
    tensors = {name: torch.randn(*shape, generator=made) for name, shape in shapes.items()}
    card = tiny.lstm_card((3, 6))
    model = AttentiveClassifier(tensors, card, None)  # type: ignore[arg-type]
    x = given(model, 5)
    kept: Any = model.record(x)
    before, own = model.logits(x[None]), kept.memory.cell[0]
    held = {Unit(1, k, "cell"): own[:, k] for k in (1, 4)}  # 4 is the second of the backward direction
    with switched(model, held):
        torch.testing.assert_close(model.logits(x[None]), before, rtol=0, atol=1e-5)
    with switched(model, {unit: value.flip(0) for unit, value in held.items()}):
        assert (model.logits(x[None]) - before).abs().max() > 1e-3


def test_another_thread_and_what_comes_after_see_nothing(lstm, gpt):
    for model, unit in ((lstm, Unit(1, 2, "cell")), (gpt, Unit(1, 2, "neuron")), (gpt, Unit(2, 0, "head"))):
        x = given(model)[None]
        before, there = model.logits(x), []
        with switched(model, {unit: torch.tensor(3.0)}):
            thread = threading.Thread(target=lambda m=model, x=x, to=there: to.append(m.logits(x)))
            thread.start()
            thread.join()
            assert (model.logits(x) - before).abs().max() > 1e-4
        # A new thread may compute with another number of cores, and so sum in another order.
        torch.testing.assert_close(there[0], before, rtol=0, atol=1e-5)
        assert torch.equal(model.logits(x), before)


def test_what_can_be_switched(lstm, gpt):
    assert widths(lstm) == {"cell": (12, 10), "hidden": (12, 10)}
    assert widths(gpt) == {"neuron": (52, 52, 52), "head": (4, 4, 4)}


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        (Unit(3, 0, "cell"), "has no cell 3.0: it has cells in layers 1 to 2"),
        (Unit(2, 10, "hidden"), "has no hidden 2.10: give a number from 0 to 9"),
        (Unit(1, 0, "head"), "has no head 1.0"),
    ],
)
def test_units_that_are_not_there_are_refused(lstm, unit, said):
    with pytest.raises(NoSuchUnit, match=said), switched(lstm, {unit: ZERO}):
        pass


def test_heads_of_our_own_networks_as_they_switch_off_themselves():
    model: Any = models.load("induction-2l")
    x = given(model, 8)
    with switched(model, {Unit(2, 1, "head"): ZERO}):
        off = model.record(x).logits
    torch.testing.assert_close(off, model.record(x, without={(1, 1)}).logits, rtol=0, atol=1e-5)
