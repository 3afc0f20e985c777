"""Two sides: the page about what differs, pages that show two, and what each side's parts are asked."""

import json
from typing import Any

import numpy as np
import pytest

import models
from dashboard.questions import QUESTIONS, SPLITS
from interpret import explain, record
from interpret.results.comparison import laid
from interpret.results.sides import next_tokens, of_surprise
from interpret.sentences import percent
from tests.dashboard.conftest import texts

TEXT = "The keys to the old wooden cabinet"
FILES = {one.path: one.file for one in QUESTIONS}


def component(page: Any, name: str) -> list[dict[str, Any]]:
    """What a page handed to its components of a name, the first side's first."""
    return [json.loads(e.proto.json) for e in page.get("bidi_component") if name in e.proto.component_name]


def test_the_page_shows_both_sides_and_their_difference(opened):
    page = opened("compare", model="wiki-lstm", text=TEXT, **{"with": "reviews-lstm"})
    assert not page.exception
    one, other = (
        explain(record(models.load(name), TEXT), "next_words") for name in ("wiki-lstm", "reviews-lstm")
    )
    found = laid(of_surprise(one), of_surprise(other), "surprise")
    assert found.in_words() in texts(page).replace("&quot;", '"')
    (drawn,) = component(page, "maps")
    assert [row["title"] for row in drawn["rows"]] == ["wiki-lstm", "reviews-lstm", "difference"]
    np.testing.assert_allclose(drawn["rows"][2]["raw"][1:], found.difference[1:], atol=1e-6)
    np.testing.assert_allclose([row["raw"][1:] for row in drawn["rows"][:2]], found.values[:, 1:], atol=1e-6)
    flips = [mark.startswith("⇄") for mark in drawn["rows"][2]["words"]]
    assert flips == found.flipped.tolist()


@pytest.mark.parametrize("what", ["next", "saliency"])
def test_every_number_can_be_compared(opened, what):
    page = opened("compare", model="wiki-lstm", text=TEXT, what=what, **{"with": "reviews-lstm"})
    assert not page.exception
    assert "What flipped" in texts(page)
    if what == "next":
        shares = [explain(record(models.load(n), TEXT), "next_shares") for n in ("wiki-lstm", "reviews-lstm")]
        found = next_tokens(shares[0], shares[1], ("wiki-lstm", "reviews-lstm"))
        drawn = json.loads(page.get("plotly_chart")[0].proto.spec)["data"]
        assert drawn[1]["text"] == [percent(float(share)) for share in found.values[1]]


def test_a_stage_and_two_texts_and_what_cannot_be_compared(opened):
    world = "Sofia works behind the mill. The benches near the shell"
    page = opened(
        "compare", model="story-lstm", text=world, **{"with": "story-lstm", "with_stage": "1-percent"}
    )
    assert not page.exception and "story-lstm, 1 percent" in texts(page)
    page = opened(
        "compare", model="story-lstm", text=world, with_text="Sofia works behind the mill. The bench near the shell",
        **{"with": "story-lstm", "with_stage": "as it is now"},
    )  # fmt: skip
    (drawn,) = component(page, "maps")
    assert {"t": "benches → bench", "s": 1, "n": 0} in drawn["words"]
    page = opened("compare", model="wiki-lstm", text=TEXT, **{"with": "sst-attention"})
    assert "cannot be asked the same question" in texts(page)
    page = opened("compare", model="wiki-lstm", text=TEXT, **{"with": "wiki-lstm"})
    assert "Both sides are the same." in texts(page)


@pytest.mark.parametrize("path", ["saliency", "decided", "unit"])
def test_a_page_that_splits_shows_both_models(opened, path):
    first, beside = "wiki-lstm", "reviews-lstm"
    page = opened(FILES[path], model=first, text=TEXT, **{"with": beside})
    assert not page.exception
    said = texts(page)
    assert f"<strong>{first}</strong>" in said and f"<strong>{beside}</strong>" in said
    alone = texts(opened(FILES[path], model=beside, text=TEXT))
    for once in ('<h1 class="question">', "How to read this"):
        assert said.count(once) == alone.count(once), "what is the same for both sides is said once"
    answer = next(line for line in alone.split("\n") if 'class="answer"' in line)
    assert answer in said, "the second side says what its page says alone"


def test_what_is_chosen_holds_for_both_sides(opened):
    page = opened(
        "saliency", model="wiki-lstm", text=TEXT, method="gradient_norm", **{"with": "reviews-lstm"}
    )
    assert [drawn["name"] for drawn in component(page, "strip")] == ["saliency-gradient_norm"] * 2
    page = opened("saliency", model="wiki-lstm", text=TEXT, word="3", **{"with": "reviews-lstm"})
    assert [drawn["selected"] for drawn in component(page, "strip")] == [3, 3]
    page = opened("saliency", model="wiki-lstm", text=TEXT, word="3", with_text="Another text")
    assert [drawn["selected"] for drawn in component(page, "strip")] == [3, None], (
        "another text has other words"
    )


def test_a_side_that_cannot_answer_says_so_and_the_other_goes_on(opened):
    page = opened("memory", model="wiki-lstm", text=TEXT, **{"with": "reviews-gpt"})
    assert not page.exception
    assert "no memory cells" in texts(page) and page.get("plotly_chart")
    page = opened("memory", model="reviews-gpt", text=TEXT, **{"with": "wiki-lstm"})
    assert "no memory cells" in texts(page) and page.get("plotly_chart"), "the second side is still drawn"


def test_the_second_side_stands_in_the_address_and_leaves_no_trace_when_gone(opened):
    page = opened("saliency", model="wiki-lstm", text=TEXT, with_text="A text beside it")
    assert page.query_params["with_text"] in ("A text beside it", ["A text beside it"])
    page.text_area(key="with_text").set_value("").run()
    assert "with_text" not in page.query_params
    assert '<p class="side-of">' not in texts(page)


def test_a_page_about_no_text_says_that_it_shows_one_side(opened):
    page = opened("saliency", model="wiki-lstm", text=TEXT, **{"with": "reviews-lstm"})
    page = page.switch_page("views/stories.py").run()
    assert any("shows one side only" in caption.value for caption in page.sidebar.caption)


def test_every_page_that_splits_is_a_page():
    assert set(SPLITS) <= set(FILES)


def test_two_transformers_show_where_both_look(opened):
    page = opened("attention", model="reviews-gpt", text=TEXT, roles="False", **{"with": "reviews-lite"})
    assert not page.exception
    assert len(component(page, "attention_map")) == 2
