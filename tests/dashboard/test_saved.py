"""A file opens the view it was saved from; any other file is refused in a sentence."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import models
from dashboard.choices.saved import SCHEMA, read_saved
from dashboard.questions import QUESTIONS
from interpret import every, explain, record
from tests.dashboard.conftest import strip_data, texts

PAGES = {"", *(page.path for page in QUESTIONS[1:])}
TEXT = "The keys to the old wooden cabinet"


def saved(page="saliency", schema=SCHEMA, **choices) -> bytes:
    return json.dumps({"caption": "x", "view": {"schema": schema, "page": page, "choices": choices}}).encode()


def test_a_saved_view_names_its_page_and_its_choices():
    assert read_saved(saved(text=TEXT, word="3"), PAGES) == ("saliency", {"text": TEXT, "word": "3"})


def test_what_the_command_line_wrote_opens_too():
    run = record(models.load("induction-2l"), "a b a")
    found = json.dumps(explain(run, "gradient_norm", every(run)).to_json()).encode()
    page, chosen = read_saved(found, PAGES)
    assert page == "saliency"
    assert chosen == {"model": "induction-2l", "text": "a b a", "method": "gradient_norm"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (saved()[:-3], "not all of it"),
        (b"[" * 100_000, "not JSON"),
        (b'{"view": {"schema": "underhood-view/1", "page": "", "choices": {"text": "\\ud800"}}}', "not JSON"),
        (b"[1, 2]", "not a view"),
        (b'{"words": []}', "not a view"),
        (b'{"method": "no-such", "model": "x", "text": "y"}', "not a view"),
        (b'{"method": "factors", "model": "x", "text": "y"}', "No page opens"),
        (saved(schema="underhood-view/9"), "another version"),
        (saved(page="no-such"), "a page that is not here"),
        (saved(page="../saliency"), "a page that is not here"),
        (b'{"view": {"schema": "underhood-view/1", "page": "saliency"}}', "what was chosen"),
        (saved(word=3), "a choice that no page has"),
        (saved(**{"a b": "c"}), "a choice that no page has"),
        (saved(method="x" * 9000), "a choice that no page has"),
        (saved(text="x" * 500_000), "a choice that no page has"),
        (
            json.dumps({"method": "leave_one_out", "model": 1, "text": []}).encode(),
            "a choice that no page has",
        ),
    ],
)
def test_any_other_file_is_refused_in_a_sentence(content, said):
    with pytest.raises(ValueError, match=said) as refused:
        read_saved(content, PAGES)
    assert str(refused.value).endswith("Choose a file that was saved as JSON under a picture.")


VIEWS = (
    st.none()
    | st.text(max_size=9)
    | st.dictionaries(st.sampled_from(["page", "choices", "schema"]), st.text())
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=200), VIEWS.map(lambda view: json.dumps({"view": view}).encode())))
def test_no_file_breaks_the_reader(content):
    with pytest.raises(ValueError, match="Choose a file"):
        read_saved(content, PAGES)


def given_file(page, content: bytes):
    """Hand a file to the side bar, as a reader does."""
    uploader = next(one for one in page.file_uploader if one.key.startswith("saved-"))
    return uploader.set_value(("view.json", content, "application/json")).run()


def test_a_file_opens_its_view_whatever_was_chosen_before(opened):
    page = opened("saliency", model="reviews-gpt", text="Another text", word="2", method="gradient_norm")
    given_file(page, saved(model="wiki-lstm", text=TEXT, word="3", method="leave_one_out", measure="logit"))
    assert not page.exception
    chosen = {name: page.session_state[name] for name in ("model", "text", "method", "measure")}
    assert chosen == {"model": "wiki-lstm", "text": TEXT, "method": "leave_one_out", "measure": "logit"}
    assert strip_data(page)["selected"] == 3


def test_a_broken_file_is_said_and_nothing_is_lost(opened):
    page = opened("saliency", text=TEXT, word="2")
    given_file(page, b"{")
    assert "not JSON, or not all of it" in texts(page)
    assert page.session_state["text"] == TEXT and strip_data(page)["selected"] == 2
