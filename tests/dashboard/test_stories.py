"""Stories: each opens what it says, and what it says is to be seen there."""

import re

import pytest

from dashboard import shelf
from dashboard.panels.stories import stories
from dashboard.questions import QUESTIONS
from tests.dashboard.conftest import texts

FILES = {one.path: one.file for one in QUESTIONS} | {"": QUESTIONS[0].file}


def test_there_are_twelve_each_on_a_page_and_a_model_that_are_there():
    told = stories()
    assert len(told) == 12 == len({story["title"] for story in told})
    for story in told:
        assert story["page"] in FILES and story["choices"]["model"] in shelf.titles()
        assert story["ask"].endswith("?") and story["expect"]
    assert len({story["page"] for story in told}) >= 8


@pytest.mark.parametrize("story", stories(), ids=lambda story: story["title"])
def test_a_story_opens_on_what_it_tells(opened, story):
    page = opened(FILES[story["page"]], **story["choices"])
    assert not page.exception
    said = texts(page)
    assert 'role="alert"' not in said and "What it does not tell you" in said
    for words in story["expect"]:
        assert words in said


@pytest.mark.parametrize("story", stories(), ids=lambda story: story["title"])
def test_a_story_states_no_number_of_its_own(story):
    """What was measured is on the page; “add up to 1” is what shares are."""
    assert not re.findall(r"\d+", story["look"].replace("add up to 1", "") + story["ask"])


def test_a_click_on_a_story_opens_its_view(opened):
    page = opened("stories")
    page.button(key="story-1").click().run()
    assert not page.exception
    assert page.session_state["model"] == "story-gpt"
    assert page.session_state["text"].startswith("Ella lives near the crate.")
    assert "six" in texts(page)
