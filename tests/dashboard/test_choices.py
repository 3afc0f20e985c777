"""Choices and the keys of answers: every part of a question changes its key; nobody's text is a key."""

import itertools
from typing import Any

import pytest

from dashboard import cached, shelf
from dashboard.__main__ import main

QUESTION = ("next_words", "wiki-lstm", "one text", "log-prob", {"top": 10})
OTHERS = ("gradient_norm", "reviews-gpt", "another text", "logit", {"top": 11})


def test_every_part_of_a_question_is_in_its_key():
    keys = {cached.digest(*QUESTION)}
    for place, other in enumerate(OTHERS):
        changed: Any = [*QUESTION]
        changed[place] = other
        keys.add(cached.digest(*changed))
    assert len(keys) == len(OTHERS) + 1


def test_parts_do_not_run_into_one_another():
    pairs = itertools.permutations(["a", "ab", "b", ""], 2)
    keys = [cached.digest("next_words", "wiki-lstm", a, b, {}) for a, b in pairs]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 64 for key in keys)


def test_a_lone_surrogate_has_a_key():
    assert len(cached.digest("next_words", "wiki-lstm", "\ud800", "logit", {})) == 64


def test_unknown_model_is_refused():
    with pytest.raises(shelf.Refusal, match="choose one of wiki-lstm"):
        shelf.card("no-such")


def test_a_port_in_use_is_one_sentence_and_exit_code_2(capsys):
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["--port", str(port)]) == 2
    assert f"Port {port} is in use" in capsys.readouterr().err


def test_a_port_that_cannot_be_is_refused(capsys):
    assert main(["--port", "70000"]) == 2
    assert "does not exist" in capsys.readouterr().err
