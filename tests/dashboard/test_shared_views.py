"""What a link shows of a component's own choices, and lines of Python that come to what a page shows."""

import json
from html import unescape
from typing import Any

import numpy as np
import pytest

import models
from interpret import explain, record, study
from interpret.sentences import named, percent
from tests.dashboard.conftest import lines_to_copy, texts

STORY = "Sofia works behind the mill. The benches near the shell"


def component(page: Any, name: str) -> dict[str, Any]:
    """What a page handed to its component of a name."""
    (found,) = [e for e in page.get("bidi_component") if name in e.proto.component_name]
    return json.loads(found.proto.json)


@pytest.mark.parametrize(("view", "name"), [("unit", "unit_strip"), ("factors", "factors")])
def test_a_pinned_token_is_in_the_address_until_the_text_is_another(opened, view, name):
    page = opened(view, model="story-lstm", text=STORY, token="4")
    assert not page.exception and component(page, name)["selected"] == 4
    assert page.query_params["token"] in ("4", ["4"])
    page.sidebar.selectbox(key="example").select_index(0).run()
    assert "token" not in page.query_params and component(page, name)["selected"] is None
    assert component(opened(view, model="story-lstm", text=STORY, token="400"), name)["selected"] is None


def test_a_row_of_a_table_is_in_the_address(opened):
    page = opened("grammar", model="wiki-lstm", text=STORY, look="sentences", pair="3")
    first = opened("grammar", model="wiki-lstm", text=STORY, look="sentences")
    assert not page.exception and page.query_params["pair"] in ("3", ["3"])
    assert page.get("plotly_chart")[-1].proto.spec != first.get("plotly_chart")[-1].proto.spec


def test_the_lines_of_the_map_of_texts_have_its_layer_and_the_pasted_lines(
    opened, tmp_path, monkeypatch, capsys
):
    page = opened("words", model="story-lstm", text=STORY, words="texts", texts_layer="1")
    found = study(models.load("story-lstm"), "text_map", how="pca", layer=1)
    given: dict[str, Any] = {}
    exec(lines_to_copy(page)[-1], given)
    np.testing.assert_allclose(given["found"].values, found.values, atol=1e-6)
    pasted = "\n".join(
        f"The {one} near the shell sleeps." for one in ("cat", "dog", "hen", "cow", "bird", "fox")
    )
    page.text_area(key="texts_lines").set_value(pasted).run()
    assert not page.exception
    (tmp_path / "lines.txt").write_text(pasted)
    monkeypatch.chdir(tmp_path)
    exec(lines_to_copy(page)[-1], given)
    assert given["found"].in_words() in texts(page) and len(given["found"].texts) == 6
    capsys.readouterr()


@pytest.mark.parametrize(
    ("choices", "line"),
    [
        ({"words": "map", "how": "pca"}, "'word_map', how='pca'"),
        ({"words": "belief", "how": "pca"}, "'map_trust', how='pca'"),
        ({"words": "contexts", "in_sentences": "mill"}, "'word_contexts', word='mill'"),
    ],
)
def test_the_lines_of_a_look_at_the_words_name_what_was_chosen(opened, choices, line):
    page = opened("words", model="story-lstm", text=STORY, **choices)
    assert not page.exception and line in lines_to_copy(page)[-1]


def test_what_was_written_is_shown_by_words_and_a_word_is_in_the_address(opened):
    text, drawn = (
        "The keys to the old",
        {"temperature": 1.5, "top_k": 0, "top_p": 1.0, "seed": 3, "count": 40},
    )
    found = explain(record(models.load("wiki-lstm"), text), "write_on", **drawn)
    words = found.by_words()
    pieces = [int((found.drawn_words == word).sum()) for word in words.drawn_words]
    at = pieces.index(max(pieces))
    link = {"model": "wiki-lstm", "text": text, "dials": "1.5,0,1,3", "length": "40"}
    page = opened("generate", **link, drawn=str(at))
    assert not page.exception
    said = unescape(texts(page))
    assert f"{named(words.drawn[at])}, in {pieces[at]} pieces" in said
    assert f"{percent(float(words.values[at]))}, {words.surprise[at]:.1f} bits of surprise" in said
    bars = json.loads(page.get("plotly_chart")[-1].proto.spec)["data"]
    assert [len(track["customdata"]) for track in bars] == [len(words.drawn)] * 4
    page = opened("generate", **link, grain="pieces", drawn="39")
    assert f"{found.surprise[39]:.1f} bits of surprise" in unescape(texts(page))
