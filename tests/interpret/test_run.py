"""record(): one pass kept whole, and the texts it refuses."""

from pathlib import Path

import pytest
import torch

import models
from interpret import record
from models.refusals import BadText
from tests import tiny
from tests.toys import SHA, Toy, toy_run


def test_a_run_on_paper():
    run = toy_run()
    # red dog ran behind the start mark. State 2 = x2 + x1/2 + x0/4 = (-2, 4) + (1.5, -0.5) + (0.25, 0.5).
    assert run.hidden[1][2].tolist() == [-0.25, 4.0]
    # Its logits: (0, 1), (1, 2), (2, -1), (-1, 3) times (-0.25, 4).
    assert run.logits[2].tolist() == [4.0, 7.75, -4.5, 12.25]
    assert run.vectors.tolist() == [[1, 2], [3, -1], [-2, 4], [5, 1]]
    assert run.key == (SHA, " red dog ran")


def test_a_run_of_tokens_equals_a_run_of_their_text():
    model = Toy()
    one, other = record(model, " dog red"), record(model, model.encode(" dog red"))
    assert torch.equal(one.logits, other.logits)
    assert one.key == other.key


def test_the_longest_text_is_taken_and_a_longer_one_refused(tmp_path: Path):
    model = models.load(tiny.huggingface_folder(tmp_path, "gpt2"))
    longest = "!" * 39  # one piece each; the start mark is the fortieth
    assert len(record(model, longest).tokens) == 40
    with pytest.raises(BadText, match=r"has 41 tokens and .* takes 40: shorten it"):
        record(model, longest + "!")


def test_an_lstm_takes_any_length(tmp_path: Path):
    run = record(tiny.lstm_model(tmp_path), "!" * 700)
    assert run.logits.shape[0] == 701
