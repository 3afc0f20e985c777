"""Heads that would be missed, and how far models look: against weights set to 0, and on paper."""

import numpy as np
import pytest
import torch

from interpret.attention import reach as reaching
from interpret.attention.reach import costs
from interpret.attention.worth import guesses, importance, loss, without
from interpret.method import UnknownMethod
from interpret.study import study
from models.attending import blocks
from models.base import Tokens
from tests.toys import Toy

TEXT = "the keys to the cabinet, the keys"


def test_a_head_without_a_find_is_one_with_its_output_weights_at_0(opened):
    model = opened["induction"]
    asked = guesses(model, model.encode(TEXT))
    weight = blocks(model)[1].attention_out.weight
    kept = weight.data.clone()
    found = without(model, asked, 1, 2)
    weight.data[:, 16:24] = 0  # the third of three heads, 8 wide
    expected = float(loss(model, asked).detach())
    weight.data = kept
    assert found == pytest.approx(expected, abs=1e-6)
    assert abs(found - float(loss(model, asked).detach())) > 1e-4


@pytest.mark.parametrize("kind", ["gpt2", "bert", "induction"])
def test_importance_is_the_slope_of_the_loss(opened, kind):
    from models.observed import changing

    model = opened[kind]
    asked = guesses(model, model.encode(TEXT))
    found = importance(model, asked)
    assert found.shape == (model.card.layers, model.card.heads)

    def at(factor: float) -> float:
        def scale(layer, weights, values):
            if layer == 0:
                values = values.clone()
                values[:, 1] *= factor
            return weights, values

        with torch.no_grad(), changing(scale, model.card.layers):
            return float(loss(model, asked))

    assert float(found[0, 1]) == pytest.approx(abs(at(1.02) - at(0.98)) / 0.04, rel=0.05, abs=5e-4)


def test_the_bundled_models_miss_the_head_that_looks_back():
    import models

    found = study(models.load("induction-2l"), "head_importance", texts=3)
    layer, head = np.unravel_index(int(found.values.argmax()), found.values.shape)
    assert layer == 0 and found.values[layer, head] > 1.0 and found.certain(int(layer), int(head))
    assert found.check.passed and "is missed most" in found.in_words()


def test_a_model_without_heads_is_refused(once):
    with pytest.raises(UnknownMethod, match="one head only"):
        study(once.model, "head_importance")


IDS = np.array([0, 1, 2, 3, 1, 2, 3])


def tokens() -> Tokens:
    words = ("", " red", " dog", " ran", " red", " dog", " ran")
    ends = np.cumsum([len(word) for word in words])
    spans = np.stack([ends - [len(word) for word in words], ends], -1)
    return Tokens(text="".join(words), ids=IDS, shown=words, spans=spans)


@pytest.mark.parametrize("way", ["cut", "shuffled", "reversed", "replaced"])
def test_a_model_that_hears_two_tokens_needs_two(way):
    # decay 1/2 is heard far back; a model of the last token alone (decay 0) needs one.
    deaf, rng = Toy(decay=0.0), np.random.default_rng(0)
    whole = costs(deaf, tokens(), 7, "cut", 3, rng, IDS[1:])
    np.testing.assert_allclose(costs(deaf, tokens(), 1, way, 3, rng, IDS[1:]), whole, atol=1e-6)
    hears = Toy(decay=0.5)
    assert (
        np.abs(
            costs(hears, tokens(), 1, "cut", 3, rng, IDS[1:])
            - costs(hears, tokens(), 7, "cut", 3, rng, IDS[1:])
        ).max()
        > 0.1
    )


def test_cut_text_costs_what_the_short_text_costs():
    # The last place (6) with two tokens kept: the start mark, then tokens 4 and 5.
    model = Toy()
    short = model.logits(model.embed(torch.from_numpy(IDS[[0, 4, 5]]))[None])[0, -1].log_softmax(-1)
    found = costs(model, tokens(), 2, "cut", 1, np.random.default_rng(0), IDS[1:])
    # one place: the first of the last half
    place = len(IDS) // 2
    assert place == 3
    short = model.logits(model.embed(torch.from_numpy(IDS[[0, 1, 2]]))[None])[0, -1].log_softmax(-1)
    assert found[0] == pytest.approx(-float(short[IDS[3]]), abs=1e-5)


def test_a_window_as_long_as_the_text_changes_nothing(opened):
    model = opened["induction"]
    text = model.encode(TEXT)
    rng = np.random.default_rng(0)
    whole, wide, narrow = (costs(model, text, n, "window", 3, rng, text.ids) for n in (len(text), 30, 1))
    np.testing.assert_allclose(wide, whole, atol=1e-6)
    np.testing.assert_allclose(whole, costs(model, text, len(text), "cut", 3, rng, text.ids), atol=1e-5)
    assert np.abs(narrow - whole).max() > 1e-3
    assert reaching.Way


def test_models_that_fill_gaps_are_refused(opened):
    with pytest.raises(UnknownMethod, match="is for models that write the next word"):
        study(opened["bert"], "reach")
