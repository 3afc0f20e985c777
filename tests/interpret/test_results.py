"""Results: finite, read-only, strict JSON, tables, sentences, and flags for what looks degenerate."""

import json
import math
from typing import Any

import numpy as np
import pytest

from interpret.results import Asked, Check, NotFinite, TokenGrid, TokenScores
from interpret.sentences import odd

TEXT = "the dogs' run"
SHARED: dict[str, Any] = {
    "method": "made_up",
    "model": "toy",
    "model_sha256": "ab" * 32,
    "text": TEXT,
    "tokens": ("", "the", " dog", "s'", " run"),
    "spans": np.array([[0, 0], [0, 3], [3, 7], [7, 9], [9, 13]]),
    "words": np.array([0, 1, 2, 2, 3]),
    "unit": "nats",
    "signed": True,
    "check": Check(name="gap", value=0.25, limit=1.0, unit=" %"),
    "options": {"steps": 8},
    "notes": ("a note",),
}
ONE = Asked(measure="log-prob", places=(5,), tokens=(9,), shown=(" fast",), summed=True)
TWO = Asked(measure="logit", places=(4, 5), tokens=(7, 9), shown=(" run", " fast"))


def scores(**changed: Any) -> TokenScores:
    values = np.array([0.0, 0.5, -2.0, 0.75, 3.0])
    return TokenScores(**{**SHARED, "asked": ONE, "values": values, "total": -1.5, **changed})


def grid(**changed: Any) -> TokenGrid:
    values = np.array([[0.0, 1.0, 2.0, 3.0, 0.0], [0.0, 4.0, -5.0, 6.0, 7.5]])
    totals = np.array([-1.5, 8.5])
    return TokenGrid(**{**SHARED, "asked": TWO, "values": values, "totals": totals, **changed})


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_refused_wherever_they_stand(wrong: float):
    for made in (
        lambda: scores(values=np.array([0.0, wrong, 1.0, 2.0, 3.0])),
        lambda: scores(total=wrong),
        lambda: scores(check=Check(name="gap", value=wrong)),
        lambda: grid(totals=np.array([1.0, wrong])),
    ):
        with pytest.raises(NotFinite, match="made_up: the numbers are not finite"):
            made()


def test_numbers_are_read_only_and_their_maker_may_go_on_writing():
    values = np.array([0.0, 0.5, -2.0, 0.75, 3.0])
    found = scores(values=values)
    values[1] = 9.0
    assert found.values[1] == 0.5
    for array in (found.values, found.spans, found.words, grid().totals):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_json_is_strict_and_comes_back_whole():
    found = scores()
    read = json.loads(json.dumps(found.to_json(), allow_nan=False))
    keys = "schema method model model_sha256 text tokens spans target dims values unit signed check options"
    assert set(keys.split()) <= set(read)
    assert (read["schema"], read["dims"], read["values"]) == (1, ["token"], [0, 0.5, -2, 0.75, 3])
    assert [read["text"][a:b] for a, b in read["spans"]] == read["tokens"]
    assert read["target"]["measure"] == "log-prob"
    assert (read["target"]["places"], read["target"]["shown"]) == ([5], [" fast"])
    assert (read["check"]["value"], read["check"]["limit"], read["check"]["passed"]) == (0.25, 1, True)
    assert (read["unit"], read["signed"], read["options"]) == ("nats", True, {"steps": 8})
    assert read["notes"] == ["a note"]


def test_json_of_a_grid():
    read = json.loads(json.dumps(grid().to_json(), allow_nan=False))
    assert read["dims"] == ["target", "token"]
    assert read["values"][1] == [0, 4, -5, 6, 7.5]
    assert read["totals"] == [-1.5, 8.5]


def test_a_table_has_one_number_a_row():
    frame = scores().to_frame()
    assert frame["score"].tolist() == [0, 0.5, -2, 0.75, 3]
    assert [TEXT[a:b] for a, b in zip(frame["start"], frame["end"], strict=True)] == [*SHARED["tokens"]]
    table = grid().to_frame()
    assert len(table) == 10
    row = table.iloc[7].to_dict()
    assert (row["target"], row["target_shown"]) == (5, " fast")
    assert (row["token"], row["shown"], row["score"], row["unit"]) == (2, " dog", -5, "nats")


def test_in_words_adds_the_pieces_of_a_word():
    # dogs' = -2 + 0.75 = -1.25; run 3; the 0.5
    assert scores().in_words() == (
        "The log-probability of “fast” was made likelier by “run” (+3.00), “the” (+0.50)"
        " and made less likely by “dogs'” (−1.25)."
    )
    # unsigned: dogs' 2 + 0.75 of 6.25 = 44 %, run 48 %, the 8 %
    unsigned = scores(values=np.abs(scores().values), signed=False)
    assert unsigned.in_words() == (
        "The log-probability of “fast” depends most on “run” (48\u00a0%), “dogs'” (44\u00a0%), “the” (8\u00a0%)."
    )


def test_in_words_of_a_row():
    # dogs' = 2 + 3 = 5; the 1
    assert grid().in_words(0) == "“run” was made likelier by “dogs'” (+5.00), “the” (+1.00)."
    only_down = grid(values=-np.abs(grid().values))
    assert only_down.in_words(0) == "“run” was made less likely by “dogs'” (−5.00), “the” (−1.00)."


def test_in_words_calls_the_start_mark_by_name():
    values = np.array([2.0, 0.0, 0.0, 0.0, 0.0])
    assert scores(values=values).in_words().endswith("likelier by the start of the text (+2.00).")


def test_a_check_says_whether_it_passed():
    assert Check(name="gap", value=0.25, limit=1.0).passed
    assert not Check(name="gap", value=1.25, limit=1.0).passed
    assert Check(name="gap", value=99.0).passed  # without a limit nothing is promised
    assert "0.25\u00a0%" in Check(name="gap", value=0.25, limit=1.0, unit=" %").in_words()
    assert "too much" in Check(name="gap", value=1.25, limit=1.0).in_words()


ODD = {
    "all zero": ([[0.0, 0.0], [0.0, 0.0]], ["Every score is 0"]),
    "one row zero": ([[0.0, 0.0, 0.0], [1.0, -2.0, 3.0]], ["For 1 of 2 tokens"]),
    "all on one token": (
        [[9.0, 0.0, 0.0], [0.0, -7.0, 0.001], [0.0, 0.0, 5.0]], ["All the weight of every row"]
    ),
    "one row spread": ([[9.0, 0.0, 0.0], [0.0, -7.0, 1.0], [0.0, 0.0, 5.0]], []),
    "one row alone": ([[0.0, 4.0, 0.0]], []),
    "ordinary": ([[1.0, 2.0, 3.0], [4.0, -5.0, 6.0]], []),
}  # fmt: skip


@pytest.mark.parametrize(("values", "sentences"), ODD.values(), ids=ODD)
def test_degenerate_scores_are_flagged(values: list[list[float]], sentences: list[str]):
    found = list(odd(np.array(values)))
    assert len(found) == len(sentences)
    for said, begin in zip(found, sentences, strict=True):
        assert said.startswith(begin)


@pytest.mark.parametrize(
    ("value", "limit", "said"),
    [
        (100.0, None, "x: 100."),
        (-0.361, 0.5, "x: −0.36;"),
        (0.0001, 0.5, "x: less than 0.0005;"),
        (1e-9, None, "x: 10⁻⁹."),
    ],
)
def test_a_check_writes_numbers_as_a_reader_does(value: float, limit: float | None, said: str):
    assert Check(name="x", value=value, limit=limit).in_words().startswith(said)
