"""Gradient norm and gradient x input: on paper, against captum, and their laws."""

from pathlib import Path

import numpy as np
import pytest
import torch

from interpret import explain
from interpret.results import TokenGrid, TokenScores
from interpret.sensitivity import input_gradients
from interpret.target import Target, at, every, parse, span
from tests.interpret import loops
from tests.toys import toy_run

THE_RAN = Target(measure="logit", places=(3,), tokens=(3,))  # "ran" after "red dog"


def test_gradient_norm_on_paper():
    # d logit / d x is row 3 of the decoder, (-1, 3), times 1/4, 1/2, 1 for <s>, red, dog
    found = explain(toy_run(), "gradient_norm", THE_RAN)
    assert isinstance(found, TokenScores)
    assert found.values.tolist() == pytest.approx([10**0.5 / 4, 10**0.5 / 2, 10**0.5, 0])
    assert found.total == 12.25
    assert (found.unit, found.signed) == ("logits per unit of input", False)


def test_gradient_times_input_on_paper():
    # (-1, 3) * (1, 2) / 4 = 5/4; (-1, 3) * (3, -1) / 2 = -3; (-1, 3) * (-2, 4) = 14; "ran" itself: 0
    found = explain(toy_run(), "gradient_times_input", THE_RAN)
    assert found.values.tolist() == pytest.approx([1.25, -3, 14, 0])
    assert (found.unit, found.signed) == ("logits", True)
    assert found.check.value == pytest.approx(0, abs=1e-6)  # a linear model: the scores are the number


def test_every_token_at_once_on_paper():
    found = explain(toy_run(), "gradient_times_input", every(toy_run(), "logit"))
    assert isinstance(found, TokenGrid)
    # red:  row 1 (1, 2) * <s> (1, 2)                                            = 5
    # dog:  row 2 (2, -1): <s> 0/2; red 7                                        = 7
    # then red again: row 1 (1, 2): <s> 5/8, red 1/4, dog 6/2, ran 7             = 10.875
    expected = [[5, 0, 0, 0], [0, 7, 0, 0], [1.25, -3, 14, 0], [0.625, 0.25, 3, 7]]
    np.testing.assert_allclose(found.values, expected, atol=1e-6)
    assert found.totals.tolist() == [5, 7, 12.25, 10.875]


def test_a_contrast_subtracts_the_other_token():
    run = toy_run()
    found = explain(run, "gradient_times_input", parse(run, "3:ran/dog"))
    # row 3 - row 2 = (-3, 4): <s> 5/4; red -13/2; dog 22
    assert found.values.tolist() == pytest.approx([1.25, -6.5, 22, 0])


def test_a_span_adds_its_tokens():
    run = toy_run()
    found = explain(run, "gradient_times_input", span(run, 2, 3, "logit"))
    assert isinstance(found, TokenScores)
    # the rows of dog and ran above added: 0 + 1.25 for <s>; 7 - 3 for red; 14 for dog
    assert found.values.tolist() == pytest.approx([1.25, 4, 14, 0])
    assert found.total == pytest.approx(19.25)
    norm = explain(run, "gradient_norm", span(run, 2, 3, "logit"))
    # gradients are added before the norm. <s>: (2, -1)/2 + (-1, 3)/4 = (0.75, 0.25);
    # and for red (2, -1) + (-1, 3)/2 = (1.5, 0.5), for dog (-1, 3)
    assert norm.values.tolist() == pytest.approx([0.625**0.5, 2.5**0.5, 10**0.5, 0])


@pytest.mark.parametrize("measure", ["logit", "log-prob", "probability", "contrast"])
@pytest.mark.parametrize("family", loops.FAMILIES)
def test_the_map_of_all_tokens_equals_a_loop_over_them(tmp_path: Path, family: str, measure: str):
    run = loops.run_of(family, tmp_path)
    target = every(run, measure)  # type: ignore[arg-type]
    expected = loops.gradients(run, target)
    norm = explain(run, "gradient_norm", target)
    loops.close(norm.values, np.linalg.norm(expected, axis=-1))
    product = explain(run, "gradient_times_input", target)
    loops.close(product.values, (expected * run.vectors.numpy()).sum(-1))


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_equals_captum(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path)
    target = every(run)
    saliency = loops.by_captum("Saliency", run, target, abs=False)
    loops.close(explain(run, "gradient_norm", target).values, np.linalg.norm(saliency, axis=-1))
    product = loops.by_captum("InputXGradient", run, target).sum(-1)
    loops.close(explain(run, "gradient_times_input", target).values, product)


@pytest.mark.parametrize("method", ["gradient_norm", "gradient_times_input"])
@pytest.mark.parametrize("family", loops.FAMILIES)
def test_a_later_word_scores_exactly_0(tmp_path: Path, family: str, method: str):
    run = loops.run_of(family, tmp_path)
    values = explain(run, method).values
    assert values.shape == (len(run.tokens), len(run.tokens))
    assert not np.triu(values, 1).any()
    assert (np.abs(np.diag(values)) > 0).all()  # but the word just before scores


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_small_portions_and_any_order_give_the_same_numbers(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path)
    target = every(run).rows([6, 0, 3, 2, 6])  # not in order, and one place twice
    expected = loops.gradients(run, target)
    for budget in (0, 192):
        found = np.zeros_like(expected)
        for rows, numbers, part in input_gradients(run.model, run.vectors[None], target, budget):
            assert len(rows) == 1 or budget
            found[rows, : part.shape[2]] = part[0].numpy()
            scored = target.rows(rows).scores(run.logits[None, target.rows(rows).positions])
            torch.testing.assert_close(numbers, scored, atol=1e-4, rtol=1e-4)
        loops.close(found, expected)


def test_two_texts_at_once_have_each_their_own_gradients(tmp_path: Path):
    run = loops.run_of("lstm", tmp_path)
    target = every(run)
    both = torch.stack((run.vectors, run.vectors * 0.5))
    for rows, _, part in input_gradients(run.model, both, target):
        for text in range(2):
            alone = next(input_gradients(run.model, both[text : text + 1], target.rows(rows)))[2]
            torch.testing.assert_close(part[text], alone[0], atol=1e-5, rtol=1e-4)
        assert not torch.allclose(part[0], part[1], atol=1e-3)


def test_a_span_longer_than_one_portion_loses_nothing(tmp_path: Path):
    run = loops.run_of("lstm", tmp_path, " ".join([loops.TEXT] * 3))
    target = span(run, 2, 22)  # 21 rows; a portion holds 16
    expected = np.linalg.norm(loops.gradients(run, target).sum(axis=0), axis=-1)
    loops.close(explain(run, "gradient_norm", target).values, expected)


def test_a_span_of_a_real_network_is_the_sum_of_its_rows(tmp_path: Path):
    run = loops.run_of("gpt2", tmp_path)
    whole = explain(run, "gradient_times_input", span(run, 2, 5))
    rows = [explain(run, "gradient_times_input", at(run, place)).values for place in range(2, 6)]
    loops.close(whole.values, np.sum(rows, axis=0))
