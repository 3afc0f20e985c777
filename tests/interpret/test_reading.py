"""The examples under a picture are worked out from the picture's own numbers."""

import math

import numpy as np
import pytest

import models
from interpret import every, explain, record
from interpret.results.reading import KINDS, reading
from interpret.sentences import percent, two_figures

TEXT = "The keys to the old wooden cabinet"


@pytest.fixture(scope="module")
def run():
    return record(models.load("reviews-gpt"), TEXT)


def test_guesses_say_what_the_bars_leave_out(run):
    found = explain(run, "next_words")
    how, limit = reading(found)
    assert f"about {100 * found.values[-1, 0]:.0f} would begin with" in how
    shown = float(found.values[-1].sum())
    assert percent(shown) in limit and percent(1 - shown) in limit


def test_a_map_is_read_at_its_largest_score(run):
    found = explain(run, "gradient_times_input", every(run))
    how, limit = reading(found)
    row = found.values[-1]
    best = int(np.abs(row).argmax())
    assert (
        f"{two_figures(math.exp(abs(row[best])))} times {'likelier' if row[best] > 0 else 'less likely'}"
        in how
    )
    three = np.sort(np.abs(row))[-3:].sum() / np.abs(row).sum()
    assert percent(float(three)) in limit


def test_an_unsigned_map_is_read_as_shares(run):
    found = explain(run, "gradient_norm", every(run))
    row = found.values[-1]
    assert percent(float(row.max() / row.sum())) in reading(found)[0]


def test_heads_name_their_largest_weight_and_what_rests_on_marks(run):
    found = explain(run, "attention")
    how, limit = reading(found)
    assert found.sinks == (0,), "the start mark, which is no word"
    assert f"between words is {percent(float(found.values[:, :, 1:, 1:].max()))}" in how
    assert percent(float(found.values[..., list(found.sinks)].sum() / found.values.sum())) in limit


@pytest.mark.parametrize(
    ("model", "method"),
    [("reviews-lstm-sentiment", "classes"), ("reviews-bert", "next_words"), ("reviews-gpt", "lens"),
     ("story-lstm", "unit"), ("story-lstm", "memory"), ("story-lstm", "ablate"), ("story-lstm", "factors")],
)  # fmt: skip
def test_other_pictures_have_an_example_in_whole_sentences(model, method):
    text = "Mia lives near the mill." if model.startswith("story") else TEXT
    how, limit = reading(explain(record(models.load(model), text), method))
    assert how.startswith("Here") and how.endswith((".", ")."))
    for said in (how, limit):
        assert "nan" not in said and "inf " not in said


def test_what_has_no_example_says_nothing():
    assert reading(None) == reading("a text") == ("", "")
    assert len({kind for kind, _ in KINDS}) == len(KINDS)
