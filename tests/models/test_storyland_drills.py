"""Drills: half the rows are stories, half say random words again; two phases of a training are one history."""

from itertools import pairwise
from pathlib import Path

import pytest
import torch

from models.train import induction_2l, story_gpt, storyland_lessons
from models.train.learning import History, Settings
from models.train.storyland import SPECIAL
from models.train.storyland_drills import batches
from models.train.storyland_lessons import size_of_vocabulary


def test_half_the_rows_are_stories_and_half_can_be_told_from_what_was_said_before():
    given, wanted = next(batches(3, 6, 200))
    assert given.shape == wanted.shape == (6, 200)
    assert torch.equal(given[:, 1:], wanted[:, :-1])
    assert (given[:, 0] == 0).all()  # every row begins with the start piece
    stories, _ = next(storyland_lessons.batches(3, 3, 200))
    assert torch.equal(given[:3], stories)
    drills = given[3:, 1:]
    assert int(drills.min()) >= len(SPECIAL) and int(drills.max()) < size_of_vocabulary()
    for row in drills.tolist():  # a pair of words that was said is said again, in all but the first phrases
        pairs = list(pairwise(row))
        assert sum(pair in pairs[:at] for at, pair in enumerate(pairs)) > len(pairs) / 3


def test_the_same_seed_gives_the_same_drills_and_another_one_others():
    one, again, other = (next(batches(seed, 4, 60))[0] for seed in (7, 7, 8))
    assert torch.equal(one, again) and not torch.equal(one[2:], other[2:])


def test_rows_of_syllables_are_what_they_were():
    made = torch.Generator().manual_seed(0)
    syllables = induction_2l.rows(4, 40, made)
    assert int(syllables[:, 1:].min()) >= 1 and int(syllables.max()) < induction_2l.vocabulary()
    words = induction_2l.rows(4, 40, torch.Generator().manual_seed(0), (600, 603))
    assert set(words[:, 1:].unique().tolist()) == {600, 601, 602}


@pytest.mark.parametrize(
    ("epochs", "minutes", "first", "second"), [(1, None, 1, 1), (10, None, 6, 4), (1, 50.0, 28.0, 22.0)]
)
def test_a_training_in_two_phases_shares_its_time(epochs, minutes, first, second):
    asked = Settings(data=Path(), work=Path(), epochs=epochs, minutes=minutes)
    one, other = story_gpt.in_two(asked)
    if minutes is None:
        assert (one.epochs, other.epochs) == (first, second)
    else:
        assert (one.minutes, other.minutes) == pytest.approx((first, second))


def test_two_histories_are_told_as_one():
    first = History(
        seconds=10.0, tokens=100, steps=5, curve=[{"seconds": 10.0, "tokens": 100, "held_out_nats": 2.0}]
    )
    later = History(seconds=4.0, tokens=30, steps=2, curve=[{"seconds": 4.0, "tokens": 30, "held_out_nats": 1.0}],
                    watched=[{"seconds": 1.0, "tokens": 3, "sample": "a"}])  # fmt: skip
    both = first.then(later)
    assert (both.seconds, both.tokens, both.steps) == (14.0, 130, 7)
    assert [(point["seconds"], point["tokens"], point["held_out_nats"]) for point in both.curve] == [
        (10.0, 100, 2.0), (14.0, 130, 1.0),
    ]  # fmt: skip
    assert both.watched == [{"seconds": 11.0, "tokens": 103, "sample": "a"}]
    assert first.curve[0]["seconds"] == 10.0 and len(first.curve) == 1  # left as it was


def test_both_phases_are_run_and_kept(tmp_path, monkeypatch):
    monkeypatch.setitem(story_gpt.SIZES, "small", (1, 16, 1, 256, 4, 3))
    monkeypatch.setattr(storyland_lessons, "held_out_stories", lambda count: list(held(2)))
    monkeypatch.setattr("models.train.watch.watch", lambda *_: lambda network: {})
    settings = Settings(data=tmp_path, work=tmp_path, epochs=2, size="small", threads=1)
    _, history, _ = story_gpt.train(settings)
    assert history.steps == 2 * 3 and history.tokens == 2 * 3 * 4 * 256
    assert (tmp_path / "story-gpt" / "drills" / "last.pth").is_file()
    _, resumed, _ = story_gpt.train(settings)  # asked again, nothing is left to do
    assert resumed.steps == history.steps


def held(count: int):
    from models.train import storyland

    return storyland.stories(storyland_lessons.HELD_OUT_SEED, count)
