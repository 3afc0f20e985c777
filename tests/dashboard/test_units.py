"""Pages about units: what they say is what `interpret` says; choices are in the address; refusals."""

import json
from html import escape
from typing import Any

import pytest

import models
from dashboard.components.unit_strip import _plain
from dashboard.figures import units as pictures
from interpret import explain, record
from tests.dashboard.conftest import texts

STORY = 'Mia lives near the mill. "I like the lamp," says Mia.'
VIEWS = {
    "unit": "unit",
    "select_units": "select_units",
    "factors": "factors",
    "memory": "memory",
    "ablate": "ablate",
}


def component(page, name: str):
    (found,) = [e for e in page.get("bidi_component") if name in e.proto.component_name]
    return json.loads(found.proto.json)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("model", ["story-lstm", "story-gpt"])
def test_a_page_says_what_the_method_says(opened, view, model):
    page = opened(view, model=model, text=STORY)
    assert not page.exception
    run = record(models.load(model), STORY)
    if view == "memory" and model == "story-gpt":
        assert "story-gpt has no memory cells, as an LSTM has, which “Memory” needs" in texts(page)
        assert "such as wiki-lstm" in texts(page) and "Change the text" not in texts(page)
        return
    found = explain(run, VIEWS[view])
    assert escape(found.in_words()) in texts(page)
    assert "How to read this" in texts(page)


def test_the_unit_of_the_address_is_shown_and_can_be_stepped(opened):
    page = opened("unit", model="story-lstm", text=STORY, unit="cell 1.7")
    run: Any = record(models.load("story-lstm"), STORY)
    shown = component(page, "unit_strip")
    assert shown["address"] == "cell 1.7"
    assert shown["values"] == pytest.approx(run.memory.cell[0][:, 7].tolist(), abs=1e-6)
    assert shown["limit"] == pytest.approx(explain(run, "unit", unit="cell 1.7").limit)
    page = next(b for b in page.button if b.label == "Next").click().run()
    assert component(page, "unit_strip")["address"] == "cell 1.8"
    assert page.query_params["unit"] in ("cell 1.8", ["cell 1.8"])


def test_a_unit_that_is_not_there_is_one_sentence(opened):
    page = opened("unit", model="story-lstm", text=STORY, unit="cell 7.1")
    assert not page.exception
    assert "story-lstm has no cell 7.1" in texts(page)


def test_a_model_without_units_says_what_to_choose(opened):
    page = opened("unit", model="wiki-ngram", text="The keys")
    assert "wiki-ngram has neither neurons nor LSTM cells: choose another model, such as wiki-lstm." in texts(
        page
    )
    page = opened("ablate", model="reviews-bert", text="The keys")
    assert "reviews-bert fills gaps" in texts(page)


def test_factors_keep_their_number_and_layer_in_the_address(opened):
    page = opened("factors", model="story-gpt", text=STORY, count="3", layer="2")
    shown = component(page, "factors")
    found = explain(record(models.load("story-gpt"), STORY), "factors", count=3, layers="2")
    assert len(shown["values"]) == 3 and shown["names"] == list(found.names)
    assert all(unit.startswith("neuron 2.") for units in shown["units"] for unit in units)


def test_the_chosen_words_are_ranked(opened):
    page = opened("select_units", model="story-lstm", text=STORY, places="8-11")
    assert not page.exception
    shown = component(page, "unit_strip")
    assert shown["brush"] and shown["chosen"] == "8-11"
    found = explain(record(models.load("story-lstm"), STORY), "select_units", places="8-11", kind="cell")
    assert shown["address"] == found.units[0]


def test_a_finding_is_looked_at_by_a_click(opened):
    page = opened("unit", model="story-lstm", text=STORY)
    page = next(b for b in page.button if b.label == "Look at the quote unit").click().run()
    assert not page.exception
    found = json.loads((models.folder("story-lstm").parents[1] / "studies/units.json").read_text())
    kept = next(one for one in found if (one["model"], one["name"]) == ("story-lstm", "quote"))
    assert component(page, "unit_strip")["address"] == kept["units"][0]


def test_what_the_browser_sends_is_not_trusted():
    assert _plain("5-7, 12") == "5-7, 12"
    assert _plain("<img>") == _plain(5) == _plain(None) == ""


def test_a_unit_keeps_its_colour_on_every_track():
    found = explain(record(models.load("story-lstm"), STORY), "memory", units="cell 1.2, cell 1.9")
    figure: Any = pictures.memory(found)
    gates: Any = pictures.saturation(found)
    lives: Any = pictures.half_lives(found)
    assert [trace.name for trace in figure.data] == ["cell 1.2", "cell 1.9"]
    assert len(figure.data[0].x) == 6 * (len(found.tokens) + 1)
    assert len(gates.data) == 1  # one layer
    assert [trace.name for trace in lives.data] == ["layer 1", "cell 1.2", "cell 1.9"]
