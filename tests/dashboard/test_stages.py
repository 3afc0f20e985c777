"""“What changed while it learned?” on the bundled models: frames, sentence, figures, address, refusal."""

import json

import pytest

import models
from dashboard import python_lines as lines
from dashboard.components.replay import WORDS, replay
from interpret import study
from tests.dashboard.conftest import lines_to_copy, texts

TEXTS = {
    "story-lstm": "Sofia works behind the mill. The benches near the shell",
    "shakespeare-chars": "The crown shall not be",
    "induction-2l": "gom nef zut bar vol gom nef zut bar",
}


def frames(page) -> dict:
    (found,) = [e for e in page.get("bidi_component") if "replay" in e.proto.component_name]
    return json.loads(found.proto.json)


@pytest.mark.parametrize("name", TEXTS)
def test_every_stage_is_on_the_page(opened, name: str):
    page = opened("stages", model=name, text=TEXTS[name])
    assert not page.exception
    found, data = study(models.load(name), "stages", text=TEXTS[name]), frames(page)
    from html import escape

    assert escape(found.in_words()) in texts(page)
    kept = [*(one["name"] for one in models.card(name).snapshots), ""]
    assert len(data["stages"]) == len(kept) and data["stage"] == len(kept) - 1
    for at, stage in enumerate(data["stages"]):
        assert stage["shares"] == pytest.approx(found.shares[at].tolist(), abs=1e-6)
        assert sum(bits or 0 for bits in stage["bits"]) == pytest.approx(found.values[at].sum(), rel=1e-6)
    charts = [json.loads(chart.proto.spec)["data"] for chart in page.get("plotly_chart")]
    assert len(charts) == (2 if name == "induction-2l" else 1)
    assert len(charts[0][1]["text"]) == len(kept)
    assert page.query_params["stage"] == "now"


def test_an_address_opens_the_stage_it_names(opened):
    page = opened("stages", model="induction-2l", text=TEXTS["induction-2l"], stage="22-percent")
    assert frames(page)["stages"][frames(page)["stage"]]["name"] == "After 22 % of the training"


def test_a_model_without_stages_says_which_have_some(opened):
    page = opened("stages", model="reviews-gpt", text="The keys")
    assert not page.exception
    assert "choose one of story-lstm, shakespeare-chars, induction-2l" in texts(page)


def test_the_python_lines_run(opened, capsys):
    page = opened("stages", model="induction-2l", text="ba ke zut")
    (written,) = [block for block in lines_to_copy(page) if "study(" in block]
    exec(written, {})
    assert "its present first guess" in capsys.readouterr().out
    assert lines.TRAINING not in written


def test_frames_that_do_not_fit_the_text_are_refused():
    frame = {"name": "x", "shares": [0.5], **{name: [] for name in WORDS}}
    with pytest.raises(ValueError, match="stage 'x': one entry per word and per candidate"):
        replay([frame], [{"t": "a"}], ["b"], key="k", stage=0, title="", pieces=[1], vocabulary=3)
