"""The observing attention function: solved on paper, against transformers' own, and its laws."""

import math
from pathlib import Path

import pytest
import torch

import models
from models import huggingface
from models.refusals import BadCheckpoint
from tests import tiny


@pytest.mark.parametrize("mask", [None, torch.tensor([[0.0, -math.inf], [0.0, 0.0]])])
def test_two_tokens_on_paper(mask: torch.Tensor | None):
    query = torch.tensor([[[[7.0], [2.0]]]])
    key = torch.tensor([[[[0.0], [math.log(3)]]]])
    value = torch.tensor([[[[4.0, 1.0], [8.0, -3.0]]]])
    # Token 0 sees itself alone. Token 1: scores 2 * 0 and 2 * ln 3, halved by the scaling: e^0 : e^(ln 3)
    # = 1 : 3, so weights 1/4 and 3/4; 4/4 + 8 * 3/4 = 7 and 1/4 - 3 * 3/4 = -2.
    mixed, weights = huggingface.attend(torch.nn.Module(), query, key, value, mask, scaling=0.5)
    torch.testing.assert_close(weights, torch.tensor([[[[1.0, 0.0], [0.25, 0.75]]]]))
    torch.testing.assert_close(mixed, torch.tensor([[[[4.0, 1.0]], [[7.0, -2.0]]]]))


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_equals_transformers_own_attention(tmp_path: Path, kind: str):
    model = models.load(tiny.huggingface_folder(tmp_path, kind))
    ids = torch.tensor(model.encode(tiny.TEXT).ids)
    with torch.no_grad():
        theirs = tiny.network(kind)(input_ids=ids[None], output_attentions=True)
    kept = model.record(model.embed(ids))
    torch.testing.assert_close(kept.logits, theirs.logits[0], atol=1e-5, rtol=1e-5)
    assert kept.attention is not None
    for layer, expected in zip(kept.attention, theirs.attentions, strict=True):
        torch.testing.assert_close(layer, expected[0], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_rows_sum_to_1_and_nobody_looks_ahead(tmp_path: Path, kind: str):
    model = models.load(tiny.huggingface_folder(tmp_path, kind))
    kept = model.record(model.embed(torch.tensor(model.encode(tiny.TEXT).ids))).attention
    assert kept is not None
    torch.testing.assert_close(kept.sum(-1), torch.ones(kept.shape[:-1]), atol=1e-6, rtol=0)
    assert kept.triu(1).abs().max() == 0
    spread = kept[..., -1, :]
    assert spread.std() > 0.01  # not the same share for everybody


def test_grouped_queries_look_through_two_pairs_of_eyes(tmp_path: Path):
    # 4 heads, 2 of keys: heads 0 and 1 share a key, 2 and 3 another; with one key for all, or with
    # keys dealt out in turn, the comparison above fails. Here: sharing is real, but not sameness.
    model = models.load(tiny.huggingface_folder(tmp_path, "llama"))
    kept = model.record(model.embed(torch.tensor(model.encode(tiny.TEXT).ids))).attention
    assert kept is not None
    for one, other in ((0, 1), (2, 3), (0, 2)):
        assert not torch.allclose(kept[0, one], kept[0, other], atol=1e-3)


def test_attention_that_does_not_sum_to_1_is_refused(tmp_path: Path):
    model = models.load(tiny.huggingface_folder(tmp_path, "gpt2"))
    vectors = model.embed(torch.tensor(model.encode(tiny.TEXT).ids))
    vectors[3] = math.nan
    with pytest.raises(BadCheckpoint, match="attention rows do not sum to 1"):
        model.record(vectors)
