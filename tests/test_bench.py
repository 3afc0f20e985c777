"""The bench's table says what was measured, and no more than that."""

import json
import math

import numpy as np
import pytest

from tests.bench import __main__ as front
from tests.bench import growth, peers, table
from tests.bench.table import Absent, Row, Way, race


def way(name: str, answer: list[float], **more) -> Way:
    return Way(name=name, work=lambda: np.array(answer), **more)


def test_a_ratio_stands_only_where_the_answers_agree():
    ours = way("ours", [1.0, -2.0])
    near, far = race("it", ours, [way("near", [1.0, -2.0001]), way("far", [1.0, -2.1])], rounds=3)
    assert near.ratio is not None and near.difference == pytest.approx(0.0001 / 2.0001)
    assert far.ratio is None and far.theirs is not None
    assert "answers differ by more than 0.0001: no ratio" in far.note
    assert far.cells()[4] == "–"


def test_answers_of_other_shapes_are_an_error_and_no_row():
    with pytest.raises(ValueError, match="cannot be compared"):
        race("it", way("ours", [1.0]), [way("peer", [1.0, 2.0])], rounds=1)


def test_the_bound_has_a_ratio_without_an_answer_and_no_other_way_has():
    bound, other = (
        way(name, [0.0], alike=None) for name in (f"{table.BOUND}: a forward", "another question")
    )
    rows = race("it", way("ours", [1.0]), [bound, other], rounds=1)
    assert rows[0].ratio is not None
    assert rows[1].ratio is None


def test_a_missing_peer_is_a_row_that_says_so(monkeypatch):
    (row,) = race("it", way("ours", [1.0]), [Absent("inseq", "not installed")], rounds=1)
    assert row.cells() == ("it", "–", "inseq", "–", "–", "not installed", "")
    monkeypatch.setitem(peers.PROJECTS, "no_such_peer", "no-such-peer")
    found = peers.found("no_such_peer")
    assert isinstance(found, Absent) and "not installed" in found.why


def test_figures_are_rounded_to_what_they_are_worth():
    assert [table.milliseconds(one) for one in (None, 0.05, 1.234, 12345.6)] == [
        "–",
        "50 µs",
        "1.2 ms",
        "12,346 ms",
    ]
    assert [table.times(one) for one in (None, 0.054, 4.66, 23.4)] == ["–", "0.05", "4.7", "23"]


def test_the_table_goes_between_its_marks_and_nowhere_else():
    page = f"before\n{table.START}\nold\n{table.END}\nafter"
    text = table.markdown([Row(what="a | b", ours=1.0, rounds=3)], "Machine.")
    written = table.between(page, text)
    assert written.startswith("before\n") and written.endswith("\nafter") and "old" not in written
    assert "a \\| b" in written
    with pytest.raises(ValueError, match="must hold"):
        table.between("no marks", text)


def test_the_exponent_of_a_power_is_that_power():
    sizes = (10, 100, 1000, 10_000)
    found, half = growth.slope(sizes, tuple(3.0 * size**1.5 for size in sizes))
    assert found == pytest.approx(1.5) and half == pytest.approx(0.0, abs=1e-6)
    # logs 0, 1, 2 and times e^0, e^1, e^1: slope 1/2, residuals -1/6, 1/3, -1/6, so s = sqrt(1/6 / 1 / 2)
    found, half = growth.slope((1, math.e, math.e**2), (1.0, math.e, math.e))
    assert found == pytest.approx(0.5)
    assert half == pytest.approx(
        12.7062 * math.sqrt(1 / 12), rel=1e-4
    )  # Student's t for one degree of freedom
    assert growth.slope((1, 10), (1.0, 10.0))[1] == math.inf


def test_a_quick_run_compares_equal_numbers_and_keeps_them(tmp_path, capsys):
    kept = tmp_path / "bench.json"
    assert (
        front.main(
            ["--quick", "--rounds", "1", "--tokens", "16", "--only", "leave_one_out", "--json", str(kept)]
        )
        == 0
    )
    rows = json.loads(kept.read_text())["rows"]
    compared = [row for row in rows if row["difference"] is not None]
    assert len(compared) == 2 and all(row["ratio"] and row["difference"] < 1e-4 for row in compared)
    assert "cores" in capsys.readouterr().out


def test_a_part_that_breaks_off_leaves_the_others_be(monkeypatch):
    def broken(_asked):
        yield Row(what="first", ours=1.0, rounds=1)
        raise RuntimeError("no browser")

    monkeypatch.setitem(front.ROWS, "broken", broken)
    rows = front.lines("broken", front.Asked())
    assert [row.what for row in rows] == ["first", "broken"]
    assert "RuntimeError: no browser" in rows[1].note


def test_an_unknown_name_is_refused_with_those_there_are(capsys):
    with pytest.raises(SystemExit):
        front.main(["--only", "nothing"])
    assert "choose among saliency" in capsys.readouterr().err
