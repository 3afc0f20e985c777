"""What comes next: bits, ranks and probabilities worked out on paper, and against scipy."""

import math
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
import torch

import models
from interpret import explain, record
from interpret.method import UnknownMethod
from interpret.results import NextWords
from tests import tiny
from tests.toys import toy_run


def next_words(run, **options) -> NextWords:
    found = explain(run, "next_words", **options)
    assert isinstance(found, NextWords)
    return found


def test_halves_quarters_and_eighths_are_1_2_and_3_bits():
    # A model that always says: <s> 1/4, red 1/2, dog 1/8, ran 1/8.
    bias = [math.log(p) for p in (1 / 4, 1 / 2, 1 / 8, 1 / 8)]
    found = next_words(toy_run(" dog red ran", decoder=((0.0, 0.0),) * 4, bias=bias), top=4)
    assert found.surprise.tolist() == pytest.approx([0, 3, 1, 3])  # nothing predicts the start mark
    # Entropy: 1/4 * 2 + 1/2 * 1 + 1/8 * 3 + 1/8 * 3 = 1.75 bits after every token
    assert found.entropy.tolist() == pytest.approx([1.75] * 4)
    # dog is behind red and <s>; red is first; ran ties with dog, and only those before it count
    assert found.rank.tolist() == [0, 3, 1, 3]
    assert found.predicted.tolist() == [False, True, True, True]
    assert found.values[2].tolist() == pytest.approx([1 / 2, 1 / 4, 1 / 8, 1 / 8])
    assert found.candidates[2][:2] == (" red", "<s>")
    assert found.candidate_ids[2, :2].tolist() == [1, 0]


def test_the_guesses_after_each_token_are_those_of_its_own_row():
    # After <s> red and ran lead, after red dog, after dog ran, after ran red (see tests/toys.py).
    found = next_words(toy_run(), top=2)
    assert found.values.shape == (4, 2)
    assert [row[0] for row in found.candidates[1:]] == [" dog", " ran", " red"]
    assert found.rank.tolist() == [0, 1, 1, 1]
    # dog after red: e^7 of e^0 + e^3.5 + e^7 + e^-3.5
    share = math.exp(7) / sum(math.exp(x) for x in (0, 3.5, 7, -3.5))
    assert found.values[1, 0] == pytest.approx(share)
    assert found.surprise[2] == pytest.approx(-math.log2(share))


def test_probabilities_of_the_whole_vocabulary_sum_to_1(tmp_path: Path):
    found = next_words(record(tiny.lstm_model(tmp_path), tiny.TEXT), top=tiny.VOCABULARY)
    np.testing.assert_allclose(found.values.sum(axis=1), 1, atol=1e-9)
    assert (np.diff(found.values, axis=1) <= 0).all()
    assert found.check.passed


def test_surprise_is_the_loss_and_entropy_is_scipys(tmp_path: Path):
    model = models.load(tiny.huggingface_folder(tmp_path, "gpt2"))
    run = record(model, tiny.TEXT)
    found = next_words(run)
    own = torch.tensor(run.tokens.ids[1:].copy())
    nats = torch.nn.functional.cross_entropy(run.logits[:-1].double(), own, reduction="none")
    np.testing.assert_allclose(found.surprise[1:], nats.numpy() / math.log(2), atol=1e-9)
    shares = run.logits.double().softmax(-1).numpy()
    np.testing.assert_allclose(found.entropy, scipy.stats.entropy(shares, base=2, axis=1), atol=1e-9)
    order = scipy.stats.rankdata(-run.logits[:-1].numpy(), axis=1, method="min")
    assert found.rank[1:].tolist() == [int(row[i]) for row, i in zip(order, own, strict=True)]


def test_a_word_that_is_impossible_costs_nothing_to_the_entropy():
    bias = (math.log(1 / 2), math.log(1 / 2), -math.inf, -math.inf)
    found = next_words(toy_run(" red red", decoder=((0.0, 0.0),) * 4, bias=bias), top=2)
    assert found.entropy.tolist() == pytest.approx([1.0] * 3)


def test_without_a_start_mark_the_first_word_is_predicted_by_nothing():
    found = next_words(toy_run(start=False), top=2)
    assert found.predicted.tolist() == [False, True, True]
    assert (found.surprise[0], found.rank[0]) == (0, 0)


def test_in_words_names_the_first_two_guesses():
    assert next_words(toy_run()).in_words() == (
        # e^10.875 against e^6.75: 98 %, 2 %
        "After this text the model's first guess is “red” (98\u00a0%), its second “dog” (1.6\u00a0%)."
    )


@pytest.mark.parametrize("top", [1, 0, 1001, "many"])
def test_a_number_of_guesses_that_makes_no_sense_is_refused(top: object):
    with pytest.raises(UnknownMethod, match="next_words: "):
        explain(toy_run(), "next_words", top=top)
