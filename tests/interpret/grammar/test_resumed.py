"""A run over rules that was stopped goes on where it was, and believes nothing that was changed."""

import json

import pytest

import models
from interpret import progress
from interpret.grammar import judging, resumed
from interpret.grammar.paradigms import chosen
from models.refusals import Refusal
from tests.toys import Toy

NAMES = ("story_agreement_0", "story_agreement_1", "story_quote")


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.setenv("UNDERHOOD_CACHE", str(tmp_path))
    return tmp_path / "grammar"


@pytest.fixture
def asked(monkeypatch):
    """How many rules were scored, each time."""
    times: list[int] = []
    known = resumed.score
    monkeypatch.setattr(
        resumed, "score", lambda model, pairs: times.append(len(pairs)) or known(model, pairs)
    )
    return times


def judged(model, count=6):
    return judging.judge(model, chosen(NAMES, "storyland"), world="storyland", count=count)


def test_a_killed_run_goes_on_and_ends_as_if_it_had_not_been(shelf, asked):
    model, told = models.load("story-lstm"), list[float]()

    def stops(share: float) -> bool:
        told.append(share)
        return share < 0.4

    with progress.heard_by(stops), pytest.raises(progress.Stopped):
        judged(model)
    done = len(list(shelf.glob("*.json")))
    assert 1 <= done < len(NAMES)
    asked.clear()
    found = judged(model)
    assert len(asked) == len(NAMES) - done
    assert not list(shelf.glob("*.part"))
    for file in shelf.glob("*.json"):
        file.unlink()
    assert judged(model).to_frame().equals(found.to_frame())


def test_what_was_changed_is_asked_again(shelf, asked):
    model = models.load("story-lstm")
    first = judged(model)
    file = sorted(shelf.glob("*.json"))[0]
    written = json.loads(file.read_text())
    written["counts"]["right"] = 0.0
    file.write_text(json.dumps(written))
    asked.clear()
    assert judged(model).to_frame().equals(first.to_frame())
    assert len(asked) == 1
    file.write_text("{")
    judged(model)
    assert len(asked) == 2
    judged(model, count=8)  # other pairs
    assert len(asked) == 2 + len(NAMES)


def test_weights_without_a_digest_and_a_closed_disk_are_asked_anew(shelf, monkeypatch):
    pairs = [judging.Pair(good="red dog ran", bad="red ran ran")]
    assert resumed.digest(Toy(), pairs) == ""
    shelf.parent.mkdir(exist_ok=True)
    shelf.write_text("a file where the folder should be")
    counts = resumed.count(models.load("story-lstm"), chosen(NAMES[:1], "storyland")[0].pairs(4), "x" * 64)
    assert counts.n == 4
    assert resumed.finished("x" * 64) is None


def test_a_model_that_knows_no_word_is_refused(shelf):
    with pytest.raises(Refusal, match="does not know the words of these sentences"):
        judged(Toy())
