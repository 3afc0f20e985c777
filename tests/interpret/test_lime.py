"""LIME: on paper, against captum's with the same groups, exact on linear models, honest about its fit."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

from interpret import explain, record
from interpret.blank import blank
from interpret.method import UnknownMethod
from interpret.methods.lime import nearness
from interpret.target import Target, every
from tests.interpret import loops
from tests.toys import ToyClassifier, toy_run

NAME = "lime"


def test_two_words_that_act_together_on_paper():
    # Nothing 0, red -3.75, dog 200, both 128.75 (tests/interpret/test_shapley.py). As if drawn evenly by
    # size they count 1/3, 1/6, 1/6, 1/3; so wide a neighbourhood weighs them alike. What the two do together,
    # 128.75 + 3.75 - 200 = -67.5, is shared by both slopes: -3.75 - 33.75 and 200 - 33.75.
    # Left: 67.5^2 / 18 = 253.125 of a variance of 12194.53 - 75.625^2 = 6475.39, that is 3.91 %.
    run = toy_run(power=3, start=False)
    target = Target(measure="logit", places=(2,), tokens=(3,))
    found = explain(run, NAME, target, absent="zero", width=100)
    assert found.values.tolist() == pytest.approx([-37.5, 166.25, 0], rel=1e-3)
    assert found.check.value == pytest.approx(3.909, rel=1e-3)
    assert (found.total, found.unit, found.signed) == (128.75, "logits", True)


def test_texts_that_keep_more_words_weigh_more():
    # 1 of 4 words left: cosine 1/2, distance 1/2, weight exp(-4); all left: 1; none: distance 1, exp(-16)
    groups = np.array([[1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]], dtype=bool)
    assert nearness(groups, 0.25) == pytest.approx([np.exp(-4), 1, np.exp(-16)])


@pytest.mark.parametrize("exact", [0, 12])
def test_a_linear_model_is_explained_exactly_and_wholly(exact: int):
    run = record(ToyClassifier(), " red dog ran dog red ran ran dog red dog")
    found = explain(run, NAME, every(run, "logit"), exact=exact, samples=64)
    expected = [[-1, 4, 1, 4, -1, 1, 1, 4, -1, 4], [1, 6, 7, 6, 1, 7, 7, 6, 1, 6]]
    assert found.values[:, 1:] == pytest.approx(np.array(expected), abs=1e-3)
    assert found.check.value < 1e-6
    assert "R² of the line: 1.00 in the median" in found.notes[0]


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_equals_captums_with_the_same_groups(tmp_path: Path, family: str):
    import captum.attr
    from captum._utils.models.linear_model import SkLearnLinearRegression

    run = loops.run_of(family, tmp_path, "the keys to it")
    target = every(run).rows([len(run.tokens) - 1])
    words = torch.from_numpy(np.maximum(run.tokens.words - 1, 0))
    count = int(words.max()) + 1
    groups = [torch.tensor([bits]) for bits in product((0, 1), repeat=count)]
    sizes = np.bincount([int(group.sum()) for group in groups])

    def near(_given, _changed, group, **_settings) -> torch.Tensor:
        distance = 1 - (group.float().mean()) ** 0.5
        return torch.exp(-((distance / 0.4) ** 2)) / sizes[int(group.sum())]

    def each(*_given, **_settings):
        yield from groups

    theirs = captum.attr.Lime(
        next(loops.functions(run, target)), SkLearnLinearRegression(), near,
        perturb_func=each,
    ).attribute(
        run.vectors[None], baselines=blank(run, "zero")[None], feature_mask=words[None, :, None],
        n_samples=len(groups),
    )[0, :, 0]  # fmt: skip
    ours = explain(run, NAME, target, absent="zero", width=0.4).values
    for word in range(count):
        inside = (words.numpy() == word) & (np.arange(len(words)) > 0)
        assert ours[inside].sum() == pytest.approx(float(theirs[inside][0]), abs=1e-4)


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_drawn_groups_come_near_all_groups(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path)
    drawn = explain(run, NAME, exact=0, samples=256)
    counted = explain(run, NAME)
    off, error = np.abs(drawn.values - counted.values), drawn.spread
    assert error.max() > 1e-3
    assert (off <= 6 * error + 1e-5).all()
    assert not np.triu(drawn.values, 1).any()


def test_a_line_that_does_not_fit_is_said():
    # " red red": the state of a squared model grows and shrinks again as words come in; hardly a line.
    run = toy_run(" red dog red dog red dog", decay=1.0, power=4)
    found = explain(run, NAME, every(run, "logit"), width=100)
    assert found.check.value > 20
    assert found.notes[0].startswith("R² of the line")


def test_options_that_make_no_sense_are_refused():
    with pytest.raises(UnknownMethod, match=r"lime: width must lie between 0\.05 and 100"):
        explain(toy_run(), NAME, width=0.0)
