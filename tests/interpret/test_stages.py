"""A training watched again: stages worked out on paper, the finished model's own numbers, refusals."""

import numpy as np
import pytest
import torch

import models
from interpret import explain, record, study
from interpret.method import UnknownMethod
from interpret.results import Replay
from interpret.studies import stages
from models import checkpoints, lite
from models.base import Card, Recording
from models.train import induction_2l
from tests import tiny
from tests.models.test_lite import folder

REPEATED = "gom nef zut bar vol gom nef zut bar"


@pytest.fixture(scope="module")
def found() -> Replay:
    return study(models.load("induction-2l"), "stages", text=REPEATED)


def test_the_last_stage_is_the_model_as_it_is(found: Replay):
    now = explain(record(models.load("induction-2l"), REPEATED), "next_words")
    np.testing.assert_allclose(found.values[-1], now.surprise)
    assert found.candidates[0] == now.candidates[-1][0]
    np.testing.assert_allclose(found.shares[-1, 0], now.values[-1, 0])
    assert found.stages[-1] == "" and found.losses[-1] == models.card("induction-2l").held_out_loss_nats


def test_the_first_stage_is_the_network_before_it_learned(found: Replay):
    # untrained it guesses evenly among 514 pieces: 9 bits each, a share of 1 in 514
    assert found.values[0, 1:].mean() == pytest.approx(np.log2(514), abs=0.6)
    assert found.shares[0].max() < 0.02 and found.matching is not None
    assert found.in_words().startswith("Before the training its present first guess, “vol”, had ")
    assert found.matching[0].max() < 0.3 and found.matching[-1].max() > 0.9
    assert found.heads_in_words().startswith("Head 2.")  # its number from 0, as on other pages
    assert "now pays" in found.heads_in_words()


def test_a_stage_that_did_better_is_told_by_its_name():
    """Syllables that are not repeated cost a model that guesses evenly least."""
    found = study(models.load("induction-2l"), "stages", text="gom")
    surprises = found.values[:, 1:].mean(axis=1)
    best = int(found.values.mean(axis=1).argmin())
    assert best == 0 and surprises[0] < surprises[-1]
    assert found.notes == ("Before the training it was less surprised by this text than it is now.",)


def test_stages_stand_in_the_order_in_which_they_were_kept(found: Replay):
    assert list(found.stages[:-1]) == [kept["name"] for kept in models.card("induction-2l").snapshots]
    assert (np.diff(found.tokens_seen) > 0).all()
    assert (found.shares >= 0).all() and (found.shares.sum(axis=1) <= 1 + 1e-9).all()
    frame = found.to_frame()
    assert len(frame) == len(found.stages) * len(found.tokens) and set(frame.stage) >= {"0-percent", "now"}


def test_prefix_matching_is_the_recipes_own():
    """The recipe's measure for rows that repeat with one period, on random attention."""
    model = models.load("induction-2l")
    ids = induction_2l.repeats(1, 6, 24, torch.Generator().manual_seed(3))[0]
    ids = torch.cat((ids[:1], ids[1:7].repeat(4)))
    text = " ".join(model.shown(int(token)).strip() for token in ids[1:])
    run = record(model, text)
    assert run.tokens.ids.tolist() == ids.tolist() and len(set(ids.tolist())) == 7
    weights = torch.rand(2, 4, 25, 25).tril()
    weights /= weights.sum(-1, keepdim=True)
    vars(run)["attention"] = weights
    heads, matching = stages._matching([run])
    assert heads[0] == (1, 1) and heads[-1] == (2, 4) and matching is not None
    expected = induction_2l.prefix_matching(weights[:, None], 6).flatten()
    np.testing.assert_allclose(matching[0], expected, rtol=1e-5)


def test_a_model_of_a_readers_own_is_replayed_from_its_folder(tmp_path):
    where = folder(tmp_path / "my@model")
    card = checkpoints.read_card(where)
    seen = {"tokens_seen": 5, "held_out_loss_nats": 4.0}
    config = checkpoints.read_json(where / checkpoints.CONFIG)
    half = checkpoints.read_tensors(where / card.snapshots[0]["file"])
    whole = checkpoints.read_tensors(where / checkpoints.WEIGHTS)
    card = Card.from_dict({**card.to_dict(), "tokens_seen": 9, "held_out_loss_nats": 3.0,
                           "curve": [{"tokens": 3, "held_out_nats": 5.0}]})  # fmt: skip
    checkpoints.save(where, whole, config, tiny.tokenizer(), card, [({"name": "early", **seen}, half)])
    found = study(lite.load(where), "stages", text=tiny.TEXT, place=str(where))
    early = lite.load(where, "early")
    kept: Recording = early.record(early.embed(torch.tensor(early.encode(tiny.TEXT).ids)))
    logs = kept.logits.log_softmax(-1)
    ids = early.encode(tiny.TEXT).ids
    by_hand = [-float(logs[t, ids[t + 1]]) / np.log(2) for t in range(len(ids) - 1)]
    np.testing.assert_allclose(found.values[0, 1:], by_hand, rtol=1e-4)
    assert found.losses.tolist() == [4.0, 3.0] and found.curve.tolist() == [[3.0, 5.0]]
    assert [found.named(0), found.named(1)] == ["at stage early", "now"]


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("reviews-gpt", {"text": "a"}, "kept only as it is now: choose one of story-lstm, shakespeare-chars"),
        ("sst-attention", {"text": "a"}, "names a class"),
        ("induction-2l", {"text": " "}, "^There is no text yet: type a sentence.$"),
    ],
)
def test_what_cannot_be_replayed_is_refused(name: str, options: dict, sentence: str):
    from models.refusals import Refusal

    with pytest.raises((UnknownMethod, Refusal), match=sentence):
        study(models.load(name), "stages", **options)


def test_a_record_of_another_length_is_refused(found: Replay):
    from dataclasses import replace

    with pytest.raises(ValueError, match=r"Replay\.losses must have one entry for each of 7 stages"):
        replace(found, losses=found.losses[1:])
