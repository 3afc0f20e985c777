"""Deletion and insertion curves: worked out on paper, the slow way, and what must hold for any order."""

import math

import numpy as np
import pytest

from interpret import explain, record
from interpret.target import BadTarget, at, every, of_class
from interpret.trust import faithfulness
from interpret.trust.faithfulness import LONGEST_GREEDY, Options, curves, greedy, shares_of
from interpret.trust.subject import Subject, maps, raised
from models.refusals import Refusal
from tests.interpret.trust.numbers import TASKS, Faint, left, of, scored
from tests.toys import Toy, ToyClassifier, ToyFiller, toy_run


def sigma(number: float) -> float:
    return 1 / (1 + math.exp(-number))


def faint():
    run = record(Faint(), " red ran dog")
    return run, of_class(run, "down", "contrast")


# On paper


def test_a_linear_models_curves_on_paper():
    """The lead of down is 0.3 + 0.2 + 0.6 + 0.2; ran goes first, then red and dog, equal, in text order."""
    run, target = faint()
    found = curves(run, target, [explain(run, "gradient_times_input", target)])
    assert [found.top(0), found.shown] == [("ran", "red", "dog"), ("red", "ran", "dog")]
    deletion, insertion = [1.3, 0.7, 0.5, 0.3], [0.3, 0.9, 1.1, 1.3]
    assert found.values[0] == pytest.approx([sigma(x) for x in deletion], abs=1e-6)
    assert found.insertion is not None
    assert found.insertion[0] == pytest.approx([sigma(x) for x in insertion], abs=1e-6)
    # trapezoids: ends count half
    areas = [(sum(sigma(x) for x in c) - (sigma(c[0]) + sigma(c[3])) / 2) / 3 for c in (deletion, insertion)]
    assert found.areas[0] == pytest.approx(areas, abs=1e-6)
    # of three words every share up to 20 % is one word, 50 % are two
    gone = [sigma(1.3) - sigma(0.7)] * 4 + [sigma(1.3) - sigma(0.5)]
    alone = [sigma(1.3) - sigma(0.9)] * 4 + [sigma(1.3) - sigma(1.1)]
    assert found.comprehensiveness[0] == pytest.approx(gone, abs=1e-6)
    assert found.sufficiency[0] == pytest.approx(alone, abs=1e-6)
    assert found.aopc[0] == pytest.approx([np.mean(gone), np.mean(alone)], abs=1e-6)


def test_the_sentence_of_that_curve():
    run, target = faint()
    found = curves(run, target, [explain(run, "gradient_times_input", target)], Options(orders=400))
    # two of three words at random: 1.3 less 0.8, 0.8 or 0.4
    chance = (2 * sigma(0.5) + sigma(0.9)) / 3
    assert found.random[0, 2] == pytest.approx(chance, abs=0.01)
    assert found.in_words().startswith(
        f"Deleting its top 2 words (“ran” and “red”) takes p from 79\u00a0% to 62\u00a0% "
        f"(2 random: {100 * chance:.0f}\u00a0%)."
    )


def test_on_a_linear_model_the_greedy_order_is_that_of_the_exact_scores():
    run, target = faint()
    subject = Subject.of(run, target)
    order, numbers = greedy(subject, "left out")
    assert order.tolist() == [1, 0, 2]
    assert numbers == pytest.approx([sigma(x) for x in (1.3, 0.7, 0.5, 0.3)], abs=1e-6)
    found = curves(run, target, [explain(run, "leave_one_out", target)], Options(greedy=True))
    assert found.greedy is not None and found.greedy_order is not None
    assert np.array_equal(found.greedy, found.values[0])
    assert np.array_equal(found.greedy_order, found.orders[0])
    assert found.greedy_area == pytest.approx(found.areas[0, 0])


def test_unsigned_maps_go_by_size_and_signed_ones_by_what_pushes_up():
    run, target = faint()
    scores = np.array([9.0, 1.0, -5.0, 3.0])
    signed, plain = scored(run, target, scores), scored(run, target, scores, signed=False)
    found = curves(run, target, [signed, plain])
    assert found.orders.tolist() == [[2, 0, 1], [1, 2, 0]]


def test_shares_of_words_are_rounded_up():
    assert shares_of(60).tolist() == [1, 3, 6, 12, 30]
    assert shares_of(20).tolist() == [1, 1, 2, 4, 10]
    assert shares_of(2).tolist() == [1, 1, 1, 1, 1]


# Laws, on every task


@pytest.mark.parametrize("name", TASKS)
def test_every_order_starts_with_the_models_own_answer_and_ends_alike(name, tmp_path):
    run, target = of(name, tmp_path)
    values = np.random.default_rng(2).normal(size=(2, len(run.tokens)))
    found = curves(run, target, [scored(run, target, row) for row in values])
    subject = Subject.of(run, target)
    own = left(subject, np.ones(len(subject.groups), dtype=bool), "left out")
    assert found.values[:, 0] == pytest.approx([own] * 2, rel=1e-4)
    assert found.random[:, 0] == pytest.approx([own] * 3, rel=1e-4)
    assert np.ptp(found.values[:, -1]) < 1e-7 and np.ptp(found.random[:, -1]) < 1e-7
    assert found.check.passed
    assert found.way == ("mask" if name == "bert" else "left out")


@pytest.mark.parametrize("name", TASKS)
def test_putting_words_back_is_taking_the_others_away(name, tmp_path):
    """The insertion of an order is the deletion of the reversed order, read backwards."""
    run, target = of(name, tmp_path)
    scores = np.random.default_rng(3).normal(size=len(run.tokens))
    found = curves(run, target, [scored(run, target, scores), scored(run, target, -scores)])
    assert found.insertion is not None
    assert np.array_equal(found.orders[0], found.orders[1][::-1])
    assert np.array_equal(found.insertion[0], found.values[1][::-1])


@pytest.mark.parametrize("way", ["left out", "zero", "mask"])
@pytest.mark.parametrize("name", TASKS)
def test_the_batch_equals_one_text_at_a_time(name, way, tmp_path):
    if way == "mask" and name != "bert":
        return
    run, target = of(name, tmp_path)
    subject = Subject.of(run, target)
    scores = np.random.default_rng(4).normal(size=len(run.tokens))
    found = curves(run, target, [scored(run, target, scores)], Options(way=way))
    assert found.insertion is not None
    for removed in found.removed:
        gone = np.isin(np.arange(len(subject.groups)), found.orders[0][:removed])
        assert found.values[0, removed] == pytest.approx(left(subject, ~gone, way), rel=1e-4)
        assert found.insertion[0, removed] == pytest.approx(left(subject, gone, way), rel=1e-4)


@pytest.mark.parametrize("name", ["gpt2", "bert-classifier"])
def test_no_order_falls_faster_at_first_than_the_greedy_one(name, tmp_path):
    run, target = of(name, tmp_path)
    given = maps(run, target, ["leave_one_out", "gradient_norm", "gradient_times_input"])
    found = curves(run, target, given, Options(greedy=True))
    assert found.greedy is not None
    assert (found.greedy[1] <= found.values[:, 1] + 1e-7).all()
    best = found.names.index("leave_one_out")
    assert found.values[best, 1] == pytest.approx(found.greedy[1], rel=1e-4)


def test_in_a_long_text_random_orders_are_followed_at_some_places(monkeypatch):
    run = toy_run(" red dog ran" * 10)
    target = at(run, len(run.tokens), measure="logit")
    given = maps(run, target, ["leave_one_out"])
    some = curves(run, target, given, Options(orders=8))
    assert "joined by straight lines" in some.notes[0]
    assert some.random.shape == (3, 31) and some.random_insertion[0, 0] == pytest.approx(some.random[0, 30])
    asked, between = faithfulness._grid(30), 18
    monkeypatch.setattr(faithfulness, "FULL", 30)
    every = curves(run, target, given, Options(orders=8))
    assert between not in asked and {0, 1, 3, 6, 15, 24, 27, 29, 30} <= set(asked.tolist())
    assert some.random[:, asked] == pytest.approx(every.random[:, asked], rel=1e-4)
    near = asked[asked < between].max(), asked[asked > between].min()
    line = np.interp(between, near, every.random[0, list(near)])
    assert some.random[0, between] == pytest.approx(line, rel=1e-4)


def test_a_methods_own_curve_of_a_long_text_is_exact_where_it_is_asked(monkeypatch):
    run = toy_run(" red dog ran" * 24)  # 72 words
    target = at(run, len(run.tokens), measure="logit")
    given = maps(run, target, ["gradient_norm"])
    some = curves(run, target, given, Options(orders=2))
    assert "the curves are followed at some places" in " ".join(some.notes)
    asked = faithfulness._steps(72)
    assert {*range(17), 72, *faithfulness._grid(72).tolist()} - {16} <= set(asked.tolist()) and len(
        asked
    ) < 60
    monkeypatch.setattr(faithfulness, "STEPS", 72)
    every = curves(run, target, given, Options(orders=2))
    assert some.values[:, asked] == pytest.approx(every.values[:, asked], rel=1e-4)
    assert some.insertion is not None and every.insertion is not None
    assert some.insertion[:, asked] == pytest.approx(every.insertion[:, asked], rel=1e-4)
    assert some.comprehensiveness == pytest.approx(every.comprehensiveness, rel=1e-4)
    assert some.sufficiency == pytest.approx(every.sufficiency, abs=1e-5)
    between = int(np.setdiff1d(np.arange(73), asked)[0])
    low, high = asked[asked < between].max(), asked[asked > between].min()
    line = np.interp(between, (low, high), every.values[0, [low, high]])
    assert some.values[0, between] == pytest.approx(line, rel=1e-4)


def test_without_insertion_deletion_and_sufficiency_stay_the_same(tmp_path):
    run, target = of("gpt2", tmp_path)
    given = maps(run, target, ["leave_one_out", "gradient_norm"])
    both, one = (curves(run, target, given, Options(insertion=wanted)) for wanted in (True, False))
    assert one.insertion is None and one.areas.shape == (2, 1)
    assert np.allclose(one.sufficiency, both.sufficiency, rtol=1e-4)
    assert np.allclose(one.values, both.values, rtol=1e-4)


# A comparison


def test_areas_are_those_of_scikit_learn(tmp_path):
    from sklearn.metrics import auc

    run, target = of("lstm", tmp_path)
    found = curves(run, target, maps(run, target, ["gradient_norm"]))
    assert found.insertion is not None
    share = found.removed / found.removed[-1]
    assert found.areas[0] == pytest.approx([auc(share, found.values[0]), auc(share, found.insertion[0])])


# Honesty


def test_a_map_no_better_than_chance_is_marked():
    run = record(Faint(), " red ran dog ran red dog ran red")
    target = of_class(run, "down", "contrast")
    exact = explain(run, "gradient_times_input", target)
    wrong = scored(run, target, -exact.values)
    found = curves(run, target, [exact, wrong])
    assert found.beats_random.tolist() == [True, False]
    assert "not better than chance" not in found.sentences()[0]
    assert "not better than chance: area" in found.sentences()[1]
    assert found.areas[1, 0] > found.random_areas[2, 0]


def test_words_that_change_nothing_beat_no_chance_and_that_is_said():
    run = toy_run(decoder=((0.0, 0.0),) * 4)
    target = at(run, 4)
    found = curves(run, target, [scored(run, target, np.arange(4.0))])
    assert found.beats_random.tolist() == [False]
    assert any("changes nothing" in note for note in found.notes)


def test_a_certain_model_and_too_few_words_are_said():
    run = record(ToyClassifier(), " red dog ran")
    found = curves(run, of_class(run, "down"), maps(run, of_class(run, "down"), ["leave_one_out"]))
    assert any("saturated" in note for note in found.notes)
    assert any(note.startswith("3 words have so few orders") for note in found.notes)
    found = curves(run, of_class(run, "up"), maps(run, of_class(run, "up"), ["leave_one_out"]))
    assert any("small from the start" in note for note in found.notes)


# Refusals


def test_what_cannot_be_asked_is_refused():
    one = toy_run(" red")
    with pytest.raises(Refusal, match="There is one word to take away here"):
        curves(one, at(one, 2))
    run = toy_run()
    with pytest.raises(Refusal, match="There is no word to take away here"):
        curves(run, at(run, 1))
    with pytest.raises(BadTarget, match="one number"):
        curves(run, every(run))
    with pytest.raises(Refusal, match="no mask piece: choose left out or zero"):
        curves(run, at(run, 4), options=Options(way="mask"))
    with pytest.raises(Refusal, match="cannot be taken away by 'shuffled'"):
        curves(run, at(run, 4), options=Options(way="shuffled"))  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="'next_words' scores no words: choose of"):
        maps(run, at(run, 4), ["next_words"])
    with pytest.raises(Refusal, match="no map to test"):
        curves(run, at(run, 4), [])


def test_too_long_a_text_has_no_greedy_order():
    run = toy_run(" red" * (LONGEST_GREEDY + 1))
    target = at(run, LONGEST_GREEDY + 2)
    with pytest.raises(Refusal, match="at most 60 words, and this text has 61: shorten it"):
        greedy(Subject.of(run, target), "zero")
    found = curves(run, target, maps(run, target, ["leave_one_out"]), Options(orders=2, greedy=True))
    assert found.greedy is None and any("at most 60 words" in note for note in found.notes)


def test_without_a_start_mark_words_become_zeros():
    run = record(Toy(start=False), " red dog ran")
    target = at(run, 3)
    found = curves(run, target, maps(run, target, ["leave_one_out"]))
    assert found.way == "zero" and "Words become zeros" in found.notes[-1]
    with pytest.raises(Refusal, match="Nothing would be left for toy to read: choose zero"):
        curves(run, target, options=Options(way="left out"))


def test_a_hidden_words_own_word_is_not_taken_away():
    run = record(ToyFiller(), " red dog ran")
    assert Subject.of(run, at(run, 2)).shown == ("red", "ran")


# Raising steps


def test_a_gap_asks_for_twice_the_steps():
    run = toy_run(power=3)
    target = at(run, 4, measure="logit")
    short = explain(run, "integrated_gradients", target, steps=1, most_steps=1)
    more = raised(short)
    assert more is not None and more == {**short.options, "most_steps": 2}
    assert raised(explain(run, "integrated_gradients", target, **more)) is None
    spent = explain(run, "integrated_gradients", target, steps=1, most_steps=1, tolerance=1e-9)
    assert raised(spent) is not None
