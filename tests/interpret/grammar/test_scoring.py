"""Scores of minimal pairs: worked out on paper, turned round, and beside transformers' own loss."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

import models
from interpret import explain, record, study
from interpret.grammar.judging import from_pairs, judge, side_by_side
from interpret.grammar.resumed import wins
from interpret.grammar.scoring import predicted, score, token_nats
from interpret.grammar.templates import Pair
from interpret.results.grammar import wilson
from models.refusals import Refusal
from tests import tiny
from tests.toys import Toy, ToyClassifier, ToyFiller

PAIR = Pair(good="red dog ran", bad="red ran ran")


def log_share(logits: list[float], at: int) -> float:
    return float(torch.tensor(logits, dtype=torch.float64).log_softmax(0)[at])


def test_a_writing_model_is_asked_from_where_the_halves_differ():
    found = score(Toy(), [PAIR])
    # after "red" the logits are 0, 3.5, 7, -3.5; after "red dog" 4, 7.75, -4.5, 12.25 (tests/toys.py)
    good = log_share([0, 3.5, 7, -3.5], 2) + log_share([4, 7.75, -4.5, 12.25], 3)
    # after "red ran" the state is (1,2)/4 + (3,-1)/2 + (5,1) = (6.75, 1): logits 1, 8.75, 12.5, -3.75
    bad = log_share([0, 3.5, 7, -3.5], 3) + log_share([1, 8.75, 12.5, -3.75], 3)
    np.testing.assert_allclose([found.good[0], found.bad[0]], [good, bad], atol=1e-5)
    # of the word alone: logits 7 and -3.5 with one normaliser
    np.testing.assert_allclose(found.good_word[0] - found.bad_word[0], 10.5, atol=1e-5)
    assert found.differ.all()
    assert found.same_length.all()
    assert found.where.tolist() == [2]  # the start mark is word 0, "red" word 1


def test_a_gap_filling_model_is_asked_about_every_word():
    found = score(ToyFiller(), [Pair(good="red dog", bad="red ran")])
    # the state at a place is the sum of all other vectors. "red" beside "dog": (1,2) + (-2,4) = (-1,6),
    # logits 6, 11, -8, 19; beside "ran": (1,2) + (5,1) = (6,3), logits 3, 12, 9, 3. The second word
    # beside "red":
    # (1,2) + (3,-1) = (4,1), logits 1, 6, 7, -1.
    good = log_share([6, 11, -8, 19], 1) + log_share([1, 6, 7, -1], 2)
    bad = log_share([3, 12, 9, 3], 1) + log_share([1, 6, 7, -1], 3)
    np.testing.assert_allclose([found.good[0], found.bad[0]], [good, bad], atol=1e-5)
    np.testing.assert_allclose(found.good_word[0] - found.bad_word[0], 7 - -1, atol=1e-5)


def test_halves_that_change_places_turn_a_share_round(tmp_path):
    model = tiny.lstm_model(tmp_path)
    texts = ["the keys are", "the dog is", "a table was", "the cabinet sleeps", "an old dog ran"]
    pairs = [Pair(good=one, bad=other) for one in texts for other in texts if one < other]
    turned = [Pair(good=pair.bad, bad=pair.good) for pair in pairs]
    shares = [judge(model, [from_pairs("p", some)], world="file").values[0] for some in (pairs, turned)]
    assert 0 < shares[0] < 1
    assert shares[0] + shares[1] == 1
    # ties too: equal, equal, better, worse -> (0.5 + 0.5 + 1 + 0) / 4
    assert wins(np.array([2.0, 2, 3, 1]), np.array([2.0, 2, 1, 3])).mean() == 0.5


def test_a_sentence_has_the_probability_that_transformers_gives_it(tmp_path):
    model = models.load(tiny.huggingface_folder(tmp_path, "gpt2"))
    network = tiny.network("gpt2")
    texts = [tiny.TEXT, tiny.SENTENCES[1], "a dog"]
    tokens = [model.encode(text) for text in texts]
    nats = token_nats(model, [(one, predicted(model, one)) for one in tokens])
    for one, found in zip(tokens, nats, strict=True):
        ids = torch.tensor(one.ids.copy())[None]
        loss = network(input_ids=ids, labels=ids).loss.item()  # the mean over all tokens but the first
        np.testing.assert_allclose(-found.sum(), loss * (len(one) - 1), rtol=1e-5)


def test_hidden_words_cost_what_next_words_says():
    model = ToyFiller()
    tokens = model.encode("red dog ran dog")
    (nats,) = token_nats(model, [(tokens, predicted(model, tokens))])
    bits = explain(record(model, tokens), "next_words").surprise
    np.testing.assert_allclose(-nats / np.log(2), bits[1:], atol=1e-5)


def test_words_of_a_pair_add_up_to_its_sentences():
    found = side_by_side(Toy(), "red dog ran", "red ran")
    assert found.words_shown == (("red", "dog", "ran"), ("red", "", "ran"))
    assert found.check.passed
    assert found.values[1, 1] == 0  # no word in that column
    assert found.notes[0].startswith("The sentences have 4 and 3 tokens")
    np.testing.assert_allclose(found.values.sum(1) * np.log(2), -found.nats)
    same = score(Toy(), [Pair(good="red dog ran", bad="red ran")])
    np.testing.assert_allclose(found.lead, same.good - same.bad, atol=1e-6)
    assert not same.same_length.any()


@pytest.mark.parametrize(("right", "n"), [(8, 10), (0, 5), (200, 200), (101, 200)])
def test_the_bounds_are_wilsons(right, n):
    expected = binomtest(right, n).proportion_ci(method="wilson")
    np.testing.assert_allclose(wilson(right, n), (expected.low, expected.high), atol=1e-7)


def test_verdicts_weigh_every_paradigm():
    pairs = [PAIR] * 40
    turned = [Pair(good=PAIR.bad, bad=PAIR.good)] * 40
    one, other = (
        replace(from_pairs(name, some), phenomenon="both") for name, some in (("a", pairs), ("b", turned))
    )
    found = judge(Toy(), [one, other], world="file")
    (rule,) = found.rules()
    # always right in one, always wrong in the other: half of all, and so not learned
    assert (rule.accuracy, rule.verdict, rule.worst, rule.worst_accuracy) == (0.5, "not learned", "b", 0.0)
    (rule,) = judge(Toy(), [one], world="file").rules()
    assert rule.verdict == "learned"
    assert rule.in_words(rule).endswith("; no better than counting words.")


def test_what_cannot_be_asked_is_refused(tmp_path):
    with pytest.raises(Refusal, match="toy-classifier names classes and gives sentences no probability"):
        score(ToyClassifier(), [PAIR])
    with pytest.raises(Refusal, match="toy does not know the words of these sentences"):
        score(Toy(), [Pair(good="red cat", bad="red cats")])
    with pytest.raises(Refusal, match="toy knows neither the words of English nor those of Storyland"):
        study(Toy(), "grammar")
    with pytest.raises(Refusal, match="The two sentences are the same"):
        side_by_side(Toy(), "red dog", " red dog")
    with pytest.raises(Refusal, match="There is no paradigm 'telepathy' in english"):
        study(tiny.lstm_model(tmp_path), "minimal_pairs", paradigm="telepathy")


def test_pairs_with_unknown_words_are_left_out_and_counted():
    pairs = [PAIR, Pair(good="red cat", bad="red cats"), Pair(good="dog ran", bad="dog  ran")]
    found = judge(Toy(), [from_pairs("p", pairs), from_pairs("lost", pairs[1:2])], world="file")
    assert found.names == ("p",)  # of the other one nothing is known
    assert (found.n.tolist(), found.asked_for.tolist()) == ([1], [3])
    assert "Left out, because toy does not know their words: lost." in found.notes


def test_only_the_marked_words_are_compared():
    pair = Pair(good="red dog ran", bad="dog dog ran", part=((8, 11), (8, 11)))
    found = score(Toy(), [pair])
    # "ran" behind "red dog": logits 4, 7.75, -4.5, 12.25; behind "dog dog" the state is
    # (1,2)/4 + (-2,4)/2 + (-2,4) = (-2.75, 6.5): logits 6.5, 10.25, -12, 22.25
    expected = [log_share([4, 7.75, -4.5, 12.25], 3), log_share([6.5, 10.25, -12, 22.25], 3)]
    np.testing.assert_allclose([found.good[0], found.bad[0]], expected, atol=1e-5)
    shown = study(models.load("wiki-lstm"), "minimal_pairs", paradigm="no_ever", count=4)
    assert set(shown.compared) == {"ever"}
    assert "finds “ever” likelier in the right sentence" in shown.in_words()
