"""The page "How does it do on my texts?", files of readers' own, two models on one text, factors over a set."""

import json
from html import escape, unescape

import numpy as np
import pytest

import models
from dashboard import cached, choices
from dashboard.panels import across_texts as panel
from interpret import explain, record, study
from interpret.results import TextFactors, Texts
from interpret.results.overlaid import overlaid
from tests.dashboard.conftest import lines_to_copy, texts

JUDGE = {"model": "sst-average"}
CSV = b"review,label\n<b>A good</b> film,positive\n=A bad film,negative\nA good evening,negative\n"


@pytest.fixture(scope="module")
def found() -> Texts:
    return study(models.load("sst-average"), "texts")


def component(page, name: str):
    (one,) = [e for e in page.get("bidi_component") if name in e.proto.component_name]
    return json.loads(one.proto.json)


def with_file(page, name: str, held: bytes):
    page.segmented_control("source").set_value("own").run()
    return page.file_uploader("own_file").set_value((name, held, "text/plain")).run()


def test_the_page_shows_the_studys_numbers(opened, found):
    page = opened("across_texts", **JUDGE)
    assert not page.exception
    said = unescape(texts(page))
    assert found.in_words() in said and found.texts[found.worst_first()[0]] in said
    table = page.dataframe[0].value
    assert list(table["text"]) == [found.texts[row] for row in found.worst_first()]
    assert table["loss (nats)"].is_monotonic_decreasing
    assert component(page, "confusion")["counts"] == found.confusion().tolist()
    about = found.calibration()
    dots = json.loads(page.get("plotly_chart")[1].proto.spec)["data"][0]
    np.testing.assert_allclose(dots["y"] if isinstance(dots["y"], list) else about.right, about.right)


def test_filters_leave_only_what_fits(opened, found):
    page = opened("across_texts", **JUDGE, holds="FILM", answered="wrong")
    assert list(page.dataframe[0].value["text"]) == [
        found.texts[row] for row in found.chosen(words="film", answer="wrong")
    ]
    page.text_input("holds").set_value("no such words").run()
    assert not page.exception and not page.dataframe
    assert "No text is left by these filters." in texts(page)


def test_a_pressed_cell_filters_the_table_and_pressed_again_no_longer(monkeypatch):
    import streamlit as st

    state: dict = {"taken": {"cell": [1, 0]}}
    monkeypatch.setattr(st, "session_state", state)
    names = ["negative", "positive"]
    choices.press_cell("taken", "of_label", "of_said", names)
    assert (state["of_label"], state["of_said"]) == ("positive", "negative")
    choices.press_cell("taken", "of_label", "of_said", names)
    assert (state["of_label"], state["of_said"]) == ("", "")
    for odd in (None, [5, 0], ["a", 0], [1], "x"):
        state["taken"] = {"cell": odd}
        choices.press_cell("taken", "of_label", "of_said", names)
        assert (state["of_label"], state["of_said"]) == ("", ""), "what the browser sends is not trusted"


def test_the_chosen_text_opens_on_another_page(opened, found):
    page = opened("across_texts", **JUDGE)
    page.button("open-saliency").click().run()
    assert page.session_state["text"] == found.texts[found.worst_first()[0]]


def test_a_file_of_ones_own(opened):
    page = with_file(opened("across_texts", **JUDGE), "mine.csv", CSV)
    assert not page.exception
    said = texts(page)
    assert "mine.csv: 3 texts, 3 of them labelled." in said and "of 3 labelled texts" in said
    assert set(page.dataframe[0].value["text"]) == {"<b>A good</b> film", "=A bad film", "A good evening"}
    assert "mine.csv" not in str(dict(page.query_params))
    page.text_input("holds").set_value("<B>").run()
    assert escape("<b>A good</b> film") in texts(page) and "<b>A good" not in texts(page)
    page.selectbox("own_label").set_value("").run()
    assert "Nobody said which is true" in texts(page) and "Press a number" not in texts(page)


@pytest.mark.parametrize(
    ("name", "held", "said"),
    [
        ("a.csv", b"id,score\n1,2\n", "has no column"),
        ("a.jsonl", b'{"text": "x y z good"}\n{', "line 2 is not JSON"),
        ("a.txt", b"\xff\xfeg\x00", "UTF-16"),
    ],
)
def test_a_bad_file_is_one_sentence_and_the_page_goes_on(opened, name, held, said):
    page = with_file(opened("across_texts", **JUDGE), name, held)
    assert not page.exception
    assert said in unescape(texts(page)) and "Nothing of this file is used." in texts(page)
    assert not page.dataframe
    page.segmented_control("source").set_value("reviews").run()
    assert page.dataframe


def test_own_texts_belong_to_one_session(opened):
    page = with_file(opened("across_texts", **JUDGE), "mine.csv", CSV)
    page.switch_page("views/factors.py").run()
    assert not page.exception
    other = opened("across_texts", **JUDGE, source="own")
    assert "No file was given yet." in texts(other)


def test_two_models_stand_on_the_chosen_text(opened):
    page = opened("across_texts", model="story-lstm", order="given", beside="story-gpt")
    assert not page.exception
    read: Texts = study(models.load("story-lstm"), "texts", source="stories")
    text = read.texts[0]
    laid = overlaid(
        *(explain(record(models.load(name), text), "next_words") for name in ("story-lstm", "story-gpt"))
    )
    assert laid.in_words() in unescape(texts(page))
    shown = component(page, "maps")
    assert [row["title"] for row in shown["rows"]] == ["story-lstm", "story-gpt"]
    np.testing.assert_allclose(shown["rows"][1]["raw"], laid.bits[1], rtol=1e-4)
    assert shown["pairs"][0]["disputed"] == laid.apart(5)
    assert read.in_words() in unescape(texts(page))


def test_a_model_alone_in_its_world_says_so(opened):
    page = opened("across_texts", model="induction-2l")
    assert not page.exception
    assert "No other model reads the texts of induction-2l." in texts(page)


def test_the_python_lines_run(opened, found, capsys):
    page = opened("across_texts", **JUDGE)
    exec(lines_to_copy(page)[-1], {})
    assert found.in_words() in capsys.readouterr().out


def test_the_python_lines_read_a_file_of_ones_own(opened, tmp_path, monkeypatch, capsys):
    page = with_file(opened("across_texts", **JUDGE), "mine.csv", CSV)
    (tmp_path / "mine.csv").write_bytes(CSV)
    monkeypatch.chdir(tmp_path)
    exec(lines_to_copy(page)[-1], {})
    assert "of 3 labelled texts" in capsys.readouterr().out


def test_factors_over_a_set(opened):
    page = opened("factors", model="story-lstm", across="True", count="3")
    assert not page.exception
    wanted: TextFactors = study(models.load("story-lstm"), "text_factors", source="stories", factors=3)
    assert wanted.in_words() in unescape(texts(page))
    shown = component(page, "factors")
    one = wanted.of(wanted.strongest(0)[0])
    assert shown["names"] == list(one.names)
    np.testing.assert_allclose(shown["values"], one.values, atol=1e-6)
    page.selectbox("by_factor").set_value(1).run()
    assert "".join(component(page, "factors")["tokens"]) == "".join(
        wanted.of(wanted.strongest(1)[0]).tokens
    ).replace(" ", "")


def test_texts_count_in_what_answers_are_kept():
    one: Texts = study(models.load("sst-average"), "texts", texts=("good film " * 50,))
    assert cached._size(one) >= 2 * len(one.texts[0])


def test_cells_say_what_is_known(found):
    cells = panel._cells(found, [0])[0]
    assert cells["right"] in ("yes", "no") and cells["says"] in found.classes
    odd: Texts = study(models.load("sst-average"), "texts", texts=("A film.",), labels=("7",))
    assert "right" not in panel._cells(odd, [0])[0]
