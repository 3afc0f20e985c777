"""Factors over a set of texts: two groups of texts found again, scikit-learn's error, the part of one text."""

import json
from typing import Any

import numpy as np
import pytest

from interpret import explain, record, study
from interpret.method import UnknownMethod
from interpret.methods.factors import parts
from interpret.results import TextFactors
from interpret.studies import text_factors
from interpret.text_sets import read
from interpret.units_nmf import explained, factorise
from models.refusals import Refusal
from tests import tiny

TEXTS = (tiny.TEXT, tiny.TEXT[::-1], tiny.TEXT[: len(tiny.TEXT) // 2])


def asked(tmp_path, **options) -> TextFactors:
    return study(tiny.lstm_model(tmp_path), "text_factors", texts=TEXTS, factors=3, **options)


def test_one_text_alone_has_the_factors_of_the_page_about_it(tmp_path):
    model = tiny.lstm_model(tmp_path)
    found: TextFactors = study(model, "text_factors", texts=(tiny.TEXT,), factors=3)
    run = record(model, tiny.TEXT)
    x, _ = parts(*text_factors.every(run, "cell", []))
    w, h = factorise(x[run.of_text], 3)
    order = (w.norm(dim=0) * h.norm(dim=1)).argsort(descending=True)
    along = (w[:, order] / w[:, order].max(0).values).T.numpy()
    np.testing.assert_allclose(found.values, along, atol=1e-6)
    assert found.explained == pytest.approx(explained(x[run.of_text], w, h), abs=1e-6)
    assert found.neurons == explain(run, "factors", count=3).neurons


def test_the_error_over_a_set_is_scikit_learns(tmp_path):
    from sklearn import decomposition

    NMF: Any = decomposition.NMF
    model = tiny.lstm_model(tmp_path)
    options = text_factors.Options(texts=TEXTS, factors=3)
    x, *_ = text_factors.activations(model, read(model, TEXTS), options)
    theirs: Any = NMF(n_components=3, init="random", random_state=0, max_iter=4000)
    w = theirs.fit_transform(x.numpy())
    error = float(((x.numpy() - w @ theirs.components_) ** 2).sum() / (x.numpy() ** 2).sum())
    assert 1 - asked(tmp_path).explained <= 1.02 * error


def test_the_part_of_one_text(tmp_path):
    found = asked(tmp_path)
    model = tiny.lstm_model(tmp_path)
    assert found.values.shape == (3, len(found.tokens)) and len(found.of_text) == len(found.tokens)
    np.testing.assert_allclose(found.values.max(1), 1, rtol=1e-6)
    for text in range(3):
        one, tokens = found.of(text), model.encode(TEXTS[text])
        inside = [at for at in range(len(tokens)) if tokens.spans[at, 0] < tokens.spans[at, 1]]
        assert one.text == TEXTS[text] and one.tokens == tuple(tokens.shown[at] for at in inside)
        np.testing.assert_array_equal(one.spans, tokens.spans[inside])
        np.testing.assert_allclose(found.means()[:, text], one.values.mean(1))
    for k in range(3):
        means = found.means()[k]
        assert found.strongest(k)[0] == int(means.argmax())
        peak = found.tokens[int(found.values[k].argmax())].strip()
        assert not peak or peak.casefold() in found.names[k].casefold()
    json.dumps(found.to_json(), allow_nan=False)


def test_only_so_many_tokens_are_read_and_said(tmp_path, monkeypatch):
    found = asked(tmp_path, most=12)
    assert len(found.tokens) == 12 and "The first 12 tokens are read" in found.notes[0]
    assert asked(tmp_path).notes == ()
    monkeypatch.setattr(text_factors, "NUMBERS", 700)
    few = asked(tmp_path)
    assert len(few.tokens) * 2 * few.neurons <= 700 and few.notes


def test_stories_of_two_seeds_differ_and_one_seed_repeats_itself():
    import models

    model = models.load("story-lstm")
    one, again, other = (
        study(model, "text_factors", source="stories", seed=seed, count=3, most=200) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one.values, again.values)
    assert one.texts == again.texts and one.texts != other.texts


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"factors": 1}, "between 2 and 16"),
        ({"most": 3}, "between 10"),
        ({"layers": "one"}, "numbers from 1"),
    ],
)
def test_refusals(tmp_path, wrong, said):
    with pytest.raises((UnknownMethod, Refusal), match=said):
        study(tiny.lstm_model(tmp_path), "text_factors", **{"texts": TEXTS, **wrong})


def test_a_model_without_units_is_refused():
    import models

    with pytest.raises(UnknownMethod, match="neither neurons nor LSTM cells"):
        study(models.load("wiki-ngram"), "text_factors")
