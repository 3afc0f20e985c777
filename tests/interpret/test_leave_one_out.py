"""Leave one out: on paper, against asking the model again word by word, and against captum."""

from pathlib import Path

import numpy as np
import pytest
import torch

from interpret import explain
from interpret.method import UnknownMethod
from interpret.methods.leave_one_out import groups
from interpret.results import TokenScores
from interpret.run import Run
from interpret.target import Target, every, span
from tests.interpret import loops
from tests.toys import toy_run

NAME = "leave_one_out"
THE_RAN = Target(measure="logit", places=(3,), tokens=(3,))  # "ran" after "red dog"


def test_a_linear_model_on_paper():
    # Row 3 (-1, 3) gives <s> 5, red -6, dog 14. With all: 14 - 6/2 + 5/4 = 12.25.
    # Without red: 14 + 5/2 = 16.5, so red -4.25. Without dog: -6 + 5/2 = -3.5, so dog 15.75.
    found = explain(toy_run(), NAME, THE_RAN)
    assert isinstance(found, TokenScores)
    assert found.values.tolist() == [0, -4.25, 15.75, 0]
    assert (found.total, found.unit, found.signed) == (12.25, "logits", True)


def test_a_span_leaves_out_only_what_stands_before_each_of_its_tokens():
    # dog after <s> red: row 2 (2, -1) gives <s> 0, red 7: all 7; without red 0: red 7.
    # ran as above: red -4.25, dog 15.75. Together red 2.75, dog 15.75 (dog's own row leaves dog in).
    run = toy_run()
    found = explain(run, NAME, span(run, 2, 3, "logit"))
    assert found.values.tolist() == [0, 2.75, 15.75, 0]


def test_without_a_start_mark_the_only_word_before_cannot_be_left_out():
    # dog behind red alone: without red nothing is left that could score dog.
    run = toy_run(start=False)
    found = explain(run, NAME, every(run, "logit"))
    assert found.values[0].tolist() == [0, 0, 0]
    # ran behind red dog: with both 14 - 3 = 11; without red 14; without dog -6
    assert found.values[1].tolist() == [-3, 17, 0]


def asked_again(run: Run, target: Target, unit: str) -> np.ndarray:
    """(C, T): each number minus the one of a text without one word, from ids, one text at a time."""
    values = np.zeros((len(target.places), len(run.tokens)))
    ids, places = run.tokens.ids, np.array(target.places)
    words = run.tokens.words if unit == "word" else np.arange(len(ids))
    for row, (place, token) in enumerate(zip(places, target.tokens, strict=True)):
        for word in range(1, words[-1] + 1):
            inside = np.flatnonzero(words == word)
            if inside[-1] >= place:
                continue
            kept = torch.tensor([int(i) for t, i in enumerate(ids[:place]) if t not in inside])
            with torch.no_grad():
                logs = run.model.logits(run.model.embed(kept)[None])[0, -1].log_softmax(-1)
            before = run.logits[place - 1].log_softmax(-1)[token]
            values[row, inside] = float(before - logs[token]) / len(inside)
    return values


@pytest.mark.parametrize("unit", ["word", "token"])
@pytest.mark.parametrize("family", loops.FAMILIES)
def test_equals_asking_again_without_each_word(tmp_path: Path, family: str, unit: str):
    run = loops.run_of(family, tmp_path)
    target = every(run)
    found = explain(run, NAME, target, unit=unit)
    loops.close(found.values, asked_again(run, target, unit))


def test_a_word_of_several_pieces_goes_as_one_and_shares_its_score(tmp_path: Path):
    run = loops.run_of("lstm", tmp_path)
    shown = ["".join(run.tokens.shown[i] for i in group) for group in groups(run, "word")]
    assert shown == ["the", " keys", " to", " the", " cabinet", ",", " don't"]
    values = explain(run, NAME).values[-1]
    keys = next(group for group in groups(run, "word") if len(group) > 2)
    assert len(set(values[keys])) == 1
    assert values[keys[0]] != 0
    single = explain(run, NAME, unit="token").values[-1]
    assert len(set(single[keys])) == len(keys)


def test_equals_captums_ablation_where_leaving_out_is_blanking_out():
    # With decay 1 the state is the sum of the vectors: taking a vector out and putting zeros in are the same.
    import captum.attr

    run = toy_run(" red dog red ran", decay=1.0, power=3)
    target = every(run, "logit")
    found = explain(run, NAME, target, unit="token")
    mask = torch.arange(5)[None, :, None].expand(1, 5, 2)
    for row, function in enumerate(loops.functions(run, target)):
        theirs = captum.attr.FeatureAblation(function).attribute(
            run.vectors[None], feature_mask=mask
        )[0, :, 0].detach()  # fmt: skip
        np.testing.assert_allclose(found.values[row, 1:], theirs[1:].numpy(), atol=1e-2, rtol=1e-5)
        assert found.values[row, 0] == 0  # the start mark stays; captum would take it out


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_what_comes_later_scores_0(tmp_path: Path, family: str):
    assert not np.triu(explain(loops.run_of(family, tmp_path), NAME).values, 1).any()


def test_an_unknown_unit_is_refused():
    with pytest.raises(UnknownMethod, match="leave_one_out: unit must be word or token"):
        explain(toy_run(), NAME, unit="sentence")
