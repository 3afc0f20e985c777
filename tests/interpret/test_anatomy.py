"""How is it built?: lines of code that ran and give the model's own numbers, sums that hold."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

import models
from interpret import record
from interpret.anatomy import LINEAGE, REWRITTEN, anatomy, distances, heirs, origin
from interpret.few_lines import SHOWN, cell, few_lines, many_heads, one_head
from interpret.results import NotFinite
from interpret.results.anatomy import Lines, about
from models.huggingface import HuggingFaceModel
from models.lite import Lite, LiteModel
from models.lstm import LstmModel, step_by_step
from models.observed import observing
from models.parts import layers
from tests import tiny
from tests.toys import toy_run

TEXT = "The keys to the old wooden cabinet"


@cache
def bundled(name: str) -> Any:
    return models.load(name)


# A few lines


def test_one_head_on_paper_and_by_torch():
    q, k = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [np.log(3.0)]], dtype=torch.float32)
    v, later = torch.tensor([[10.0], [20.0]]), torch.tensor([[False, True], [False, False]])
    scores, weights, out = one_head(q, k, v, later)
    assert scores[1].tolist() == pytest.approx([0, 2 * np.log(3)])
    assert weights.flatten().tolist() == pytest.approx([1, 0, 0.1, 0.9])  # 1 : 3 squared
    assert out.flatten().tolist() == pytest.approx([10, 19])
    q, k, v = torch.randn(3, 6, 8)
    causal = torch.ones(6, 6, dtype=torch.bool).triu(1)
    theirs = torch.nn.functional.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]
    torch.testing.assert_close(one_head(q, k, v, causal)[2], theirs)


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_attention_is_what_the_model_recorded(tmp_path, kind):
    model = models.load(tiny.huggingface_folder(tmp_path / kind, kind))
    run = record(model, tiny.TEXT)
    found = few_lines(run)
    assert found is not None and found.kind == "attention" and found.check.passed
    assert run.attention is not None and found.heads is not None
    np.testing.assert_allclose(found.heads, run.attention[0, :, :SHOWN, :SHOWN], atol=1e-6)
    np.testing.assert_allclose(found.matrices["weights"], run.attention[0, 0, :SHOWN, :SHOWN], atol=1e-6)


def test_all_heads_together_give_what_goes_into_the_output_matrix(tmp_path):
    model = models.load(tiny.huggingface_folder(tmp_path / "gpt2", "gpt2"))
    assert isinstance(model, HuggingFaceModel)
    run, went_in = record(model, tiny.TEXT), []
    matrix = model.network.transformer.h[0].attn.c_proj
    handle = matrix.register_forward_pre_hook(lambda _m, given: went_in.append(given[0][0]))
    with observing() as seen:
        model.states(run.vectors[None])
    handle.remove()
    q, k, v = (part.transpose(0, 1).flatten(1) for part in seen.given[0])
    later = torch.ones(len(run.tokens), len(run.tokens), dtype=torch.bool).triu(1)
    torch.testing.assert_close(many_heads(q, k, v, later, 4)[1], went_in[0])


def test_attention_of_a_network_of_ones_own(tmp_path):
    network = Lite(tiny.VOCABULARY, 40, 24, 2, 3, 4)
    card = replace(
        tiny.lstm_card(), family="transformer", heads=3, widths=(24, 24, 24),
        parameters=sum(weight.numel() for weight in network.parameters()),
    )  # fmt: skip
    run = record(LiteModel(network, card, tiny.cutter(tmp_path)), tiny.TEXT)
    found = anatomy(run)
    assert found.lines is not None and found.lines.check.passed
    assert found.parameters == card.parameters
    assert [part.name for part in found.parts][:3] == ["embedding", "positions", "attention of block 1"]
    assert found.parts[-1].tied_to == "embedding"


def test_the_cell_is_what_the_model_and_torch_compute(tmp_path):
    model = tiny.lstm_model(tmp_path)
    run, weights = record(model, tiny.TEXT), model.weights[0]
    tracks = cell(run.vectors, weights.input, weights.hidden, weights.bias)
    names = {"i": "input_gate", "f": "forget_gate", "g": "candidate", "o": "output_gate", "c": "cell"}
    own = step_by_step(weights, run.vectors)
    for short, long in {**names, "h": "hidden"}.items():
        torch.testing.assert_close(tracks[short], own[long])
    torch.testing.assert_close(tracks["h"], model._layers[0](run.vectors[None])[0][0])
    found = few_lines(run)
    assert found is not None and found.kind == "cell" and found.unit is not None
    np.testing.assert_array_equal(found.matrices["c"], tracks["c"][:8, found.unit - 1].numpy())
    i, f, g, c = (found.matrices[name] for name in "ifgc")
    np.testing.assert_allclose(c[1:], f[1:] * c[:-1] + i[1:] * g[1:], rtol=1e-5)


def test_a_cell_on_paper():
    nothing, bias = torch.zeros(4, 1), torch.tensor([0.0, 0.0, np.log(3) / 2, 0.0])  # tanh: 1/2
    tracks = cell(torch.ones(2, 1), nothing, nothing, bias.float())
    assert tracks["g"].flatten().tolist() == pytest.approx([0.5, 0.5])
    assert tracks["c"].flatten().tolist() == pytest.approx([0.25, 0.375])
    assert tracks["h"].flatten().tolist() == pytest.approx([0.5 * np.tanh(0.25), 0.5 * np.tanh(0.375)])


def test_a_model_without_cells_and_heads_has_no_lines():
    assert few_lines(toy_run()) is None


# The code that is shown


def test_the_shown_attention_runs_and_gives_the_shown_numbers(tmp_path):
    from einops import rearrange

    model = models.load(tiny.huggingface_folder(tmp_path / "gpt2", "gpt2"))
    run = record(model, tiny.TEXT)
    found = few_lines(run)
    assert found is not None and found.heads is not None
    with observing() as seen:
        model.states(run.vectors[None])
    later = torch.ones(len(run.tokens), len(run.tokens), dtype=torch.bool).triu(1)
    q, k, v = seen.given[0]
    one: dict[str, Any] = {"q": q[0], "k": k[0], "v": v[0], "later": later, "torch": torch}
    exec(found.code, one)
    assert found.code.count("\n") == 2
    np.testing.assert_allclose(one["weights"][:SHOWN, :SHOWN], found.matrices["weights"])
    side_by_side = (part.transpose(0, 1).flatten(1) for part in (q, k, v))
    many: dict[str, Any] = {"later": later, "torch": torch, "heads": 4, "rearrange": rearrange}
    many.update(zip("qkv", side_by_side, strict=True))
    exec(found.many, many)
    np.testing.assert_allclose(many["weights"][:, :SHOWN, :SHOWN], found.heads, atol=1e-6)
    torch.testing.assert_close(many["out"][:, : q.shape[-1]], one["out"])


def test_the_shown_cell_runs_and_gives_the_shown_numbers(tmp_path):
    model = tiny.lstm_model(tmp_path)
    run, weights = record(model, tiny.TEXT), model.weights[0]
    found = few_lines(run)
    assert found is not None and found.unit is not None and found.code.count("\n") == 3
    held: dict[str, Any] = {"w_x": weights.input, "w_h": weights.hidden, "bias": weights.bias}
    held["c"] = held["h"] = torch.zeros(12)
    for row in range(3):
        held["x"] = run.vectors[row]
        exec(found.code, held)
        for name in ("i", "f", "g", "o", "c", "h"):
            assert float(held[name][found.unit - 1]) == pytest.approx(float(found.matrices[name][row]))


# The whole


@pytest.mark.parametrize("name", models.names())
def test_every_bundled_model_is_laid_open(name):
    model = bundled(name)
    found = anatomy(record(model, TEXT))
    assert found.parameters == model.card.parameters
    assert f"{about(found.parameters)} parameters" in found.in_words()
    assert " of block " not in found.in_words(), "blocks compute equally much: none is named alone"
    assert len(found.tokens) == len(model.encode(TEXT))
    assert found.lines is None or found.lines.check.passed
    assert all(part.numbers for part in found.parts if part.kind in ("embedding", "lstm", "attention"))


def test_counts_as_one_says_them():
    assert [about(n) for n in (812, 9_999, 91_600, 999_400, 999_600, 4_470_784)] == [
        "812", "9,999", "92,000", "999,000", "1.0 million", "4.5 million",
    ]  # fmt: skip


def test_how_far_a_model_moved_from_its_start(tmp_path):
    start, end = tiny.lstm_model(tmp_path), tiny.lstm_model(tmp_path)
    tensors = {n: t * 1.25 if n.startswith("layers.1") else t for n, t in tiny.lstm_tensors().items()}
    end = LstmModel(tensors, end.card, tiny.cutter(tmp_path))
    assert distances(end, start) == {"embedding": 0, "LSTM layer 1": 0, "LSTM layer 2": pytest.approx(0.25)}


def test_a_run_is_measured_against_the_model_it_started_from(tmp_path, monkeypatch):
    child, parent = models.names()[0], models.names()[-1]
    monkeypatch.setitem(LINEAGE, child, parent)
    assert origin(child) == parent and heirs(parent) == (child,)
    start = bundled(child)
    found = anatomy(record(start, TEXT), opener=lambda _: start)
    assert found.origin == parent
    assert [part.moved for part in found.parts if part.keeps] == [0.0 for p in found.parts if p.keeps]


def test_lineage_names_only_models_that_are_there():
    assert origin("no-such-model") is None
    assert all(origin(child) == parent and child in heirs(parent) for child, parent in REWRITTEN.items())
    assert not set(REWRITTEN) & set(LINEAGE)
    assert all(origin(name) is None or origin(name) in models.names() for name in LINEAGE)
    there = [name for name in LINEAGE if origin(name) and name in models.names()]
    for name in there:
        moved = distances(bundled(name), bundled(LINEAGE[name]))
        kept = [layer.name for layer in layers(bundled(name)) if layer.keeps]
        assert all(moved[part] is not None for part in kept), f"{name}: a kept part has no start"


def test_numbers_that_are_not_finite_are_refused(tmp_path):
    found = few_lines(record(tiny.lstm_model(tmp_path), tiny.TEXT))
    assert found is not None
    with pytest.raises(NotFinite):
        Lines(**{**vars(found), "matrices": {"i": np.array([np.nan])}})
    with pytest.raises(ValueError, match="read-only"):
        found.matrices["i"][0] = 1
