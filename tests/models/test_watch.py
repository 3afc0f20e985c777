"""What is watched while a model learns Storyland, on networks whose answers are known; and the clock."""

import json
import math
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from models.train import learning, storyland, watch
from models.train.learning import History, Settings
from models.train.storyland_lessons import (
    HELD_OUT_SEED,
    held_out_stories,
    measure,
    numbers,
    size_of_vocabulary,
)

NAMES = (*storyland.SPECIAL, *storyland.vocabulary())


def grammar(ids: torch.Tensor) -> torch.Tensor:
    """Logits (B, T, V) that are the grammar's own at the last place of each row; even elsewhere."""
    logits = torch.zeros(*ids.shape, len(NAMES))
    for b, row in enumerate(ids.tolist()):
        offered = storyland.next_words([NAMES[n] for n in row if n >= len(storyland.SPECIAL)])
        logits[b, -1] = -math.inf
        logits[b, -1, numbers(list(offered))] = torch.tensor(list(offered.values())).log()
    return logits


def even(ids: torch.Tensor) -> torch.Tensor:
    return torch.zeros(*ids.shape, len(NAMES))


def test_the_lines_are_the_grammars_entropy_and_an_even_guess():
    told = held_out_stories(20)
    seen = watch.watch(lambda _: even, told)(torch.nn.Identity())
    again = list(storyland.stories(HELD_OUT_SEED, 20))
    by_hand = -sum(word.logprob_nats for story in again for word in story.tokens)
    assert seen["grammar_nats"] == pytest.approx(by_hand / sum(len(story.tokens) for story in again))
    found = measure(even, told)
    assert found.nats / found.tokens == pytest.approx(seen["evenly_nats"], rel=1e-5)
    assert seen["evenly_nats"] == math.log(size_of_vocabulary())
    assert seen["grammar_nats"] < seen["evenly_nats"]


def test_what_the_grammar_writes_is_lawful_and_what_chance_writes_is_not():
    words = watch.sample(grammar, watch.BEGINNING, 20, seed=1)
    assert len(words) == len(watch.BEGINNING) + 20 and watch.lawful(words) == len(words)
    assert watch.sample(grammar, watch.BEGINNING, 20, seed=1) == words
    assert watch.sample(grammar, watch.BEGINNING, 20, seed=2) != words
    chance = watch.sample(even, watch.BEGINNING, 20, seed=1)
    assert watch.lawful(chance) < len(watch.BEGINNING) + 4
    assert not {"<unk>", "<pad>"} & set(chance)


def test_lawful_counts_up_to_the_first_word_that_cannot_be():
    words = [*watch.BEGINNING, "is"]
    assert watch.lawful(words) == len(watch.BEGINNING)
    assert watch.lawful([*watch.BEGINNING, "are"]) == len(words)


def test_a_drawn_start_piece_ends_the_text():
    def ends(ids: torch.Tensor) -> torch.Tensor:
        logits = torch.full((*ids.shape, len(NAMES)), -99.0)
        logits[..., 0] = 0.0
        return logits

    assert watch.sample(ends, watch.BEGINNING, 20, seed=1) == list(watch.BEGINNING)


def clock(tmp_path, monkeypatch, costs: float) -> tuple[Any, list[float]]:
    """A clock whose time is a list's last entry; measuring takes `costs` seconds."""
    now = [0.0]
    monkeypatch.setattr(learning.time, "monotonic", lambda: now[-1])
    monkeypatch.setattr(learning.torch, "save", lambda _, path: path.write_bytes(b""))

    def held_out(_: Any) -> float:
        now.append(now[-1] + costs)
        return 1.0

    settings = Settings(data=tmp_path, work=tmp_path, minutes=5)
    made = learning.Clock(History(), settings, tmp_path, held_out, 7.5, lambda _: {"sample": "Mia"})
    batch = torch.zeros(4, 10)
    opt = SimpleNamespace(hypers=[{"lr": 0.1}], state_dict=dict)
    made.learn = SimpleNamespace(
        model=torch.nn.Identity(), opt=opt, pct_train=0.0, training=True, xb=(batch,), loss=torch.tensor(2.0)
    )
    made.before_fit()
    return made, now


@pytest.mark.parametrize(("costs", "apart"), [(0.1, 7.5), (2.0, 20.0)])
def test_points_stand_a_fortieth_apart_or_ten_times_what_they_cost(tmp_path, monkeypatch, costs, apart):
    made, now = clock(tmp_path, monkeypatch, costs)
    for _ in range(60):
        now.append(now[-1] + 0.5)
        made.after_batch()
    at = [point["seconds"] for point in made.history.curve]
    assert at[0] == 0.5, "the first point shows it untrained"
    assert all(apart <= b - a <= apart + costs + 1 for a, b in pairwise(at)) and len(at) > 1
    kept = json.loads((tmp_path / "history.json").read_text())
    assert [seen["tokens"] for seen in kept["watched"]] == [point["tokens"] for point in kept["curve"]]
    assert {seen["sample"] for seen in kept["watched"]} == {"Mia"}


def test_a_file_asks_a_training_to_end_now(tmp_path, monkeypatch):
    made, now = clock(tmp_path, monkeypatch, 0.1)
    made.after_batch()
    (tmp_path / learning.FINISH).touch()
    now.append(now[-1] + 0.5)
    with pytest.raises(learning.CancelFitException):
        made.after_batch()
    assert len(made.history.curve) == 2, "what it had learned by then is measured"
    assert not learning.is_over(History(), made.settings, tmp_path), "not before it has learned anything"
