"""Places where the same units are on: matches on paper, a planted pattern found, refusals."""

import json

import numpy as np
import pytest

import models
from interpret import explain, record
from interpret.corpus.shipped import bundled
from interpret.corpus.snippets import encoded
from interpret.methods.more_like_this import Pattern, looked_for, words
from interpret.units import NoUnits, Unit
from models.refusals import Refusal

TEXT = 'Mia lives near the mill. "I like the lamp," says Mia.'
UNITS = (Unit(1, 0, "cell"), Unit(1, 1, "cell"))


def test_a_match_on_paper():
    pattern = Pattern(UNITS, np.array([False, True]), np.array([1.0, 0.0]), 2)
    # the first is on above 1, the second (low inside) at 0 or below: shares 0, 1/2, 1, 1, 1/2
    values = np.array([[0.0, 3.0], [2.0, 3.0], [2.0, -1.0], [5.0, 0.0], [0.0, -9.0]])
    assert pattern.share(values).tolist() == [0.0, 0.5, 1.0, 1.0, 0.5]
    assert pattern.best(values) == (2, 1.0)
    assert pattern.best(values[:1]) == (0, 0.0), "a text shorter than the match"


def test_words_of_a_match_are_whole():
    tokens = models.load("reviews-gpt").encode("An excellent film.")
    places = [k for k, (a, b) in enumerate(tokens.spans) if "cellent" in tokens.text[a:b]]
    assert words(tokens, places[0], places[0]) == {"excellent"}
    assert words(tokens, 0, 0) == frozenset()


def test_quoted_words_are_found_again_in_the_stories():
    run = record(models.load("story-lstm"), TEXT)
    found = explain(run, "more_like_this", places="8-11", count=10)
    inside = [one.before.count('"') % 2 == 1 or '"' in one.token for one in found.places]
    assert np.mean(inside) >= 0.8, "what goes with a quotation is found in quotations"
    assert (np.diff(found.values) <= 0).all() and found.values[0] > 2 * found.check.value
    stories = [one.text for one in bundled(run.model.card)]
    for place in found.places:
        said = (place.before + place.token + place.after).strip("…")
        assert any(said in story for story in stories)
    assert found.to_frame()["share"].tolist() == found.values.tolist()
    json.dumps(found.to_json(), allow_nan=False)


def test_the_share_is_that_of_a_pass_over_the_text():
    run = record(models.load("story-lstm"), TEXT)
    found = explain(run, "more_like_this", places="8-11", count=1)
    first = found.places[0]
    inside = np.isin(np.arange(len(run.tokens)), range(8, 12))
    pattern = looked_for(run, inside, "cell")
    assert tuple(map(str, pattern.units)) == found.units and pattern.length == 4
    text = next(t.text for t in bundled(run.model.card) if (first.token + first.after).rstrip("…") in t.text)
    assert len(encoded(run.model, text)) > 4 and 0 < found.values[0] <= 1


def test_what_cannot_be_looked_for_is_refused():
    run = record(models.load("story-lstm"), TEXT)
    with pytest.raises(NoUnits, match="leave some inside and some outside"):
        explain(run, "more_like_this", places=f"1-{len(run.tokens) - 1}")
    with pytest.raises(Refusal, match="count must lie between 1 and 32"):
        explain(run, "more_like_this", count=99)
