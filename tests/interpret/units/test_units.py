"""Units: addresses, AUC, half-life, features, what they write, and the bundled texts behind them."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

import models
from interpret import explain, record
from interpret.method import UnknownMethod
from interpret.methods.select_units import chosen
from interpret.units import NoUnits, Unit, auc, column, most_variable, parse, parse_several, written_by
from interpret.units_corpus import half_life, readings
from interpret.units_features import by_chance, correlations, features, open_number
from models.switches import switched
from tests import tiny
from tests.toys import Toy, toy_run


def test_auc_on_paper():
    # inside 3 and 1, outside 2 and 1: 3 > 2, 3 > 1, 1 < 2, 1 = 1 counts half: 2.5 of 4 pairs
    values = np.array([[3.0, 1.0], [2.0, 2.0], [1.0, 3.0], [1.0, 4.0]])
    assert auc(values, np.array([True, False, True, False])).tolist() == [0.625, 0.25]


def test_auc_is_scikit_learns():
    from sklearn.metrics import roc_auc_score

    lots = np.random.default_rng(3)
    values, inside = lots.integers(0, 6, (40, 9)) / 2, lots.random(40) < 0.3  # many ties
    theirs = [roc_auc_score(inside, column) for column in values.T]
    np.testing.assert_allclose(auc(values, inside), theirs, atol=1e-12)
    np.testing.assert_allclose(auc(-values, inside), 1 - auc(values, inside), atol=1e-12)


def test_auc_of_everything_is_refused():
    with pytest.raises(NoUnits, match="leave some inside and some outside"):
        auc(np.zeros((3, 2)), np.array([True, True, True]))


def test_half_life_on_paper():
    # gates of 1/2 forget half in 1 token, of 1/4 in 1/2, of 1/2 and 1/8 (mean 1/4) likewise, of 1 never
    gates = np.array([[0.5, 0.25, 0.5, 1.0], [0.5, 0.25, 0.125, 1.0]])
    np.testing.assert_allclose(half_life(gates), [1.0, 0.5, 0.5, 10_000.0])


@pytest.mark.parametrize("written", ["cell 2.17", "cell:2.17", " cell 2.17 "])
def test_a_unit_is_written_so(written):
    assert parse(written) == Unit(2, 17, "cell")
    assert str(parse(written)) == "cell 2.17"


@pytest.mark.parametrize("wrong", ["cell", "cell 2", "nerve 1.2", "cell 1.x", "cell -1.2", "2.17"])
def test_other_ways_to_write_a_unit_are_refused(wrong):
    with pytest.raises(NoUnits, match=r"write kind, layer and number, as in “cell 2\.17”"):
        parse(wrong)


def test_several_units_come_once_each():
    assert parse_several("cell 1.2, head 2.0,cell 1.2") == (Unit(1, 2, "cell"), Unit(2, 0, "head"))


def test_a_column_is_the_memory_of_that_unit(run):
    np.testing.assert_array_equal(column(run, Unit(2, 7, "hidden")), run.memory.hidden[1][:, 7].numpy())
    with pytest.raises(NoUnits, match=r"has no cell 2.10: its layers have 12, 10 units"):
        column(run, Unit(2, 10, "cell"))


def test_the_most_variable_unit_varies_most(gpt_run):
    first = most_variable(gpt_run, "neuron")[0]
    spreads = [layer[gpt_run.of_text].std(0, correction=0) for layer in gpt_run.neurons]
    assert float(spreads[first.layer - 1][first.index]) == pytest.approx(max(float(s.max()) for s in spreads))


def test_features_on_paper(run):
    tokens = models.load("shakespeare-chars").encode('A "b(" c\n7.')
    found = features(tokens)
    assert "".join(tokens.text[a:b] for a, b in tokens.spans[1:]) == tokens.text
    inside = {name: values[1:].tolist() for name, values in found.items()}
    assert inside["inside quotes"] == [0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert inside["bracket depth"] == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]
    assert inside["place in the line"] == [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2]
    assert inside["capital letter"] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert inside["digit"] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert inside["end of a sentence"] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_the_open_subject_of_a_story():
    words = ["Sofia", "works", "behind", "the", "mill", ".", "The", "benches", "near", "the", "shell", "are"]
    # Sofia works: one; The benches near the shell are: many, from the subject to the word before its verb
    assert open_number(["", *words]).tolist() == [0, -1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0]
    assert not open_number(["no", "such", "story"]).any()


def test_correlations_are_numpys_and_chance_does_not_know_them():
    lots = np.random.default_rng(5)
    labels = lots.random((400, 2)) < 0.4
    values = lots.normal(size=(400, 30))
    values[:, 4] += 3 * labels[:, 0]
    ours = correlations(values, labels.astype(float))
    theirs = np.corrcoef(values.T, labels.T)[:30, 30:]
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    chance = by_chance(values, labels.astype(float))
    assert np.abs(ours[:, 0]).argmax() == 4
    assert abs(ours[4, 0]) > 0.7 > 0.4 > chance[0]
    assert not correlations(np.ones((9, 1)), lots.random((9, 1))).any()


@pytest.mark.parametrize("kind", ["hidden", "cell"])
def test_what_an_lstm_unit_writes_is_its_column(run, kind):
    decoder = tiny.lstm_tensors()["decoder"]
    torch.testing.assert_close(written_by(run.model, Unit(2, 7, kind)), decoder[:, 7], rtol=0, atol=1e-6)
    assert written_by(run.model, Unit(1, 7, kind)) is None


def test_what_a_neuron_writes_is_its_row_through_the_output(gpt_run):
    network = tiny.network("gpt2")
    row = network.transformer.h[2].mlp.c_proj.weight[5]
    torch.testing.assert_close(
        written_by(gpt_run.model, Unit(3, 5, "neuron")), network.lm_head.weight @ row, rtol=0, atol=1e-4
    )


def test_a_batch_of_texts_reads_as_one_by_one(run):
    found = readings(run.model)
    assert found is readings(run.model)
    alone: Any = record(run.model, tiny.SENTENCES[1])
    place = slice(int(found.starts[1]), int(found.starts[2]))
    np.testing.assert_allclose(
        found.column(Unit(2, 3, "cell"))[place], alone.memory.cell[1][:, 3].numpy(), atol=2e-3
    )


def test_gates_over_the_corpus_are_those_of_each_text(run):
    found = explain(run, "memory")
    several: list[Any] = [record(run.model, text) for text in tiny.SENTENCES]
    gates = torch.cat([one.memory.forget_gate[0] for one in several])
    np.testing.assert_allclose(found.open[1, :12], (gates > 0.9).float().mean(0).numpy(), atol=1e-6)
    assert (found.open + found.shut <= 1).all()
    np.testing.assert_allclose(found.half_life[:12], half_life(gates.numpy()), rtol=1e-4)


def test_the_card_of_a_unit(gpt_run):
    found = explain(gpt_run, "unit", unit="neuron 2.9")
    np.testing.assert_allclose(found.values, gpt_run.neurons[1][:, 9].numpy(), atol=1e-6)
    assert found.limit == pytest.approx(
        np.abs(readings(gpt_run.model).column(Unit(2, 9, "neuron"))).max(), rel=1e-3
    )
    assert found.counts.sum() == found.corpus_tokens
    assert found.sizes == (52, 52, 52)
    assert found.in_words().startswith("Neuron 2.9 is highest at")
    json.dumps(found.to_json(), allow_nan=False)
    assert len(found.to_frame()) == len(found.tokens)


def test_a_text_that_leaves_no_token_is_refused():
    run = record(models.load("reviews-bert-sentiment"), "red")
    nothing = replace(run, tokens=replace(run.tokens, spans=np.zeros_like(run.tokens.spans)))
    with pytest.raises(NoUnits, match="No token of this model stands for anything in this text"):
        most_variable(nothing, "neuron")


@pytest.mark.parametrize("method", ["unit", "memory", "factors", "select_units", "ablate"])
def test_a_model_without_units_is_refused(method):
    with pytest.raises(
        UnknownMethod, match=r"toy has (neither neurons nor LSTM cells|no memory cells, as an LSTM has)"
    ):
        explain(toy_run(), method)
    assert Toy().card.family == "lstm"


def test_an_attention_only_model_is_refused_with_a_way_out():
    run = record(models.load("induction-2l"), "ba ba")
    with pytest.raises(NoUnits, match="no neurons or cells that can be seen: choose another model"):
        explain(run, "unit")


def test_gates_are_those_of_torchs_lstm(run):
    found = explain(run, "memory", units="cell 2.3, cell 1.5")
    assert found.check.value < 1e-6 and found.check.passed
    i, f, o, g, c, h = found.values[:, 0]
    before = np.concatenate([[0.0], c[:-1]])
    np.testing.assert_allclose(c, f * before + i * g, atol=1e-6)
    np.testing.assert_allclose(h, o * np.tanh(c), atol=1e-6)
    np.testing.assert_allclose(h, run.model.states(run.vectors[None])[0, :, 3].numpy(), atol=1e-6)
    assert found.units == ("cell 2.3", "cell 1.5") and found.shut.shape == (3, 22)
    json.dumps(found.to_json(), allow_nan=False)
    assert len(found.to_frame()) == 2 * len(found.tokens)


def test_too_many_cells_at_once_are_refused(run):
    with pytest.raises(NoUnits, match="9 units do not fit into one picture: choose at most 8"):
        explain(run, "memory", units=", ".join(f"cell 1.{k}" for k in range(9)))


def test_a_planted_unit_is_found_by_its_words(run):
    inside = np.zeros(len(run.tokens), dtype=bool)
    inside[[3, 4, 6]] = True
    own = run.memory.cell[0][:, 8].clone()
    own[torch.from_numpy(inside)] = own.min() - 1  # low at the chosen tokens only
    with switched(run.model, {Unit(1, 8, "cell"): own}):
        planted = record(run.model, tiny.TEXT)
        found = explain(planted, "select_units", places="3-4, 6", kind="cell")
    assert "cell 1.8" in found.units[:3]
    at = found.units.index("cell 1.8")
    assert found.values[at] == 1.0 and found.low[at]
    assert found.inside.tolist() == inside.tolist()
    assert found.searched == 22 and found.in_words().endswith(".")
    json.dumps(found.to_json(), allow_nan=False)


def test_neurons_count_as_on_only_when_high(gpt_run):
    found = explain(gpt_run, "select_units", places="2")
    assert not found.low.any()
    assert (np.diff(found.values) <= 0).all()


@pytest.mark.parametrize("wrong", ["99", "4-2", "a", "1-", "-3"])
def test_places_that_are_not_there_are_refused(wrong):
    with pytest.raises(NoUnits, match="names no tokens of this text"):
        chosen(wrong, 9)


def test_a_classifier_that_pools_its_states_has_no_straight_way_from_a_unit():
    model = models.load("reviews-lstm-sentiment")
    assert written_by(model, Unit(kind="cell", layer=model.card.layers, index=0)) is None
    found = explain(record(model, "The music is as dull as the plot"), "unit")
    assert found.promoted == found.suppressed == ()
