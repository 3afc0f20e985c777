"""Kinds of words, and tokens told from their states: on paper, laws, and what is refused."""

import numpy as np
import pytest

import models
from interpret.attention.identity import Seen, by_lot, linear_reader, told
from interpret.attention.word_classes import ClassTally, words_of_tokens
from interpret.grammar.probing import Labelled
from interpret.method import UnknownMethod
from interpret.study import study
from models.base import Tokens
from models.refusals import Refusal

# “A dogs ran”: a start mark, “A”, “dog” + “s”, “ran”.
TOKENS = Tokens(
    text="A dogs ran", ids=np.arange(5), shown=("", "A", " dog", "s", " ran"),
    spans=np.array([[0, 0], [0, 1], [1, 5], [5, 6], [6, 10]]),
)  # fmt: skip
SENTENCE = Labelled(text="A dogs ran", words=("A", "dogs", "ran"), labels=(None, "noun", "verb"))


def test_tokens_know_their_words():
    assert words_of_tokens(TOKENS, SENTENCE.words).tolist() == [-1, 0, 1, 1, 2]


def test_means_on_paper():
    head = np.zeros((1, 1, 5, 5))
    head[0, 0, 4] = [0.1, 0.2, 0.3, 0.15, 0.25]  # the verb: mark, “A”, both pieces of the noun, itself
    head[0, 0, 3] = [0.5, 0.25, 0.125, 0.125, 0]  # the noun asks from its last piece
    tally = ClassTally(("noun", "verb"), (1, 1))
    tally.add(head, TOKENS, SENTENCE, True)
    values, even = tally.means()
    # columns: noun, verb, itself, other words, marks
    np.testing.assert_allclose(values[0, 0, 1], [0.45, 0, 0.25, 0.2, 0.1])
    np.testing.assert_allclose(values[0, 0, 0], [0, 0, 0.25, 0.25, 0.5])
    np.testing.assert_allclose(even[1], [0.4, 0, 0.2, 0.2, 0.2])
    assert tally.asked.tolist() == [1, 1]


def test_a_bundled_model_over_tagged_sentences():
    found = study(models.load("story-gpt"), "heads_by_word_class", count=30)
    assert found.check.passed and found.sentences == 30 and (found.n > 0).all()
    np.testing.assert_allclose(found.values.sum(-1), 1, atol=1e-5)
    np.testing.assert_allclose(found.even.sum(-1), 1, atol=1e-9)
    assert f"n = {found.n[found.strongest()[2]]}" in found.in_words()
    assert found.of_head(0, 0).startswith("Head 1.0 ") and len(found.to_frame()) == found.values.size


def test_models_of_no_tagged_language_are_refused(once):
    with pytest.raises(Refusal, match="knows neither English nor Storyland"):
        study(models.load("induction-2l"), "heads_by_word_class")
    for name in ("heads_by_word_class", "token_identity"):
        with pytest.raises(UnknownMethod, match=r"looks once|one layer only"):
            study(once.model, name)


def texts(count: int, change: np.ndarray | None = None) -> list[Seen]:
    """Texts of 20 tokens with random vectors; states are those times `change`, shifted."""
    rng = np.random.default_rng(0)
    table = rng.normal(size=(50, 8))
    found = []
    for _ in range(count):
        ids = rng.integers(50, size=20)
        states = table[ids] if change is None else table[ids] @ change + 3.0
        found.append(Seen(ids, table[ids], states))
    return found


def test_input_vectors_are_told_and_strangers_as_by_lot():
    rng = np.random.default_rng(1)
    some = texts(40)
    assert all(told(one.states, one).all() for one in some)
    strangers = np.mean([told(one.states[rng.permutation(20)], one).mean() for one in some])
    assert strangers == pytest.approx(np.mean([by_lot(one.ids) for one in some]), abs=0.03)
    assert by_lot(np.array([1, 1, 2, 3])) == pytest.approx(6 / 16)


def test_a_linear_reader_undoes_a_linear_map_on_other_texts():
    change = np.random.default_rng(2).normal(size=(8, 8))
    some = texts(40, change)
    matrix, shift = linear_reader(some[:30])
    raw, read = (np.mean([told(f(one), one).mean() for one in some[30:]])
                 for f in (lambda one: one.states, lambda one: one.states @ matrix + shift))  # fmt: skip
    assert read > 0.98 > 0.6 > raw


def test_tokens_told_by_layer_with_bounds_and_seed():
    model = models.load("induction-2l")
    found, again, other = (study(model, "token_identity", texts=8, seed=seed) for seed in (0, 0, 3))
    assert found.check.value == 0 and found.values[0].min() == 1.0  # this model adds no positions
    assert (found.low <= found.values + 1e-9).all() and (found.values <= found.high + 1e-9).all()
    assert found.values[-1, 1] > found.chance and found.texts.sum() == 8
    np.testing.assert_array_equal(found.values, again.values)
    assert found.n.tolist() != other.n.tolist() or not np.array_equal(found.values, other.values)
