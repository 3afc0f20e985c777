"""Predict before reveal: nothing of the answer before, and afterwards the numbers that `interpret` gives."""

import json
import re

import numpy as np
import pytest

import models
from interpret import every, explain, record
from interpret.results.overlap import Overlap
from interpret.sentences import percent
from interpret.wording import by_word
from tests.dashboard.conftest import texts

TEXT = "The keys to the old wooden cabinet"
ASKED = {"model": "reviews-gpt", "text": TEXT}


def marking(page):
    """What the page handed to the component for marking."""
    found = [e for e in page.get("bidi_component") if "marking" in e.proto.component_name]
    return [json.loads(one.proto.json) for one in found]


def components(page):
    return [e.proto.component_name for e in page.get("bidi_component")]


def marked(page, words):
    """Mark words as the component would tell it, then reveal."""
    (found,) = [e for e in page.get("bidi_component") if "marking" in e.proto.component_name]
    (key,) = re.findall("guess-[0-9a-f]{16}$", found.proto.id)
    page.session_state[key] = {"marked": words}
    return page.button(key="reveal").click().run()


def test_the_map_is_kept_back_until_it_is_revealed(opened):
    page = opened("saliency", **ASKED, guess="causes", method="gradient_times_input")
    assert not page.exception
    assert not any("saliency_strip" in name for name in components(page))
    assert "nats" not in texts(page) and not page.get("plotly_chart")
    (given,) = marking(page)
    assert given["could"] == list(range(1, len(TEXT.split()) + 1)), "all words, not the start mark"
    assert given["truths"] == [] and given["asked"] == len(given["words"])


def test_what_was_marked_is_compared_with_the_map_and_with_leaving_out(opened):
    page = opened("saliency", **ASKED, guess="causes", method="gradient_times_input")
    page = marked(page, [2, 7, 99, "x"])
    assert not page.exception
    assert any("saliency_strip" in name for name in components(page))
    run = record(models.load("reviews-gpt"), TEXT)
    (given,) = marking(page)
    for truth, method in zip(given["truths"], ("gradient_times_input", "leave_one_out"), strict=True):
        scores = by_word(explain(run, method, every(run))).values[-1]
        largest = sorted(range(1, 8), key=lambda word: -abs(scores[word]))[:3]
        assert truth["top"] == largest
        hits = len({2, 7} & set(largest))
        assert f"{hits} of the 2 words you marked" in texts(page)
        assert f"recall {percent(hits / 3)}" in texts(page)
    assert f"blindly would hit {2 * 3 / 7:.1f} on average" in texts(page)


def test_another_question_is_kept_back_again(opened):
    page = marked(opened("saliency", **ASKED, guess="causes"), [1])
    assert any("saliency_strip" in name for name in components(page))
    page.text_area(key="text").set_value("The actors in this long film").run()
    assert not any("saliency_strip" in name for name in components(page))


def test_who_does_not_want_to_guess_any_more_sees_the_page(opened):
    page = opened("saliency", **ASKED, guess="causes")
    page.session_state["guess_saliency"] = None
    page.query_params.pop("guess")
    page.run()
    assert any("saliency_strip" in name for name in components(page))


def test_surprise_is_guessed_among_the_words_that_something_predicts(opened):
    page = opened(**ASKED, guess="surprise")
    (given,) = marking(page)
    assert given["could"] == list(range(1, 8)) and not page.get("plotly_chart")
    page = marked(page, [1])
    found = explain(record(models.load("reviews-gpt"), TEXT), "next_words")
    (given,) = marking(page)
    bits = np.bincount(found.words, found.surprise)
    expected = Overlap.of([1], bits, range(1, 8), 3)
    assert given["truths"][0]["top"] == list(expected.top)


def test_three_guesses_get_the_models_own_probability(opened):
    page = opened(**ASKED, guess="next")
    assert not page.get("plotly_chart") and TEXT in texts(page)
    for box, word in zip(page.text_input, ("is", "of", ""), strict=False):
        box.set_value(word)
    next(one for one in page.button if one.label == "Reveal").click().run()
    assert not page.exception and page.get("plotly_chart")
    found = explain(record(models.load("reviews-gpt"), TEXT), "next_words")
    after = {token: float(share) for token, share in zip(found.candidates[-1], found.values[-1], strict=True)}
    assert " of" in after, "the comparison below needs a guess that is on the page's own list"
    assert f"<th>of</th><td>{percent(after[' of'])}</td>" in texts(page)
    assert f"hold {percent(float(found.values[-1, :3].sum()))}" in texts(page)


@pytest.mark.parametrize("model", ["reviews-bert", "reviews-bert-sentiment"])
def test_models_of_other_tasks_can_be_guessed_about(opened, model):
    page = opened("saliency", model=model, text=TEXT, guess="causes")
    assert not page.exception and marking(page)
    assert not marked(page, [1, 2]).exception


def test_a_text_without_words_to_choose_among_says_so_and_shows_the_page(opened):
    page = opened("saliency", model="reviews-gpt", text="The", guess="causes")
    assert not page.exception and "too few words" in texts(page)


def test_a_guess_that_a_page_does_not_have_is_ignored(opened):
    page = opened("saliency", **ASKED, guess="next")
    assert any("saliency_strip" in name for name in components(page))
