"""Every bundled model opens on both pages; classifiers and gap fillers show their own numbers."""

import base64

import numpy as np
import pytest

import models
from interpret import every, explain, record
from interpret.sentences import percent
from interpret.wording import by_word
from tests.dashboard.conftest import strip_data, texts

TEXT = "a wonderful film with great actors"
OTHERS = [name for name in models.names() if name not in ("wiki-lstm", "reviews-gpt")]
CLASSIFIERS = [name for name in OTHERS if models.card(name).task == "classify"]
FILLERS = [name for name in OTHERS if models.card(name).task == "masked"]


@pytest.mark.parametrize("model", OTHERS)
@pytest.mark.parametrize("view", ["next_words", "saliency"])
def test_every_model_answers(opened, view, model):
    page = opened(view, model=model, text=TEXT)
    assert not page.exception
    assert 'class="answer"' in texts(page) and 'role="alert"' not in texts(page)


@pytest.mark.parametrize("model", CLASSIFIERS)
def test_classes_and_their_causes(opened, model):
    run = record(models.load(model), TEXT)
    classes = explain(run, "classes")
    assert percent(float(classes.values.max())) in texts(opened(model=model, text=TEXT))
    page = opened("saliency", model=model, text=TEXT, method="gradient_times_input")
    data = strip_data(page)
    grid = by_word(explain(run, "gradient_times_input", every(run)))
    drawn = np.frombuffer(base64.b64decode(data["w"]), "<f4").reshape(len(data["rows"]), -1)
    np.testing.assert_allclose(drawn, grid.values, rtol=1e-5, atol=1e-6)
    assert [entry["t"] for entry in data["after"]] == list(classes.classes)
    assert data["probability"] == pytest.approx(classes.values.tolist())
    assert data["first"] == len(data["words"]) + int(classes.values.argmax())


@pytest.mark.parametrize("model", FILLERS)
def test_gaps_are_filled_and_explained(opened, model):
    run = record(models.load(model), TEXT)
    found = explain(run, "next_words")
    page = opened(model=model, text=TEXT)
    assert "With one token hidden at a time" in texts(page)
    assert sum(bits or 0 for bits in strip_data(page)["bits"]) == pytest.approx(found.surprise.sum())
    data = strip_data(opened("saliency", model=model, text=TEXT, method="gradient_times_input"))
    assert data["task"] == "masked" and data["after"] == []
    assert data["rows"] == [word for word in range(len(data["words"])) if data["words"][word]["t"]]
