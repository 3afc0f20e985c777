"""The page "When did it decide?": its grid, the followed words, states of another text, and refusals."""

import json
import re
import time
from collections.abc import Callable
from html import unescape

import numpy as np

import models
from dashboard import cached
from dashboard.panels import layers
from interpret import explain, record
from interpret.lens import readers
from interpret.sentences import rounded
from tests.dashboard.conftest import lines_to_copy, texts

STORY = "Sofia works behind the mill. The benches near the shell"


def test_the_page_says_what_the_method_says(opened):
    page = opened("decided", model="story-gpt", text=STORY)
    assert not page.exception
    found = explain(record(models.load("story-gpt"), STORY), "lens")
    assert found.in_words() in texts(page)
    data = json.loads(page.get("plotly_chart")[0].proto.spec)["data"]
    assert data[0]["text"][-1][-1] == "are"
    assert len(data[0]["text"]) == len(found.layers)


def test_watched_words_cross(opened):
    page = opened("decided", model="story-gpt", text=STORY, watch="is | are")
    assert "“are” leads from layer 3 on; before that “is” does" in texts(page)


def test_a_state_of_another_text_carries_its_answer_over(opened):
    page = opened("decided", model="story-gpt", text=STORY, other=STORY.replace("benches", "bench"))
    assert not page.exception
    assert "What decides is kept at “benches” at first" in texts(page)


def test_the_state_of_a_chosen_word_and_all_that_it_changes(opened, monkeypatch):
    """A click on the embedding of "benches" with "The" chosen."""
    monkeypatch.setattr(layers.choices, "points", lambda key: [{"x": 8, "y": 0}] if key == "patch" else [])
    other = STORY.replace("benches", "bench")
    page = opened("decided", model="story-gpt", text=STORY, other=other, taken_from="7")
    assert not page.exception
    assert "The state of its “The” carries that answer farthest at “benches”" in texts(page)
    assert "state of embedding at “benches” is replaced by that of “The”" in texts(page)
    run = record(models.load("story-gpt"), STORY)
    cone = explain(run, "patching", other=other, source=7, layer=0, place=8)
    drawn = json.loads(page.get("plotly_chart")[-1].proto.spec)["data"][0]["text"]
    assert drawn == [[rounded(v) if abs(v) >= 0.005 else "" for v in row] for row in cone.values]
    assert not any(drawn[0][:8]) and drawn[4][8]
    link = {name: value[0] if isinstance(value, list) else value for name, value in page.query_params.items()}
    assert link["patched"] == "0-8"
    monkeypatch.undo()
    again = opened("decided", **link)
    assert json.loads(again.get("plotly_chart")[-1].proto.spec)["data"][0]["text"] == drawn, (
        "its link opens it"
    )
    (lines,) = [block for block in lines_to_copy(again) if '"patching"' in block or "'patching'" in block]
    given: dict = {}
    exec(lines, given)
    np.testing.assert_allclose(given["result"].values, cone.values, atol=1e-6)


def test_a_link_opens_the_cell_that_was_clicked(opened):
    found = explain(record(models.load("story-gpt"), STORY), "lens")
    page = opened("decided", model="story-gpt", text=STORY, place="0-3")
    assert found.in_words(3) in unescape(texts(page)) and found.in_words(3) != found.in_words(8)
    for odd in ("0-99", "x", "1", "1-2-3"):
        page = opened("decided", model="story-gpt", text=STORY, place=odd)
        assert not page.exception and "place" not in page.query_params


def test_another_text_that_ends_alike_is_said_and_the_page_goes_on(opened):
    page = opened("decided", model="story-gpt", text=STORY, other=STORY)
    assert "Both texts lead to" in texts(page)
    assert "What it does not tell you" in texts(page)


def test_a_classifier_is_refused_in_a_sentence(opened):
    page = opened("decided", model="sst-attention", text="A fine film.")
    assert not page.exception
    assert "names a class" in texts(page)


def test_a_lens_is_learned_from_the_page_with_its_curve(opened, monkeypatch):
    monkeypatch.setattr(readers, "_trained", {})
    page = opened("decided", model="story-lstm", text=STORY, lens_seconds="10")
    next(button for button in page.button if button.key == "learn-lens").click().run()
    going_on = cached.learning("story-lstm")
    assert going_on is not None
    _until(lambda: going_on.found is not None)
    page.run()
    assert "nats from the model's on texts held out" in unescape(texts(page))
    assert any("KL divergence" in chart.proto.spec for chart in page.get("plotly_chart"))
    next(button for button in page.button if button.key == "stop-lens").click().run()
    _until(lambda: not going_on.is_going_on())
    page.run()
    assert not page.exception
    said = unescape(texts(page))
    assert "With the tuned lens the layers come closer" in said
    assert re.search(r"Stopped after \d of 10 seconds; the best maps so far are kept", said)
    lens = readers.known(models.card("story-lstm"))
    assert lens is not None and lens.learned["stopped"]


def test_a_lens_nobody_looks_at_ends_early(monkeypatch):
    monkeypatch.setattr(readers, "_trained", {})
    monkeypatch.setattr(cached, "_learning", {})
    monkeypatch.setattr(cached, "GONE", 0.0)
    cached.learn("story-lstm", 60)
    found = cached._learning[models.card("story-lstm").sha256]
    _until(lambda: not found.is_going_on())
    assert not found.failed()
    assert found.found is not None and found.found.notes[0].startswith("Stopped after 0 of 60 seconds")


def _until(true: Callable[[], bool], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
