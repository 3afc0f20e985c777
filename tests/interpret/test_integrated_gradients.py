"""Integrated gradients: on paper, against captum, complete, and honest where it is not."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from interpret import explain, progress
from interpret.method import UnknownMethod
from interpret.methods.integrated_gradients import FEW, along_the_path, blank, foretold, jumps
from interpret.results import TokenScores
from interpret.run import record
from interpret.target import Target, every, span
from models.refusals import Refusal
from models.text import cutter_of
from tests.interpret import loops
from tests.toys import EMBEDDING, Toy, toy_run

THE_RAN = Target(measure="logit", places=(3,), tokens=(3,))  # "ran" after "red dog"
NAME = "integrated_gradients"


def test_a_linear_model_on_paper():
    # (-1, 3) * red / 2 = -3; (-1, 3) * dog = 14; the start mark belongs to both texts: 0
    found = explain(toy_run(), NAME, THE_RAN, steps=1)
    assert found.values.tolist() == pytest.approx([0, -3, 14, 0])
    assert found.check.value == pytest.approx(0, abs=1e-4)


def test_the_mean_of_the_vocabulary_as_a_blank_text():
    # The mean vector is (7/4, 6/4). red - mean = (1.25, -2.5), dog - mean = (-3.75, 2.5):
    # (-1, 3) * (1.25, -2.5) / 2 = -4.375; (-1, 3) * (-3.75, 2.5) = 11.25
    found = explain(toy_run(), NAME, THE_RAN, baseline="mean")
    assert found.values.tolist() == pytest.approx([0, -4.375, 11.25, 0])
    assert np.mean(EMBEDDING, axis=0).tolist() == [1.75, 1.5]


def test_the_filling_piece_as_a_blank_text(tmp_path: Path):
    run = loops.run_of("lstm", tmp_path)
    found = explain(run, NAME, baseline="pad")
    pad = run.model.embed(torch.tensor([cutter_of(run.model).number("<pad>")]))  # type: ignore[union-attr]
    torch.testing.assert_close(blank(run, "pad")[1:], pad.expand(len(run.tokens) - 1, -1))
    start = torch.cat((run.vectors[:1], pad.expand(len(run.tokens) - 1, -1)))
    change = [float(f(run.vectors[None]) - f(start[None])) for f in loops.functions(run, every(run))]
    np.testing.assert_allclose(found.values.sum(axis=1), change, rtol=0.011, atol=1e-5)
    with pytest.raises(Refusal, match="toy has no <pad> piece to put in a word's place"):
        explain(toy_run(), NAME, baseline="pad")


def test_a_squared_model_on_paper():
    # Without a start mark: state (-2, 4) + (3, -1)/2 = (-0.5, 3.5), squared (0.25, 12.25), row 3 gives
    # -0.25 + 36.75 = 36.5. Along the path the gradient grows in proportion, so its mean is half of 2 * state:
    # each x gets row 3 * state * x: red -1 * -0.5 * 1.5 + 3 * 3.5 * -0.5 = -4.5;
    # dog -1 * -0.5 * -2 + 3 * 3.5 * 4 = 41.
    run = toy_run(power=2, start=False)
    target = Target(measure="logit", places=(2,), tokens=(3,))
    found = explain(run, NAME, target)
    assert found.values.tolist() == pytest.approx([-4.5, 41, 0])
    assert isinstance(found, TokenScores)
    assert found.total == 36.5
    # Gradient x input is twice that: its line is too steep.
    steep = explain(run, "gradient_times_input", target)
    assert steep.values.tolist() == pytest.approx([-9, 82, 0])


def test_gauss_legendre_nodes_are_exact_for_the_polynomials_they_promise():
    # power 4: the gradient on the path is a polynomial of degree 3: 2 nodes integrate it exactly, 1 does not.
    run = toy_run(power=4, start=False)
    target = Target(measure="logit", places=(2,), tokens=(3,))
    whole = float(run.logits[1, 3])

    def scores(steps: int) -> float:
        return along_the_path(run.model, blank(run, "zero"), run.vectors, target, steps).sum()

    assert scores(2) == pytest.approx(whole, rel=1e-5)
    assert abs(scores(1) - whole) > 0.1 * abs(whole)


@pytest.mark.parametrize("baseline", ["zero", "mean"])
@pytest.mark.parametrize("family", loops.FAMILIES)
def test_rows_add_up_to_the_change(tmp_path: Path, family: str, baseline: str):
    run = loops.run_of(family, tmp_path)
    target = every(run)
    found = explain(run, NAME, target, baseline=baseline)
    start = blank(run, baseline)
    # The blank text on its own path: the start mark, then the baseline.
    vector = run.model.embed(torch.arange(300)).mean(0) if baseline == "mean" else 0 * start[0]
    torch.testing.assert_close(start, torch.cat((run.vectors[:1], vector.expand(len(start) - 1, -1))))
    functions = list(loops.functions(run, target))
    change = [float(f(run.vectors[None]) - f(start[None])) for f in functions]
    gaps = np.abs(found.values.sum(axis=1) - change) / np.maximum(np.abs(change), 1e-3)
    assert found.check.passed
    assert gaps.max() <= 0.0101
    assert found.check.value == pytest.approx(100 * gaps.max(), abs=0.01)
    assert not np.triu(found.values, 1).any()
    assert not found.values[:, 0].any()


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_equals_captum_with_as_many_steps(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path)
    target = every(run)
    theirs = loops.by_captum(
        "IntegratedGradients", run, target,
        baselines=blank(run, "zero")[None], n_steps=6, method="gausslegendre",
    ).sum(-1)  # fmt: skip
    loops.close(explain(run, NAME, target, steps=6, most_steps=6).values, theirs)


def test_steps_are_raised_only_for_the_rows_that_need_it_and_the_note_says_so(tmp_path: Path):
    run = loops.run_of("gpt2", tmp_path)
    coarse = explain(run, NAME, steps=1, most_steps=1)
    assert not coarse.check.passed
    assert any("rows still miss by more than 1\u00a0%: raise most_steps" in note for note in coarse.notes)
    fine = explain(run, NAME, steps=1)
    assert fine.check.passed
    assert not any("still miss" in note for note in fine.notes)
    # The gap that the check says is that of the worst row.
    assert coarse.check.value > 10 * fine.check.value


class Wave(Toy):
    """Its first logit is sin(10.5 pi y), y the second number of the state."""

    def states(self, vectors: torch.Tensor) -> torch.Tensor:
        return torch.sin(10.5 * np.pi * super().states(vectors))


def test_an_answer_that_jumps_at_many_places_gets_an_eighth_of_the_steps_and_the_note_says_so():
    # Behind red y goes from 1 (half of the start mark's 2) to 0 (red brings -1), so the logit from 1 through 21
    # quarters of a wave to 0. A step of 1 / 64 is 0.515 rad and moves the logit by 0.51 |cos|: by more than 0.1
    # where |cos| > 0.196, on 87 % of the way.
    run = record(Wave(), " red")
    target = Target(measure="logit", places=(2,), tokens=(0,))
    (found,) = jumps(run.model, blank(run, "zero"), run.vectors, target, np.array([1.0]))
    assert found == pytest.approx(0.874 * 64, abs=1.5)
    short = explain(run, NAME, target, steps=1, most_steps=16)
    assert not short.check.passed
    assert short.notes[0] == "Steps on the way: 2." and "at more than 8 places in 1 of them" in short.notes[2]
    asked = explain(run, NAME, target, steps=64, most_steps=64)
    assert asked.check.passed and asked.values.sum() == pytest.approx(-1, abs=0.01)


def test_what_steps_will_add_up_to_is_foretold_on_paper_and_as_they_do(tmp_path: Path):
    # f is the square of a line on the way: the slope in the middle is the whole change, 36.5 (see above).
    run = toy_run(power=2, start=False)
    target = Target(measure="logit", places=(2,), tokens=(3,))
    assert foretold(run.model, blank(run, "zero"), run.vectors, target, 1).tolist() == pytest.approx([36.5])
    run = loops.run_of("gpt2", tmp_path)
    ends, rows = (run.model, blank(run, "zero"), run.vectors), every(run)
    for steps, share in ((8, 0.02), (32, 0.001)):  # a secant is nearer to the slope the smaller its cell
        summed = along_the_path(*ends, rows, steps).sum(axis=1)
        np.testing.assert_allclose(foretold(*ends, rows, steps), summed, atol=share * np.abs(summed).max())


def test_many_rows_wait_until_steps_will_do_and_end_as_they_would_have(monkeypatch, tmp_path: Path):
    run, asked = loops.run_of("gpt2", tmp_path), []

    def noted(model, start, end, target, steps):
        asked.append((steps, len(target.places)))
        return along_the_path(model, start, end, target, steps)

    monkeypatch.setattr("interpret.methods.integrated_gradients.along_the_path", noted)
    rows = len(run.tokens)
    assert rows > FEW
    waited = explain(run, NAME, steps=1)
    assert waited.check.passed and asked[0] == (1, rows)
    assert sum(count for _, count in asked[1:]) < 2 * rows  # hardly any row is summed up in vain
    monkeypatch.setattr("interpret.methods.integrated_gradients.FEW", rows)
    asked.clear()
    doubled = explain(run, NAME, steps=1)
    assert doubled.check.passed and sum(count for _, count in asked[1:]) > 2 * rows
    np.testing.assert_allclose(waited.values, doubled.values, atol=0.02 * np.abs(doubled.values).max())


def test_rows_that_no_number_of_steps_adds_up_do_not_take_all_of_them(monkeypatch):
    run, asked = record(Wave(), " red dog ran red"), []

    def noted(model, start, end, target, steps):
        asked.append((steps, len(target.places)))
        return along_the_path(model, start, end, target, steps)

    monkeypatch.setattr("interpret.methods.integrated_gradients.along_the_path", noted)
    found = explain(run, NAME, every(run), steps=1, most_steps=8)
    assert not found.check.passed and asked == [(1, len(run.tokens))]
    assert any("it is foretold" in note or "jumps at more than" in note for note in found.notes)


def test_rows_that_are_foretold_to_miss_are_counted_in_the_notes(tmp_path: Path):
    run = loops.run_of("gpt2", tmp_path)  # a smooth way; no float32 adds up to a billionth
    found = explain(run, NAME, steps=1, most_steps=16, tolerance=1e-9)
    said = " ".join(found.notes)
    missed, wandering, foretold_to = (
        int(re.search(pattern, said)[1])  # type: ignore[index]
        for pattern in (r"(\d+) of 13 rows", r"8 places in (\d+) of them", r"Of (\d+) others it is foretold")
    )
    assert found.notes[0] == "Steps on the way: 2." and said.count("got 2 steps") == 2
    assert foretold_to > 0 and wandering + foretold_to == missed == np.count_nonzero(found.values.any(axis=1))


def test_how_far_it_is_grows_with_the_steps_done():
    run, told = record(Wave(), " red dog ran red"), []
    with progress.heard_by(lambda share: told.append(share) or True):
        explain(run, NAME, every(run), steps=1, most_steps=64)
    # 1, 2, ... 64 steps and an eighth for those that never add up: 136 in all; the eighth begins at 128.
    assert min(told) >= 0 and told[0] == 0 and max(told) == told[-1] == pytest.approx(128 / 136)


def test_a_span_needs_only_its_sum_to_be_complete(tmp_path: Path):
    run = loops.run_of("lstm", tmp_path)
    found = explain(run, NAME, span(run, 2, 5))
    assert isinstance(found, TokenScores)
    start = blank(run, "zero")
    change = sum(float(f(run.vectors[None]) - f(start[None]))
                 for f in loops.functions(run, span(run, 2, 5)))  # fmt: skip
    assert found.values.sum() == pytest.approx(change, rel=0.0101)
    assert found.check.value <= 1
    assert found.values[5:].tolist() == [0] * (len(run.tokens) - 5)


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ({"baseline": "black"}, "baseline must be zero, mean or pad"),
        ({"steps": 0}, "steps must lie between 1 and most_steps"),
        ({"steps": 600}, "steps must lie between 1 and most_steps"),
        ({"stepz": 4}, "stepz"),
    ],
)
def test_options_that_make_no_sense_are_refused(option: dict, sentence: str):
    with pytest.raises(UnknownMethod, match=f"integrated_gradients.*{sentence}"):
        explain(toy_run(), NAME, **option)
