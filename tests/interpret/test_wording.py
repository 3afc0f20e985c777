"""From pieces to words: sums on paper, what a reader sees of odd characters, and surprise by words."""

import math
from pathlib import Path

import numpy as np
import pytest

from interpret import explain, progress
from interpret.results import NextWords, TokenGrid
from interpret.sentences import named, nth, one_of, visible
from interpret.wording import by_word, row_probability, surprises, words_of
from tests.interpret import loops
from tests.interpret.test_results import grid
from tests.toys import toy_run


def test_pieces_add_up_to_words_on_paper():
    # Words: start, the, dogs', run; rows explain run (word 3) and what follows (word 4).
    found = by_word(grid())
    assert found.rows == (3, 4)
    # dogs' = 2 + 3; run's own piece counts 0. Then: dogs' = -5 + 6, run 7.5.
    assert found.values.tolist() == [[0, 1, 5, 0], [0, 4, 1, 7.5]]
    assert [word.shown for word in found.words] == ["", "the", "dogs'", "run"]
    assert [word.space for word in found.words] == [False, False, True, True]
    assert [word.tokens for word in found.words] == [(0, 1), (1, 2), (2, 4), (4, 5)]


def test_space_that_a_tokenizer_leaves_out_still_stands_between_words():
    text = "Mia sings.\nTom"
    spans = np.array([[0, 0], [0, 3], [4, 9], [9, 10], [11, 14]])  # whole words, as Storyland's
    found = words_of(text, spans, np.arange(5))
    assert [(w.shown, w.space, w.newlines) for w in found] == [
        ("", False, 0), ("Mia", False, 0), ("sings", True, 0), (".", False, 0), ("Tom", True, 1)
    ]  # fmt: skip


def test_rows_of_one_word_are_added_and_its_own_pieces_left_out():
    # Both rows explain the pieces of dogs' (word 2): the 1 + 4, run 0 + 7.5; its own pieces count 0.
    asked = grid().asked
    asked = type(asked)(measure="logit", places=(2, 3), tokens=(7, 9), shown=(" dog", "s'"))
    found = by_word(grid(asked=asked))
    assert found.rows == (2,)
    assert found.values.tolist() == [[0, 5, 0, 7.5]]


def test_the_sentence_of_a_row():
    found = by_word(grid())
    assert found.in_words(0, 0.125) == (
        "“run” (probability 12\u00a0%) is explained here. Of the words before it, "
        "“dogs'” does most for it (+5.00 nats)."
    )
    down = by_word(grid(values=-grid().values))
    assert down.in_words(1, None) == (
        "The model's first guess for what comes next is “fast”. "
        "Of the words before it, “run” does most against it (−7.50)."
    )
    faint = by_word(grid(values=grid().values * 0.0007))
    assert "+0.0035 nats" in faint.in_words(0, None), "not +0.00"
    silent = by_word(grid(values=0 * grid().values))
    assert silent.in_words(0, None).endswith("No earlier word has any effect on it.")
    # 7.5 of 12.5
    assert "on “run”: 60\u00a0% of" in by_word(grid(signed=False)).in_words(1, None)


def test_words_that_look_alike_are_told_apart_and_white_space_is_named():
    names = ("⏎", "the", ":", "⏎", ":", "")
    assert [one_of(names, at) for at in range(6)] == [
        "a new line (1st)", "“the”", "“:” (1st)", "a new line (2nd)", "“:” (2nd)", "the start of the text",
    ]  # fmt: skip
    assert [nth(n) for n in (3, 11, 21, 112, 102)] == ["3rd", "11th", "21st", "112th", "102nd"]
    assert (named("\n"), named("⏎"), named("a")) == ("a new line", "a new line", "“a”")


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_nothing_is_lost_but_a_words_own_pieces(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path)
    tokens = explain(run, "gradient_times_input")
    assert isinstance(tokens, TokenGrid)
    found = by_word(tokens)
    own = np.array([*tokens.words[1:], tokens.words[-1] + 1])  # the word that each row explains
    outside = np.where(tokens.words[None] == own[:, None], 0, tokens.values)
    assert found.values.sum() == pytest.approx(outside.sum())
    assert len(found.words) == 8  # start mark, the keys to the cabinet , don't


def test_surprise_of_a_word_adds_its_pieces_bits(tmp_path: Path):
    run = loops.run_of("gpt2", tmp_path)
    found = explain(run, "next_words")
    assert isinstance(found, NextWords)
    told = surprises(found, most=3)
    assert told.bits[0] is told.rank[0] is told.probability[0] is told.expected[0] is None
    pieces = [i for i, word in enumerate(run.tokens.words) if word == 2]
    assert len(pieces) > 1
    assert told.bits[2] == pytest.approx(sum(found.surprise[i] for i in pieces))
    assert told.probability[2] == pytest.approx(math.prod(2 ** -found.surprise[i] for i in pieces))
    assert told.rank[2] == max(found.rank[i] for i in pieces)
    guesses = told.expected[2]
    assert guesses is not None
    assert [share for _, share in guesses] == found.values[pieces[0] - 1, :3].tolist()
    given = row_probability(found, (2, len(told.words)))
    assert given == [told.probability[2], found.values[-1, 0]]


def test_bands_end_at_10_100_and_1000_guesses():
    found = explain(toy_run(), "next_words")
    assert isinstance(found, NextWords)
    ranked = {"rank": np.array([0, 10, 11, 1001])}
    changed = type(found)(**{**found.__dict__, **ranked})
    assert surprises(changed).band == [None, 0, 1, 3]


def test_line_breaks_and_gaps_before_a_word():
    spans = np.array([[0, 3], [3, 4], [4, 7], [7, 11]])
    found = words_of("one\ntwo  si", spans, np.arange(4))
    assert [word.to_data() for word in found] == [
        {"t": "one", "s": 0, "n": 0},
        {"t": "⏎", "s": 0, "n": 0},
        {"t": "two", "s": 0, "n": 1},
        {"t": "si", "s": 1, "n": 0},
    ]


@pytest.mark.parametrize(
    ("token", "seen"),
    [
        (" dog", "dog"),
        ("  ", "␣␣"),
        ("\n", "⏎"),
        (" \t", "⇥"),
        ("\x00", "␀"),
        ("a\x07b", "a\ufffdb"),
        ("\u202e", "\ufffd"),  # would turn the line round
        ("👩\u200d👧", "👩\u200d👧"),
        ("", ""),
    ],
)
def test_what_is_seen_of_a_token(token: str, seen: str):
    assert visible(token) == seen


@pytest.mark.parametrize("name", ["integrated_gradients", "leave_one_out"])
def test_long_work_tells_how_far_it_is_and_stops_when_asked(name: str):
    heard: list[float] = []
    with progress.heard_by(lambda share: heard.append(share) is None):
        explain(toy_run(), name)
    assert heard
    assert all(0 <= share <= 1 for share in heard)
    with pytest.raises(progress.Stopped), progress.heard_by(lambda share: False):
        explain(toy_run(), name)
    explain(toy_run(), name)  # nobody listens: nothing stops
