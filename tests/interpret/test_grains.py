"""Pieces, words, sentences: where sentences end, and that sums stay sums."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from interpret import explain
from interpret.grains import numbered, sentence_ends
from interpret.results import NextWords, TokenGrid
from interpret.wording import (
    by_word,
    clipped,
    first_row,
    phrase_target,
    row_probability,
    warnings,
    written_target,
)
from tests.interpret import loops
from tests.toys import toy_run


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It rains. She left!  “Why?” he asked.", ["It rains.", "She left!", "“Why?” he asked."]),
        ("Mr. J. Smith paid 3.50 dollars. Fine.", ["Mr. J. Smith paid 3.50 dollars.", "Fine."]),
        ("Wait... there it is", ["Wait... there it is"]),
        ("a line\nanother line", ["a line", "another line"]),
        ("早上好。你好", ["早上好。", "你好"]),
        ("no end", ["no end"]),
    ],
)
def test_where_sentences_end(text: str, parts: list[str]):
    found = [text[start:end].strip() for start, end in pairwise([0, *sentence_ends(text), len(text)])]
    assert [part for part in found if part] == parts


def test_tokens_words_and_sentences_on_paper():
    text = "A dog. It ran"
    # start mark, A, dog, ., It, r, an
    spans = np.array([(0, 0), (0, 1), (1, 5), (5, 6), (6, 9), (9, 11), (11, 13)])
    words = np.array([0, 1, 2, 3, 4, 5, 5])
    assert numbered(text, spans, words, "tokens").tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert numbered(text, spans, words, "words").tolist() == words.tolist()
    assert numbered(text, spans, words, "sentences").tolist() == [0, 1, 1, 1, 2, 2, 2]


TEXT = "The keys don't fit. Where is the cabinet?"


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_what_a_coarser_view_shows_is_the_sum_of_a_finer_one(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path, TEXT)
    found = explain(run, "gradient_times_input")
    assert isinstance(found, TokenGrid)
    fine, words, coarse = (by_word(found, grain) for grain in ("tokens", "words", "sentences"))  # type: ignore[arg-type]
    assert len(fine.words) == len(run.tokens)
    assert [clipped(word.shown) for word in coarse.words] == [
        "",
        "The keys don't fit.",
        "Where is the cabinet?",
    ]
    last = found.values[-1]  # the next word: every token can matter to it
    for grid in (fine, words, coarse):
        sums = [last[first:end].sum() for first, end in (word.tokens for word in grid.words)]
        assert grid.values[-1] == pytest.approx(np.array(sums))
        assert grid.values[-1].sum() == pytest.approx(last.sum())
    # The second sentence, explained by the first: all its tokens' rows, over all tokens of the first.
    first, second = (slice(*coarse.words[n].tokens) for n in (1, 2))
    rows = [row for row, place in enumerate(found.asked.places) if second.start <= place < second.stop]
    assert coarse.values[coarse.rows.index(2), 1] == pytest.approx(found.values[rows, first].sum())
    assert written_target(coarse, coarse.rows.index(2)) == f"{second.start}-{second.stop - 1}"
    assert phrase_target(words, 2, 3) == f"{words.words[2].tokens[0]}-{words.words[3].tokens[1] - 1}"


def test_one_number_alone_is_a_grid_of_one_row():
    run = toy_run(" dog", start=False)
    scores = explain(run, "gradient_times_input")
    assert scores.kind == "token-scores"
    grid = by_word(scores)
    assert grid.rows == (1,) and grid.values[0] == pytest.approx(scores.values)
    assert warnings(grid, 0) == [
        "The probability is 1.000: nothing small can move it; explain the logit instead."
    ]


def test_the_probability_of_a_sentence_is_the_product_over_its_pieces(tmp_path: Path):
    run = loops.run_of("gpt2", tmp_path, TEXT)
    guesses, found = explain(run, "next_words"), explain(run, "gradient_norm")
    assert isinstance(guesses, NextWords)
    coarse = by_word(found, "sentences")
    given = row_probability(guesses, coarse.rows, coarse.words)
    first, end = coarse.words[2].tokens
    logs = run.logits.log_softmax(-1)
    product = sum(float(logs[t - 1, run.tokens.ids[t]]) for t in range(first, end))
    assert np.log(given[coarse.rows.index(2)] or 0) == pytest.approx(product, rel=1e-4)
    assert first_row(guesses, coarse) == len(coarse.rows) - 1
