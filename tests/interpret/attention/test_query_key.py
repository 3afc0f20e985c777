"""One weight taken apart: on paper, against the network's own matrices, and with the teaching view's lines."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from interpret import explain
from interpret.few_lines import many_heads, one_head
from interpret.method import UnknownMethod
from interpret.methods import query_key
from interpret.run import record
from interpret.target import BadTarget
from models.attending import NotTakenApart, asked_by_layer, blocks, turns


def test_products_on_paper(opened, monkeypatch):
    # Query (1, 2) of token 1; keys (3, 0) and (1, 1): products (3, 0) and (1, 2), over the root of 2. Scores 3 and 3,
    # so half of the weight each; dimension 1 gives key 1 sqrt(2), where the row's mean is half of that.
    run = record(opened["gpt2"], "the keys")
    q = torch.tensor([[[0.0, 0.0], [1.0, 2.0]]])
    k = torch.tensor([[[3.0, 0.0], [1.0, 1.0]]])
    run = dataclasses.replace(
        run, tokens=run.tokens.cut(2), attention=torch.tensor([[[[1.0, 0.0], [0.5, 0.5]]]])
    )
    monkeypatch.setattr(query_key, "asked_by_layer", lambda *_: [(q, k, k)])
    found = explain(run, "query_key", query=1, key=1)
    root = 2**0.5
    np.testing.assert_allclose(found.values, [1 / root, 2 / root], rtol=1e-6)
    np.testing.assert_allclose(found.usual, [2 / root, 1 / root], rtol=1e-6)
    assert found.score == pytest.approx(3 / root) and found.weight == 0.5 and found.order.tolist() == [1, 0]


def test_terms_add_up_to_scores_whose_differences_are_those_of_log_weights(run):
    for layer in range(run.model.card.layers):
        own = run.attention[layer, 1, -1]
        sums = [
            explain(run, "query_key", layer=layer + 1, head=1, query=len(own) - 1, key=key).values.sum()
            for key in (1, 2, 3)
        ]
        logs = own[1:4].double().log().numpy()
        np.testing.assert_allclose(np.diff(sums), np.diff(logs), atol=1e-4)


def test_queries_and_keys_are_those_of_the_networks_matrix(opened):
    run = record(opened["gpt2"], "the keys to the cabinet")
    block, width = blocks(run.model)[1], run.vectors.shape[-1]
    with torch.no_grad():
        q, k, _ = block.attn.c_attn(block.ln_1(run.hidden[1])).split(width, dim=-1)
    each = width // (run.model.card.heads or 1)
    found = explain(run, "query_key", layer=2, head=2, query=3, key=1)
    part = slice(2 * each, 3 * each)
    np.testing.assert_allclose(found.values, (q[3, part] * k[1, part] / each**0.5).numpy(), atol=1e-5)


def test_what_is_looked_at_most_is_taken_and_rotary_models_say_so(run):
    found = explain(run, "query_key", layer=2, head=0)
    assert found.query == len(run.tokens) - 1 and found.check.passed and found.in_words().endswith(".")
    assert (
        turns(run.model) == bool(found.notes) == run.model.card.name.startswith(("llama", "tiny-induction"))
    )
    json.dumps(found.to_json(), allow_nan=False)
    assert len(found.to_frame()) == len(found.values)


def test_the_teaching_views_lines_give_every_weight_that_the_maps_show(run):
    maps = explain(run, "attention").values
    for layer, (q, k, v) in enumerate(asked_by_layer(run.model, run.vectors)):
        later = torch.zeros(q.shape[1], q.shape[1], dtype=torch.bool)
        later = torch.ones_like(later).triu(1) if run.model.card.task == "causal" else later
        side_by_side = [part.transpose(0, 1).flatten(1) for part in (q, k, v)]
        every = many_heads(side_by_side[0], side_by_side[1], side_by_side[2], later, len(q))[0]
        np.testing.assert_allclose(every, maps[layer], atol=1e-5)
        np.testing.assert_allclose(one_head(q[0], k[0], v[0], later)[1], maps[layer, 0], atol=1e-5)


def test_what_is_no_softmax_of_products_is_refused(opened, once):
    run = record(opened["gpt2"], "the keys to the cabinet")
    assert run.attention is not None
    even = torch.ones_like(run.attention).tril()
    other = dataclasses.replace(run, attention=even / even.sum(-1, keepdim=True))
    with pytest.raises(NotTakenApart, match="not made of queries and keys alone"):
        explain(other, "query_key", layer=1, head=0)
    with pytest.raises(BadTarget, match="Token 1 does not see token 3"):
        explain(run, "query_key", query=1, key=3)
    with pytest.raises(BadTarget, match="This text has tokens 0 to"):
        explain(run, "query_key", query=99)
    with pytest.raises(UnknownMethod, match="additive attention"):
        explain(once, "query_key")
