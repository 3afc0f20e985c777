"""Which words does it think alike? Every look of the page, on models of each kind; refusals; what is clicked."""

import json

import pytest

import models
from dashboard.figures.space import apart
from dashboard.panels import words
from interpret import study
from interpret.sentences import nth
from tests.dashboard.conftest import lines_to_copy, texts

TEXT = "The actors in this film."


def opened_at(opened, **choices):
    page = opened("words", text=TEXT, **choices)
    assert not page.exception
    return page


def drawn(page) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]


def test_the_map_with_its_word_and_its_true_neighbours(opened):
    page = opened_at(opened, model="wiki-lstm", how="pca", look_up="three")
    found = study(models.load("wiki-lstm"), "word_neighbours", word="three", how="pca")
    assert "“three” is most like “four”" in texts(page)
    (chart,) = drawn(page)
    assert sum(trace["type"] == "scattergl" for trace in chart["data"]) >= 5
    assert any("<b>three</b>" in str(trace.get("text")) for trace in chart["data"])
    off = [rank for rank in found.map_rank if rank > len(found.shown)]
    assert off and f"not near: {nth(int(off[0]))}" in texts(page)
    assert "PCA of vectors of length 1" in str(chart["layout"]["xaxis"]["title"])


def test_an_unknown_word_is_answered_and_the_map_stays(opened):
    page = opened_at(opened, model="wiki-lstm", how="pca", look_up="actr")
    assert "choose “actor”" in texts(page)
    assert len(drawn(page)) == 1


@pytest.mark.parametrize(("look", "charts"), [("belief", 1), ("contexts", 3), ("alike", 2)])
def test_each_look_answers_in_a_sentence_and_draws(opened, look, charts):
    page = opened_at(opened, model="story-lstm", words=look, how="pca")
    assert texts(page).count('class="answer"') >= 1
    assert len(drawn(page)) == charts


def test_how_true_each_word_stands_and_the_text_on_the_map(opened):
    page = opened_at(opened, model="story-lstm", how="pca", colour="belief", mine="True")
    (chart,) = drawn(page)
    assert "neighbours kept" in json.dumps(chart["layout"]["coloraxis"])
    assert any(trace.get("name") == "your text" for trace in chart["data"])


def test_a_benchmark_is_uploaded_and_its_words_are_coloured(opened):
    page = opened_at(opened, model="wiki-lstm", how="pca", colour="benchmark")
    held = "word1,word2,score\nactor,actress,9\nold,film,1\nthree,four,8\nzqx,old,5\n"
    page.file_uploader("word-pairs").set_value(("mine.csv", held.encode(), "text/csv")).run()
    said = texts(page)
    assert (
        "mine.csv: the model" in said
        and "both words of 3 of its 4 pairs" in said
        and "6 of its 7 words" in said
    )
    (chart,) = drawn(page)
    named = {trace["name"]: len(trace["customdata"]) for trace in chart["data"] if trace.get("customdata")}
    assert named["words of the benchmark"] == 6
    page.file_uploader("word-pairs").set_value(("bad.csv", b"a,b,1\nc,d,nan\n", "text/csv")).run()
    assert not page.exception
    assert "bad.csv, line 2: expected two words and a number" in texts(page)
    assert len(drawn(page)) == 1


def test_fine_tuning(opened):
    page = opened_at(opened, model="reviews-lstm", words="shift")
    assert "From wiki-lstm to reviews-lstm" in texts(page)
    assert len(drawn(page)) == 1


def test_a_model_without_vectors_is_refused_in_one_sentence(opened):
    page = opened_at(opened, model="wiki-ngram")
    assert "counts words and keeps no vectors" in texts(page)
    assert not drawn(page)


@pytest.mark.parametrize(
    ("sent", "rows"),
    [
        ([{"customdata": [5, "ing"]}, {"customdata": [2, " a"]}, {"customdata": [5, "ing"]}], [2, 5]),
        ([{"customdata": "x"}, {"customdata": [1.5, "a"]}, {}, {"customdata": [True, "a"]}], []),
    ],
)
def test_what_the_browser_sends_is_not_trusted(monkeypatch, sent, rows):
    monkeypatch.setattr(words.choices, "played", lambda _: {"selection": {"points": sent}})
    assert [row for row, _ in words.chosen()] == rows


def test_words_of_a_link_are_listed_and_taken_along(opened):
    page = opened_at(opened, model="story-gpt", how="pca", picked="200-201-99999999-x-202")
    shown = study(models.load("story-gpt"), "word_map", how="pca").shown
    assert "3 words chosen on the map" in texts(page)
    assert page.query_params["picked"] == "200-201-202"
    words_there = [name.strip() for name in shown[200:203] if name.strip().isalpha()]
    by_key = {button.key: button for button in page.button}
    by_key["to-watch"].click().run()
    assert page.session_state["watch"] == " | ".join(words_there)
    by_key["to-sentences"].click().run()
    assert page.session_state["in_sentences"] == words_there[0]


def test_names_that_would_lie_upon_each_other_are_left_out():
    import numpy as np

    points = np.array([[0, 0], [0.01, 0.01], [5, 5]])
    assert apart(points, ["a", "b", "<c>"], np.array([10, 10])) == ["a", "", "&lt;c&gt;"]


@pytest.mark.parametrize("look", ["map", "alike"])
def test_the_python_lines_run(opened, capsys, look):
    page = opened_at(opened, model="story-lstm", words=look, how="pca")
    (written,) = [block for block in lines_to_copy(page) if "study(" in block]
    exec(written, {})
    said = capsys.readouterr().out
    assert said.startswith("A map of 660 pieces" if look == "map" else "Of neighbouring layers of story-lstm")


def test_whole_texts_on_a_map(opened):
    page = opened_at(opened, model="story-gpt", words="texts", texts_colour="losses")
    assert "Nearest in truth" in texts(page)
    (chart,) = drawn(page)
    assert "loss" in str(chart["data"][0]["marker"]["colorbar"]["title"])
    assert "What it does not tell you" in texts(page)
