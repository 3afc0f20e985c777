"""Words as points: a space of four words on paper, what kind each piece is, neighbours, sums, refusals."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import models
from interpret import study
from interpret.method import UnknownMethod
from interpret.space.clusters import clusters
from interpret.space.kinds import kinds_of
from interpret.space.neighbours import UnknownWord, analogy, nearest, neighbour_lists, random_cosine, row_of
from interpret.space.vectors import gathered, output_vectors, space
from interpret.studies.word_neighbours import parts
from models.refusals import Refusal
from tests import tiny
from tests.models.test_catalog import bundled
from tests.toys import DECODER, Toy

CARD = Toy().card


def some(vectors: Any, names: list[str]):
    return gathered(np.array(vectors, float), names, CARD)


def test_a_space_of_four_words_on_paper():
    """red (3, -1); ran (5, 1): 14 / (√10 √26); <s> (1, 2): 1 / √50; dog (-2, 4): -10 / √200."""
    found = study(Toy(), "word_neighbours", word="red", count=3, how="pca")
    assert found.shown == (" ran", "<s>", " dog")
    np.testing.assert_allclose(found.values, [14 / 260**0.5, 1 / 50**0.5, -10 / 200**0.5], rtol=1e-6)
    assert "“red” is most like “ran” (0.87)" in found.in_words()


def test_a_sum_on_paper():
    """At length 1: east + north - west = (2, 1); north-east (1, 1) is nearer to it than north."""
    found = some([[1, 0], [0, 1], [-1, 0], [1, 1], [0, -1]], ["east", "north", "west", "northeast", "south"])
    point = analogy(found, [0, 1], [2])
    np.testing.assert_allclose(point, np.array([2, 1]) / 5**0.5, rtol=1e-6)
    assert nearest(found, point, 2, (0, 1, 2)).tolist() == [3, 4]
    with pytest.raises(Refusal, match="cancel each other out"):
        analogy(found, [0], [0])


@pytest.mark.parametrize(
    ("written", "terms"),
    [
        ("king - man + woman", [(1, "king"), (-1, "man"), (1, "woman")]),
        ("well-known", [(1, "well-known")]),
        ("-", [(1, "-")]),
        ("a − b", [(1, "a"), (-1, "b")]),
    ],
)
def test_signs_count_where_spaces_stand(written, terms):
    assert parts(written) == terms


def test_neighbours_are_scikit_learns():
    from sklearn.neighbors import NearestNeighbors

    unit = space(bundled("shakespeare-chars")).unit
    near, cosines = neighbour_lists(unit, 5, chunk=20)
    distances, rows = NearestNeighbors(n_neighbors=6, metric="cosine").fit(unit).kneighbors(unit)
    np.testing.assert_array_equal(near, rows[:, 1:])
    np.testing.assert_allclose(1 - cosines, distances[:, 1:], atol=1e-5)


def test_turning_and_scaling_a_space_changes_no_neighbour():
    made = np.random.default_rng(3)
    points = made.normal(size=(40, 6))
    turn = np.linalg.qr(made.normal(size=(6, 6)))[0]
    names = [f"w{n}" for n in range(40)]
    one, other = some(points, names), some(7 * points @ turn, names)
    np.testing.assert_array_equal(neighbour_lists(one.unit, 4)[0], neighbour_lists(other.unit, 4)[0])


def test_random_words_of_an_even_cloud_have_nothing_in_common_and_a_shared_part_shows():
    points = np.random.default_rng(5).normal(size=(500, 64))
    names = [str(n) for n in range(500)]
    assert abs(random_cosine(some(points, names).unit)[0]) < 0.02
    assert random_cosine(some(points + 2, names).unit)[0] > 0.7


def test_kinds_of_pieces():
    shown = [" the", "ing", " London", " seven", " 1987", ",", "<unk>", "\ufffd", *[" word"] * 9]
    kinds, names = kinds_of(shown)
    assert [names[kind] for kind in kinds[:8]] == [
        "starts a word", "goes on with a word", "capital", "number", "number", "punctuation", "special",
        "part of a character",
    ]  # fmt: skip
    kinds, names = kinds_of(["a", "b", "A", " ", "7", "!"])
    assert [names[kind] for kind in kinds] == [
        "vowel",
        "consonant",
        "capital",
        "space",
        "number",
        "punctuation",
    ]
    kinds, names = kinds_of(["Sofia", "keys", "sings", "red"], storyland=True)
    assert [names[kind] for kind in kinds[:3]] == ["name", "noun", "verb"]


def test_a_word_is_found_as_a_whole_before_it_is_found_inside_others():
    found = some([[1, 0], [0, 1], [-1, 0], [1, 1]], [" can", "can", " cat", "ing"])
    assert (row_of(found, "can"), row_of(found, "…can"), row_of(found, "ing")) == (0, 1, 3)
    assert found.shown == (" can", "…can", " cat", "…ing")


def test_an_unknown_word_is_answered_with_those_spelled_most_like_it():
    with pytest.raises(UnknownWord, match=re.escape("“actr” is not one piece of wiki-lstm's")) as refusal:
        study(bundled("wiki-lstm"), "word_neighbours", word="actr", how="pca")
    assert "“actor”" in str(refusal.value)


@pytest.mark.parametrize("name", [n for n in models.names() if n != "wiki-ngram"])
def test_every_network_has_a_map_by_pca(name: str):
    found = study(bundled(name), "word_map", how="pca")
    assert found.values.shape == (len(found.ids), 2)
    assert set(np.unique(found.groups)) == set(range(len(found.group_names)))
    assert 0 < found.belief[2] <= 1


def test_output_vectors_are_read_off_the_model(tmp_path):
    np.testing.assert_allclose(np.array(output_vectors(Toy())), np.array(DECODER), atol=1e-6)
    untied = tiny.lstm_model(tmp_path)
    np.testing.assert_allclose(np.array(output_vectors(untied)), tiny.lstm_tensors()["decoder"], atol=1e-5)
    assert output_vectors(bundled("wiki-lstm")) is None, "tied: there is one space"
    with pytest.raises(Refusal, match="there is one space"):
        space(bundled("wiki-lstm"), "output")


def test_groups_of_two_heaps_are_the_heaps():
    made = np.random.default_rng(2)
    heaps = np.concatenate([made.normal([9, 0], 0.1, (7, 2)), made.normal([0, 9], 0.1, (5, 2))])
    found = some(heaps, [f" w{chr(97 + n)}" for n in range(12)])
    groups, names = clusters(found, 2)
    assert groups.tolist() == [0] * 7 + [1] * 5
    assert len(names) == 2


@pytest.mark.parametrize(
    ("vectors", "said"),
    [
        ([[1, 2]] * 6, "All vectors of toy are equal"),
        ([[1, 2], [0, 0], [0, 0], [3, 1]], "2 vectors that are not 0"),
        ([[1, np.nan], [1, 2], [2, 1], [3, 1], [4, 4]], "not finite"),
    ],
)
def test_what_makes_no_space_is_refused(vectors, said):
    with pytest.raises(Refusal, match=said):
        some(vectors, [f"w{n}" for n in range(len(vectors))])


def test_other_refusals():
    with pytest.raises(UnknownMethod, match="counts words and keeps no vectors"):
        study(bundled("wiki-ngram"), "word_map")
    with pytest.raises(Refusal, match="9 neighbours are asked for, and there are 3"):
        nearest(space(Toy()), np.ones(2), 9, (0,))
    with pytest.raises(Refusal, match="4 neighbours are asked for among 4"):
        neighbour_lists(space(Toy()).unit, 4)
    with pytest.raises(Refusal, match="counts words"):
        space(_ngram_like())


def _ngram_like() -> Toy:
    model = Toy()
    model.card = replace(model.card, family="ngram")
    return model
