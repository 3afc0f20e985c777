"""Maps as results: promises of every method, marks, one row, one head exchanged, and what is refused."""

import json

import numpy as np
import pytest
import torch

from interpret import explain, find
from interpret.attention.maps import layers, sinks, weights
from interpret.attention.swapping import same
from interpret.method import UnknownMethod
from interpret.run import record
from models.refusals import Refusal
from tests import tiny

METHODS = [name for name, m in find().items() if m.gives == "head-maps" and "masked" in m.tasks]


def test_there_are_many_ways_to_look():
    assert len(METHODS) >= 10


@pytest.mark.parametrize("name", METHODS)
def test_a_method_gives_what_it_promises_on_every_kind_of_transformer(run, name):
    found = explain(run, name)
    heads = 1 if found.joined else run.model.card.heads
    assert found.values.shape == (run.model.card.layers, heads, len(run.tokens), len(run.tokens))
    assert (found.kind, found.signed) == ("head-maps", find()[name].signed) and found.check.passed
    assert found.in_words().endswith(".") and len(found.to_frame()) == found.values.size
    json.dumps(found.to_json(), allow_nan=False)
    np.testing.assert_array_equal(explain(run, name).values, found.values)


def test_raw_attention_is_what_was_recorded(run, once):
    for one in (run, once):
        np.testing.assert_allclose(explain(one, "attention").values, one.attention.numpy())
    found = explain(once, "attention")
    assert found.askers == ("good",) or found.askers == ("bad",)
    assert found.in_words().startswith("The answer “") and not found.causal and found.sinks == ()


def test_marks_are_known(opened):
    assert sinks(record(opened["gpt2"], tiny.TEXT)) == (0,)
    bert = record(opened["bert"], tiny.TEXT)
    assert sinks(bert) == (0, len(bert.tokens) - 1)
    found = explain(bert, "attention")
    assert 0 < found.sink_share < 1 and "rests on marks" in found.in_words()


def test_one_head_shuffled_keeps_its_weights_and_the_others(run):
    found = explain(run, "head_swapped", layer=2, head=1)
    own = weights(run)
    np.testing.assert_allclose(np.sort(found.values[1, 1], -1), np.sort(own[1, 1], -1))
    assert np.abs(found.values[1, 1] - own[1, 1]).max() > 1e-3
    np.testing.assert_allclose(found.values[0], own[0])
    assert "With head 2.1 shuffled the model's answer moves by" in found.notes[0]


def test_a_heads_twin_gives_its_output(opened):
    run = record(opened["induction"], "the keys to the cabinet, the keys to the old table")
    found = explain(run, "head_swapped", layer=1, head=0, way="twin")
    layer = layers(run)[0]
    rows = torch.from_numpy(found.values[0, 0].copy())
    assert max(same(layer.weights[0, q], rows[q], layer.value[0]) for q in range(len(rows))) < 1e-5
    assert np.abs(found.values[0, 0] - weights(run)[0, 0]).max() > 0.05  # 8 wide, more tokens
    assert "rows of head 1.0 have a twin; with them the model's answer moves by" in found.notes[0]
    with pytest.raises(Refusal, match=r"There is no head 3\.0"):
        explain(run, "head_swapped", layer=3)


def test_models_without_attention_are_refused(tmp_path):
    run = record(tiny.lstm_model(tmp_path), tiny.TEXT)
    with pytest.raises(UnknownMethod, match="tiny-lstm has no attention, which “Raw attention” needs"):
        explain(run, "attention")
    with pytest.raises(Refusal, match="tiny-lstm has no attention that can be seen"):
        find()["attention"].compute(run, None, None)  # type: ignore[arg-type]
