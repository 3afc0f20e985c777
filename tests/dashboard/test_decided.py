"""The page "When did it decide?": its grid, the followed words, states of another text, and refusals."""

import json

import models
from interpret import explain, record
from tests.dashboard.conftest import texts

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


def test_another_text_that_ends_alike_is_said_and_the_page_goes_on(opened):
    page = opened("decided", model="story-gpt", text=STORY, other=STORY)
    assert "Both texts lead to" in texts(page)
    assert "What it does not tell you" in texts(page)


def test_a_classifier_is_refused_in_a_sentence(opened):
    page = opened("decided", model="sst-attention", text="A fine film.")
    assert not page.exception
    assert "names a class" in texts(page)
