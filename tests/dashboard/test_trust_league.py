"""The page "Can I trust this map?": what is kept, every way to look at it, other models, earlier weights."""

import json
from html import escape, unescape
from typing import Any

import numpy as np
import pytest

import models
from dashboard.figures import draw
from dashboard.figures.league import league as drawn
from dashboard.panels import league as panel
from interpret.league import kept
from interpret.results import League
from tests.dashboard.conftest import lines_to_copy, texts


def of(name: str, world: str) -> League:
    return League.of_kept(kept.read()[name, world, "log-prob"])


@pytest.mark.parametrize(("model", "world"), [("story-gpt", "storyland"), ("sst-attention", "sentiment")])
def test_the_page_answers_with_what_is_kept(opened, model, world):
    page = opened("trust_league", model=model)
    assert not page.exception
    found = of(model, world)
    assert escape(found.in_words()) in texts(page)
    data = json.loads(page.get("plotly_chart")[0].proto.spec)["data"][0]
    order = found.ranking()
    assert [one[0] for one in data["customdata"]] == [found.titles[row] for row in order]
    table = page.dataframe[0].value
    assert list(table["method"]) == [found.titles[row] for row in order]
    np.testing.assert_allclose(table["AUC"], found.values[0, 1, order, 0], atol=6e-4)
    assert all(escape(title) in texts(page) for title in found.group_titles)
    assert escape(found.check.in_words()) in texts(page)


def test_cases_measure_and_reading_are_chosen(opened):
    found = of("story-gpt", "storyland")
    page = opened("trust_league", model="story-gpt", group="agreement", shown="hit", reading="size")
    assert escape(found.in_words("size", "agreement")) in texts(page)
    data = json.loads(page.get("plotly_chart")[0].proto.spec)["data"][0]
    picture: Any = drawn(found, "agreement", "hit", "size")
    at, order = found.groups.index("agreement"), found.ranking("size", "hit", "agreement")
    np.testing.assert_allclose(picture.data[0].x, found.values[1, 0, order, at])
    assert [one[0] for one in data["customdata"]] == [found.titles[row] for row in order]


def test_what_does_not_beat_chance_is_marked(opened):
    found = of("story-gpt", "storyland")
    picture: Any = drawn(found)
    marks = picture.data[0].marker.symbol
    beaten = found.beats()[:, 0]
    assert [mark == "circle" for mark in marks] == [bool(beaten[row]) for row in found.ranking()]
    assert not beaten[-1], "random scores never are"
    usual: Any = draw(found)
    assert usual.layout.xaxis.title.text.startswith("AUC")
    assert '<td class="later">' in panel._heat(found, "auc", "signed")


def test_of_a_model_without_a_truth_the_toys_are_shown(opened):
    page = opened("trust_league", model="wiki-lstm")
    assert not page.exception
    said = unescape(texts(page))
    assert "Nobody knows the true causes of what wiki-lstm says" in said
    assert of("toys", "toys").in_words() in said
    assert "story-gpt" in said


@pytest.mark.parametrize(
    ("model", "given"),
    [
        ("wiki-lstm", ', world="toys")'),
        ("story-gpt", "'saliency_league')"),
        ("sst-average", ', data="data")'),
    ],
)
def test_the_python_lines_ask_for_what_is_shown(opened, model, given):
    assert given in lines_to_copy(opened("trust_league", model=model))[-1]


def test_earlier_weights_are_said(opened, monkeypatch):
    old = League.of_kept({**kept.read()["story-gpt", "storyland", "log-prob"], "sha256": "0" * 64})
    monkeypatch.setattr(panel, "kept", lambda: {("story-gpt", "storyland"): old})
    said = texts(opened("trust_league", model="story-gpt"))
    assert "This was measured on earlier weights of story-gpt." in said
    assert models.card("story-gpt").sha256 != old.model_sha256


def test_the_league_can_be_asked_again(opened):
    page = opened("trust_league", model="wiki-ngram", anew="True")
    assert not page.exception
    assert "18 cases in 18 texts" in texts(page)
