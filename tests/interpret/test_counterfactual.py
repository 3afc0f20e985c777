"""The smallest change that flips: a toy solved on paper, brute force, the law that it flips when typed, refusals."""

from itertools import combinations, product

import numpy as np
import pytest

import models
from interpret import explain, record
from interpret.counterfactual import search
from interpret.editing import applied, spots
from interpret.flips import Answer, answer_of, fluency, leads
from interpret.method import NotThisModel
from interpret.target import at, every
from interpret.word_lists import NEGATION, ready
from models.refusals import Refusal
from tests.toys import ToyClassifier, ToyFiller, toy_run


class Votes(ToyClassifier):
    """up = first number of the state, down = the second: start (1, 2), red (3, -1), dog (-2, 4), ran (5, 1)."""

    def unembed(self, hidden):
        return hidden


def test_the_smallest_deletion_on_paper():
    # " red dog ran" is (7, 6): up, by 1. Without red (4, 7): down leads by 3. Without dog (9, 2): up by 7.
    # Without ran (2, 5): down leads by 3. So one word is enough; ties go to the first.
    found = explain(record(Votes(), " red dog ran"), "counterfactual", moves="delete")
    assert (found.answer, found.lead) == ("up", pytest.approx(1))
    assert (found.flips, found.proved, found.sizes[0]) == (True, True, 1)
    tried = {change: float(lead) for change, lead, kind in zip(found.changes, found.values, found.kinds, strict=True)
             if kind == "tried"}  # fmt: skip
    assert tried == pytest.approx({"without “red”": -3, "without “dog”": 7, "without “ran”": -3})
    assert found.changes[0] == "without “red”" and found.answers[0] == "down" and found.tried == 3


def test_two_words_where_one_is_not_enough():
    # " ran ran red" is (14, 3): up by 11. Without a ran (9, 2): up by 7; without red (11, 4): up by 7.
    # Without two: start and red (4, 1): up by 3; start and ran (6, 3): up by 3. Nothing flips but all of it.
    found = explain(record(Votes(), " ran ran red"), "counterfactual", moves="delete")
    assert not found.flips and not found.proved and found.tried == 7 - 1  # of all three no word would be left
    # Swapped for dog, one ran makes (7, 6): up by 1; two make (0, 9): down leads by 9.
    offered = (("dog",), ("dog",), ())
    found = explain(record(Votes(), " ran ran red"), "counterfactual", moves="swap", offered=offered)
    assert (found.flips, found.proved, found.sizes[0], found.answers[0]) == (True, True, 2, "down")
    assert found.values[0] == pytest.approx(-9) and found.texts[0] == " dog dog red"
    assert "all 2 changes of one word were tried" in found.smallness()


def by_brute_force(edits, ask, most):
    """The size of the smallest change that flips, all of them tried."""
    words = sorted({word for word, _ in edits})
    for size in range(1, most + 1):
        for chosen in combinations(words, size):
            for one in product(*([edit for edit in edits if edit[0] == word] for word in chosen)):
                if ask([tuple(one)])[0] < 0:
                    return size
    return None


@pytest.mark.parametrize("seed", range(40))
def test_the_size_is_that_of_brute_force(seed):
    """Made-up leads over six words with two changes each, interactions included."""
    chance = np.random.default_rng(seed)
    edits = [(word, new) for word in range(6) for new in ("", "x")]
    single = {edit: chance.normal(0, 1) for edit in edits}
    pair = {both: chance.normal(0, 0.5) for both in combinations(sorted(edits), 2)}

    def ask(wanted):
        return np.array([
            3.5 + sum(single[one] for one in edits) + sum(pair[both] for both in combinations(sorted(edits), 2))
            for edits in wanted
        ])  # fmt: skip

    found, size = search(edits, ask, budget=10_000), by_brute_force(edits, ask, 3)
    if size in (1, 2):
        assert found.smallest is not None and len(found.smallest) == size and found.proved
    if found.proved:
        assert found.smallest is not None and len(found.smallest) == size
    if found.smallest is not None:
        assert found.leads[found.smallest] < 0
        assert all(ask([[one for one in found.smallest if one != left]])[0] >= 0 for left in found.smallest)
    few = search(edits, ask, budget=14)
    assert few.tried <= 14 + 8 + 8 * 8 // 2
    if few.proved:
        assert few.smallest is not None and len(few.smallest) == size


TEXTS = {
    "reviews-lstm-sentiment": "The film was not bad at all.",
    "sst-attention": "a dull and lifeless film",
    "reviews-gpt": "The film was not so good and",
    "wiki-lstm": "The keys to the old cabinet",
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_reported_flips_when_it_is_typed(name):
    model = models.load(name)
    found = explain(record(model, TEXTS[name]), "counterfactual", budget=150)
    classes = model.card.classes
    for text, answer, lead in zip(found.texts, found.answers, found.values, strict=True):
        logits = record(model, text).logits[-1]
        said = int(logits.argmax())
        assert (classes[said] if classes else model.shown(said)) == answer
        assert (answer != found.answer) == (lead < 0)
    assert found.check.passed and found.flips and found.answers[0] != found.answer


def test_the_smallest_on_a_short_text_is_that_of_brute_force():
    model = models.load("sst-attention")
    run = record(model, "a dull and lifeless film")
    found = explain(run, "counterfactual", moves="delete", budget=1000)
    places, answer = spots(run.tokens.text, run.tokens.spans, run.tokens.words), answer_of(run, every(run))
    edits = [(word, "") for word in range(len(places))]
    size = by_brute_force(
        edits, lambda some: leads(model, answer, [applied(run.tokens.text, places, e) for e in some]), 3
    )
    assert found.proved and found.sizes[0] == size


def test_fluency_is_the_log_probability_per_word():
    model = models.load("reviews-gpt")
    text = "The film was good"
    logs = record(model, text).logits.double().log_softmax(-1)
    ids = model.encode(text).ids
    by_hand = sum(float(logs[t - 1, ids[t]]) for t in range(1, len(ids))) / 4
    assert fluency(model, [text])[0] == pytest.approx(by_hand, abs=1e-4)
    found = explain(record(model, text), "counterfactual", budget=30)
    again = fluency(model, [text, *found.texts])
    np.testing.assert_allclose(found.nats, again[1:] - again[0], atol=1e-6)


def test_fluency_reads_as_far_as_the_model_does():
    model = models.load("reviews-gpt")
    longest = model.card.context or 0
    text = "good " * longest  # a cut through a character makes a text of more tokens, too
    kept = model.encode(text).cut(longest).text
    assert len(model.encode(text)) > longest > 0 and kept != text
    np.testing.assert_allclose(fluency(model, [text]), fluency(model, [kept]))


def test_a_contrast_flips_when_the_other_one_leads():
    model = models.load("reviews-gpt")
    run = record(model, "The keys to the old cabinet")
    answer = answer_of(run, at(run, len(run.tokens), 5, measure="contrast", against=9))
    assert {answer.token, answer.rival} == {5, 9}
    assert float(answer.lead(run.logits[-1:])[0]) >= 0
    assert answer.after(run.logits[-1]) == answer.token
    assert answer_of(run, every(run)) == Answer(token=int(run.logits[-1].argmax()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He was not there", {("he or she", 0, "She"), ("one or many", 1, "were"), (NEGATION, 2, "")}),
        ("it IS good", {("one or many", 0, "they"), ("one or many", 1, "ARE"), (NEGATION, 1, "IS not")}),
        ("They don't know John", {("one or many", 0, "It"), (NEGATION, 1, "do"), ("names", 3, "Mary")}),
        ("not so john", set()),
    ],
)
def test_ready_changes_keep_capitals_and_turn_negation_round(text, expected):
    assert {(one.name, one.word, one.new) for one in ready(text.split())} == expected


def test_what_cannot_be_is_refused():
    with pytest.raises(Refusal, match="type more words"):
        explain(record(Votes(), " red"), "counterfactual")
    with pytest.raises(Refusal, match="allow words to be deleted"):
        explain(record(Votes(), " red dog"), "counterfactual", moves="swap")
    with pytest.raises(NotThisModel, match="models that write the next word and classifiers"):
        explain(record(ToyFiller(), " red dog ran"), "counterfactual")
    with pytest.raises(Refusal, match="budget"):
        explain(toy_run(), "counterfactual", budget=0)
    with pytest.raises(Refusal, match="moves"):
        explain(toy_run(), "counterfactual", moves="shuffle")
