"""One head of a transformer under experiment: what an adversary may not do, brute force, and a verdict."""

import json
import math

import numpy as np
import pytest
import torch

from interpret import explain
from interpret.attention.head_lab import (
    adversary,
    answering_row,
    at_the_end,
    divergence,
    gradients,
    heads,
    left_out,
    moves,
    shuffled,
)
from interpret.attention.subject import NotForTheLab, tvd
from interpret.method import UnknownMethod
from interpret.run import record
from interpret.study import study
from tests import families

TEXT = "the keys to the cabinet are old"


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """A tiny BERT that names classes."""
    import models

    return models.load(families.folder(tmp_path_factory.mktemp("judge"), "bert-classifier"))


@pytest.fixture(params=["gpt2", "llama", "induction", "judge"])
def subject(request, opened, judge):
    return heads(record(judge if request.param == "judge" else opened[request.param], TEXT))


def test_its_own_weights_give_its_own_answer(subject):
    own = subject.attention[1, 0]
    torch.testing.assert_close(subject.answers(1, 0, own[None])[0], subject.answer, atol=1e-5, rtol=1e-4)
    assert float(moves(subject, 1, 0, own[None])) < 1e-5


def test_a_head_put_in_by_hand_equals_a_changed_network(opened):
    # Weights that look at the token itself only: the head finds its own value.
    from models.attending import blocks, results_of

    subject = heads(record(opened["gpt2"], TEXT))
    itself = torch.eye(len(subject.seen))
    attention, each = blocks(subject.run.model)[1].attn, subject.run.vectors.shape[-1] // 4
    kept = []
    with torch.no_grad(), results_of(attention.c_attn, kept.append):
        subject.asked(subject.run.vectors[None])
    value = kept[0][0, :, 2 * 4 * each : 2 * 4 * each + each]  # of head 0

    def put(_module, given):
        return (torch.cat((value[None], given[0][..., each:]), -1),)

    handle = attention.c_proj.register_forward_pre_hook(put)
    with torch.no_grad():
        expected = subject.asked(subject.run.vectors[None])[0]
    handle.remove()
    torch.testing.assert_close(subject.answers(1, 0, itself[None])[0], expected, atol=1e-5, rtol=1e-4)


def test_an_adversary_stays_on_the_simplex_and_within_its_bound(subject):
    found = adversary(subject, 1, 1, 0.02, 3, steps=12)
    torch.testing.assert_close(found.attention.sum(-1), torch.ones(len(subject.seen)), atol=1e-5, rtol=0)
    assert found.attention.min() >= 0 and found.attention[~subject.seen].abs().sum() == 0
    again = float(tvd(subject.answers(1, 1, found.attention[None])[0], subject.answer).detach())
    assert again == pytest.approx(found.moved, abs=1e-5) and found.moved <= 0.02
    far = float(divergence(found.attention, subject.attention[1, 1], subject.seen))
    assert found.distance == pytest.approx(far, abs=1e-6) and 0.01 < far <= math.log(2)
    torch.testing.assert_close(adversary(subject, 1, 1, 0.02, 3, steps=12).attention, found.attention)


def test_shuffled_rows_keep_their_weights_and_see_nothing_new(subject):
    own = subject.attention[0, 0]
    other = shuffled(own, subject.back, torch.Generator().manual_seed(1))
    torch.testing.assert_close(other.sort(-1).values, own.sort(-1).values)
    assert other[~subject.seen].abs().sum() == 0 and (other - own).abs().max() > 1e-4


def test_leaving_out_equals_texts_without_the_token(subject):
    at, vectors = np.array([1, 3]), subject.run.vectors
    for place, found in zip(at, left_out(subject, at), strict=True):
        rest = torch.cat((vectors[:place], vectors[place + 1 :]))[None]
        with torch.no_grad():
            logits = subject.run.model.logits(rest)[0, -1]
        assert float(found) == pytest.approx(float(tvd(logits.softmax(-1), subject.answer)), abs=1e-5)


def test_gradients_with_attention_held_equal_differences(subject):
    from models.observed import changing

    found, best = gradients(subject), int(subject.answer.argmax())
    vectors, size, place = subject.run.vectors, 1e-2, 2

    def scaled(factor: float) -> float:
        moved = vectors.clone()
        moved[place] *= factor
        held = subject.attention
        with torch.no_grad(), changing(lambda at, w, v: (held[at][None], v), len(held)):
            return float(subject.asked(moved[None])[0, best])

    slope = abs(scaled(1 + size) - scaled(1 - size)) / (2 * size)
    assert float(found[place]) == pytest.approx(slope, abs=2e-4, rel=3e-2)


def test_the_answer_is_read_from_the_last_token_or_the_first(opened, judge):
    row = answering_row(record(opened["gpt2"], TEXT))
    assert row.argmax() == len(row) - 1 and row.max() == 1
    row = answering_row(record(judge, TEXT))
    assert row[0] == 1 and row.sum() == 1


def test_taus_of_one_text(subject):
    found = explain(subject.run, "heads_agreement")
    assert found.values.shape == (*subject.attention.shape[:2], 2) and found.check.passed
    assert np.abs(found.values).max() <= 1 and found.in_words().endswith(".")
    np.testing.assert_allclose(found.maps.sum(1), 1)
    assert 0 not in found.at or subject.run.tokens.spans[0].any()  # no marks among the words
    json.dumps(found.to_json(), allow_nan=False)


def test_many_texts_give_a_verdict_with_bounds_and_n(opened):
    found = study(opened["induction"], "heads_as_explanation", texts=3, steps=3, starts=1, orders=2)
    assert found.averaged.shape[1] == 3 and (found.low <= found.high).all() and found.check.passed
    assert f"n = {len(found.averaged)} beginnings of bundled texts" in found.in_words()
    assert found.in_words().endswith("Fewer than 20 texts are too few for a verdict.")
    layer, head = found.head
    assert np.median(found.shuffled, 0)[layer, head] == np.median(found.shuffled, 0).max()
    assert (found.moved <= 0.05).all() and len(found.to_frame()) == found.values[..., 0].size
    json.dumps(found.to_json(), allow_nan=False)


def test_an_adversary_in_the_maps(subject):
    found = explain(subject.run, "head_swapped", layer=2, head=1, way="adversary")
    assert found.check.passed and found.check.limit == 0.05
    assert "nats a row move the model's answer by" in found.notes[0]


def test_models_that_fill_gaps_or_look_once_are_refused(opened, once):
    masked = record(opened["bert"], TEXT)
    with pytest.raises(UnknownMethod, match="is for models that write the next word and classifiers"):
        explain(masked, "heads_agreement")
    with pytest.raises(NotForTheLab, match="answers for each gap anew"):
        explain(masked, "head_swapped", way="adversary")
    with pytest.raises(UnknownMethod, match="pools words by one row"):
        explain(once, "heads_agreement")
    with pytest.raises(NotForTheLab, match="leave nothing to shuffle"):
        heads(record(opened["induction"], "a"))
    assert at_the_end(masked).back is False
