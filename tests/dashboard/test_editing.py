"""Editing in place: what the strips get, the trail and undo, what an edit changed; changes that flip on /saliency."""

import json
from html import unescape

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import models
from dashboard.choices import Trail
from dashboard.choices.trail import MOST, TRAIL
from interpret import explain, record
from interpret.editing import aligned
from interpret.wording import surprises
from tests.dashboard.conftest import strip_data, texts

TEXT = "The keys to the old cabinet were"
OTHER = "The key to the old cabinet were"


def trail_data(page):
    (found,) = [e for e in page.get("bidi_component") if "underhood_trail" in e.proto.component_name]
    return json.loads(found.proto.json)


def after_an_edit(opened, view, model, *, before=TEXT, after=OTHER, **choices):
    """A view as it stands when one word was changed."""
    page = opened(view, model=model, text=before, **choices)
    page.session_state["text"] = after
    page.session_state[TRAIL] = Trail(texts=(before, after), at=1)
    page.run()
    assert not page.exception
    return page


@pytest.mark.parametrize(("view", "model"), [
    ("next_words", "wiki-lstm"), ("next_words", "reviews-bert"), ("saliency", "reviews-gpt"),
    ("unit", "wiki-lstm"), ("select_units", "reviews-gpt"),
])  # fmt: skip
def test_a_strip_comes_with_five_swaps_and_little_more(opened, view, model):
    page = opened(view, model=model, text=TEXT)
    assert not page.exception
    data = strip_data(page)
    swaps = data["edits"]["swaps"]
    assert len(swaps) == len(data["words"]) and data["edits"]["by"] == model and not data["edits"]["undo"]
    assert sum(len(some) == 5 for some in swaps) >= len(swaps) - 3
    assert len(json.dumps(swaps)) < 130 * len(swaps)
    assert trail_data(page) == {"steps": [[TEXT, "", "", ""]], "at": 0, "rows": []}


def test_a_classifier_borrows_the_swaps_of_a_model_that_writes(opened):
    data = strip_data(opened("saliency", model="sst-attention", text=TEXT, method="gradient_norm"))
    assert data["edits"]["by"] == "reviews-gpt" and sum(map(len, data["edits"]["swaps"])) > 20


def test_the_surprise_strip_shows_what_an_edit_changed_word_by_word(opened):
    page = after_an_edit(opened, "next_words", "wiki-lstm")
    model = models.load("wiki-lstm")
    was, now = (surprises(explain(record(model, text), "next_words")) for text in (TEXT, OTHER))
    places = aligned([word.shown for word in was.words], [word.shown for word in now.words])
    expected = [0.0 if place is None else was.bits[place] or 0.0 for place in places]
    data = strip_data(page)
    assert data["was"][0] is None and data["edits"]["undo"]
    np.testing.assert_allclose(data["was"][1:], expected[1:], rtol=1e-6)
    assert data["was"][1] == pytest.approx(data["bits"][1])  # “The” stands before the change
    trail = trail_data(page)
    assert trail["steps"][1] == ["The", "keys", "key", "to the …"] and trail["at"] == 1
    rows = {row[0]: row[1:] for row in trail["rows"]}
    total = [sum(bit for bit in one.bits if bit is not None) for one in (was, now)]
    assert rows["surprise of the whole text"][:2] == [f"{bits:.1f} bits" for bits in total]
    assert "first guess" in rows


@pytest.mark.parametrize(("view", "model", "row"), [
    ("saliency", "reviews-lstm-sentiment", "class"), ("saliency", "reviews-gpt", "first guess"),
    ("unit", "wiki-lstm", "highest of cell 1.3"), ("next_words", "reviews-bert", "surprise of the whole text"),
])  # fmt: skip
def test_every_page_with_a_strip_says_what_the_edit_changed(opened, view, model, row):
    page = after_an_edit(opened, view, model, unit="cell 1.3", method="gradient_norm", evidence="agreement")
    assert row in [what for what, *_ in trail_data(page)["rows"]]


def test_a_text_that_was_typed_begins_a_new_trail(opened):
    page = after_an_edit(opened, "next_words", "wiki-lstm")
    page.text_area(key="text").set_value("Another text altogether").run()
    assert trail_data(page)["steps"] == [["Another text altogether", "", "", ""]]
    assert strip_data(page)["was"] is None


def test_one_readers_trail_is_not_anothers(opened):
    after_an_edit(opened, "next_words", "wiki-lstm")
    assert trail_data(opened("next_words", model="wiki-lstm", text=OTHER))["rows"] == []


def told():
    """A page of one strip: it is told what stands in `told`, one thing after the other."""
    import streamlit as st

    from dashboard.choices.trail import on_edit, trail

    st.session_state.setdefault("text", "The keys to it")
    for one in st.session_state.get("told", ()):
        text, places = st.session_state["text"], []
        for word in text.split():
            start = text.index(word, places[-1][1] if places else 0)
            places.append((start, start + len(word)))
        st.session_state["strip"] = {"edit": one}
        on_edit("strip", text, places)()
    st.session_state["found"] = (st.session_state["text"], trail())


@pytest.mark.parametrize(
    ("said", "texts_after", "at"),
    [
        ([{"word": 1, "text": "key"}], ("The keys to it", "The key to it"), 1),
        ([{"word": 1, "text": ""}], ("The keys to it", "The to it"), 1),
        ([{"word": 1, "text": "key"}, {"undo": True}], ("The keys to it", "The key to it"), 0),
        ([{"word": 1, "text": "key"}, {"undo": True}, {"undo": True}], ("The keys to it", "The key to it"), 0),
        ([{"word": 1, "text": "key"}, {"to": 0}, {"to": 1}], ("The keys to it", "The key to it"), 1),
        ([{"word": 1, "text": "key"}, {"to": 0}, {"word": 0, "text": "A"}], ("The keys to it", "A keys to it"), 1),
        ([{"word": 1, "text": "keys"}], ("The keys to it",), 0),
        ([{"word": k, "text": "x"} for k in (-1, 4, 10**9, "1", True, None, 1.0)], ("The keys to it",), 0),
        ([{"word": 1, "text": t} for t in (None, 1, ["a"], "x" * 401)], ("The keys to it",), 0),
        ([{"to": t} for t in (-1, 1, "0", None)] + ["undo", None, 7, []], ("The keys to it",), 0),
    ],
)  # fmt: skip
def test_what_a_strip_tells_becomes_the_text_or_nothing(said, texts_after, at):
    page = AppTest.from_function(told)
    page.session_state["told"] = said
    page.run()
    assert not page.exception
    text, trail = page.session_state["found"]
    assert (trail.texts, trail.at, text) == (texts_after, at, texts_after[at])


def test_the_trail_is_bounded():
    page = AppTest.from_function(told)
    page.session_state["told"] = [{"word": 1, "text": f"key{k}"} for k in range(3 * MOST)]
    page.run()
    text, trail = page.session_state["found"]
    assert len(trail.texts) == MOST and trail.at == MOST - 1 and text == f"The key{3 * MOST - 1} to it"


def test_the_smallest_change_is_told_on_the_saliency_page(opened):
    text = "The film was not bad at all <b>&amp; fine."
    page = opened(
        "saliency", model="reviews-lstm-sentiment", text=text, flip="True", method="gradient_norm",
        evidence="agreement", methods="gradient_norm,gradient_times_input", moves="delete",
    )  # fmt: skip
    assert not page.exception
    found = explain(record(models.load("reviews-lstm-sentiment"), text), "counterfactual", moves="delete")
    said = unescape(texts(page))
    assert found.in_words() in said and found.smallness() in said
    assert "<b>" not in texts(page)
    assert page.selectbox(key="flip_to").options[0].startswith(found.changes[0])
    page.selectbox(key="flip_to").select_index(0).run()
    assert page.session_state["text"] == found.texts[0]
    assert trail_data(page)["rows"][0][0] == "class"


def test_no_search_before_the_reader_asks_and_none_for_a_model_that_fills_gaps(opened):
    page = opened("saliency", model="reviews-gpt", text=TEXT, method="gradient_norm", evidence="agreement")
    assert "What small change would flip the answer?" in texts(page) and not page.get("flips")
    page = opened("saliency", model="reviews-bert", text=TEXT, method="gradient_norm", evidence="agreement")
    assert "What small change would flip" not in texts(page)
