"""The parts of a network: counted on paper, by transformers and by fastai; nothing twice or forgotten."""

import math
from dataclasses import replace

import pytest
import torch

import models
from interpret import record
from models import huggingface, lstm
from models.parts import Layer, computed, layers, moved
from tests import tiny
from tests.toys import Toy

TEXT = "the keys to the cabinet"


def counts(model) -> dict[str, int]:
    return {layer.name: layer.parameters for layer in layers(model)}


def shapes_for(model) -> dict[str, tuple]:
    run = record(model, TEXT)
    return computed(model, run.vectors, model.record(run.vectors))


# An LSTM


def test_an_lstm_counted_on_paper(tmp_path):
    made = tiny.lstm_model(tmp_path)
    # 300 x 8; 4 gates x 12 x (8 + 12) + 2 x 48; 4 x 10 x (12 + 10) + 2 x 40; 300 x 10 + 300
    assert counts(made) == {
        "embedding": 2400, "LSTM layer 1": 1056, "LSTM layer 2": 960, "output layer": 3300,
    }  # fmt: skip
    assert [layer.keeps for layer in layers(made)] == [True, True, True, False]
    length = len(made.encode(TEXT))
    gates = tuple((length, 12) for _ in range(6))
    assert shapes_for(made) == {
        "embedding": ((length, 8),), "LSTM layer 1": gates, "output layer": ((length, 300),),
        "LSTM layer 2": tuple((length, 10) for _ in gates),
    }  # fmt: skip


def test_a_tied_output_layer_counts_only_its_own_numbers(tmp_path):
    tensors = tiny.lstm_tensors((8, 12, 8), tied=True)
    card = replace(tiny.lstm_card((8, 12, 8)), parameters=sum(t.numel() for t in tensors.values()))
    found = layers(lstm.LstmModel(tensors, card, tiny.cutter(tmp_path)))
    assert (found[-1].name, found[-1].parameters, found[-1].tied_to) == ("output layer", 300, "embedding")
    assert sum(layer.parameters for layer in found) == card.parameters


def test_what_is_kept_is_what_fastai_saves_as_encoder(tmp_path):
    from fastai.text.models.awdlstm import AWD_LSTM, awd_lstm_lm_config
    from fastai.text.models.core import get_language_model

    config = {**awd_lstm_lm_config, "emb_sz": 8, "n_hid": 12, "n_layers": 2}
    network = get_language_model(AWD_LSTM, tiny.VOCABULARY, config=config)
    tensors = lstm.from_fastai(network.state_dict())
    card = replace(tiny.lstm_card((8, 12, 8)), parameters=sum(t.numel() for t in tensors.values()))
    made = lstm.LstmModel(tensors, card, tiny.cutter(tmp_path))
    kept = {t.data_ptr(): t for layer in layers(made) if layer.keeps for t in layer.tensors.values()}
    saved = {t.data_ptr(): t for t in network[0].state_dict().values()}  # what `save_encoder` writes
    copies = {t.data_ptr() for n, t in network[0].state_dict().items() if n.endswith("module.weight_hh_l0")}
    assert set(kept) == set(saved) - (copies - set(kept))


# Transformers


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_parts_add_up_and_the_kept_ones_are_the_body(tmp_path, kind):
    made = models.load(tiny.huggingface_folder(tmp_path / kind, kind))
    assert isinstance(made, huggingface.HuggingFaceModel)
    found = layers(made)
    assert sum(layer.parameters for layer in found) == made.card.parameters
    body = sum(weight.numel() for weight in made.network.base_model.parameters())
    assert sum(layer.parameters for layer in found if layer.keeps) == body
    names = [layer.name for layer in found]
    assert {f"attention of block {n + 1}" for n in range(made.card.layers)} <= set(names)
    assert not [name for name in names if "other" in name]
    before = sum(len(module._forward_hooks) for module in made.network.modules())
    assert set(shapes_for(made)) == set(names)
    assert sum(len(module._forward_hooks) for module in made.network.modules()) == before


def test_a_gpt2_counted_on_paper(tmp_path):
    made = models.load(tiny.huggingface_folder(tmp_path / "gpt2", "gpt2"))
    found = counts(made)
    assert found["embedding"] == 300 * 24 and found["positions"] == 40 * 24
    assert found["attention of block 2"] == 24 * 72 + 72 + 24 * 24 + 24
    assert found["feed-forward of block 3"] == 24 * 52 + 52 + 52 * 24 + 24
    assert found["normalisations of block 1"] == 4 * 24 and found["last normalisation"] == 2 * 24
    assert found["output layer"] == 0 and layers(made)[-1].tied_to == "embedding"
    t = len(made.encode(TEXT))
    shapes = shapes_for(made)
    assert sorted(shapes["attention of block 1"]) == sorted([(t, 72), (t, 24), (4, t, t)])
    assert shapes["feed-forward of block 1"] == ((t, 52), (t, 52), (t, 24))
    assert sum(math.prod(s) for s in shapes["output layer"]) == t * 300


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (
            "bert",
            {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 30},
        ),
        ("roberta", {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2}),
        ("distilbert", {"dim": 24, "n_layers": 2, "n_heads": 2, "hidden_dim": 30}),
    ],
)
@pytest.mark.parametrize("task", ["masked", "classify"])
def test_other_families_and_heads(kind, settings, task):
    library = huggingface.transformers()
    made = library.AutoModelForMaskedLM if task == "masked" else library.AutoModelForSequenceClassification
    network = made.from_config(library.AutoConfig.for_model(kind, vocab_size=99, **settings))
    toy = Toy()
    toy.card = replace(toy.card, task=task, parameters=sum(p.numel() for p in network.parameters()))
    toy.network = network  # type: ignore[attr-defined]
    found = layers(toy)
    assert sum(layer.parameters for layer in found) == toy.card.parameters
    replaced = [layer for layer in found if not layer.keeps]
    assert [layer.name for layer in replaced] == [
        "output layer" if task == "masked" else "classification head"
    ]
    assert replaced[0].parameters == toy.card.parameters - sum(
        weight.numel() for weight in network.base_model.parameters()
    )
    assert replaced[0].tied_to == ("embedding" if task == "masked" else None)


# All bundled models, and those without weights


@pytest.mark.parametrize("name", models.names())
def test_bundled_parts_add_up_to_the_card(name):
    made = models.load(name)
    found = layers(made)
    assert sum(layer.parameters for layer in found) == made.card.parameters
    assert len({layer.name for layer in found}) == len(found)
    assert made.card.family == "ngram" or not any(layer.uncounted for layer in found)


def test_counts_that_no_tensor_holds_are_a_part_of_their_own():
    toy = Toy()
    toy.card = replace(toy.card, family="ngram", parameters=1000)
    assert counts(toy)["counts"] == 1000 - 8 - 8 - 4


# How far training carried a part


def layer(**tensors: torch.Tensor) -> Layer:
    return Layer(name="x", kind="other", tensors=tensors, keeps=True)


def test_moved_on_paper_and_by_torchs_own_norm():
    start = layer(a=torch.tensor([[3.0, 0.0], [0.0, 0.0]]), b=torch.tensor([4.0]))
    end = layer(a=torch.tensor([[3.0, 0.3], [0.0, 0.0]]), b=torch.tensor([4.4]))
    assert moved(end, start) == pytest.approx(0.5 / 5)  # sqrt(.09 + .16) over sqrt(9 + 16)
    before, after = (torch.cat([t.flatten() for t in one.tensors.values()]) for one in (start, end))
    norm = torch.linalg.vector_norm
    assert moved(end, start) == pytest.approx(float(norm(after - before) / norm(before)))
    assert moved(start, start) == 0


def test_parts_that_cannot_be_compared_have_no_distance():
    start = layer(a=torch.ones(3))
    assert moved(layer(a=torch.ones(4)), start) is None
    assert moved(layer(b=torch.ones(3)), start) is None
    assert moved(start, layer(a=torch.zeros(3))) is None
