"""“Where does it look?”, “How far does it look?” and the lab on bundled models; what they hand to the component."""

import base64
import json
from html import escape

import numpy as np
import pytest

import models
from dashboard.components.attention_map import packed, written
from interpret import explain, record
from tests.dashboard.conftest import texts

TEXT = "gom nef zut bar vol gom nef zut"
REVIEW = "I wanted to like this film, but the ending was a mess"


def handed(page):
    """What the page handed to the component."""
    (found,) = [e for e in page.get("bidi_component") if "attention_map" in e.proto.component_name]
    return json.loads(found.proto.json)


def unpacked(maps) -> np.ndarray:
    """The values as the script reads them."""
    kind = "<u2" if maps["bits"] == 16 else "u1"
    levels = np.frombuffer(base64.b64decode(maps["w"]), kind).astype(float)
    top = 2 ** maps["bits"] - 1
    if maps["signed"]:
        top = 2 ** (maps["bits"] - 1) - 1
        levels -= top
    flat = np.sign(levels) * (levels / top) ** 2 * maps["limit"]
    shape = (maps["layers"], maps["heads"])
    if not maps["back"]:
        return flat.reshape(*shape, maps["askers"], maps["tokens"])
    found = np.zeros((*shape, maps["tokens"], maps["tokens"]))
    found[:, :, *np.tril_indices(maps["tokens"])] = flat.reshape(*shape, -1)
    return found


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("causal", [True, False])
def test_maps_survive_their_way_to_the_browser(signed, causal):
    values = np.random.default_rng(1).random((2, 3, 5, 5)) - (0.5 if signed else 0)
    values = np.tril(values) if causal else values
    np.testing.assert_allclose(unpacked(packed(values, causal=causal, signed=signed)), values, atol=1e-3)


def test_twelve_heads_of_twelve_layers_stay_under_two_megabytes():
    values = np.tril(np.random.default_rng(1).random((12, 12, 128, 128)))
    found = packed(values, causal=True, signed=False)
    assert found["bits"] == 8 and len(found["w"]) < 2e6


def test_what_the_browser_sends_is_not_trusted():
    assert written({"heads": "9" * 900, "evil": "x"})["heads"] == "9" * 400
    assert set(written({})) == {"heads", "tokens", "look", "marks", "share"}


def test_raw_maps_with_roles(opened):
    page = opened("attention", model="induction-2l", text=TEXT)
    assert not page.exception
    data = handed(page)
    expected = explain(record(models.load("induction-2l"), TEXT), "attention").values
    np.testing.assert_allclose(unpacked(data["maps"]), expected, atol=1e-4)
    assert data["sinks"] == [0] and data["shares"] and data["ghost"] is None
    assert data["roles"][1] == ["induction"] * 4 and "98" in data["proofs"][1][0]
    assert data["first"] == [1, 0]
    assert "Roles found on this model: induction (2.0" in texts(page)


@pytest.mark.parametrize("kind", ["effective", "rollout", "gradient", "shuffled"])
def test_other_maps_keep_the_raw_one_as_a_ghost(opened, kind):
    page = opened("attention", model="induction-2l", text=TEXT, map=kind, roles="False")
    assert not page.exception
    data = handed(page)
    assert data["ghost"] is not None and data["roles"] is None
    assert data["maps"]["signed"] == (kind == "effective")
    assert data["joined"] == (kind in ("rollout", "gradient"))


def test_what_is_not_there_is_said_and_the_raw_map_shown(opened):
    page = opened("attention", model="induction-2l", text=TEXT, map="norm", roles="False")
    assert not page.exception and "norms before its layers" in texts(page)
    assert handed(page)["ghost"] is None


def test_one_look_in_the_same_view(opened):
    page = opened("attention", model="sst-attention", text=REVIEW)
    assert not page.exception
    data = handed(page)
    assert data["maps"]["askers"] == 1 and data["askers"] == ["negative"] and data["roles"] is None
    assert "The answer “negative” looks hardest at" in texts(page)


def test_an_lstm_is_told_what_to_choose_instead(opened):
    page = opened("attention", model="story-lstm", text="Sofia works")
    assert not page.exception and "has no attention" in texts(page)
    assert "Choose one that has: " in texts(page) and "story-gpt" in texts(page)


def test_how_far_it_looks(opened):
    page = opened("reach", model="induction-2l", text=TEXT)
    assert not page.exception and "With the last token alone a guess costs" in texts(page)
    page = opened("reach", model="sst-average", text=REVIEW)
    assert "does not write on" in texts(page)


@pytest.mark.parametrize("way", ["twin", "adversary", "shuffled"])
def test_the_lab(opened, way):
    page = opened("lab", model="sst-average", text=REVIEW, way=way, sentences="20")
    assert not page.exception
    found = explain(record(models.load("sst-average"), REVIEW), "attention_swapped", way=way)
    said = texts(page)
    assert escape(found.in_words()) in said and "sst-average, 20 bundled sentences" in said
    assert "Our numbers beside the authors" in said and "0.61 (0.87) / 0.60 (0.83)" in str(
        page.get("table")[0].value
    )


def test_a_model_without_attention_is_told_what_the_lab_takes(opened):
    page = opened("lab", model="story-lstm", text="Sofia works")
    assert not page.exception and "has no attention that one answer is read from" in texts(page)
    assert "sst-attention" in texts(page) and "story-gpt" in texts(page)


@pytest.mark.parametrize("change", ["adversary", "shuffled", "twin"])
def test_the_lab_for_heads_of_a_transformer(opened, change):
    page = opened("lab", model="induction-2l", text=TEXT, head="2.1", change=change)
    assert not page.exception
    run = record(models.load("induction-2l"), TEXT)
    told = explain(run, "heads_agreement")
    other = explain(run, "head_swapped", layer=2, head=1, way=change)
    said = texts(page)
    assert escape(told.in_words()) in said and escape(other.notes[0]) in said
    data = handed(page)
    np.testing.assert_allclose(unpacked(data["maps"])[0, 0], other.values[1, 1], atol=1e-4)
    assert data["ghost"] is not None and "Attention is not not explanation" in said


def test_one_weight_is_taken_apart_and_follows_the_kept_head_and_token(opened):
    page = opened(
        "attention", model="induction-2l", text=TEXT, roles="False", why="True", heads="2.1", tokens="q6"
    )
    assert not page.exception
    found = explain(record(models.load("induction-2l"), TEXT), "query_key", layer=2, head=1, query=6)
    assert escape(found.in_words()) in texts(page) and "rotary positions" in texts(page)


@pytest.mark.parametrize("row", ["writing", "reading"])
def test_while_it_writes_each_new_token_has_a_row(opened, row):
    page = opened("attention", model="induction-2l", text=TEXT, roles="False", map=row, words="5")
    assert not page.exception
    found = explain(record(models.load("induction-2l"), TEXT), "attention_written", row=row, count=5)
    data = handed(page)
    assert data["askers"] == list(found.askers) and not data["maps"]["back"] and data["ghost"] is None
    np.testing.assert_allclose(unpacked(data["maps"]), found.values, atol=1e-4)
    assert escape(found.notes[0]) in texts(page)


def test_averages_by_kind_of_word_and_tokens_told(opened):
    page = opened("attention", model="story-gpt", text="Sofia works.", kinds="True", told="True", heads="2.1")
    assert not page.exception
    said = texts(page)
    assert "Head 2.1 " in said and "Is the word still there?" in said and "a linear reader finds" in said
