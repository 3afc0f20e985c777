"""Roles of heads: hand-built heads score 1, even ones chance; the bundled induction heads are found."""

import numpy as np
import pytest

import models
from interpret.attention.roles import MEASURES, Tally, places, role
from interpret.method import UnknownMethod
from interpret.study import study

IDS = np.array([0, 5, 6, 7, 5, 6, 7, 5])
SHOWN = ("", " a", " b", ",", " a", " b", ",", " a")


def scores(head: np.ndarray, measures=MEASURES) -> dict[str, float]:
    """One head (T, T) as its measures."""
    tally = Tally((1, 1))
    tally.add(head[None, None], IDS, SHOWN, (0,), measures)
    return dict(zip(MEASURES, tally.scores()[0][0, 0], strict=True))


def even() -> np.ndarray:
    lower = np.tri(len(IDS))
    return lower / lower.sum(-1, keepdims=True)


def test_a_shift_looks_at_the_token_before():
    shift = np.eye(len(IDS), k=-1)
    shift[0, 0] = 1
    found = scores(shift)
    assert found["previous"] == 1.0 and found["itself"] == found["next"] == 0.0


def test_what_came_next_is_found_on_paper():
    # Token 4 is "a" again; behind the first "a" (1) stands 2. Token 7 has two earlier: behind them 2 and 5.
    found = places("induction", IDS, SHOWN, (0,))
    assert np.flatnonzero(found[4]).tolist() == [2]
    assert np.flatnonzero(found[7]).tolist() == [2, 5]
    assert np.flatnonzero(places("duplicate", IDS, SHOWN, (0,))[7]).tolist() == [1, 4]
    # What comes next after 3 is "a", which stood once before, at 1; after 6 it has stood twice.
    assert np.flatnonzero(places("copy", IDS, SHOWN, (0,))[3]).tolist() == [1]
    assert not places("copy", IDS, SHOWN, (0,))[6].any()


def test_a_hand_built_induction_head_scores_1():
    head = np.eye(len(IDS))
    for q in range(4, len(IDS)):
        head[q] = 0
        head[q, q - 2] = 1
    assert scores(head)["induction"] == 1.0


def test_an_even_look_scores_chance_and_is_called_even():
    tally = Tally((1, 1))
    tally.add(even()[None, None], IDS, SHOWN, (0,), MEASURES)
    tally.look(even()[None, None], (0,))
    found, chance = tally.scores()
    np.testing.assert_allclose(found[0, 0], chance)
    near, spread = tally.spread()
    assert spread[0, 0] == pytest.approx(1.0) and near[0, 0] == pytest.approx(0.0, abs=1e-9)
    assert (
        role({**dict(zip(MEASURES, found[0, 0], strict=True)), "near": near[0, 0], "even": spread[0, 0]})
        == "even"
    )


def test_no_threshold_passed_is_unclassified():
    assert role({**dict.fromkeys(MEASURES, 0.2), "near": 0.3, "even": 0.5}) == "unclassified"


def test_the_bundled_induction_heads_are_found_with_proof():
    found = study(models.load("induction-2l"), "head_roles", texts=3)
    assert found.heads_of("previous") and set(found.heads_of("induction")) >= {
        "head 2.0",
        "head 2.1",
        "head 2.2",
    }
    layer, head = 1, 0
    assert found.score(layer, head, "induction") > 0.9
    assert found.copying is not None and found.copying[layer, head] > 0.9
    assert found.proofs[layer][head][0].endswith("100\u00a0%.")
    assert "induction (2.0, 2.1" in found.in_words() and found.check.passed
    assert len(found.to_frame()) == 8


def test_a_model_that_looks_once_is_refused(once):
    with pytest.raises(UnknownMethod, match="its one head has no role"):
        study(once.model, "head_roles")
