"""How methods are found, what they promise, and what they refuse."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import interpret.methods
import models
from interpret import explain, find, record
from interpret.method import UnknownMethod
from interpret.results import NotFinite
from interpret.target import at, every, span
from tests import families
from tests.interpret import loops
from tests.toys import Toy, toy_run

NAMES = sorted(path.stem for path in Path(interpret.methods.__path__[0]).glob("[a-z]*.py"))
# DeepLift refuses every model here (tests/interpret/test_deep_lift.py), and patching needs a second text that
# goes on differently (tests/interpret/test_lens.py);
# those about units refuse a toy that has none: tests/interpret/units
CAUSAL = [
    name
    for name in NAMES
    if "causal" in find()[name].tasks
    and name not in ("deep_lift", "patching")
    and find()[name].refusal(Toy().card) is None
]
TOKEN_METHODS = [name for name in CAUSAL if find()[name].gives == "token-grid"]
ALONE = " red dog red ran dog"


def test_every_file_is_a_method_of_its_own_name():
    assert sorted(find()) == NAMES
    assert {"next_words", "gradient_norm", "gradient_times_input", "leave_one_out"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_method_says_what_a_page_needs(name: str):
    method = find()[name]
    assert method.title
    assert method.question.endswith("?")
    assert method.source
    assert method.summary.endswith((".", ":", "?"))
    assert "Source:" in method.about
    assert method.options()  # all of them have defaults


@pytest.mark.parametrize("family", loops.FAMILIES)
@pytest.mark.parametrize("name", CAUSAL)
def test_a_method_gives_what_it_promises_on_both_families(tmp_path: Path, name: str, family: str):
    run = loops.run_of(family, tmp_path)
    found = explain(run, name)
    method = find()[name]
    assert (found.kind, found.method, found.signed) == (method.gives, name, method.signed)
    assert found.tokens == run.tokens.shown
    assert found.values.ndim == len(found.dims)
    assert len(found.to_frame()) in (len(run.tokens), found.values.size)
    assert found.in_words().endswith(".")
    json.dumps(found.to_json(), allow_nan=False)


@pytest.mark.parametrize("name", CAUSAL)
def test_the_same_question_has_the_same_answer(tmp_path: Path, name: str):
    run, lots = loops.run_of("gpt2", tmp_path), torch.get_rng_state()
    first = explain(run, name).values
    assert torch.equal(torch.get_rng_state(), lots)  # nobody else's chance is used up
    torch.manual_seed(8)
    explain(loops.run_of("gpt2", tmp_path, "a small dog"), name)
    np.testing.assert_array_equal(explain(run, name).values, first)


def test_an_unknown_method_is_refused_with_the_known_ones():
    with pytest.raises(UnknownMethod, match=r"There is no method 'gradients': choose one of .*next_words"):
        explain(toy_run(), "gradients")


def test_a_model_without_gradients_is_refused_what_needs_them():
    model = Toy()
    model.card = replace(model.card, abilities=frozenset({"unembed"}))
    run = record(model, " red dog")
    with pytest.raises(
        UnknownMethod, match=r"toy has no way back from its numbers to its words .* needs: choose"
    ):
        explain(run, "gradient_norm")
    assert explain(run, "leave_one_out").values.shape == (3, 3)


def test_an_option_that_a_method_does_not_have_is_refused():
    with pytest.raises(UnknownMethod, match=r"gradient_norm has no option steps"):
        explain(toy_run(), "gradient_norm", steps=4)


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
@pytest.mark.parametrize("name", CAUSAL)
def test_numbers_that_are_not_finite_are_refused(name: str, wrong: float):
    decoder = ((0.0, 1.0), (wrong, 2.0), (2.0, -1.0), (-1.0, 3.0))
    with pytest.raises(NotFinite, match="the numbers are not finite, so nothing is drawn"):
        explain(toy_run(decoder=decoder), name)


@pytest.mark.parametrize("name", TOKEN_METHODS)
def test_a_model_that_does_not_listen_is_flagged(name: str):
    run = toy_run(decoder=((0.0, 0.0),) * 4, bias=(0.5, 1.0, 2.0, 4.0))
    found = explain(run, name)
    assert not found.values.any()
    assert found.notes[0].startswith("Every score is 0")
    assert "was led by no word" in found.in_words()  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [name for name in TOKEN_METHODS if name != "leave_one_out"])
def test_a_model_that_hears_only_the_last_word_is_flagged(name: str):
    run = toy_run(ALONE, decay=0.0)
    # Taken out, as by leave_one_out, the last word would let the one before be heard: here it leaves a gap.
    gap = {"absent": "zero"} if "absent" in find()[name].options.__dataclass_fields__ else {}
    grid = explain(run, name, every(run, "logit"), **gap)
    assert grid.notes[0].startswith("All the weight of every row is on one token")
    one = explain(run, name, at(run, 5, measure="logit"), **gap)
    assert one.notes[0].startswith("All the weight is on one token: believe it only")
    assert not any("one token" in note for note in explain(toy_run(ALONE), name, at(run, 5)).notes)


@pytest.mark.parametrize("name", TOKEN_METHODS)
def test_a_certain_or_impossible_word_is_said_to_be_one(name: str):
    run = toy_run(bias=(0.0, 0.0, 0.0, 40.0))
    sure = explain(run, name, at(run, 3, 3, measure="probability"))
    assert "The probability is 1.000: nothing small can move it; explain the logit instead." in sure.notes
    assert "The probability is 1.000" in str(explain(run, name, at(run, 3, 3)).notes)
    grid = explain(run, name, every(run, "probability"))
    assert any(note.startswith("For 2 of 4 words (tokens) the probability is 1.000") for note in grid.notes)
    assert not any("1.000" in note for note in explain(run, name, at(run, 3, 3, measure="logit")).notes)
    never = toy_run(bias=(0.0, 0.0, 0.0, -200.0))
    found = explain(never, name, at(never, 3, 3, measure="probability"))
    assert any("is 0.000: nothing small can move it; explain the log-probability" in n for n in found.notes)


@pytest.mark.parametrize("name", TOKEN_METHODS)
def test_a_span_behind_the_start_mark_is_not_called_deaf(name: str):
    run = toy_run()
    assert not any("Every score is 0" in note for note in explain(run, name, span(run, 1, 3, "logit")).notes)


def test_a_masked_models_only_token_has_errors_like_any_other(tmp_path):
    model = models.load(families.folder(tmp_path / "bert", "bert"))
    found = explain(record(model, "0"), "shapley_sampling")
    assert found.spread.shape == found.values.shape == (3,)
    assert list(found.to_frame()["shown"]) == list(found.tokens)
