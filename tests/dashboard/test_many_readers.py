"""Many readers of one model: quick questions pass long ones, who leaves costs nothing, nothing grows without end."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard import cached, pace, shelf
from dashboard.pace import NotQuick, Pace, TooLong, watched
from interpret import progress
from models.refusals import Refusal
from models.turns import Turns
from models.worker import Worker
from tests.toys import Toy

TEXT = " red dog ran"


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A model of a reader's own that only this test knows."""
    name = "own-many-readers"
    own = shelf.Own("toy", ("", ""), None, lambda: Toy().card, Toy, lambda: True)
    monkeypatch.setitem(shelf._own, name, own)
    monkeypatch.setattr(cached, "_pace", Pace())
    yield name
    for lane in (shelf.worker, shelf.patient):
        one = lane(name)
        lane.clear(name)
        one.close()


def endless(seen: list[str] | None = None) -> Callable[..., Any]:
    """Stands in for `explain`: works until nobody wants it, and tells how far it is."""

    def compute(*_: Any, **__: Any) -> Any:
        if seen is not None:
            seen.append(threading.current_thread().name)
        while True:
            progress.tell(0.1)
            sum(range(1000))

    return compute


def ask(name: str, method: str, listener: Callable[[float], bool] = lambda _: True) -> "Future[Any]":
    return cached.submit(method, name, TEXT, "log-prob", {}, listener)


def test_a_quick_question_passes_a_long_one_of_the_same_model(toy: str, monkeypatch: pytest.MonkeyPatch):
    wanted, real = threading.Event(), cached.explain
    wanted.set()

    def explain(run: Any, method: str, *others: Any, **options: Any) -> Any:
        return (endless() if method == "lime" else real)(run, method, *others, **options)

    monkeypatch.setattr(cached, "explain", explain)
    for _ in range(2):  # all that is loaded once is loaded
        cached.submit("next_words", toy, " red", "log-prob", {}, lambda _: True).result(60)
    monkeypatch.setattr(pace, "MOMENT", 0.05)
    long = ask(toy, "lime", lambda _: wanted.is_set())
    time.sleep(0.2)
    assert not long.done()  # nobody waits: it goes on where it is
    quick = ask(toy, "next_words").result(20)
    assert np.isfinite(quick.values).all()
    moved = long.result(20)
    assert isinstance(moved, cached.Elsewhere) and not moved.answer.done()
    assert cached._pace.is_long("lime", toy, first=False)  # the next one is long from the start
    another = ask(toy, "lime", lambda _: wanted.is_set())
    assert np.array_equal(ask(toy, "next_words").result(20).values, quick.values)
    assert not another.done()
    wanted.clear()  # both readers leave
    with pytest.raises(progress.Stopped):
        moved.answer.result(20)
    with pytest.raises((progress.Stopped, TimeoutError)):
        another.result(20)


def test_only_one_long_question_for_each_core():
    turns, inside, most = Turns(2), [0], [0]
    door, gate, two = threading.Lock(), threading.Event(), threading.Event()

    def work(_: Any) -> None:
        with door:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            if inside[0] == 2:
                two.set()
        gate.wait(20)
        with door:
            inside[0] -= 1

    workers = [Worker(f"toy {n}", Toy, turns) for n in range(5)]
    answers = [worker.submit(work) for worker in workers]
    free = Worker("quick", Toy)
    assert free.ask(lambda model: model.card.vocabulary) == 4  # while the others wait
    assert two.wait(20)
    gate.set()
    for answer in answers:
        answer.result(20)
    for worker in (*workers, free):
        worker.close()
    assert most == [2]


def test_a_question_of_a_reader_who_left_before_it_began_is_never_begun(
    toy: str, monkeypatch: pytest.MonkeyPatch
):
    wanted, seen = threading.Event(), []
    wanted.set()
    monkeypatch.setattr(cached, "explain", endless(seen))
    monkeypatch.setattr(pace, "MOMENT", 60.0)
    first = ask(toy, "lime", lambda _: wanted.is_set())
    second = ask(toy, "lime")
    assert second.cancel()
    wanted.clear()
    with pytest.raises(progress.Stopped):
        first.result(20)
    assert shelf.hand(toy, lambda keeper, model: model.card.vocabulary).result(20) == 4 and len(seen) == 1


def test_a_question_has_a_budget(toy: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cached, "explain", endless())
    monkeypatch.setattr(pace, "BUDGET", 0.1)
    with pytest.raises(Refusal, match="more than ten minutes of computing"):
        ask(toy, "lime").result(20)


def test_when_a_question_is_begun_again_on_paper():
    now, waited = [0.0], [False]
    heard = watched(lambda share: share < 0.9, lambda: waited[0], lambda: now[0])
    assert heard(0.1) and not heard(0.95)
    now[0] = 1.5
    assert heard(0.1)  # nobody waits
    waited[0] = True
    assert heard(0.8)  # almost done
    with pytest.raises(NotQuick):
        heard(0.1)
    now[0] = 601.0
    with pytest.raises(TooLong):
        heard(0.8)


def test_what_took_long_is_long_until_it_is_quick_again():
    known = Pace()
    assert known.is_long("lime", "a", first=True) and not known.is_long("lime", "a", first=False)
    known.took("lime", "a", 3.0)
    assert known.is_long("lime", "a", first=False) and not known.is_long("lime", "b", first=False)
    known.took("lime", "a", 0.1)
    assert not known.is_long("lime", "a", first=True)
    known.took("lime", "a", 3.0)  # once is chance
    assert not known.is_long("lime", "a", first=True)
    known.took("lime", "a", 3.0)
    assert known.is_long("lime", "a", first=False)
    known.took("lens", "a", 1.5)  # the first time
    assert not known.is_long("lens", "a", first=True)
    for number in range(pace.KINDS + 5):
        known.took("lime", str(number), 3.0)
    assert len(known._seconds) == pace.KINDS and not known.is_long("lime", "a", first=False)


def test_a_model_that_makes_place_answers_who_waits_and_is_opened_again(toy: str):
    gate, begun = threading.Event(), threading.Event()
    before = shelf.worker(toy)
    inside = shelf.hand(toy, lambda *_: begun.set() or gate.wait(20))
    assert begun.wait(20)
    waits = shelf.hand(toy, lambda keeper, model: keeper)
    shelf.worker.clear(toy)  # as when another model needs its place
    before.retire()
    comes = shelf.hand(toy, lambda keeper, model: keeper)
    assert comes.result(20) is not before
    gate.set()
    assert inside.result(20) is True and waits.result(20) is before
    before._thread.join(20)
    assert not before._thread.is_alive() and not before.is_open and before.kept == {}


def test_runs_are_bounded_in_bytes_and_go_with_their_model(toy: str, monkeypatch: pytest.MonkeyPatch):
    def bytes_kept(keeper: Worker, _: Any) -> tuple[int, int]:
        return len(keeper.kept["runs"]), keeper.kept["runs"].currsize

    monkeypatch.setattr(cached, "RUNS", 20_000)
    for count in range(1, 60):
        cached.submit("next_words", toy, " red" * count, "log-prob", {}, lambda _: True).result(20)
    runs, size = shelf.hand(toy, bytes_kept).result(20)
    assert 1 <= runs < 59 and size <= 20_000
    monkeypatch.setattr(cached, "RUNS", 100)  # a text larger than all that may be kept is still answered
    shelf.hand(toy, lambda keeper, _: keeper.kept.clear()).result(20)
    for _ in range(2):
        assert ask(toy, "next_words").result(20).model == "toy"
    assert shelf.hand(toy, bytes_kept).result(20) == (1, 100)


def test_answers_count_with_all_that_is_in_them():
    found = cached.explain(cached.record(Toy(), TEXT), "next_words")
    assert cached._size(found) >= found.values.nbytes + len(TEXT)
    assert cached._size({"a": [np.zeros(1000), "x" * 1000]}) >= 8000 + 1000
    assert cached._results.maxsize == cached.ANSWERS <= 2**28


@pytest.mark.parametrize("other", ["method", "model", "text", "measure", "options"])
def test_an_answer_is_kept_for_exactly_what_was_asked(other: str):
    asked: dict[str, Any] = {
        "method": "lime", "name": "wiki-lstm", "text": "a secret", "measure": "logit", "options": {"seed": 1},
    }  # fmt: skip
    changed = {
        "method": "lime",
        "name": "reviews-gpt",
        "text": "a secre",
        "measure": "log-prob",
        "options": {"seed": 2},
    }
    key: str = {"model": "name"}.get(other, other)
    new: dict[str, Any] = asked | {key: "next_words" if other == "method" else changed[key]}
    assert cached.digest(**asked) != cached.digest(**new)
    assert cached.digest(**asked) == cached.digest(**asked) and "secret" not in cached.digest(**asked)


def test_the_boundaries_of_what_is_asked_are_in_the_key():
    """Streamlit's own cache gave explain("doc1", "acme") for explain("doc1str:methodstr:acme")."""
    one = cached.digest("lime", "wiki-lstm", 'a", "logit', "x", {})
    assert one != cached.digest("lime", "wiki-lstm", "a", 'logit", "x', {})


def test_weights_that_changed_are_asked_anew(monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    before = cached.digest("lime", "wiki-lstm", TEXT, "logit", {})
    card = replace(shelf.card("wiki-lstm"), sha256="7" * 64)
    monkeypatch.setattr(cached, "card", lambda _: card)
    assert cached.digest("lime", "wiki-lstm", TEXT, "logit", {}) != before


def test_two_readers_of_a_private_text_share_nothing_but_what_both_typed(toy: str, tmp_path: Path):
    one = ask(toy, "next_words").result(20)
    other = cached.submit("next_words", toy, " dog dog", "log-prob", {}, lambda _: True).result(20)
    assert one.text == TEXT and other.text == " dog dog"
    assert cached.kept(cached.digest("next_words", toy, " red red", "log-prob", {})) is None
