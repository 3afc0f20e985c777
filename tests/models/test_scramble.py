"""Scrambled copies: the first model is untouched, a copy's own matrices are fresh, ties are undone."""

import hashlib
from dataclasses import replace

import pytest
import torch

import models
from models import lstm
from models.base import LanguageModel
from models.classifier import AttentiveClassifier
from models.classifier_lstm import UlmfitClassifier
from models.parts import layers
from models.scramble import CannotScramble, parts, rebuilt, scrambled
from tests import families, tiny
from tests.toys import Toy

KINDS = ("lstm", "tied lstm", "gpt2", "llama", "bert", "bert-classifier", "gpt2-classifier", "attention",
         "ulmfit")  # fmt: skip
TEXT = "the keys to the cabinet"


def made(kind: str, folder) -> LanguageModel:
    if kind == "lstm":
        return tiny.lstm_model(folder)
    if kind == "tied lstm":
        widths = (8, 12, 8)
        return lstm.LstmModel(
            tiny.lstm_tensors(widths, tied=True), tiny.lstm_card(widths), tiny.cutter(folder)
        )
    if kind == "attention":
        return attentive(folder)
    if kind == "ulmfit":
        return ulmfit(folder)
    return models.load(families.folder(folder / kind, kind))


def ulmfit(folder) -> UlmfitClassifier:
    draw = torch.Generator().manual_seed(5)
    shapes = {"inner.weight": (7, 24), "inner.bias": (7,), "outer.weight": (2, 7), "outer.bias": (2,)}
    head = {name: torch.randn(*shape, generator=draw) * 0.4 for name, shape in shapes.items()}
    widths = (8, 12, 8)
    body = {n: t for n, t in tiny.lstm_tensors(widths, tied=True).items() if n != "decoder_bias"}
    can = frozenset({"gradients"})
    card = replace(tiny.lstm_card(widths), task="classify", classes=("bad", "good"), abilities=can)
    return UlmfitClassifier({**body, **head}, card, tiny.cutter(folder))


def attentive(folder) -> AttentiveClassifier:
    draw = torch.Generator().manual_seed(4)
    shapes = {"embedding": (300, 6), "attention.weight": (5, 8), "attention.bias": (5,)}
    shapes |= {"attention.vector": (5,), "head.weight": (2, 8), "head.bias": (2,)}
    for direction in ("forward", "backward"):
        shapes |= {f"{direction}.weight_ih": (16, 6), f"{direction}.weight_hh": (16, 4)}
        shapes |= {f"{direction}.bias_ih": (16,), f"{direction}.bias_hh": (16,)}
    tensors = {name: torch.randn(*shape, generator=draw) * 0.4 for name, shape in shapes.items()}
    card = replace(
        tiny.lstm_card((6, 8)), task="classify", classes=("bad", "good"), abilities=frozenset({"gradients"})
    )
    return AttentiveClassifier(tensors, card, tiny.cutter(folder))


def digest(model: LanguageModel) -> str:
    """Of every weight, and of what the model answers."""
    vectors = model.embed(torch.from_numpy(model.encode(TEXT).ids.copy()))
    found = hashlib.sha256()
    for tensor in [
        *(t for layer in layers(model) for t in layer.tensors.values()),
        model.logits(vectors[None]),
    ]:
        found.update(tensor.detach().contiguous().numpy().tobytes())
    return found.hexdigest()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["permuted", "drawn"])
def test_the_first_model_stays_as_it_was_and_the_copy_is_another(kind, way, tmp_path):
    model = made(kind, tmp_path)
    before = digest(model)
    copied = scrambled(model, parts(model), 0, way)
    assert digest(model) == before
    ids = torch.from_numpy(model.encode(TEXT).ids.copy())
    assert not torch.allclose(copied.embed(ids), model.embed(ids))
    assert not torch.allclose(copied.logits(model.embed(ids)[None]), model.logits(model.embed(ids)[None]))
    assert copied.card.sha256 != model.card.sha256  # or else caches would take one for the other


@pytest.mark.parametrize("kind", KINDS)
def test_the_way_back_is_that_of_the_scrambled_weights(kind, tmp_path):
    """Matrices packed for speed must be those of the copy: autograd through its own states knows them."""
    model = made(kind, tmp_path)
    copied = scrambled(model, parts(model)[: 2 if kind == "gpt2" else None], 1)
    vectors = model.embed(torch.from_numpy(model.encode(TEXT).ids.copy()))[None]
    back = copied.pullback(vectors)
    rows = torch.tensor([back.states.shape[1] - 1])
    seeds = torch.randn(1, 1, back.states.shape[-1], generator=torch.Generator().manual_seed(2))
    plain = LanguageModel.pullback(copied, vectors)
    assert torch.allclose(back.states, copied.states(vectors), atol=1e-5)
    assert torch.allclose(back.pull(rows, seeds), plain.pull(rows, seeds), rtol=1e-4, atol=1e-5)
    kept = copied.record(vectors[0])
    assert torch.allclose(kept.logits, copied.logits(vectors)[0], atol=1e-4)
    old = model.pullback(vectors).pull(rows, seeds)
    assert not torch.allclose(back.pull(rows, seeds), old, rtol=1e-2)


@pytest.mark.parametrize("kind", ["tied lstm", "gpt2"])
def test_a_tied_output_layer_is_scrambled_alone(kind, tmp_path):
    """Both share the embedding's matrix; its bottom must not go with its top."""
    model = made(kind, tmp_path)
    assert any(layer.tied_to == "embedding" for layer in layers(model))
    copied = scrambled(model, parts(model)[:1], 0)
    ids = torch.from_numpy(model.encode(TEXT).ids.copy())
    vectors = model.embed(ids)[None]
    assert torch.equal(copied.embed(ids), model.embed(ids))
    assert torch.equal(copied.states(vectors), model.states(vectors))
    states = model.states(vectors)
    assert not torch.allclose(copied.unembed(states), model.unembed(states))
    both = scrambled(model, parts(model), 0)
    assert torch.allclose(both.unembed(states), copied.unembed(states))  # the same seed, the same lots
    assert not torch.equal(both.embed(ids), model.embed(ids))


def test_parts_are_named_from_the_top_down(tmp_path):
    assert parts(made("lstm", tmp_path)) == ("output layer", "LSTM layer 2", "LSTM layer 1", "embedding")
    blocks = ("block 3", "block 2", "block 1")
    assert parts(made("gpt2", tmp_path)) == ("output layer", "last normalisation", *blocks, "embedding")


def test_permuted_weights_are_the_same_numbers_in_another_order_and_drawn_ones_have_their_spread(tmp_path):
    model = made("lstm", tmp_path)

    def embedding(one: LanguageModel) -> torch.Tensor:
        return one.embed(torch.arange(tiny.VOCABULARY)).flatten()

    moved, again, other = (embedding(scrambled(model, ["embedding"], seed)) for seed in (0, 0, 1))
    assert torch.equal(moved, again) and not torch.equal(moved, other)
    assert torch.equal(moved.sort().values, embedding(model).sort().values)
    assert not torch.equal(moved, embedding(model))
    drawn = embedding(scrambled(model, ["embedding"], 0, "drawn"))
    assert float(drawn.std()) == pytest.approx(float(embedding(model).std()), rel=0.1)


def test_what_cannot_be_scrambled_is_refused(tmp_path):
    with pytest.raises(
        CannotScramble, match="tiny-lstm has no block 7: choose of output layer, LSTM layer 2"
    ):
        scrambled(made("lstm", tmp_path), ["block 7"], 0)
    with pytest.raises(CannotScramble, match="toy has no weights that could be scrambled"):
        rebuilt(Toy(), {}, Toy().card)
