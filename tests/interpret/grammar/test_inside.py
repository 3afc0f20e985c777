"""Inside a model: number units on a network whose unit is known, probes on states whose content is known."""

import json

import numpy as np
import pytest
import torch
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression

import models
from interpret import explain, record, study
from interpret.grammar import probing, units
from interpret.grammar.probing import Labelled, control_labels, reader_accuracy
from interpret.grammar.scoring import predicted, token_nats
from interpret.grammar.templates import Pair
from interpret.grammar.units import each_off, leads, lost, switchable, verbs
from interpret.method import UnknownMethod
from interpret.studies.against_counting import TEXTS, _mean
from models.refusals import Refusal
from tests.toys import Toy


@pytest.fixture(scope="module")
def story_gpt():
    return models.load("story-gpt")


def test_a_unit_that_is_switched_off_comes_back(story_gpt):
    asked = verbs(story_gpt, "storyland", 8, 7)
    assert asked.plural.tolist() == [False, True] * 8
    before = leads(story_gpt, asked)
    after = each_off(story_gpt, asked, switchable(story_gpt)[:2])
    assert (np.abs(after - before) > 1e-6).any()
    np.testing.assert_array_equal(leads(story_gpt, asked), before)
    np.testing.assert_array_equal(each_off(story_gpt, asked, [()])[0], before)  # without any unit off


def test_leads_are_the_differences_of_two_logits():
    toy = Toy()
    pairs = (("red dog", "red ran"), ("red red dog", "red red red"))
    rows = [units._row(toy, Pair(good=good, bad=bad)) for good, bad in pairs]
    assert [(row[0].tolist(), row[1], row[2]) for row in rows if row] == [([0, 1], 2, 3), ([0, 1, 1], 2, 1)]
    batches = tuple(torch.tensor(row[0])[None] for row in rows if row)
    asked = units.Verbs(
        batches=batches, good=torch.tensor([2, 2]), bad=torch.tensor([3, 1]),
        plural=np.array([False, True]),
    )  # fmt: skip
    # after "red" the logits are 0, 3.5, 7, -3.5: 7 - -3.5; after "red red" the state is
    # (1,2)/4 + (3,-1)/2 + (3,-1) = (4.75, -1), logits -1, 2.75, 10.5, -7.75: 10.5 - 2.75
    np.testing.assert_allclose(leads(toy, asked), [10.5, 7.75])


def test_lost_verbs_are_weighed_as_mcnemar_does():
    before = np.array([True] * 9 + [False] * 3)
    after = np.array([[False] * 8 + [True] * 2 + [False] * 2, before])  # 8 lost and 1 won; nothing changed
    expected = binomtest(8, 9, 0.5, alternative="greater").pvalue
    np.testing.assert_allclose(lost(before, after), [float(expected), 1.0])


def test_number_units_name_the_head(story_gpt):
    found = study(story_gpt, "number_units", count=8)
    assert found.values.shape == (len(found.p), 2) == (16, 2)
    assert found.check.passed
    best = int(found.order[0])
    assert found.called(best) in found.in_words() or not found.flagged.any()
    with pytest.raises(UnknownMethod, match="reviews-bert fills gaps"):
        study(models.load("reviews-bert"), "number_units")
    with pytest.raises(Refusal, match="wiki-ngram has no cells and no heads to switch off"):
        switchable(models.load("wiki-ngram"))


def test_a_reader_finds_what_is_there_and_nothing_in_noise():
    rng = np.random.default_rng(3)
    labels = np.array(["a", "b"] * 100)
    tested = np.arange(200) >= 140
    assert reader_accuracy((labels == "a")[:, None] * np.ones((1, 4)), labels, tested) == 1
    assert 0.3 < reader_accuracy(rng.normal(size=(200, 4)), labels, tested) < 0.7
    states = rng.normal(size=(200, 3)) + (labels == "a")[:, None]
    scaled = (states - states[~tested].mean(0)) / states[~tested].std(0)
    alone = LogisticRegression(C=0.1).fit(scaled[~tested], labels[~tested])
    assert reader_accuracy(states, labels, tested) == alone.score(scaled[tested], labels[tested])
    with pytest.raises(Refusal, match="All words to learn from have the same label"):
        reader_accuracy(states, np.array(["a"] * 200), tested)


def test_control_labels_belong_to_words():
    labels = np.array(["noun"] * 30 + ["verb"] * 10)
    words = [f"w{at % 8}" for at in range(40)]
    drawn = control_labels(words, labels, 5)
    assert all(len({drawn[at] for at in range(40) if words[at] == word}) == 1 for word in words)
    assert set(drawn) <= {"noun", "verb"}
    np.testing.assert_array_equal(drawn, control_labels(words, labels, 5))
    assert probing.tested_sentences(10, 0).sum() == 3


def test_states_are_read_at_the_end_of_each_word(story_gpt):
    sentence = Labelled(
        text="Mia lives near the mill.", words=("Mia", "lives", "near"), labels=("n", None, "p")
    )
    (found,) = probing.read(story_gpt, [sentence], 1.0)
    assert found is not None
    _, rows = found
    assert [word for word, _ in rows] == [0, 2]
    assert len(rows[0][1]) == story_gpt.card.layers + 1


def test_the_number_is_read_beside_its_control(story_gpt):
    found = study(story_gpt, "probes", count=60)
    assert found.values.shape == found.control.shape == (5, 7)
    assert found.n.tolist() == [42, 18]
    assert found.values[0, 0] == 1  # the subject itself says it
    np.testing.assert_array_equal(found.selectivity, found.values - found.control)
    assert "by heart" in found.check.says or "memory" in found.check.in_words()
    with pytest.raises(UnknownMethod, match="wiki-ngram has no layers to read"):
        study(models.load("wiki-ngram"), "probes")


@pytest.mark.parametrize("world", ["english", "storyland"])
def test_words_of_two_kinds_have_no_label(world):
    labels = {}
    for sentence in probing.word_classes(world, 7, 4):
        for word, label in zip(sentence.words, sentence.labels, strict=True):
            labels.setdefault(word.lower(), set()).add(label)
    assert labels["the"] == {"determiner"}
    assert all(len(kinds) == 1 for kinds in labels.values())
    if world == "english":
        assert labels["show"] == {None}  # a show, to show


def test_a_network_is_set_against_counting():
    model = models.load("wiki-lstm")
    found = study(model, "against_counting")
    assert found.groups[0] == "all words"
    assert found.n[0] == found.n[1:5].sum()  # every token has one place in its text
    assert found.n[0] == found.n[5:7].sum() + found.n[7] + found.n[10:].sum()
    assert found.values[0] > 0.3  # it expects what comes better than counting does
    # the mean over all tokens, by the two models' own losses on one text after another
    texts = [entry["text"] for entry in json.loads(TEXTS.read_text(encoding="utf-8"))][:3]
    nats = [
        sum(-explain(record(one, text), "next_words").surprise[1:].sum() * np.log(2) for text in texts)
        for one in (model, models.load("wiki-ngram"))
    ]
    tokens = [model.encode(text) for text in texts]
    asked = [(one, predicted(model, one)) for one in tokens]
    ours, theirs = (sum(n.sum() for n in token_nats(m, asked)) for m in (model, models.load("wiki-ngram")))
    np.testing.assert_allclose([ours, theirs], nats, rtol=1e-5)
    with pytest.raises(Refusal, match="story-gpt cuts text otherwise than wiki-ngram does"):
        study(models.load("story-gpt"), "against_counting")
    with pytest.raises(UnknownMethod, match="wiki-ngram is the one that counts"):
        study(models.load("wiki-ngram"), "against_counting")


def test_a_mean_over_tokens_has_its_error_over_texts():
    # two texts with gains 1, 3 and 5: mean 3; sums of what is over it: -2 + 0 and 2, so sqrt(4 + 4) / 3
    mean, error, n = _mean([(0, 1.0), (0, 3.0), (1, 5.0)])
    assert (mean, n) == (3.0, 3)
    np.testing.assert_allclose(error, np.sqrt(8) / 3)
