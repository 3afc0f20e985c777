"""A reader's guess against a map: on paper, by laws, against scipy's hypergeometric distribution."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from interpret.results.overlap import Overlap

NAMES = ["The", "keys", "to", "the", "old", "cabinet"]


def test_on_paper():
    """Six words, sizes 1 5 0 2 3 4, the first cannot be marked; the reader marks keys, the, cabinet.

    The top 2 of the five are keys (5) and cabinet (4): both marked. Precision 2/3, recall 2/2. Blindly, 3 of 5:
    3 * 2 / 5 = 1.2 hits; both are hit in C(3, 1) = 3 of C(5, 3) = 10 choices.
    """
    found = Overlap.of([1, 3, 5], [1, -5, 0, 2, 3, -4], range(1, 6), 2)
    assert (found.top, found.hits, found.missed) == ((1, 5), (1, 5), ())
    assert (found.precision, found.recall) == (2 / 3, 1.0)
    assert found.by_chance == pytest.approx(1.2)
    assert found.blindly == pytest.approx(0.3)
    said = found.in_words("the map's", NAMES)
    assert said == (
        "2 of the 3 words you marked are among the map's top 2 (precision 67\u00a0%, recall 100\u00a0%). "
        "Marking 3 of 5 words blindly would hit 1.2 on average, and 2 or more in 30\u00a0% of all cases."
    )


def test_what_was_missed_is_named_the_largest_first():
    found = Overlap.of([3], [0, 2, 0, 1, 3, 4], range(6), 3)
    assert found.missed == (5, 4, 1)
    assert found.in_words("the map's", NAMES).endswith("You did not mark “cabinet”, “old” and “keys”.")


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_chance_is_the_hypergeometric_distribution(data):
    n = data.draw(st.integers(1, 12))
    k, m = data.draw(st.integers(1, n)), data.draw(st.integers(0, n))
    scores = np.array(data.draw(st.permutations(range(1, n + 1))), dtype=float)
    marked = data.draw(st.permutations(range(n)))[:m]
    found = Overlap.of(marked, scores, range(n), k)
    hits = np.arange(n + 1)
    chance = hypergeom.pmf(hits, n, k, m)
    assert found.by_chance == pytest.approx(hits @ chance)
    assert found.blindly == pytest.approx(chance[len(found.hits) :].sum())
    assert len(found.hits) + len(found.missed) == len(found.top) == k
    assert found.precision * m == pytest.approx(found.recall * k)


def test_who_marks_the_top_has_it_all_and_who_marks_nothing_has_nothing():
    scores = [3, 1, 2, 0]
    assert Overlap.of([0, 2], scores, range(4), 2).recall == 1.0
    nothing = Overlap.of([], scores, range(4), 2)
    assert (nothing.precision, nothing.recall, nothing.by_chance, nothing.blindly) == (0, 0, 0, 1)
    assert nothing.in_words("the map's", NAMES) == "Nothing was marked. At the map's top: “The” and “to”."


def test_a_map_without_effects_has_no_top_and_says_so():
    found = Overlap.of([0, 1], [0, 0, 0], range(3), 2)
    assert (found.top, found.recall, found.by_chance) == ((), 0, 0)
    assert "nothing to compare with" in found.in_words("the map's", NAMES)


def test_a_tie_at_the_edge_of_the_top_is_said():
    tied = Overlap.of([1], [1, 1, 1], range(3), 2)
    assert (tied.top, tied.tied) == ((0, 1), True)
    assert tied.in_words("the map's", NAMES).endswith("the earlier one was taken.")
    assert not Overlap.of([1], [3, 2, 1], range(3), 2).tied


@pytest.mark.parametrize(("could", "top"), [([], 1), ([0], 0)])
def test_no_words_or_no_top_is_refused(could, top):
    with pytest.raises(ValueError, match="at least one word"):
        Overlap.of([], [1.0], could, top)
