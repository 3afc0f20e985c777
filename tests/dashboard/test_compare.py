"""Two sides: the page about what differs, pages that show two, and what each side's parts are asked."""

import json
import re
from typing import Any

import numpy as np
import pytest

import models
from dashboard.panels import grammar
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


@pytest.mark.parametrize("path", ["saliency", "decided", "unit", "factors", "ablate"])
def test_a_page_that_splits_shows_both_models(opened, path):
    first, beside = "wiki-lstm", "reviews-lstm"
    page = opened(FILES[path], model=first, text=TEXT, **{"with": beside})
    assert not page.exception
    said = texts(page)
    assert "made a mistake" not in said
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


def test_either_side_can_be_a_stage_of_a_training(opened):
    world = "Sofia works behind the mill. The benches near the shell"
    given = {"with": "story-lstm", "with_stage": "12-percent", "first_stage": "0.2-percent"}
    page = opened("next_words", model="story-lstm", text=world, **given)
    assert not page.exception
    said = texts(page)
    for stage in ("0.2-percent", "12-percent"):
        assert f"<strong>story-lstm, {stage.replace('-', ' ')}</strong>" in said
        alone = explain(record(models.load(f"story-lstm@{stage}"), world), "next_words")
        assert percent(float(alone.values[-1, 0])) in said, "each side says what its stage says alone"
    page = page.select_slider(key="first_stage").set_value("12-percent").run()
    said = texts(page)
    assert "Both sides are the same" in said and said.count('class="side-of"') == 1
    page = page.switch_page("views/compare.py").run()
    page = page.select_slider(key="first_stage").set_value("1-percent").run()
    (drawn,) = component(page, "maps")
    assert [row["title"] for row in drawn["rows"][:2]] == ["story-lstm, 1 percent", "story-lstm, 12 percent"]
    assert page.query_params["first_stage"] in ("1-percent", ["1-percent"])


def test_one_click_puts_an_earlier_stage_beside_the_model(opened):
    page = opened("next_words", model="story-lstm", text="Sofia works behind the mill.")
    page = page.button(key="beside-itself").click().run()
    assert not page.exception
    said = texts(page)
    assert "<strong>story-lstm</strong>" in said and "<strong>story-lstm, 0.2 percent</strong>" in said
    page = page.selectbox(key="with").set_value("").run()
    assert "with_stage" not in page.query_params and '<p class="side-of">' not in texts(page)
    page = opened("next_words", model="reviews-gpt", text=TEXT, **{"with": "reviews-lstm"})
    assert not [one for one in page.button if one.key == "beside-itself"], "no stage of it is kept"


def test_grammar_beside_another_model_says_on_which_rules_they_differ(opened):
    page = opened("grammar", model="wiki-lstm", text=TEXT, **{"with": "reviews-lstm"})
    assert not page.exception
    said = texts(page)
    assert said.count("How often each model prefers the right sentence") == 1, "one table for both"
    one, other = (
        {rule.name: rule for rule in grammar.kept()[name].rules()} for name in ("wiki-lstm", "reviews-lstm")
    )
    widest = max(one, key=lambda name: abs(other[name].accuracy - one[name].accuracy))
    apart = f"{100 * (other[widest].accuracy - one[widest].accuracy):+.0f}".replace("-", "−")
    (rows,) = re.findall(r"Rules, and how far the two are apart.*?<tbody>(.*?)</tbody>", said)
    first = re.findall("<td>(.*?)</td>", rows)[:5]
    assert first[0] == widest and first[3] == apart and len(re.findall("<tr>", rows)) == len(one)


@pytest.mark.parametrize("look", ["map", "belief", "contexts", "shift", "alike", "texts"])
def test_every_look_at_the_words_stands_beside_another_models(opened, look):
    one, other = ("wiki-lstm", "reviews-lstm") if look == "shift" else ("story-lstm", "story-gpt")
    page = opened("words", model=one, text="The cat sleeps.", words=look, how="pca", **{"with": other})
    assert not page.exception
    said = texts(page)
    assert f"<strong>{one}</strong>" in said and f"<strong>{other}</strong>" in said
    assert "made a mistake" not in said
    charts = [one.proto.id for one in page.get("plotly_chart")]
    assert len(charts) == len(set(charts)) and len(charts) >= 2


@pytest.mark.parametrize("look", ["rules", "distance", "sentences", "own", "file"])
def test_every_look_at_the_grammar_stands_beside_another_models(opened, look):
    page = opened("grammar", model="story-lstm", text="The cat sleeps.", look=look, **{"with": "story-gpt"})
    assert not page.exception and "made a mistake" not in texts(page)


def test_factors_over_texts_show_the_same_text_of_both_models(opened):
    page = opened(
        "factors", model="wiki-lstm", text=TEXT, across="True", factor_text="3", **{"with": "reviews-lstm"}
    )
    assert not page.exception and "made a mistake" not in texts(page)
    one, other = component(page, "factors")
    assert one["tokens"] == other["tokens"]


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
