"""Words in texts: whose state is taken, senses, CKA on paper and by its other formula, what moved."""

from dataclasses import replace

import numpy as np
import pytest

import models
from interpret import record, study
from interpret.method import UnknownMethod
from interpret.space import contexts
from interpret.space.cka import linear_cka, shared_direction
from interpret.space.layout import principal
from interpret.space.relatives import relatives
from interpret.space.vectors import gathered, space
from interpret.studies import word_contexts, word_shift
from models.refusals import Refusal
from tests.models.test_catalog import bundled
from tests.toys import Toy

# States of words


def test_a_words_state_is_that_of_its_last_piece():
    model = bundled("wiki-lstm")
    text = "The zookeepers are old."
    found, run = contexts.states_of(model, [text]), record(model, text)
    assert found.words.tolist() == ["the", "zookeepers", "are", "old"]
    at = int(np.flatnonzero(run.tokens.spans[:, 1] == len("The zookeepers"))[-1])
    assert at > 2, "the word is cut into pieces"
    for layer, hidden in zip(found.layers, run.hidden, strict=True):
        np.testing.assert_array_equal(layer[1], hidden[at])


def test_a_text_longer_than_the_model_takes_ends_with_a_whole_word():
    model = bundled("reviews-gpt")
    found = contexts.states_of(model, ["one " * 2000])
    assert 0 < len(found.words) < (model.card.context or 0)
    assert found.spans[-1, 1] % 4 == 3


def test_the_sentence_around_a_word():
    text = 'He went. "Is the bank open?" she asked. It was.'
    sentence, start = contexts.sentence_around(text, text.index("bank"), text.index("bank") + 4)
    assert sentence[start : start + 4] == "bank"
    assert "He went" not in sentence and "It was" not in sentence


def test_every_bundled_sentence_holds_its_word_and_every_sense_has_six():
    texts = [one for one in contexts.bundled_texts(bundled("wiki-lstm").card) if one.word]
    senses: dict[tuple[str, str], int] = {}
    for one in texts:
        found = [match[0].casefold() for match in contexts.WORD.finditer(one.text)]
        assert found.count(one.word) == 1, one.text
        senses[one.word, one.kind] = senses.get((one.word, one.kind), 0) + 1
    assert set(senses.values()) == {6} and len(senses) == 16


# One word in its sentences


def test_senses_on_paper():
    """Two of each sense. Along the line 0 1 | 3 4 all stand by their own; 0 3 | 1 4 (x of the rows) none does."""
    kinds, labelled = np.array([0, 0, 1, 1]), np.ones(4, bool)
    rows = [
        np.array([[np.cos(a), np.sin(a)] for a in angles]) for angles in ((0, 0.1, 1, 1.1), (0, 1, 0.1, 1.1))
    ]
    right, chance = word_contexts._sorted([*rows, np.ones((4, 2)) / 2**0.5], labelled, kinds)
    np.testing.assert_allclose(right, [1, 0, 1 / 3])
    assert chance == pytest.approx(1 / 3), "where all are equally near it is as if dealt at random"


def test_a_word_without_context_cannot_be_told_apart_in_the_embedding():
    found = study(bundled("wiki-lstm"), "word_contexts", word="bank")
    assert found.same[0] == pytest.approx(1, abs=1e-5)
    assert not found.values[0].any()
    assert found.sorted_right[0] == pytest.approx(found.chance)
    assert found.sorted_right[-1] > 0.6
    assert set(found.group_names) >= {"money", "river"}


def test_the_readers_sentence_is_put_onto_the_axes_and_moves_nothing():
    model = bundled("wiki-lstm")
    without = study(model, "word_contexts", word="bank")
    having = study(model, "word_contexts", word="bank", mine="We walked along the river bank.")
    assert having.own.tolist() == [False] * len(without.sentences) + [True]
    np.testing.assert_allclose(having.values[:, :-1], without.values, atol=1e-9)
    state = contexts.unit_rows(contexts.states_of(model, ["We walked along the river bank."]).layers[-1])[-1:]
    rows = np.flatnonzero(contexts.states(model).words == "bank")
    axes = principal(contexts.unit_rows(contexts.states(model).layers[-1][rows]))
    assert np.linalg.norm(having.values[-1, -1]) / np.linalg.norm(having.values[-1, 0]) == pytest.approx(
        np.linalg.norm(axes.place(state)) / np.linalg.norm(_first_place(model, axes, without)), rel=1e-3
    )


def _first_place(model, axes, found) -> np.ndarray:
    states, texts = contexts.states(model), contexts.bundled_texts(model.card)
    rows = [
        row
        for row in np.flatnonzero(states.words == "bank")
        if texts[states.texts[row]].text == found.sentences[0]
    ]
    return axes.place(contexts.unit_rows(states.layers[-1][rows]))


# CKA


def test_cka_on_paper():
    """x = (1, -1, 0), y = (1, 0, -1): (x·y)² / (|x|² |y|²) = 1 / 4; against (1, 1, -2), at right angles, 0."""
    x = np.array([[1.0], [-1], [0]])
    assert linear_cka(x, np.array([[1.0], [0], [-1]])) == pytest.approx(1 / 4)
    assert linear_cka(x, np.array([[1.0], [1], [-2]])) == pytest.approx(0)


def test_cka_of_a_space_with_a_rotation_of_itself_is_1():
    made = np.random.default_rng(3)
    points, turn = made.normal(size=(40, 6)), np.linalg.qr(made.normal(size=(6, 6)))[0]
    assert linear_cka(points, 5 * points @ turn + 1) == pytest.approx(1)
    pairs, correlation = shared_direction(points, points @ turn)
    assert correlation == pytest.approx(1)
    np.testing.assert_allclose(pairs[:, 0], pairs[:, 1], atol=1e-9)


def test_cka_is_hsic_of_the_matrices_of_products():
    one, other = (np.random.default_rng(seed).normal(size=(25, width)) for seed, width in ((1, 4), (2, 7)))
    middle = np.eye(25) - 1 / 25
    k, l = (middle @ points @ points.T @ middle for points in (one, other))  # noqa: E741
    expected = np.trace(k @ l) / np.sqrt(np.trace(k @ k) * np.trace(l @ l))
    assert linear_cka(one, other) == pytest.approx(expected)


def test_states_that_cannot_be_compared_are_refused():
    with pytest.raises(Refusal, match="All states of one side are equal"):
        linear_cka(np.ones((5, 2)), np.eye(5))
    with pytest.raises(Refusal, match="States of 5 and of 4 words"):
        linear_cka(np.eye(5), np.eye(4))


def test_layers_of_two_models_on_the_same_words():
    found = study(bundled("story-lstm"), "likeness", other="story-gpt", layer=0)
    assert found.values.shape == (2, 5) and found.cell == (0, 4)
    assert found.values.max() > 0.5 > 0.1 > found.shuffled.max()
    itself = study(bundled("story-lstm"), "likeness")
    np.testing.assert_allclose(np.diagonal(itself.values), 1, atol=1e-5)
    with pytest.raises(Refusal, match="read different languages"):
        study(bundled("story-lstm"), "likeness", other="wiki-lstm")
    with pytest.raises(Refusal, match="no layer 9"):
        study(bundled("story-lstm"), "likeness", layer=9)


# How alike everything is


def test_a_shared_part_makes_everything_alike(monkeypatch):
    made = np.random.default_rng(7)
    layers = tuple(made.normal(size=(300, 48)) + shift for shift in (0, 3))
    words, texts = np.array([f"w{n % 30}" for n in range(300)]), np.arange(300) // 10
    found = contexts.WordStates(words, texts, np.zeros((300, 2), int), layers)
    monkeypatch.setattr("interpret.studies.narrowness.states", lambda _: found)
    said = study(Toy(), "narrowness")
    assert abs(said.values[0, 0]) < 0.02 and abs(said.values[1, 0]) < 0.02
    assert said.values[0, 1] > 0.85
    assert said.compared == 30


# What moved


def test_a_word_that_was_moved_is_found_and_the_rest_stayed(monkeypatch):
    model = bundled("wiki-lstm")
    here = space(model)
    moved = here.unit.copy()
    at = here.rank[" actor"]
    moved[at] = here.unit[here.rank[" three"]]
    there = gathered(
        moved, [name.removeprefix("…") for name in here.shown], replace(model.card, name="after")
    )
    monkeypatch.setattr(word_shift, "space", lambda given: here if given is model else there)
    found = study(model, "word_shift", other="reviews-lstm")
    assert found.shown[0] == " actor" and found.values[1] == pytest.approx(0, abs=1e-5)
    assert found.values[0] == pytest.approx(1 - float(here.unit[at] @ moved[at]), abs=1e-5)
    assert found.near_before[0][0] == " actress" and " three" in found.near_after[0]
    assert not found.turned


def test_a_turned_space_has_not_moved():
    here = space(bundled("wiki-lstm"))
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(256, 256)))[0]
    names = [name.removeprefix("…") for name in here.shown]
    there = gathered(here.unit @ turn, names, replace(Toy().card, name="turned"))
    rows, others = word_shift.shared_rows(here, there)
    a, b, turned = word_shift.laid_on_each_other(here, there, rows, others)
    assert turned
    np.testing.assert_allclose(a, b, atol=1e-4)


def test_fine_tuning_is_told_from_before_to_after_whichever_is_chosen():
    one, other = (study(bundled(name), "word_shift", word="film") for name in ("wiki-lstm", "reviews-lstm"))
    assert (one.first, one.second) == (other.first, other.second) == ("wiki-lstm", "reviews-lstm")
    assert one.in_words() == other.in_words()
    assert "“film” moved by" in one.in_words()


def test_a_model_is_offered_beside_those_only_whose_vectors_are_as_wide():
    for name in models.names():
        card = models.card(name)
        others = [models.card(other) for other in relatives(card)]
        assert all(other.widths[0] == card.widths[0] for other in others), name
    assert (
        relatives(models.card("story-gpt")) == [] and relatives(models.card("reviews-lstm"))[0] == "wiki-lstm"
    )


def test_what_cannot_be_compared_or_found_is_said():
    with pytest.raises(Refusal, match="choose a model as wide"):
        study(bundled("story-lstm"), "word_shift", other="story-gpt")
    with pytest.raises(Refusal, match="“actres” is no whole word that both models have: choose “actress”"):
        study(bundled("wiki-lstm"), "word_shift", word="actres")
    with pytest.raises(Refusal, match="stands not at all in the bundled texts"):
        study(bundled("wiki-lstm"), "word_contexts", word="zebra")
    with pytest.raises(UnknownMethod, match="knows syllables"):
        study(bundled("induction-2l"), "word_contexts")
