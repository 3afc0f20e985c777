"""Hits, AUC and their bounds: on paper, by law, and beside scikit-learn."""

import numpy as np
import pytest

from interpret.league.measures import auc, bounds, hit, share_bounds
from models.refusals import Refusal

TRUE = np.array([True, False, True, False, False])


def test_an_auc_and_a_hit_worked_out_on_paper():
    # causes score 3 and 1, the others 2, 1, 0: 3 beats all three; 1 loses to 2, ties with 1 (half), beats 0
    scores = np.array([3.0, 2.0, 1.0, 1.0, 0.0])
    assert auc(scores, TRUE) == pytest.approx((3 + 0 + 0.5 + 1) / 6)
    assert hit(scores, TRUE) == 1.0
    assert hit(-scores, TRUE) == 0.0
    # the first two and the last are largest: one of three is a cause
    assert hit(np.array([4.0, 4.0, 1.0, 0.0, 4.0]), TRUE) == pytest.approx(1 / 3)


def test_a_perfect_map_gets_all_and_a_silent_one_what_chance_gets():
    assert (auc(TRUE * 2.0, TRUE), hit(TRUE * 2.0, TRUE)) == (1.0, 1.0)
    assert (auc(np.zeros(5), TRUE), hit(np.zeros(5), TRUE)) == (0.5, pytest.approx(TRUE.mean()))
    assert auc(TRUE * -1.0, TRUE) == 0.0


def test_scikit_learn_finds_the_same_areas():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(4)
    for _ in range(50):
        scores = rng.integers(0, 6, 12).astype(float)  # with ties
        true = rng.permutation(12) < rng.integers(1, 12)
        assert auc(scores, true) == pytest.approx(roc_auc_score(true, scores), abs=1e-12)


def test_the_bounds_of_random_areas_hold_chance_as_often_as_they_say():
    rng = np.random.default_rng(0)
    held = 0
    for seed in range(100):
        areas = np.array([[auc(rng.standard_normal(10), np.arange(10) < 2) for _ in range(40)]])
        low, high = bounds(areas, np.arange(40), seed)
        held += bool(low[0] <= 0.5 <= high[0])
    assert 88 <= held <= 99  # of 100


def test_cases_of_one_text_are_drawn_together():
    # two texts whose cases agree: drawn apart the mean would hardly move, drawn together it is 0, 1/2 or 1
    found, texts = np.repeat([[0.0, 1.0]], 20, axis=1), np.repeat([0, 1], 20)
    assert [float(one[0]) for one in bounds(found, texts, 1)] == [0.0, 1.0]
    apart = bounds(found, np.arange(40), 1)
    assert 0.3 < float(apart[0][0]) < float(apart[1][0]) < 0.7


def test_twenty_hits_of_twenty_are_not_certain():
    low, high = share_bounds(np.ones((1, 20)), np.arange(20), 0)
    # by Wilson: twenty of twenty and 1.96 squared more
    assert (float(low[0]), float(high[0])) == (pytest.approx(20 / 23.8415, abs=1e-4), 1.0)
    twice, _ = share_bounds(np.ones((1, 20)), np.repeat(np.arange(10), 2), 0)
    assert float(twice[0]) == pytest.approx(10 / 13.8415, abs=1e-4), "ten texts, and not twenty"


@pytest.mark.parametrize("true", [np.zeros(5, dtype=bool), np.ones(5, dtype=bool)])
def test_causes_alone_or_none_at_all_are_refused(true):
    with pytest.raises(Refusal, match="longer text"):
        auc(np.arange(5.0), true)
    with pytest.raises(Refusal, match="longer text"):
        hit(np.arange(5.0), true)
