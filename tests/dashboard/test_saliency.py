"""The page of maps: pieces, words, sentences; a phrase; warnings; whether scores add up; bad input."""

import base64
from dataclasses import replace
from html import escape

import numpy as np
import pytest

import models
from interpret import every, explain, find, record
from interpret.method import token_result
from interpret.results import Check
from interpret.target import parse
from interpret.wording import by_word
from tests.dashboard.conftest import strip_data, texts

TEXT = "The keys to the old cabinet were lost. Nobody wanted the missing"
QUICK = {"evidence": "agreement", "methods": "gradient_norm,gradient_times_input"}
SURE = "The worst film ever made. Terrible acting, awful script, a complete waste of time."


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


@pytest.mark.parametrize("model", ["wiki-lstm", "reviews-gpt", "reviews-bert", "sst-attention"])
@pytest.mark.parametrize("grain", ["tokens", "sentences"])
def test_pieces_and_sentences_for_every_task(opened, model, grain):
    page = opened("saliency", model=model, text=TEXT, method="gradient_times_input", grain=grain, **QUICK)
    assert not page.exception
    run = record(models.load(model), TEXT)
    grid = by_word(explain(run, "gradient_times_input", every(run)), grain)
    data = strip_data(page)
    assert len(data["words"]) == len(grid.words)
    np.testing.assert_allclose(floats(data["w"]), grid.values.ravel(), rtol=1e-4, atol=1e-5)
    said = [caption.value for caption in page.caption]
    assert any("the sum over its words" in one for one in said) == (grain == "sentences")


def test_leaving_out_goes_piece_by_piece_where_pieces_are_looked_at(opened):
    text = "The unbelievable keys"
    page = opened("saliency", model="wiki-lstm", text=text, method="leave_one_out", grain="tokens")
    run = record(models.load("wiki-lstm"), text)
    found = explain(run, "leave_one_out", unit="token")
    np.testing.assert_allclose(floats(strip_data(page)["w"])[-len(run.tokens) :], found.values[-1], rtol=1e-4)


@pytest.mark.parametrize("method", ["leave_one_out", "gradient_norm"])
@pytest.mark.parametrize("model", ["reviews-gpt", "reviews-bert"])
def test_a_phrase_is_one_number(opened, model, method):
    page = opened("saliency", model=model, text=TEXT, method=method, word="5", until="6", **QUICK)
    assert not page.exception
    run = record(models.load(model), TEXT)
    words = by_word(explain(run, method, every(run))).words
    first, last = words[5].tokens[0], words[6].tokens[1] - 1
    scores = explain(run, method, parse(run, f"{first}-{last}"))
    data = strip_data(page)
    assert data["until"] == [5, 6]
    sums = np.array([scores.values[a:b].sum() for a, b in (word.tokens for word in words)])
    sums[5:7] = np.nan
    np.testing.assert_allclose(floats(data["phrase"]), sums, rtol=1e-4, atol=1e-6)
    assert "Can I trust this map of “old cabinet”?" in texts(page)
    assert "agree least" in texts(page)


@pytest.mark.parametrize("until", ["2", "99", "x", ""])
def test_a_phrase_that_cannot_be_is_not_taken_from_a_link(opened, until):
    page = opened("saliency", model="reviews-gpt", text=TEXT, method="gradient_norm", word="5", until=until)
    assert not page.exception
    assert strip_data(page)["until"] is None and strip_data(page)["selected"] == 5


def fake(values):
    """A method whose scores are made up: (C, T) -> what `values` makes of them."""

    def compute(run, target, options):
        shape = (len(target.places), len(run.tokens))
        return token_result(
            run, target, "gradient_times_input", values(np.zeros(shape)), np.full(shape[0], -1.0),
            unit=target.unit, signed=True, check=Check(name="made up", value=0.0), options=options,
        )  # fmt: skip

    return compute


def one_hot(scores):
    scores[:, 2] = 1.0
    return scores


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (lambda scores: scores, "Every score is 0: this number does not depend on the text"),
        (one_hot, "All the weight is on one token: believe it only if another method agrees."),
        (lambda scores: scores + np.nan, "the numbers are not finite, so nothing is drawn"),
    ],
)
def test_degenerate_maps_carry_a_banner(opened, monkeypatch, values, said):
    method = find()["gradient_times_input"]
    monkeypatch.setitem(find(), method.name, replace(method, compute=fake(values)))
    text = f"A degenerate map, {said[:9]}"  # of its own: answers are kept by what was asked
    page = opened("saliency", model="reviews-gpt", text=text, method=method.name)
    assert not page.exception
    notices = [part for part in texts(page).split("\n") if 'class="notice"' in part]
    assert any(escape(said) in part for part in notices)


def test_a_saturated_classifier_carries_a_banner(opened):
    text = SURE
    assert explain(record(models.load("reviews-lstm-sentiment"), text), "classes").values.max() > 0.9995
    page = opened("saliency", model="reviews-lstm-sentiment", text=text, method="gradient_times_input")
    assert "The probability is 1.000: nothing small can move it; explain the logit instead." in texts(page)


def test_integrated_gradients_say_whether_they_add_up(opened):
    page = opened("saliency", model="reviews-gpt", text=TEXT, method="integrated_gradients")
    assert "<meter" in texts(page) and "from a blank text (zeros), the scores add up to" in texts(page)
    assert not [b for b in page.button if b.label == "Raise steps"]
    other = opened("saliency", model="reviews-gpt", text=TEXT, method="integrated_gradients", baseline="mean")
    assert "(the mean of the vocabulary), the scores add up to" in texts(other)
    assert strip_data(other)["w"] != strip_data(page)["w"]


def test_steps_are_raised_by_a_button(opened, monkeypatch):
    from dashboard.panels import completeness

    monkeypatch.setattr(completeness, "STEPS", 8)
    page = opened("saliency", model="wiki-lstm", text=TEXT, method="integrated_gradients", word="6")
    raise_steps = [b for b in page.button if b.label == "Raise steps"]
    if raise_steps:  # the gap with 8 steps is above 1 %
        page = raise_steps[0].click().run()
        assert page.query_params["steps"] == "16" and "With 16 steps" in texts(page)
    else:
        assert "steps from a blank text" in texts(page)


@pytest.mark.parametrize("text", ["keys", "the cat the", "the the the the", "I"])
@pytest.mark.parametrize("model", ["wiki-lstm", "reviews-bert", "sst-attention", "shakespeare-chars"])
def test_odd_texts_give_a_map_or_a_sentence(opened, text, model):
    page = opened("saliency", model=model, text=text, method="leave_one_out")
    assert not page.exception
    assert 'class="answer"' in texts(page) or 'class="notice"' in texts(page)
    assert strip_data(page)["words"] or 'class="notice"' in texts(page)


def test_a_method_that_a_model_cannot_serve_is_not_offered(opened):
    page = opened("saliency", model="wiki-ngram", text=TEXT, method="integrated_gradients")
    assert not page.exception
    offered = next(g for g in page.get("button_group") if g.proto.label == "Method")
    assert all("radient" not in str(option) for option in offered.options)
    assert "Can I trust this map" in texts(page)
