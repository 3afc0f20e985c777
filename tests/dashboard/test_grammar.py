"""The page "Has it learned grammar?": its sentences, the table of all models, closer looks, and refusals."""

import json
from html import escape, unescape

import models
from interpret import study
from interpret.grammar import kept
from interpret.results import Grammar
from tests.dashboard.conftest import texts


def of(name: str) -> Grammar:
    return Grammar.of_kept(kept.read()[name])


def test_the_page_answers_with_what_is_kept(opened):
    page = opened("grammar", model="wiki-lstm")
    assert not page.exception
    found, counting = of("wiki-lstm"), of("wiki-ngram")
    assert found.in_words(counting) in texts(page)
    assert found.agreement() in texts(page)
    assert all(f"{rule.accuracy:.0%}"[:-1] in texts(page) for rule in found.rules())
    assert texts(page).count('<th scope="col"') == len(kept.read())
    assert 'class="now" aria-current="true">wiki-<wbr>lstm' in texts(page)
    data = json.loads(page.get("plotly_chart")[0].proto.spec)["data"]
    assert [trace["name"] for trace in data] == ["wiki-lstm", "counting words (wiki-ngram)"]


def test_a_verdict_is_said_for_every_rule(opened):
    page = opened("grammar", model="story-gpt")
    said = unescape(texts(page))
    for rule in of("story-gpt").rules():
        assert f"<strong>{rule.name}</strong>: {rule.verdict}" in said


def test_the_curve_has_a_line_for_every_model(opened):
    page = opened("grammar", model="story-gpt", look="distance")
    data = json.loads(page.get("plotly_chart")[0].proto.spec)["data"]
    names = [trace["name"] for trace in data if "same" not in trace["name"]]
    assert names[0] == "story-gpt"  # the chosen one first
    assert sorted(names) == sorted(kept.read())
    assert sum("same number" in trace["name"] for trace in data) == 1


def test_pairs_that_fail_come_first_and_open_word_by_word(opened):
    page = opened("grammar", model="story-gpt", look="sentences", paradigm="story_agreement_1",
                  rule="Subject and verb, with words in between")  # fmt: skip
    assert not page.exception
    found = study(models.load("story-gpt"), "minimal_pairs", paradigm="story_agreement_1")
    assert found.in_words() in texts(page)
    table = page.dataframe[0].value
    assert table["lead (nats)"].is_monotonic_increasing
    assert next(button.label for button in page.button if button.key == "to-saliency").startswith(
        "Which words led to"
    )


def test_a_pair_of_the_readers_own(opened):
    good, bad = (
        "Mia lives near the mill. The keys are old.",
        "Mia lives near the mill. The keys is <b>old</b>.",
    )
    page = opened("grammar", model="story-gpt", look="own", good=good, bad=good.replace("are", "is"))
    found = study(models.load("story-gpt"), "sentence_pair", first=good, second=good.replace("are", "is"))
    assert found.in_words() in texts(page)
    hostile = opened("grammar", model="story-gpt", look="own", good=good, bad=bad)
    assert not hostile.exception
    assert "<b>old" not in texts(hostile)
    same = opened("grammar", model="story-gpt", look="own", good=good, bad=good)
    assert "The two sentences are the same" in texts(same)


def test_the_pair_goes_along_to_the_other_page(opened):
    page = opened("saliency", model="story-gpt", text="x")
    sentence = "Mia lives near the mill. The keys near the box are old."
    page.session_state["text"] = sentence
    page.session_state["saliency"] = {"selected": 12}
    page.session_state["versus"] = {"text": sentence, "word": 12, "rival": "is"}
    page.run()
    assert not page.exception
    assert "Why “are” and not “is”?" in unescape(texts(page))


def test_a_classifier_is_refused_and_the_others_are_shown(opened):
    page = opened("grammar", model="sst-attention")
    assert not page.exception
    assert escape("sst-attention names a class: “Minimal pairs” is for models that write") in texts(page)
    assert "wiki-<wbr>lstm" in texts(page)
    assert not page.get("plotly_chart")


def test_an_empty_text_in_the_side_bar_does_not_matter(opened):
    page = opened("grammar", model="story-gpt", text=" ", look="own")
    assert "There is no text yet" not in texts(page)


def test_inside_a_model_that_counts_there_is_nothing_to_read(opened):
    page = opened("grammar", model="wiki-ngram", look="layers")
    assert "it has no layers to read" in texts(page)


def test_every_closer_look_is_drawn(opened):
    for look, model in (("layers", "story-gpt"), ("units", "story-gpt"), ("against", "reviews-lite")):
        page = opened("grammar", model=model, look=look)
        assert not page.exception
        assert page.get("plotly_chart"), look
    assert "reviews-lite finds what comes" in unescape(texts(page))


def test_a_file_of_pairs_is_offered(opened):
    page = opened("grammar", model="story-gpt", look="file")
    assert not page.exception
    assert page.get("file_uploader")
