"""Scrambled models: a map about the model changes, one about the text is flagged."""

from dataclasses import replace

import numpy as np
import pytest

from interpret import explain
from interpret.method import find, token_result
from interpret.results import Check
from interpret.target import at
from interpret.trust import scrambling as file
from interpret.trust.agreement import rank_correlation
from interpret.trust.scrambling import Options, scrambling
from interpret.trust.subject import Subject
from models.refusals import Refusal
from models.scramble import scrambled
from tests.interpret.trust.numbers import of, scored
from tests.toys import toy_run

NAMES = ["gradient_norm", "gradient_times_input"]


@pytest.fixture
def word_lengths(monkeypatch):
    """A method that never asks the model: the length of each token."""

    def compute(run, target, options):
        values = np.array([[float(len(shown)) + i / 100 for i, shown in enumerate(run.tokens.shown)]])
        return token_result(
            run, target, "lengths", values, np.zeros(1), unit="letters", signed=False,
            check=Check(name="none", value=0.0), options=options,
        )  # fmt: skip

    made = replace(find()["gradient_norm"], name="lengths", title="Word lengths", compute=compute)
    own = file.usable
    monkeypatch.setattr(file, "usable", lambda run, names: [made, *own(run, names[1:])])


def test_a_map_that_never_asks_the_model_stays_at_1_and_is_flagged(word_lengths, tmp_path):
    run, target = of("lstm", tmp_path)
    found = scrambling(run, target, ["lengths", "gradient_times_input"])
    assert found.values[0] == pytest.approx([1.0] * 5)  # as trained, output, two layers, embedding
    assert found.unmoved[0] and not found.check.passed
    assert "hardly changes when the whole model is scrambled" in found.sentences()[0]
    assert (found.values[1, 1:] < 0.999).all()


@pytest.mark.parametrize("name", ["gpt2", "bert", "bert-classifier"])
def test_every_task_is_scrambled_from_the_output_down(name, tmp_path):
    run, target = of(name, tmp_path)
    found = scrambling(run, target, NAMES, Options(seeds=1))
    assert found.stages[0] == "as trained" and found.stages[-1] == "embedding"
    assert found.values.shape == (2, len(found.stages)) == found.signed_values.shape
    assert (found.values[:, 0] == 1).all() and found.defined.all()
    assert (np.abs(found.values) <= 1 + 1e-12).all()
    assert found.to_frame().shape == (2 * len(found.stages), 5)


def test_the_curve_is_that_of_scipy_on_maps_made_one_by_one(tmp_path):
    from scipy.stats import spearmanr

    from interpret import record

    run, target = of("lstm", tmp_path)
    found = scrambling(run, target, ["gradient_times_input"], Options(seeds=2))
    first = Subject.of(run, target).by_word(explain(run, "gradient_times_input", target).values)
    sizes, signed = [], []
    for seed in (0, 1):
        copied = record(scrambled(run.model, found.stages[1:3], seed), run.tokens)
        moved = Subject.of(copied, target).by_word(explain(copied, "gradient_times_input", target).values)
        sizes.append(spearmanr(np.abs(first), np.abs(moved))[0])
        signed.append(spearmanr(first, moved)[0])
    assert found.values[0, 2] == pytest.approx(np.mean(sizes))
    assert found.signed_values[0, 2] == pytest.approx(np.mean(signed))


def test_a_rank_correlation_on_paper():
    """Ranks 1 2 3 4 against 1 2 4 3: 1 - 6 * (0 + 0 + 1 + 1) / (4 * 15) = 0.8."""
    assert rank_correlation(np.array([0.1, 0.2, 5.0, 9.0]), np.array([1.0, 2, 40, 3])) == pytest.approx(0.8)
    assert rank_correlation(np.ones(3), np.arange(3.0)) is None


def test_what_cannot_be_compared_is_refused(tmp_path):
    run = toy_run()
    with pytest.raises(Refusal, match="toy has no weights that could be scrambled"):
        scrambling(run, at(run, 4), NAMES)
    flat = toy_run(decoder=((0.0, 0.0),) * 4)
    with pytest.raises(Refusal, match="All scores of gradient_norm, gradient_times_input are of one size"):
        scrambling(flat, at(flat, 4, measure="logit"), NAMES)
    assert scored(run, at(run, 4), np.zeros(4)).values.sum() == 0
    with pytest.raises(Refusal, match="seeds must lie between 1 and 20"):
        Options(seeds=0)
    with pytest.raises(Refusal, match="permuted or drawn"):
        Options(way="mixed")  # type: ignore[arg-type]
