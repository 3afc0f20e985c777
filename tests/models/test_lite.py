"""The Lite-Transformer: its two halves on paper, its laws, its checkpoint."""

import json
from pathlib import Path
from typing import cast

import pytest
import torch
from torch.nn import functional

import models
from models import checkpoints, lite
from models.base import Card, LanguageModel
from models.refusals import BadCheckpoint
from tests import tiny

SHAPE = {"vocabulary": tiny.VOCABULARY, "context": 40, "width": 12, "layers": 2, "heads": 2, "reach": 3}


def network() -> lite.Lite:
    torch.manual_seed(3)
    made = lite.Lite(**SHAPE)
    with torch.no_grad():
        for name, weight in made.named_parameters():
            weight.normal_(1.0 if "norm" in name and "weight" in name else 0.0, 0.4)
    return made


def folder(where: Path) -> Path:
    tensors = network().state_dict()
    card = Card(
        name="tiny-lite", family="transformer", task="causal",
        abilities=frozenset({"gradients", "attention", "unembed"}), widths=(12, 12, 12),
        vocabulary=tiny.VOCABULARY, parameters=sum(t.numel() for t in tensors.values()), context=40, heads=2,
    )  # fmt: skip
    half = {name: tensor / 2 for name, tensor in tensors.items()}
    checkpoints.save(
        where, tensors, {**SHAPE, "start": tiny.start()}, tiny.tokenizer(), card, [({"name": "early"}, half)]
    )
    return where


@pytest.fixture
def model(tmp_path: Path) -> lite.LiteModel:
    return lite.load(folder(tmp_path))


def vectors(model: LanguageModel, text: str = tiny.TEXT) -> torch.Tensor:
    return model.embed(torch.tensor(model.encode(text).ids))


def test_the_near_half_on_paper():
    near = lite.Near(channels=1, reach=2)
    with torch.no_grad():
        near.gated.weight.copy_(torch.tensor([[1.0], [0.0]]))  # value = x, gate = sigmoid(0) = 1/2
        near.gated.bias.zero_()
        near.filters.weight.copy_(torch.tensor([[[10.0, 1.0]]]))  # ten times the piece before, once this one
        torch.nn.init.constant_(cast(torch.Tensor, near.filters.bias), 0.25)
        # halves: 1, 2, -3; then 0*10 + 1, 1*10 + 2, 2*10 - 3, and 1/4 each
        found = near(torch.tensor([[[2.0], [4.0], [-6.0]]]))
    torch.testing.assert_close(found, torch.tensor([[[1.25], [12.25], [17.25]]]))


def test_the_far_half_is_torchs_causal_attention():
    torch.manual_seed(3)
    far, x = lite.Far(channels=6, heads=3), torch.randn(2, 5, 6)
    found, weights = far(x)
    q, k, v = far.asked(x).unflatten(-1, (3, 3, 2)).permute(2, 0, 3, 1, 4)
    expected = functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 5))
    assert weights.triu(1).abs().max() == 0


def test_each_half_of_the_width_goes_its_own_way():
    block = cast(lite.Block, network().blocks[0])
    x = torch.randn(1, 6, 12)
    with torch.no_grad():
        block.convolution.filters.weight.zero_()
        torch.nn.init.zeros_(cast(torch.Tensor, block.convolution.filters.bias))
        alone, *_ = block(x)
        left = block.norm(x)[..., :6]
        far = block.joined(torch.cat((block.attention(left)[0], torch.zeros(1, 6, 6)), -1))
        expected = x + far
        expected = expected + block.feed_out(block.feed_in(block.norm_feed(expected)).relu())
    torch.testing.assert_close(alone, expected)


def test_record_keeps_what_the_logits_came_from(model: lite.LiteModel):
    given = vectors(model)
    kept, expected = model.record(given), model.logits(given[None])[0]
    assert expected.std() > 0.1
    torch.testing.assert_close(kept.logits, expected)
    torch.testing.assert_close(model.unembed(kept.hidden[-1]), expected)
    assert [layer.shape for layer in kept.hidden] == [(len(given), 12)] * 3
    assert kept.attention is not None and kept.neurons is not None
    assert kept.attention.shape == (2, 2, len(given), len(given))
    assert [layer.shape for layer in kept.neurons] == [(len(given), 48)] * 2
    torch.testing.assert_close(kept.attention.sum(-1), torch.ones(2, 2, len(given)))


def test_later_words_change_nothing(model: lite.LiteModel):
    given = vectors(model)
    changed = given.clone()
    changed[5:] = changed[5:].flip(-1)
    before, after = model.logits(given[None])[0], model.logits(changed[None])[0]
    torch.testing.assert_close(before[:5], after[:5])
    assert not torch.allclose(before[5], after[5], atol=1e-2)


def test_a_gradient_goes_back_to_the_words(model: lite.LiteModel):
    given = vectors(model)[None]
    back = model.pullback(given)
    seeds = torch.zeros(1, 1, 12)
    seeds[..., 4] = 1.0
    found = back.pull(torch.tensor([5]), seeds)[0, 0]
    step = torch.zeros_like(given)
    step[0, 2, 7] = 1e-2
    slope = (model.states(given + step) - model.states(given - step))[0, 5, 4] / 2e-2
    assert slope.abs() > 1e-3
    torch.testing.assert_close(found[2, 7], slope, atol=1e-3, rtol=1e-2)


def test_a_stage_of_its_training_opens(tmp_path: Path):
    early, late = lite.load(folder(tmp_path), "early"), lite.load(tmp_path)
    assert early.card.name == "tiny-lite@early"
    torch.testing.assert_close(
        early.network.embedding.weight, late.network.embedding.weight / 2, atol=1e-3, rtol=0
    )


def test_files_that_do_not_fit_are_refused(tmp_path: Path):
    folder(tmp_path)
    config = json.loads((tmp_path / checkpoints.CONFIG).read_text())
    (tmp_path / checkpoints.CONFIG).write_text(json.dumps({**config, "layers": 3}))
    with pytest.raises(BadCheckpoint, match=r"weights and config\.json disagree"):
        lite.load(tmp_path)
    del config["reach"]
    (tmp_path / checkpoints.CONFIG).write_text(json.dumps(config))
    with pytest.raises(BadCheckpoint, match="has no reach"):
        lite.load(tmp_path)


def test_the_bundled_one_is_this_network():
    if "reviews-lite" in models.names():
        assert isinstance(models.load("reviews-lite"), lite.LiteModel)
