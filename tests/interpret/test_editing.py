"""Texts after an edit, what could stand in a word's place, and what an edit changed: worked out on paper."""

from dataclasses import replace

import numpy as np
import pytest

import models
from interpret import explain, record
from interpret.editing import (
    aligned,
    applied,
    changes,
    difference,
    edited,
    edits_in_words,
    place_of,
    points,
    spots,
    swaps_of,
)
from interpret.sentences import bare
from interpret.wording import words_of
from tests.toys import ToyClassifier, toy_run


@pytest.mark.parametrize(
    ("text", "word", "new", "after"),
    [
        ("The keys to it", 1, "key", "The key to it"),
        ("The keys to it", 1, "", "The to it"),
        ("The keys to it", 0, "", "keys to it"),
        ("The keys to it", 3, " two words ", "The keys to two words"),
        ("It is so, so good.", 2, "not", "It is so, not good."),
        ("One\n\ntwo", 1, "three", "One\n\nthree"),
        ("עולם שלום", 1, "טוב", "עולם טוב"),
    ],
)
def test_a_word_is_replaced_where_it_stands(text, word, new, after):
    starts = [k for k in range(len(text)) if not text[k].isspace() and (k == 0 or text[k - 1].isspace())]
    ends = [
        next((k for k in range(s, len(text)) if text[k].isspace() or text[k] in ",."), len(text))
        for s in starts
    ]
    places = list(zip(starts, ends, strict=True))
    assert edited(text, places[word if text[0] != "I" else 3], new) == after


@pytest.mark.parametrize(
    ("text", "place", "new"),
    [("word", (0, 4), ""), ("word", (0, 4), "   "), ("word", (2, 9), "x"), ("word", (3, 3), "x"),
     ("a word", (2, 6), "x" * 401)],
)  # fmt: skip
def test_an_edit_that_cannot_be_is_refused(text, place, new):
    assert edited(text, place, new) is None


def test_several_edits_do_not_move_each_other():
    places = [(0, 3), (4, 8), (9, 11)]
    assert applied("The keys to", places, [(0, "A"), (1, ""), (2, "of it")]) == "A of it"
    assert applied("The keys to", places, [(0, ""), (1, ""), (2, "")]) is None
    assert edits_in_words("The keys to", places, [(0, "A"), (1, "")]) == "“The” → “A”; without “keys”"


def test_equal_words_stand_side_by_side():
    assert aligned(["a", "b", "c"], ["a", "x", "c"]) == [0, 1, 2]
    assert aligned(["a", "b", "c"], ["a", "c"]) == [0, 2]
    assert aligned(["a", "c"], ["a", "b", "c"]) == [0, None, 1]


def test_a_difference_is_said_with_two_words_around_it():
    assert difference("one two three four five six", "one two three x five six") == (
        "… two three",
        "four",
        "x",
        "five six",
    )
    assert difference("a b", "b") == ("", "a", "", "b")


@pytest.mark.parametrize("model", ["wiki-lstm", "reviews-gpt", "reviews-bert", "story-gpt"])
def test_swaps_are_the_models_own_guesses_without_the_word_there(model):
    text = "Tom sees the cat ." if model == "story-gpt" else "The man was not so bad, they said."
    run = record(models.load(model), text)
    found = explain(run, "next_words", top=60)
    words = words_of(found.text, found.spans, found.words)
    places = [place_of(word, found.text, found.spans) for word in words]
    offered = swaps_of(found, places)
    for word, place, swaps in zip(words, places, offered, strict=True):
        assert len(swaps) <= 5
        said = [text for text, _ in swaps]
        assert word.shown not in said and len(set(said)) == len(said)
        assert [p for _, p in swaps] == sorted((p for _, p in swaps), reverse=True)
        row = word.tokens[0] - found.ahead
        given = list(zip(found.candidates[row], found.values[row].tolist(), strict=True))
        for one, p in swaps:
            assert any(bare(piece) == one and np.isclose(p, share, rtol=0.006) for piece, share in given)
        assert found.text[slice(*place)] == word.shown
    assert sum(len(swaps) == 5 for swaps in offered) >= len(words) // 2


def test_swaps_on_paper():
    # after " red" the logits are 0, 3.5, 7, -3.5: dog stands there, so red (3.5) comes before ran (-3.5)
    found = explain(toy_run(" red dog ran"), "next_words", top=4)
    (red, dog, ran) = swaps_of(found, spots(found.text, found.spans, found.words))
    assert [text for text, _ in dog] == ["red", "ran"]
    whole = np.exp([0, 3.5, 7, -3.5]).sum()
    assert dog[0][1] == pytest.approx(np.exp(3.5) / whole, rel=0.01)
    assert [text for text, _ in red] == ["ran", "dog"]  # behind the start mark 5 and 0
    assert [text for text, _ in ran] == ["red", "dog"]  # 7.75 and -4.5


def test_a_word_spelt_letter_by_letter_and_a_whole_sentence_get_no_swaps():
    found = explain(record(models.load("shakespeare-chars"), "The king"), "next_words")
    assert swaps_of(found, [(0, 3), (4, 8), (0, 8)]) == [[], [], []]


def test_changes_are_differences_of_the_two_answers():
    model = models.load("reviews-gpt")
    one, other = (
        explain(record(model, text), "next_words") for text in ("The film was good", "The films was good")
    )
    rows = {row.what: row for row in changes(one, other)}
    total = rows["surprise of the whole text"]
    by = float(other.surprise.sum() - one.surprise.sum())
    assert total.by == f"{by:+.1f} bits".replace("-", "−")
    assert {row.by for row in changes(one, one)} == {"+0.0 points", "+0.0 bits"}


def test_a_flipped_class_is_called_flipped():
    # start (1, 2): with red (4, 1), up 1, down 6; with six times dog (-11, 26), up 26, down 41; down is ahead
    texts = (" red", " dog dog dog dog dog dog")
    red, dogs = (explain(record(ToyClassifier(), text), "classes") for text in texts)
    assert [one.classes[int(one.values.argmax())] for one in (red, dogs)] == ["down", "down"]
    assert changes(red, dogs)[0].by == "the same"
    turned = replace(dogs, values=dogs.values[::-1].copy())
    first, share = changes(red, turned)
    assert (first.before, first.after, first.by) == ("down", "up", "flipped")
    assert share.by == points(float(turned.values[0] - red.values[0]))
