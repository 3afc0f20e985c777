"""One worker per model: eight sessions, every method, a thousand calls, and each gets its own numbers.

The same calls without a worker must go wrong, or else this would prove nothing.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import models
from interpret import explain, find, record
from models.base import LanguageModel
from models.refusals import Refusal
from models.worker import Worker
from tests import tiny

THREADS, CALLS = 8, 500  # of each kind of model
TEXTS = (
    "the keys to the cabinet",
    "a small dog ran to",
    "nobody near the old table saw",
    "don't ask the keeper why",
)
SLOW = {"factors", "more_like_this", "ablate", "unit", "memory", "counterfactual", "write_on"}  # twice each
Call = tuple[str, str]


@pytest.fixture(params=["lstm", "gpt2"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Any]:
    """Opens a random model of a kind; each opening has the same weights."""
    if request.param == "lstm":
        return lambda: tiny.lstm_model(tmp_path)
    folder = tiny.huggingface_folder(tmp_path / "gpt2", "gpt2")
    return lambda: models.load(folder)


def plain(found: Any) -> Any:
    """A Result as nested tuples, bytes and numbers, to be compared exactly."""
    if is_dataclass(found):
        return tuple(plain(getattr(found, field.name)) for field in fields(found))
    if isinstance(found, np.ndarray):
        return found.shape, np.nan_to_num(found).tobytes() if found.dtype.kind == "f" else found.tolist()
    if isinstance(found, dict):
        return tuple((key, plain(value)) for key, value in found.items())
    return tuple(map(plain, found)) if isinstance(found, tuple | list) else repr(found)


def answer(model: LanguageModel, call: Call) -> Any:
    """What a method says of a text; a refusal is an answer, too."""
    method, text = call
    try:
        return plain(explain(record(model, text), method))
    except Refusal as refusal:
        return str(refusal)


def calls(model: LanguageModel) -> list[Call]:
    """Every method this model is offered, for every text; the slow ones twice."""
    offered = [name for name, method in find().items() if not method.refusal(model.card)]
    quick = [(name, text) for name in offered if name not in SLOW for text in TEXTS]
    slow = [(name, TEXTS[n % len(TEXTS)]) for name in offered if name in SLOW for n in range(2)]
    drawn = random.Random(11)
    found = [*slow, *quick, *drawn.choices(quick, k=CALLS)][:CALLS]
    drawn.shuffle(found)
    assert {name for name, _ in found} == set(offered)
    return found


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_eight_sessions_ask_every_method_and_each_gets_its_own_numbers(opener: Callable[[], Any]):
    alone, worker = opener(), Worker("shared", opener)
    asked = calls(alone)
    expected = {call: answer(alone, call) for call in dict.fromkeys(asked)}
    assert len({repr(said) for said in expected.values()}) > len(expected) // 2  # they can be told apart
    with ThreadPoolExecutor(THREADS) as sessions:
        found = sessions.map(lambda call: worker.ask(lambda model: answer(model, call), 100), asked)
        wrong = [call for call, said in zip(asked, found, strict=True) if said != expected[call]]
    worker.close()
    assert len(asked) == CALLS and wrong == []


def captured(network: Any, ids: torch.Tensor, met: threading.Barrier | None) -> torch.Tensor:
    """What a hook sees of one pass: the way in which shared models went wrong elsewhere."""
    seen: list[torch.Tensor] = []
    handle = network.register_forward_hook(lambda _module, _given, out: seen.append(out))
    try:
        if met:
            met.wait(20)  # all have hung up their hooks
        network(ids)
        if met:
            met.wait(20)
        return torch.cat([one.flatten() for one in seen])
    finally:
        handle.remove()


def test_without_the_worker_sessions_get_each_others_numbers():
    torch.manual_seed(3)
    network = torch.nn.Linear(4, 4)
    texts = torch.randn(THREADS, 1, 4)
    expected = [captured(network, text, None) for text in texts]
    met = threading.Barrier(THREADS)

    def wrong(ask: Callable[[torch.Tensor], torch.Tensor]) -> int:
        with ThreadPoolExecutor(THREADS) as sessions:
            found = list(sessions.map(ask, texts))
        return sum(not torch.equal(one, other) for one, other in zip(found, expected, strict=True))

    assert wrong(lambda text: captured(network, text, met)) == THREADS  # the control
    shared: Any = network
    worker = Worker("hooked", lambda: shared)
    assert wrong(lambda text: worker.ask(lambda held: captured(held, text, None))) == 0
    worker.close()


def test_a_wrong_number_is_told_from_a_right_one(opener: Callable[[], Any]):
    model = opener()
    said = [answer(model, ("gradient_times_input", text)) for text in TEXTS[:2]]
    assert said[0] != said[1] and said[0] == answer(opener(), ("gradient_times_input", TEXTS[0]))
