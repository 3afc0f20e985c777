"""Maps that ask the model again, against slower ways to the same numbers."""

import numpy as np
import pytest
import torch

from interpret import explain
from interpret.attention.maps import TooLong
from interpret.attention.probing import (
    block_output,
    relevance,
    token_attribution,
    value_zeroing,
    weighted_gradients,
)
from interpret.run import record
from interpret.target import at, every
from models.attending import blocks
from models.observed import changing


def test_relevance_on_paper():
    # Layer 1: heads (0 0; 4 -2) and (0 0; 2 6), negatives dropped, mean (0 0; 3 3). R = I + that, so R - I is it.
    # Layer 2: mean (1 0; 0 0): R - I = A + A1 + A A1 with A A1 = 0, so (1 0; 3 3).
    given = torch.tensor([[[[0.0, 0], [4, -2]], [[0, 0], [2, 6]]], [[[1.0, 0], [0, 0]], [[1, 0], [0, 0]]]])
    found = relevance(given)
    np.testing.assert_allclose(found[0], [[0, 0], [3, 3]])
    np.testing.assert_allclose(found[1], [[1, 0], [3, 3]])


def test_zeroed_values_equal_a_hook_in_the_network(opened):
    model = opened["gpt2"]
    run = record(model, "the keys to the cabinet")
    found, width = value_zeroing(model, run.vectors), 24
    layer, token = 1, 2
    module = blocks(model)[layer].attn.c_attn

    def cut(_module, _given, out):
        out = out.clone()
        out[:, token, 2 * width :] = 0
        return out

    usual = block_output(model, run.vectors[None], layer)[0]
    handle = module.register_forward_hook(cut)
    turned = block_output(model, run.vectors[None], layer)[0]
    handle.remove()
    expected = 1 - torch.cosine_similarity(turned.double(), usual.double(), dim=-1)
    np.testing.assert_allclose(found[layer, :, token], expected, atol=1e-6)
    assert expected[token:].max() > 1e-3


def test_value_zeroing_rows_are_shares_and_nobody_is_moved_from_ahead(run):
    found = explain(run, "value_zeroing")
    np.testing.assert_allclose(found.values.sum(-1), 1.0)
    if found.causal:
        assert np.triu(found.values.max(axis=(0, 1)), 1).max() < 1e-6


def test_weights_times_gradients_equal_differences(run):
    target = every(run, "logit").rows([0])

    def number(states):
        return target.scores(run.model.unembed(states[:, target.positions])).sum()

    found = weighted_gradients(run.model, run.vectors, number)
    size, layer = 1e-2, run.model.card.layers - 1
    query, key = int(target.positions[0]), 0

    def scaled(factor: float) -> float:
        def change(at_layer, weights, values):
            if at_layer == layer:
                weights = weights.clone()
                weights[:, 0, query, key] *= factor
            return weights, values

        with torch.no_grad(), changing(change, run.model.card.layers):
            return float(number(run.model.states(run.vectors[None])))

    slope = (scaled(1 + size) - scaled(1 - size)) / (2 * size)
    assert float(found[layer, 0, query, key]) == pytest.approx(slope, abs=2e-3, rel=2e-2)


def test_relevance_depends_on_the_answer_and_speaks_for_it(run):
    place = 3
    first, second = (explain(run, "attention_gradient", at(run, place, token)) for token in (20, 30))
    assert first.check.passed and first.values.min() >= 0
    assert np.abs(first.values - second.values).max() > 1e-6
    assert first.asked.places == (place,) and first.unit == "relevance, nats"
    if first.causal:
        assert first.values[:, :, place:].max() == pytest.approx(0, abs=1e-9)  # rows behind do not matter


def test_token_attribution_comes_close_to_the_whole_jacobian(opened):
    model = opened["induction"]
    run = record(model, "the keys to")
    shares, errors = token_attribution(model, run.vectors, probes=400, seed=1)
    jacobian = torch.autograd.functional.jacobian(lambda v: block_output(model, v[None], 1)[0], run.vectors)
    exact = jacobian.pow(2).sum((1, 3)).sqrt()  # (T, D, T, D) -> (T, T)
    exact = exact / exact.sum(-1, keepdim=True)
    np.testing.assert_allclose(shares[1], exact, atol=0.03)
    assert errors.max() < 0.05
    np.testing.assert_allclose(shares.sum(-1), 1.0)
    assert shares.triu(1).max() == 0


def test_long_texts_are_refused(opened):
    long = record(opened["induction"], " ".join(["the keys to the"] * 12))
    assert len(long.tokens) > 48
    with pytest.raises(TooLong, match="Token attribution takes too long"):
        explain(long, "token_attribution")
