"""Agreement of maps: on paper, as scipy computes it, constant maps dropped and counted."""

import numpy as np
import pytest

from interpret.target import at
from interpret.trust.agreement import agreement, ranks
from interpret.trust.subject import Subject
from models.refusals import Refusal
from tests.interpret.trust.numbers import of, scored
from tests.toys import toy_run


def three_words():
    run = toy_run()
    return run, at(run, 4)


def made(run, target, *rows, signed=True):
    names = ("leave_one_out", "integrated_gradients", "gradient_times_input")
    return [
        scored(run, target, np.array([0.0, *row]), signed=signed, method=name)
        for name, row in zip(names, rows, strict=False)
    ]


def test_three_words_on_paper():
    """Ranks 1 2 3 against 2 1 3: Spearman 1 - 6 * 2 / 24 = .5; of three pairs one is turned: Kendall 1/3."""
    run, target = three_words()
    found = agreement(run, target, made(run, target, (3.0, 2.0, 1.0), (20.0, 30.0, -5.0)))
    assert found.values.tolist() == pytest.approx(np.array([[1, 0.5], [0.5, 1]]))
    assert found.kendall[0, 1] == pytest.approx(1 / 3)
    assert found.apart[0, 1].tolist() == [1.0, 1.0, 0.0]
    assert found.disputed[0, 1].tolist() == [0, 1, 2]
    assert found.in_words() == (
        "Leave one out and Integrated gradients agree least: Spearman 0.50, Kendall 0.33; they differ most "
        "on “red” and “dog”."
    )


def test_signs_count_only_between_signed_maps():
    run, target = three_words()
    rows = (3.0, 2.0, 1.0), (-3.0, -2.0, -1.0)
    assert agreement(run, target, made(run, target, *rows)).values[0, 1] == pytest.approx(-1)
    sizes = made(run, target, *rows, signed=False)
    assert agreement(run, target, [made(run, target, rows[1])[0], sizes[1]]).values[0, 1] == pytest.approx(1)


def test_ranks_and_correlations_are_scipys(tmp_path):
    from scipy.stats import kendalltau, rankdata, spearmanr

    run, target = of("gpt2", tmp_path)
    draw = np.random.default_rng(6)
    rows = [draw.integers(0, 4, len(run.tokens)).astype(float) for _ in range(3)]  # with ties
    names = ("leave_one_out", "integrated_gradients", "gradient_times_input")
    given = [scored(run, target, row, method=name) for row, name in zip(rows, names, strict=True)]
    found = agreement(run, target, given)
    words = [Subject.of(run, target).by_word(row) for row in rows]
    assert ranks(words[0]).tolist() == rankdata(-words[0]).tolist()
    for a in range(3):
        for b in range(3):
            assert found.values[a, b] == pytest.approx(spearmanr(words[a], words[b])[0])
            assert found.kendall[a, b] == pytest.approx(kendalltau(words[a], words[b])[0])
    assert np.array_equal(found.values, found.values.T)


def test_a_constant_map_is_dropped_and_counted():
    run, target = three_words()
    given = made(run, target, (3.0, 2.0, 1.0), (1.0, 1.0, 1.0), (1.0, 3.0, 2.0))
    found = agreement(run, target, given)
    assert found.names == ("leave_one_out", "gradient_times_input")
    assert found.dropped == ("integrated_gradients",)
    assert "integrated_gradients (1)" in found.notes[0]
    with pytest.raises(Refusal, match="Fewer than two of these maps tell the words apart"):
        agreement(run, target, given[:2])
