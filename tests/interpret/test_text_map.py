"""Whole texts as points: on paper, beside scikit-learn's neighbours, and what is refused."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

import models
from interpret import record, study
from interpret.results import NextWords
from interpret.studies import text_map
from models.refusals import Refusal

STORIES = ["Sofia works behind the mill.", "Mia lives near the mill.", "The bench near the shell is old."]
LINES = "\n".join(f"{text}\t{'person' if at % 3 < 2 else 'thing'}" for at, text in enumerate(STORIES * 2))


def test_ranks_on_paper():
    places = np.array([[0.0, 0.0], [1.0, 0.0], [5.0, 0.0]])
    assert text_map._ranks(places, np.array([[2, 1], [0, 2], [1, 0]])).tolist() == [[2, 1], [1, 2], [1, 2]]


def test_a_texts_vector_is_the_mean_of_its_tokens_less_what_all_share():
    model = models.load("story-gpt")
    found = study(model, "text_map", lines=LINES)
    runs = [record(model, text) for text in STORIES * 2]
    means = np.array([run.hidden[-1][run.of_text].mean(0).numpy() for run in runs])
    moved = means - means.mean(0)
    known = NearestNeighbors(n_neighbors=6, metric="cosine").fit(moved)
    distances, _ = known.kneighbors(moved)
    np.testing.assert_allclose(found.cosines, 1 - distances[:, 1:], atol=1e-5)
    assert found.near[:, 0].tolist() == [3, 4, 5, 0, 1, 2]  # its own copy
    assert (found.alike, found.of) == (1.0, "texts of your own")
    assert found.chance == pytest.approx((4 * 3 + 2 * 1) / 30)
    assert found.lengths[0] == int(runs[0].of_text.sum())
    asked = study_loss(model, STORIES[0])
    assert found.losses[0] == pytest.approx(asked, abs=1e-4)


def study_loss(model, text: str) -> float:
    from interpret import explain

    surprise: NextWords = explain(record(model, text), "next_words")
    return float(np.asarray(surprise.surprise)[1:].mean() * np.log(2))


@pytest.mark.parametrize("name", ["reviews-bert", "sst-attention"])
def test_models_that_write_nothing_have_a_map_and_no_loss(name):
    found = study(
        models.load(name), "text_map", lines="\n".join(f"A film of {at} hours.\tx" for at in range(6))
    )
    assert len(found.losses) == 0
    assert "all are of one kind" in found.in_words()
    assert list(found.to_frame().columns)[-1] == "cosine"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"lines": "a\nb"}, "A map takes 5 to 2,000 texts and there are 2"),
        ({"lines": "\n".join(["Sofia works."] * 6)}, "All these texts have the same vector"),
        ({"lines": LINES, "layer": 9}, "has layers 0 to 4: choose one of them"),
        ({"how": "t-sne"}, "two ways to draw"),
    ],
)
def test_refusals(options, said):
    with pytest.raises(Refusal, match=said):
        study(models.load("story-gpt"), "text_map", **options)
