"""Each view through `app.py` on both models: what it shows are the numbers that `interpret` gives."""

import json

import numpy as np
import pytest

import models
from dashboard.questions import QUESTIONS, WITHOUT_TEXT
from interpret import every, explain, find, record
from interpret.sentences import percent, rounded
from interpret.wording import by_word
from tests.dashboard.conftest import strip_data, texts

MODELS = ("wiki-lstm", "reviews-gpt")  # one of each family; the others open in test_tasks.py
TEXT = "The keys to the old wooden cabinet"


@pytest.mark.parametrize("model", MODELS)
def test_next_words_draws_the_models_own_guesses(opened, model):
    page = opened(model=model, text=TEXT)
    assert not page.exception
    found = explain(record(models.load(model), TEXT), "next_words")
    chart = json.loads(page.get("plotly_chart")[0].proto.spec)
    drawn = chart["data"][0]["text"]
    assert drawn == [rounded(share, 1) for share in found.values[-1]]  # all above 0.1 %
    assert chart["layout"]["yaxis"]["ticktext"][0].strip() == found.candidates[-1][0].strip()
    assert percent(found.values[-1, 0]) in texts(page)


@pytest.mark.parametrize("model", MODELS)
def test_surprise_strip_holds_bits_by_words(opened, model):
    data = strip_data(opened(model=model, text=TEXT))
    found = explain(record(models.load(model), TEXT), "next_words")
    assert [word["t"] for word in data["words"]] == ["", *TEXT.split()]
    assert data["bits"][0] is None
    assert sum(data["bits"][1:]) == pytest.approx(found.surprise.sum(), rel=1e-6)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "method", [name for name, m in find().items() if m.gives == "token-grid" and "causal" in m.tasks]
)
def test_saliency_hands_the_methods_numbers_to_the_strip(opened, model, method):
    import base64

    if find()[method].refusal(models.card(model)):
        pytest.skip("not offered for this model")
    page = opened("saliency", model=model, text=TEXT, method=method)
    assert not page.exception
    data = strip_data(page)
    run = record(models.load(model), TEXT)
    grid = by_word(explain(run, method, every(run)))
    drawn = np.frombuffer(base64.b64decode(data["w"]), "<f4").reshape(len(data["rows"]), -1)
    np.testing.assert_allclose(drawn, grid.values, rtol=1e-5, atol=1e-6)
    assert data["signed"] is find()[method].signed
    assert data["rows"][-1] == len(data["words"]), "the last row is the model's own next word"


def test_models_and_measures_change_the_numbers(opened):
    drawn = {
        (model, measure): strip_data(opened("saliency", model=model, measure=measure, text=TEXT))["w"]
        for model in MODELS
        for measure in ("log-prob", "logit", "contrast", "probability")
    }
    assert len(set(drawn.values())) == len(drawn)


@pytest.mark.parametrize("view", ["trust_league", "stories", "saliency", "next_words"])
def test_a_page_that_does_not_use_the_text_says_so(opened, view):
    (asked,) = [one for one in QUESTIONS if one.file == view]
    said = [caption.value for caption in opened(view).sidebar.caption]
    assert ("This page does not use the text." in said) == (asked.path in WITHOUT_TEXT)


def test_an_unknown_choice_in_a_link_falls_back(opened):
    page = opened("saliency", model="no-such", method="<script>", measure="9", word="99999", text=TEXT)
    assert not page.exception
    assert strip_data(page)["selected"] is None
    assert page.session_state["model"] == MODELS[0]


def test_a_link_pins_its_word(opened):
    data = strip_data(opened("saliency", text=TEXT, word="3"))
    assert data["selected"] == 3


def test_back_brings_a_text_back_but_never_takes_a_new_one_away(opened):
    page = opened(text="The first text")
    page.query_params["text"] = "An earlier text"
    page.run()
    assert page.session_state["text"] == "An earlier text"
    page.query_params["text"] = "The first text"
    page.text_area(key="text").set_value("Just typed").run()
    assert page.session_state["text"] == "Just typed"


def test_choosing_an_example_and_a_pill_changes_the_text(opened):
    page = opened()
    page.selectbox(key="example").select("A river town").run()
    before = page.session_state["text"]
    assert before.startswith("The town lies")
    pills = page.get("button_group")[0]
    pills.select(pills.options[1]).run() if hasattr(pills, "select") else pytest.fail("no pills")
    after = page.session_state["text"]
    assert after.startswith(before) and len(after) > len(before)


TEXTS = [
    "",
    " ",
    "a",
    "\U0001f642",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "كتب الولد",
    "שלום עולם",
    "e\u0301\u0301",
    "\u202eevil",
    "a\x00b",
    "\n\n",
    "<script>alert(1)</script>",
    "# **x** [y](http://evil) $z$",
    "word " * 2000,
    "\ufffd" * 3,
]


@pytest.mark.parametrize("view", ["next_words", "saliency"])
@pytest.mark.parametrize(
    "text",
    TEXTS,
)
def test_any_text_gives_a_sentence_or_a_picture(opened, view, text):
    page = opened(view, text=text, model="reviews-gpt", method="gradient_times_input")
    assert not page.exception
    written = texts(page)
    assert "<script>" not in written
    assert "notice" in written or page.get("bidi_component")
    if text == "word " * 2000:
        assert "longer than one picture" in written


def test_a_broken_checkpoint_is_said_and_the_other_model_still_works(opened, monkeypatch, tmp_path):
    import shutil

    from dashboard.shelf import worker

    shutil.copytree(models.ASSETS, tmp_path / "models")
    weights = tmp_path / "models" / "wiki-lstm" / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    monkeypatch.setattr(models, "ASSETS", tmp_path / "models")
    worker.clear()
    page = opened(model="wiki-lstm", text="A text for a broken model.")
    assert not page.exception
    assert "is not the file its card describes" in texts(page)
    page.selectbox(key="model").select("reviews-gpt").run()
    assert not page.exception
    assert "first guess" in texts(page)
    worker.clear()


def test_stopping_a_question_says_so_and_can_be_taken_back(opened):
    from dashboard import cached

    key = cached.digest("next_words", "wiki-lstm", "Stop me.", "log-prob", {})
    page = opened()
    page.session_state["stopped"] = key
    page.text_area(key="text").set_value("Stop me.").run()
    assert "Stopped." in texts(page)
    next(b for b in page.button if b.label == "Try again").click().run()
    assert "first guess" in texts(page)
