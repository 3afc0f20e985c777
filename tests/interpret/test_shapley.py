"""Shapley values: on paper, against captum and against asking again by hand, exact sums, honest chance."""

from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import torch

from interpret import explain, record, sampling
from interpret.blank import blank
from interpret.method import UnknownMethod
from interpret.results import TokenGrid, TokenScores
from interpret.sampling import Average
from interpret.target import Target, at, every, span
from models.refusals import Refusal
from tests.interpret import loops
from tests.toys import ToyClassifier, ToyFiller, toy_run

NAME = "shapley_sampling"
THE_RAN = Target(measure="logit", places=(3,), tokens=(3,))  # "ran" after "red dog"
CUBED = Target(measure="logit", places=(2,), tokens=(3,))


def cubed():
    return toy_run(power=3, start=False)


def test_two_words_that_act_together_on_paper():
    # State dog + red/2, cubed, row 3 (-1, 3). Nothing: 0. red alone (1.5, -0.5): -3.375 - 0.375 = -3.75.
    # dog alone (-2, 4): 8 + 192 = 200. Both (-0.5, 3.5): 0.125 + 128.625 = 128.75.
    # red: half of -3.75 and 128.75 - 200 = -37.5; dog: half of 200 and 132.5 = 166.25.
    found = explain(cubed(), NAME, CUBED, absent="zero")
    assert isinstance(found, TokenScores)
    assert found.values.tolist() == pytest.approx([-37.5, 166.25, 0])
    assert (found.total, found.unit, found.signed) == (128.75, "logits", True)
    assert found.spread is not None and not found.spread.any()
    assert "no chance is left" in found.notes[0]


def test_words_taken_out_on_paper():
    # <s> 5, red -6, dog 14, halved with each place back. Nothing but <s>: 5. red: -6 + 5/2 = -3.5.
    # dog: 14 + 5/2 = 16.5. Both: 12.25. red: (-8.5 - 4.25) / 2; dog: (11.5 + 15.75) / 2.
    found = explain(toy_run(), NAME, THE_RAN)
    assert found.values.tolist() == pytest.approx([0, -6.375, 13.625, 0])
    assert "taken out" in found.notes[1]


def test_classes_and_hidden_words_on_paper():
    run = record(ToyClassifier(), " red dog ran")
    found = explain(run, NAME, every(run, "logit"))
    assert found.values[:, 1:] == pytest.approx(np.array([[-1, 4, 1], [1, 6, 7]]))  # linear: row . vector
    run = record(ToyFiller(), " red dog ran")
    # Row 1 (1, 2) gives the mask 5, dog 6, ran 7: a mask in a word's place changes 1 and 2. Row 2 (2, -1):
    # mask 0, red 7, ran 9. Row 3 (-1, 3): mask 5, red -6, dog 14.
    found = explain(run, NAME, every(run, "logit"))
    assert found.values[:, 1:] == pytest.approx(np.array([[0, 1, 2], [7, 0, 9], [-11, 9, 0]]))
    assert found.spread is not None and found.spread.shape == found.values.shape


def by_hand(run, target: Target, row: int) -> np.ndarray:
    """One row's scores (T,) by adding words in every order, from ids, one text at a time."""
    place, token = target.places[row], target.tokens[row]
    words = run.tokens.words
    players = sorted({int(words[t]) for t in range(1, place)})
    values = np.zeros(len(run.tokens))

    @cache
    def worth(present: frozenset) -> float:
        kept = [int(i) for t, i in enumerate(run.tokens.ids[:place]) if not t or words[t] in present]
        with torch.no_grad():
            logits = run.model.logits(run.model.embed(torch.tensor(kept))[None])[0, -1]
        return float(logits.log_softmax(-1)[token])

    for word in players:
        inside = [t for t in range(1, place) if words[t] == word]
        changes = []
        for order in permutations(players):
            before = frozenset(order[: order.index(word)])
            changes.append(worth(before | {word}) - worth(before))
        values[inside] = np.mean(changes) / len(inside)
    return values


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_equals_adding_words_by_hand_in_every_order(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path, "the keys to it")
    target = every(run)
    found = explain(run, NAME, target)
    rows = [0, 3, len(target.places) - 1]  # behind the start, inside a word, behind the text
    loops.close(found.values[rows], np.stack([by_hand(run, target, row) for row in rows]))


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_equals_captum(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path, "the keys to it")
    target = every(run).rows([3, 8])
    words = torch.from_numpy(np.maximum(run.tokens.words - 1, 0))  # the start mark is in both texts
    theirs = loops.by_captum(
        "ShapleyValues", run, target, baselines=blank(run, "zero")[None], feature_mask=words[None, :, None]
    )[..., 0]  # of the whole word at each of its pieces
    found = explain(run, NAME, target, absent="zero")
    assert isinstance(found, TokenGrid)
    for row, place in enumerate(target.places):
        for word in range(int(words.max()) + 1):
            inside = (words.numpy() == word) & (np.arange(len(words)) > 0)
            assert found.values[row, inside].sum() == pytest.approx(theirs[row, inside][0], abs=1e-5)
        assert not found.values[row, place:].any()


@pytest.mark.parametrize("absent", ["removed", "zero", "mean"])
@pytest.mark.parametrize("family", loops.FAMILIES)
def test_drawn_rows_add_up_exactly_and_chance_is_as_large_as_said(tmp_path: Path, family: str, absent: str):
    run = loops.run_of(family, tmp_path)
    target = every(run)
    drawn = explain(run, NAME, target, exact=0, permutations=24, absent=absent, seed=4)
    counted = explain(run, NAME, target, exact=8, absent=absent)
    np.testing.assert_allclose(drawn.values.sum(axis=1), counted.values.sum(axis=1), atol=1e-4)
    off, error = np.abs(drawn.values - counted.values), drawn.spread
    assert error.max() > 1e-4
    assert (off <= 5 * error + 1e-5).all()
    assert off[error > 0].mean() > 0.3 * error[error > 0].mean()  # not said larger than it is
    assert not np.triu(drawn.values, 1).any()
    assert drawn.check.value == pytest.approx(error.max())


def test_rows_share_their_forward_passes_and_portions_without_changing_a_number(tmp_path: Path, monkeypatch):
    run = loops.run_of("gpt2", tmp_path)
    target = every(run)
    whole = explain(run, NAME, target).values
    alone = [explain(run, NAME, target.rows([row])).values for row in range(len(target.places))]
    loops.close(whole, np.stack(alone))
    monkeypatch.setattr(sampling, "TOKENS_AT_ONCE", 1)
    monkeypatch.setattr(sampling, "LOGITS_MIB", 0)
    loops.close(explain(run, NAME, target).values, whole)


def test_a_span_is_the_sum_of_its_rows(tmp_path: Path):
    run = loops.run_of("lstm", tmp_path)
    whole = explain(run, NAME, span(run, 2, 5))
    assert isinstance(whole, TokenScores)
    # As one game the words of the span itself can be missing as well, for every place behind them.
    nothing = sum(
        explain(run, NAME, at(run, p)).total - explain(run, NAME, at(run, p)).values.sum()
        for p in range(2, 6)
    )
    assert whole.values.sum() == pytest.approx(whole.total - nothing, abs=1e-4)


def test_a_running_mean_and_its_error_are_numpys():
    draws = np.random.default_rng(3).normal(5, 2, (7, 2, 4))
    grid = Target(measure="logit", places=(1, 2), tokens=(0, 0))
    both, one = Average(grid), Average(span(toy_run(), 1, 2))
    for draw in draws:
        both.add(draw)
        one.add(draw)
    np.testing.assert_allclose(both.mean, draws.mean(0))
    np.testing.assert_allclose(both.error, draws.std(0, ddof=1) / 7**0.5)
    np.testing.assert_allclose(one.error, draws.sum(1).std(0, ddof=1) / 7**0.5)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"permutations": 7}, "permutations must be 0 or an even number"),
        ({"absent": "gone"}, "absent must be auto, removed, zero, mean or mask"),
        ({"unit": "sentence"}, "unit must be word or token"),
        ({"exact": 20}, "exact must lie between 0 and 12: every further word doubles the work"),
        ({"seed": -1}, "seed must be 0 or more"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict, sentence: str):
    with pytest.raises(UnknownMethod, match=f"{NAME}: {sentence}"):
        explain(toy_run(), NAME, **options)


def test_an_absent_word_that_a_model_cannot_have_is_refused():
    with pytest.raises(Refusal, match="toy has no mask to put in a word's place: choose zero or mean"):
        explain(toy_run(), NAME, absent="mask")
    with pytest.raises(Refusal, match="toy has no start mark, and without any word nothing would be left"):
        explain(toy_run(start=False), NAME, absent="removed")
