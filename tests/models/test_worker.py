"""One worker per model: in order, one at a time, with a deadline, and what goes wrong goes to its asker."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from interpret import explain, record
from models.base import LanguageModel
from models.worker import TooBusy, Worker
from tests import tiny
from tests.toys import Toy


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker("toy", Toy)
    yield made
    made.close()


def hold(sessions: ThreadPoolExecutor, worker: Worker, gate: threading.Event) -> Future:
    """Keep the worker busy, from now until the gate opens."""
    begun = threading.Event()
    answer = sessions.submit(worker.ask, lambda _: begun.set() or gate.wait(20))
    assert begun.wait(20)
    return answer


def test_the_answer_is_what_the_work_gives_back(worker: Worker):
    assert worker.ask(lambda model: model.card.vocabulary * 10) == 40


def test_the_model_is_opened_once_and_only_when_asked():
    opened: list[str] = []

    def opener() -> LanguageModel:
        opened.append(threading.current_thread().name)
        return Toy()

    worker = Worker("lazy", opener)
    assert opened == []
    first, second = worker.ask(id), worker.ask(id)
    assert first == second
    assert opened == ["model-lazy"]
    worker.close()


def test_work_is_done_in_the_order_it_came(worker: Worker):
    gate, done = threading.Event(), []
    with ThreadPoolExecutor(6) as sessions:
        waiting = [hold(sessions, worker, gate)]
        for number in range(5):
            waiting.append(sessions.submit(worker.ask, lambda _, n=number: done.append(n)))
            while worker._jobs.qsize() != number + 1:
                time.sleep(0.001)
        gate.set()
        for answer in waiting:
            answer.result()
    assert done == [0, 1, 2, 3, 4]


def test_shorter_work_passes_longer_and_answers_pass_evidence(worker: Worker):
    gate, done = threading.Event(), []
    with ThreadPoolExecutor(1) as sessions:
        held = hold(sessions, worker, gate)
        asked = {"long": (8.0, False), "behind": (0.1, True), "short": (0.2, False), "shorter": (0.1, False)}
        waiting = [
            worker.submit(lambda _, name=name: done.append(name), expected=expected, behind=behind)
            for name, (expected, behind) in asked.items()
        ]
        gate.set()
        for answer in (held, *waiting):
            answer.result(20)
    # By place(): 24, 15.3, 0.6 and 0.3 seconds from the moment they came, which is the same within milliseconds.
    assert done == ["shorter", "short", "behind", "long"]


def test_eight_sessions_get_their_own_numbers_one_at_a_time(tmp_path: Path):
    texts = [" ".join(words) for words in (tiny.SENTENCES[i % 3].split()[i:] for i in range(8))]
    alone = tiny.lstm_model(tmp_path)
    expected = [explain(record(alone, text), "gradient_times_input").values for text in texts]
    worker, inside, most = Worker("lstm", lambda: tiny.lstm_model(tmp_path)), [0], [0]

    def ask(turn: int) -> np.ndarray:
        def work(model: LanguageModel) -> np.ndarray:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            values = explain(record(model, texts[turn % 8]), "gradient_times_input").values
            inside[0] -= 1
            return values

        return worker.ask(work)

    with ThreadPoolExecutor(8) as sessions:
        answers = list(sessions.map(ask, range(24)))
    worker.close()
    assert most == [1]
    for turn, answer in enumerate(answers):
        np.testing.assert_array_equal(answer, expected[turn % 8])


def test_the_model_works_on_one_torch_thread(worker: Worker):
    assert worker.ask(lambda _: torch.get_num_threads()) == 1


def test_what_the_work_raises_reaches_its_asker_and_the_next_is_served(worker: Worker):
    def fail(model: LanguageModel) -> None:
        raise KeyError(model.card.name)

    with pytest.raises(KeyError, match="toy"):
        worker.ask(fail)
    assert worker.ask(lambda model: model.card.name) == "toy"


def test_a_time_out_inside_the_work_is_its_own(worker: Worker):
    def fail(model: LanguageModel) -> None:
        raise TimeoutError("the disk is slow")

    with pytest.raises(TimeoutError, match="the disk is slow"):
        worker.ask(fail)


def test_a_model_that_does_not_open_is_tried_again():
    tries: list[int] = []

    def opener() -> LanguageModel:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("disk gone")
        return Toy()

    worker = Worker("moody", opener)
    with pytest.raises(OSError, match="disk gone"):
        worker.ask(lambda model: model)
    assert worker.ask(lambda model: model.card.name) == "toy"
    worker.close()


def test_a_deadline_is_kept_and_late_work_is_never_begun(worker: Worker):
    gate, begun = threading.Event(), []
    with ThreadPoolExecutor(1) as sessions:
        slow = hold(sessions, worker, gate)
        start = time.monotonic()
        with pytest.raises(TooBusy, match="toy did not answer within 0 seconds: shorten"):
            worker.ask(lambda _: begun.append(1), seconds=0.1)
        assert 0.1 <= time.monotonic() - start < 5
        gate.set()
        assert slow.result() is True
    assert worker.ask(lambda _: 7) == 7  # everything before it in the queue has been looked at
    assert begun == []


def test_a_closed_worker_refuses_who_waits_and_who_comes():
    worker, gate, begun = Worker("closing", Toy), threading.Event(), []
    with ThreadPoolExecutor(2) as sessions:
        inside = hold(sessions, worker, gate)
        waits = sessions.submit(worker.ask, lambda _: begun.append(1))
        while worker._jobs.qsize() != 1:
            time.sleep(0.001)
        worker.close()
        start = time.monotonic()
        with pytest.raises(TooBusy, match="closing is closed"):
            worker.ask(lambda _: begun.append(2))
        assert time.monotonic() - start < 5
        gate.set()
        assert inside.result() is True  # the work in hand is finished
        with pytest.raises(TooBusy, match="closed before it could answer"):
            waits.result()
    worker._thread.join(10)
    assert not worker._thread.is_alive()
    assert begun == []
