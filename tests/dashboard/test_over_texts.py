"""The page "Which words push a class?": the study's numbers, one word's places, mistakes, texts of one's own."""

import json
from dataclasses import replace
from html import escape, unescape

import numpy as np
import pytest

import models
from dashboard.figures import draw
from dashboard.figures.over_texts import outside
from dashboard.panels import over_texts as panel
from interpret import study
from interpret.results import OverTexts
from tests.dashboard.conftest import lines_to_copy, texts

QUICK = {"model": "sst-average", "method": "gradient_times_input"}


@pytest.fixture(scope="module")
def found() -> OverTexts:
    return study(models.load("sst-average"), "over_texts", by="gradient_times_input", of="positive")


def test_the_page_shows_the_studys_numbers(opened, found):
    page = opened("over_texts", **QUICK)
    assert not page.exception
    said = unescape(texts(page))
    assert found.in_words() in said and found.rightness() in said
    bars = json.loads(page.get("plotly_chart")[0].proto.spec)["data"][0]
    assert [one[0] for one in bars["customdata"]] == [found.shown[row] for row in found.ends()]
    table = page.dataframe[0].value
    assert list(table["text"]) == [found.texts[text].text for text in found.top_losses()]
    assert table["loss (nats)"].is_monotonic_decreasing
    for count in found.confusion().ravel():
        assert f">{count}</td>" in said


def test_a_bound_further_out_than_the_picture_is_an_arrow(found):
    row = found.ends()[0]
    far = replace(found, high=np.where(np.arange(len(found.high)) == row, 1e3, found.high))
    assert far.shown[row] in outside(far)
    arrows = draw(far).data[2]
    assert arrows.y[0] == 0 and arrows.customdata[0] == "1000.00"  # type: ignore[attr-defined]


def test_a_words_places_have_their_maps(opened, found):
    page = opened("over_texts", **QUICK, among="boring")
    row = found.shown.index("boring")
    said = unescape(texts(page))
    assert f"“boring” stands in {found.counts[row]} texts: {found.values[row]:+.2f} logits on average" in said
    for text, at, score in found.occurrences(row):
        start, end = found.texts[text].spans[at]
        assert f'title="{score:+.2f}"><strong>{found.texts[text].text[start:end]}</strong>' in said


def test_a_place_opens_on_the_page_about_one_text(opened, found):
    page = opened("over_texts", **QUICK, among="boring")
    text = found.texts[found.occurrences(found.shown.index("boring"))[0][0]].text
    page.button("open-place-0").click().run()
    assert page.session_state["text"] == text


def test_a_map_is_text_and_never_markup(found):
    one = found.texts[0]
    odd = type(one)(
        text="<b>bad</b> film", spans=((3, 6), (11, 15)), scores=np.array([-1.0, 0.5]), rows=np.array([0, 1])
    )
    said = panel.coloured(odd, 1.0, 0, True)
    assert said.startswith("&lt;b&gt;<span") and "<b>" not in said
    assert 'class="against strong" style="--level: 100" title="-1.00"><strong>bad</strong>' in said


def test_texts_of_ones_own(opened):
    page = opened("over_texts", **QUICK)
    page.text_area("lines").set_value(
        "Good <i>film</i>.\tpositive\nA good film.\nNot good, this film.\tnegative"
    ).run()
    assert not page.exception
    said = texts(page)
    assert "3 texts" in said and "of the 2 labelled texts" in said and "<i>film" not in said
    page.text_area("lines").set_value("Only one.").run()
    assert "paste at least two" in texts(page)


def test_the_python_lines_run(opened, found, capsys):
    page = opened("over_texts", **QUICK)
    exec(lines_to_copy(page)[-1], {})
    assert found.in_words() in capsys.readouterr().out


@pytest.mark.parametrize("model", ["reviews-gpt", "wiki-ngram", "reviews-bert"])
def test_other_models_are_told_which_to_choose(opened, model):
    page = opened("over_texts", model=model)
    assert not page.exception
    assert escape(f"{model} names no class, so no word can push one.") in texts(page)
    assert "reviews-lstm-sentiment" in texts(page)
