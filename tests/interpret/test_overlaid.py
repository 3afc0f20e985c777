"""Two models on one text: parts both cut at, on paper; every token counted once; the n-gram beside a network."""

import json
from typing import Any

import numpy as np
import pytest

import models
from interpret import explain, record
from interpret.results import Asked, Check, NextWords
from interpret.results.overlaid import overlaid
from tests.toys import Toy

TEXT = "the keys to the cabinet: don't touch  them"


def read(model: str, pieces: list[str], bits: list[float], unpredicted: int = 0) -> NextWords:
    """What a model would say of `TEXT` cut so."""
    spans, at = [], 0
    for piece in pieces:
        at = TEXT.index(piece, at)
        spans.append((at, at + len(piece)))
        at += len(piece)
    count = len(pieces)
    words = np.arange(count)
    predicted = np.arange(count) >= unpredicted
    return NextWords(
        method="next_words", model=model, model_sha256="0", text=TEXT, tokens=tuple(pieces), spans=np.array(spans),
        words=words, asked=Asked(measure="log-prob", places=(), tokens=(), shown=()), values=np.full((count, 2), 0.25),
        unit="probability", signed=False, check=Check(name="x", value=0.0), candidates=((" a", " b"),) * count,
        candidate_ids=np.zeros((count, 2), int), surprise=np.array(bits) * predicted, rank=np.ones(count, int),
        entropy=np.zeros(count), predicted=predicted,
    )  # fmt: skip


def test_parts_are_cut_where_both_models_cut():
    # the first reads "don't" as one word, the second "don" and "'t" as words; "cabinet:" is one word of the second
    one = read(
        "a",
        ["the", " keys", " to", " the", " cab", "inet", ":", " don't", " touch", "  them"],
        [0, 8, 2, 1, 9, 1, 3, 4, 5, 6],
        1,
    )
    one = _renumbered(one, [0, 1, 2, 3, 4, 4, 5, 6, 7, 8])
    other = read(
        "b",
        ["the ", "keys ", "to ", "the ", "cabinet:", " don", "'t", " touch ", " them"],
        [3, 4, 2, 2, 7, 2, 3, 9, 6],
    )
    other = _renumbered(other, [0, 1, 2, 3, 4, 5, 6, 7, 8])
    found = overlaid(one, other)
    assert found.shown == ("the", "keys", "to", "the", "cabinet:", "don't", "touch", "them")
    # cab + inet + ":" = 9 + 1 + 3; don + 't = 2 + 3
    np.testing.assert_allclose(found.bits[0, 1:], [8, 2, 1, 13, 4, 5, 6])
    np.testing.assert_allclose(found.bits[1], [3, 4, 2, 2, 7, 5, 9, 6])
    assert found.predicted.tolist() == [False] + [True] * 7, (
        "the first model is not asked about its first token"
    )
    assert found.lead.tolist() == [0, -4, 0, 1, -6, 1, 4, 0]
    assert found.apart(2) == [4, 1] and found.hardest(2) == [4, 6]
    # 8+2+1+13+4+5+6 = 39 and 4+2+2+7+5+9+6 = 35 bits over 7 words
    assert "a is surprised by 5.6 bits a word, b by 5.0; a expected 3 of 7 words better" in found.in_words()
    assert "“cabinet:”, which b expected better by 6.0 bits" in found.in_words()


def _renumbered(found: NextWords, words: list[int]) -> NextWords:
    from dataclasses import replace

    return replace(found, words=np.array(words))


@pytest.mark.parametrize(
    "pair", [("wiki-lstm", "wiki-ngram"), ("reviews-gpt", "shakespeare-chars"), ("story-lstm", "story-gpt")]
)
@pytest.mark.parametrize(
    "text",
    [
        "The keys to the cabinet aren't in Zürich \U0001f600 today.",
        "Sofia lives near the mill.\n\nShe sings.",
    ],
)
def test_every_predicted_token_is_counted_once_in_both(pair, text):
    read_by = [explain(record(models.load(name), text), "next_words") for name in pair]
    found = overlaid(*read_by)
    for row, one in enumerate(read_by):
        inked = [at for at in range(len(one.tokens)) if one.text[one.spans[at, 0] : one.spans[at, 1]].strip()]
        blank = [
            at for at in range(len(one.tokens)) if at not in inked and one.spans[at, 0] < one.spans[at, 1]
        ]
        whole = float(one.surprise[inked].sum())
        assert whole - 1e-6 <= found.bits[row].sum() <= whole + float(one.surprise[blank].sum()) + 1e-6
    assert "".join(found.shown) == "".join(text.split()) or " " in "".join(found.shown)
    starts = found.spans[:, 0]
    assert (np.diff(starts) > 0).all() and (found.spans[:-1, 1] <= starts[1:]).all()
    json.dumps(found.to_json(), allow_nan=False)


def test_a_model_beside_itself_differs_nowhere():
    one = explain(record(Toy(), " red dog ran"), "next_words")
    found = overlaid(one, one)
    assert found.shown == ("red", "dog", "ran") and not found.lead.any()
    assert found.rho == pytest.approx(1)
    np.testing.assert_allclose(found.bits[0], one.surprise[1:])


def test_scipys_rank_correlation():
    from scipy.stats import spearmanr

    one, other = (
        explain(record(models.load(name), TEXT), "next_words") for name in ("wiki-lstm", "wiki-ngram")
    )
    found = overlaid(one, other)
    wanted: Any = spearmanr(found.bits[0][found.predicted], found.bits[1][found.predicted])
    assert found.rho == pytest.approx(wanted.statistic)


def test_a_shorter_reading_ends_the_comparison():
    model = models.load("story-lstm")
    tokens = model.encode("Mia lives near the mill. Mia sings.")
    one, other = (explain(record(model, tokens.cut(size)), "next_words") for size in (5, len(tokens)))
    assert overlaid(one, other).text == tokens.cut(5).text
