"""Turns: never more than there are, the shorter first, nobody for ever behind, one never for the lengthy."""

import threading
import time

import pytest

from models.turns import BEHIND, WEIGHT, Turns, place


class Readers:
    """Threads that take turns; in which order they were called, and how many there were at once."""

    def __init__(self, count: int):
        self.now = 0.0
        self.turns = Turns(count)
        self.called: list[str] = []
        self.inside = self.most = 0
        self._door = threading.Lock()
        self._done: dict[str, threading.Event] = {}
        self._threads: list[threading.Thread] = []

    def come(self, name: str, seconds: float, *, behind: bool = False, lengthy: bool = False) -> None:
        """Another one comes, and has been called or waits when this returns."""
        number = place(self.now, seconds, behind=behind)
        done = self._done[name] = threading.Event()

        def take() -> None:
            with self.turns.taken(number, lengthy=lengthy):
                with self._door:
                    self.called.append(name)
                    self.inside += 1
                    self.most = max(self.most, self.inside)
                done.wait(20)
                with self._door:
                    self.inside -= 1

        waiting = len(self.turns._waiting)
        thread = threading.Thread(target=take, daemon=True)
        self._threads.append(thread)
        thread.start()
        self.settle(lambda: name in self.called or len(self.turns._waiting) > waiting)

    def go(self, name: str, calls: int) -> None:
        """One is ready; so many others are called then."""
        expected = len(self.called) + calls
        self._done[name].set()
        self.settle(lambda: len(self.called) == expected)

    def settle(self, reached) -> None:
        end = time.monotonic() + 20
        while not reached():
            assert time.monotonic() < end
            time.sleep(0.001)

    def leave(self) -> None:
        for done in self._done.values():
            done.set()
        for thread in self._threads:
            thread.join(20)


@pytest.fixture
def readers():
    made = []

    def of(count: int) -> Readers:
        made.append(Readers(count))
        return made[-1]

    yield of
    for one in made:
        one.leave()


def test_the_shorter_first_and_never_more_than_there_are_turns(readers):
    some = readers(1)
    some.come("first", 2)
    for name, seconds in (("long", 3), ("short", 1), ("middle", 2)):
        some.come(name, seconds)
    assert some.called == ["first"]
    for name in ("first", "short", "middle"):
        some.go(name, calls=1)
    assert some.called == ["first", "short", "middle", "long"] and some.most == 1


def test_nobody_is_passed_for_ever(readers):
    some = readers(1)
    some.come("first", 1)
    some.come("long", 3)  # its number is 3 * WEIGHT
    some.now = 2 * WEIGHT - 0.1
    some.come("short", 1)  # just before it
    some.now = 2 * WEIGHT + 0.1
    some.come("too late", 1)
    for name in ("first", "short", "long"):
        some.go(name, calls=1)
    assert some.called == ["first", "short", "long", "too late"]


def test_what_stands_behind_an_answer_lets_answers_pass(readers):
    some = readers(1)
    some.come("first", 1)
    some.come("evidence", 1, behind=True)
    some.now = BEHIND - 0.1
    some.come("answer", 1)
    some.now = BEHIND + 0.1
    some.come("another", 1)
    for name in ("first", "answer", "evidence"):
        some.go(name, calls=1)
    assert some.called == ["first", "answer", "evidence", "another"]


def test_one_turn_of_several_is_never_taken_by_lengthy_work(readers):
    some = readers(2)
    some.come("lengthy", 9, lengthy=True)
    some.come("another", 9, lengthy=True)
    assert some.called == ["lengthy"]
    some.come("short", 1)
    assert some.called == ["lengthy", "short"]
    some.go("short", calls=0)
    some.go("lengthy", calls=1)
    assert some.called == ["lengthy", "short", "another"] and some.most == 2


def test_a_single_turn_is_for_everybody(readers):
    some = readers(1)
    some.come("lengthy", 9, lengthy=True)
    assert some.called == ["lengthy"]


def test_a_turn_comes_back_from_work_that_fails():
    turns = Turns(1)
    with pytest.raises(LookupError), turns.taken(1):
        raise LookupError
    with turns.taken(1):
        pass
