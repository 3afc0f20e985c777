"""How methods are found, what they promise, and what they refuse."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import interpret.methods
from interpret import explain, find, record
from interpret.method import UnknownMethod
from interpret.results import NotFinite
from tests.interpret import loops
from tests.toys import Toy, toy_run

NAMES = sorted(path.stem for path in Path(interpret.methods.__path__[0]).glob("[a-z]*.py"))
TOKEN_METHODS = [name for name in NAMES if find()[name].gives == "token-grid"]


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
@pytest.mark.parametrize("name", NAMES)
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


@pytest.mark.parametrize("name", NAMES)
def test_the_same_question_has_the_same_answer(tmp_path: Path, name: str):
    run = loops.run_of("gpt2", tmp_path)
    first = explain(run, name).values
    explain(loops.run_of("gpt2", tmp_path, "a small dog"), name)
    np.testing.assert_array_equal(explain(run, name).values, first)


def test_an_unknown_method_is_refused_with_the_known_ones():
    with pytest.raises(UnknownMethod, match=r"There is no method 'gradients': choose one of .*next_words"):
        explain(toy_run(), "gradients")


def test_a_model_without_gradients_is_refused_what_needs_them():
    model = Toy()
    model.card = replace(model.card, abilities=frozenset({"unembed"}))
    run = record(model, " red dog")
    with pytest.raises(UnknownMethod, match="toy has no gradients, which gradient_norm needs"):
        explain(run, "gradient_norm")
    assert explain(run, "leave_one_out").values.shape == (3, 3)


def test_an_option_that_a_method_does_not_have_is_refused():
    with pytest.raises(UnknownMethod, match=r"gradient_norm has no option steps"):
        explain(toy_run(), "gradient_norm", steps=4)


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
@pytest.mark.parametrize("name", NAMES)
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
