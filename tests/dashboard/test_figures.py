"""Figures: every kind of result has one; text stays text; equal words stay apart."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dashboard.figures
import interpret.results as results
from dashboard.figures import FIGURES, direction, draw
from dashboard.figures.look import CONFIG, label, ramp
from interpret.results import Asked, Check, TokenGrid, TokenScores
from interpret.sentences import rounded

ASKED = Asked(measure="logit", places=(2, 3), tokens=(7, 8), shown=(" <b>cat</b>", " the"))
SHARED = {
    "method": "gradient_times_input", "model": "toy", "model_sha256": "0", "text": "the cat the",
    "tokens": ("the", " <b>cat</b>", " the"), "spans": np.array([[0, 3], [3, 7], [7, 11]]),
    "words": np.array([0, 1, 2]), "unit": "logits", "signed": True, "check": Check(name="gap", value=0.25),
}  # fmt: skip


def test_every_kind_of_result_has_a_figure():
    kinds = {
        part.kind
        for part in vars(results).values()
        if isinstance(part, type)
        and dataclasses.is_dataclass(part)
        and issubclass(part, results.Result)
        and part is not results.Result
    }
    assert kinds == set(FIGURES)


def test_repeated_words_keep_a_bar_each_and_markup_stays_text():
    scores = TokenScores(asked=ASKED, values=np.array([1.5, -2.0, 0.5]), total=0.0, **SHARED)
    figure: Any = draw(scores)
    assert list(figure.data[0].x) == [0, 1, 2]
    assert list(figure.layout.xaxis.ticktext) == ["the", "&lt;b&gt;cat&lt;/b&gt;", "the"]
    assert list(figure.data[0].y) == [1.5, -2.0, 0.5]
    assert figure.layout.yaxis.title.text == "logits"


@pytest.mark.parametrize(("signed", "low"), [(True, -3.0), (False, 0.0)])
def test_a_grid_has_zero_in_the_middle_only_when_signed(signed, low):
    values = np.array([[1.0, 0.0, 0.0], [2.0, -3.0 if signed else 3.0, 0.0]])
    grid = TokenGrid(asked=ASKED, values=values, totals=np.zeros(2), **{**SHARED, "signed": signed})
    figure: Any = draw(grid)
    axis = figure.layout.coloraxis
    assert (axis.cmin, axis.cmax) == (low, 3.0)


def test_an_unknown_kind_is_refused():
    class Odd:
        kind = "no-such-kind"

    with pytest.raises(KeyError):
        draw(Odd())


@pytest.mark.parametrize(
    ("text", "way"),
    [("abc", "ltr"), ("12 كتب abc", "rtl"), ("שלום", "rtl"), ("", "ltr"), ("…", "ltr")],
)
def test_direction_follows_the_first_letter(text, way):
    assert direction(text) == way


def test_labels_show_what_cannot_be_seen():
    assert [label(t) for t in (" a", "\n", " ", "", "a\x00b", "<i>", "a\u202eb", "a\u200db")] == [
        "a", "(new line)", "(space)", "", "a␀b", "&lt;i&gt;", "a\ufffdb", "a\u200db",
    ]  # fmt: skip


def test_the_smallest_bar_still_stands_out():
    shades = ramp([0.0, 1.0])
    assert 0 < shades["color"][0] / shades["cmax"] < shades["color"][1] / shades["cmax"] == 1.0
    assert shades["cmin"] == 0.0, "below 0 the theme's two-sided ramp would be taken"


def test_no_label_names_a_place_in_a_template():
    assert label("100 %{meta} %") == "100 &#37;{meta} %"


def test_shares_in_pictures_have_the_space_that_sentences_have():
    """d3 writes “31%” for “.0%”; what CONFIG tells it makes “31 %” of “$.0%”, and of that only."""
    for file in sorted(Path(dashboard.figures.__path__[0]).glob("*.py")):
        bare = re.findall(r'\{[^{}]*[:.]\d~?%\}|"\.\d%"', file.read_text(encoding="utf-8"))
        assert not [found for found in bare if ":$." not in found], file.name
    assert CONFIG["locales"][CONFIG["locale"]]["format"]["currency"] == ["", rounded(0.31)[2:-1] + "%"]


def test_changes_reach_the_picture_of_counterfactuals_as_text():
    from types import SimpleNamespace

    from dashboard.figures.counterfactual import counterfactuals

    found: Any = SimpleNamespace(
        values=np.array([-1.0]), changes=('“<b>%{x}</b>” → "x"',), answers=("<i>no</i>",), lead=2.0
    )
    bar = counterfactuals(found).data[0]
    said = f"{bar.customdata[0]} {counterfactuals(found).layout.yaxis.ticktext[0]}"
    assert "<" not in said and "%{" not in said and "&quot;" not in said and '"x"' in said
