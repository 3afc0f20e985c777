"""Evidence beside the map: every kind on the page says what `interpret.trust` says, and so do its lines."""

import json
import re
from html import escape
from typing import Any

import numpy as np
import pytest

import models
from interpret import explain, record
from interpret.target import parse
from interpret.trust.evidence import EVIDENCE
from interpret.wording import by_word
from tests.dashboard.conftest import lines_to_copy, strip_data, texts

TEXT = "The keys to the old wooden cabinet"
QUICK = ["leave_one_out", "integrated_gradients", "gradient_times_input", "gradient_norm"]
ALONE = ("scrambling", "stability", "fidelity")
KINDS = [kind for kind in EVIDENCE if kind != "completeness"]


def shown(page, name: str) -> dict[str, Any]:
    """What a page handed to one of its components."""
    (found,) = [e for e in page.get("bidi_component") if e.proto.component_name.endswith(name)]
    return json.loads(found.proto.json)


def lines(page) -> str:
    """The lines of Python under the evidence."""
    return next(block for block in lines_to_copy(page) if "EVIDENCE" in block)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_evidence_is_on_the_page_and_its_lines_say_the_same(opened, kind, capsys):
    page = opened("saliency", model="wiki-lstm", text=TEXT, method="leave_one_out", evidence=kind)
    assert not page.exception
    if kind in ALONE:
        charts = [chart.proto.spec for chart in page.get("plotly_chart")]
        assert json.loads(charts[-1])["data"]
    there: dict[str, Any] = {}
    exec(lines(page), there)
    assert there["found"].method == kind and there["found"].names[0] == "leave_one_out"
    said = there["found"].sentences()[0]
    assert escape(said) in texts(page) and said in capsys.readouterr().out


def test_the_slider_has_every_curve_and_the_numbers_behind_it(opened):
    page = opened("saliency", model="reviews-gpt", text=TEXT, method="gradient_norm")
    data = shown(page, "removal")
    run = record(models.load("reviews-gpt"), TEXT)
    names = ["gradient_norm", *(name for name in QUICK if name != "gradient_norm")]
    found = EVIDENCE["faithfulness"](run, parse(run, "next"), names, greedy=True)
    assert [one["title"] for one in data["methods"]] == list(found.titles)
    assert [one["order"] for one in data["methods"]] == found.orders.tolist()
    np.testing.assert_allclose([one["deletion"] for one in data["methods"]], found.values, rtol=1e-4)
    np.testing.assert_allclose(data["random"]["aopc"], found.random_aopc, atol=1e-6)
    assert data["greedy"]["order"] == found.greedy_order.tolist()
    assert [data["words"][n]["t"] for n in data["numbers"]] == TEXT.split()


def test_slow_curves_of_a_long_text_are_computed_when_asked_for(opened):
    long = f"{TEXT} {TEXT} {TEXT} {TEXT} {TEXT}"
    page = opened("saliency", model="wiki-lstm", text=long, method="gradient_norm")
    data = shown(page, "removal")
    assert data["greedy"] is None and data["random"]["insertion"] is None
    asked = opened("saliency", model="wiki-lstm", text=long, method="gradient_norm", insertion="True")
    assert shown(asked, "removal")["methods"][0]["insertion"]


def test_maps_of_methods_stand_word_under_word(opened):
    page = opened(
        "saliency", model="wiki-lstm", text=TEXT, method="leave_one_out", evidence="agreement", word="6",
        methods="gradient_norm,integrated_gradients",
    )  # fmt: skip
    data = shown(page, "maps")
    assert [row["title"] for row in data["rows"]] == [
        "Leave one out",
        "Integrated gradients",
        "Gradient norm",
    ]
    assert len(data["pairs"]) == 3 and data["explained"] == [6]
    run = record(models.load("wiki-lstm"), TEXT)
    words = by_word(explain(run, "leave_one_out")).words
    first, end = words[6].tokens
    scores = explain(
        run, "leave_one_out", parse(run, str(first) if end - first == 1 else f"{first}-{end - 1}")
    )
    sums = [scores.values[a:b].sum() for a, b in (word.tokens for word in words[1:6])]
    assert data["rows"][0]["raw"] == [None, *(pytest.approx(score, rel=1e-4) for score in sums), None]
    assert min(data["rows"][0]["values"][1:6]) >= -1 and max(map(abs, data["rows"][0]["values"][1:6])) == 1
    least = data["pairs"][data["first"]]
    assert least["rho"] == min(pair["rho"] for pair in data["pairs"])
    assert set(least["disputed"]) <= set(range(1, 6))


@pytest.mark.parametrize("model", ["reviews-gpt", "wiki-lstm", "reviews-bert", "sst-attention"])
def test_a_word_set_against_another(opened, model):
    task = models.card(model).task
    pinned = {"masked": {"word": "5"}}.get(task, {})
    page = opened("saliency", model=model, text=TEXT, method="gradient_times_input", **pinned)
    pills = next(g for g in page.get("button_group") if "and not" in g.proto.label)
    other = pills.options[0].content if hasattr(pills.options[0], "content") else pills.options[0]
    page = opened("saliency", model=model, text=TEXT, method="gradient_times_input", rival=other, **pinned)
    assert not page.exception
    assert f"and not “{other}”?" in texts(page)
    data = strip_data(page)
    row = int(pinned.get("word", len(data["words"]) if task == "causal" else data["first"]))
    assert data["versus"] == {"row": row, "name": other, "unit": "logits"}, "its row alone"
    assert data["unit"] == "nats"
    assert f"rather than {other}" in texts(page)
    assert "takes p from" in texts(page)


def test_whiskers_tell_seeds_baselines_and_edits_apart(opened):
    page = opened(
        "saliency", model="wiki-lstm", text="The keys to it", method="gradient_shap", evidence="stability"
    )
    data = json.loads(page.get("plotly_chart")[0].proto.spec)["data"]
    assert [trace.get("name") for trace in data[1:]] == ["other seeds", "other baselines", "small edits"]
    assert "Greedy:" not in texts(page)
    (said,) = re.findall(r"Not offered for this model: [^<]*", re.sub("</?bdi>", "", texts(page)))
    assert said.startswith("Not offered for this model: DeepLift (LSTM gates multiply") and "up)." in said


@pytest.mark.parametrize("evidence", ["faithfulness", "fidelity"])
def test_the_terms_of_the_field_stand_beside_the_map(opened, evidence):
    page = opened(
        "saliency", model="wiki-lstm", text="The keys to it", method="gradient_norm", evidence=evidence
    )
    said = texts(page)
    terms = {"faithfulness": ["AOPC", "Comprehensiveness", "sufficiency", "Greedy"],
             "fidelity": ["infidelity", "max-sensitivity"]}[evidence]  # fmt: skip
    assert all(term in said for term in terms)


def test_a_text_too_short_for_evidence_is_said_and_the_map_stays(opened):
    page = opened("saliency", model="reviews-gpt", text="keys", method="leave_one_out")
    assert not page.exception
    assert "to take away here" in texts(page)
    assert strip_data(page)["words"] and "How to read this" in texts(page)
