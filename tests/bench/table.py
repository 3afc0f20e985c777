"""The bench's one table: what is measured, ours, a peer's, their ratio; ways that take turns on equal inputs.

A ratio is the median of the rounds' ratios, each of two runs that stood beside one another, and is printed only
where both came to the same answer. Seconds are of this process's CPU unless a row says otherwise.
"""

import datetime
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

HEADER = ("what", "ours", "beside", "theirs", "ratio", "largest difference", "rounds")
START, END = "<!-- bench -->", "<!-- /bench -->"
BOUND = "the bound"


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to an answer: `work` gives it as an array, `warm` is run once before anything is timed.

    `alike` is how far its answer may be from ours, as a share of its own largest number; None where the two are no
    answers to one question, and `note` says why.
    """

    name: str
    work: Callable[[], Any]
    warm: Callable[[], Any] | None = None
    alike: float | None = 1e-4
    note: str = ""


@dataclass(frozen=True)
class Absent:
    """A peer that cannot take part, and why."""

    name: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line. Milliseconds; `ratio` is how many times longer the other one takes."""

    what: str
    ours: float | None = None
    beside: str = ""
    theirs: float | None = None
    ratio: float | None = None
    difference: float | None = None
    rounds: int = 0
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        """The line's cells; a line without figures says why in the last but one."""
        told = "" if self.difference is None else f"{self.difference:.0e}"
        return (
            self.what, milliseconds(self.ours), self.beside, milliseconds(self.theirs), times(self.ratio),
            "; ".join(part for part in (told, self.note) if part), str(self.rounds) if self.rounds else "",
        )  # fmt: skip


def milliseconds(value: float | None) -> str:
    if value is None:
        return "–"
    if value < 0.1:
        return f"{1000 * value:.0f} µs"
    return f"{value:.2g} ms" if value < 10 else f"{value:,.0f} ms"


def times(ratio: float | None) -> str:
    if ratio is None:
        return "–"
    return f"{ratio:.2f}" if ratio < 1 else (f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}")


def lap(work: Callable[[], Any], clock: Callable[[], float] = time.process_time) -> tuple[float, Any]:
    """Milliseconds of one run by a clock, and its answer."""
    started = clock()
    answer = work()
    return 1000 * (clock() - started), answer


def difference(ours: Any, theirs: Any) -> float:
    """The largest difference, as a share of the largest number of theirs.

    Raises:
        ValueError: The two have other shapes.
    """
    one, other = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if one.shape != other.shape:
        raise ValueError(f"answers of shapes {one.shape} and {other.shape} cannot be compared")
    return float(np.abs(one - other).max() / max(np.abs(other).max(), 1e-30))


def race(what: str, ours: Way, others: Sequence[Way | Absent], rounds: int) -> list[Row]:
    """One line for each of the others, against ours; all take turns, round by round."""
    present = [other for other in others if isinstance(other, Way)]
    for way in (ours, *present):
        (way.warm or way.work)()
    laps: dict[str, list[float]] = {way.name: [] for way in (ours, *present)}
    answers: dict[str, Any] = {}
    for _ in range(rounds):
        for way in (ours, *present):
            took, answers[way.name] = lap(way.work)
            laps[way.name].append(took)
    return [
        beside(what, ours, other, laps, answers)
        if isinstance(other, Way)
        else Row(what=what, beside=other.name, note=other.why)
        for other in others
    ] or [Row(what=what, ours=statistics.median(laps[ours.name]), rounds=rounds, note=ours.note)]


def beside(
    what: str, ours: Way, other: Way, laps: dict[str, list[float]], answers: dict[str, Any]
) -> Row:  # fmt: skip
    """The line of one peer: no ratio where the answers differ."""
    mine, theirs = laps[ours.name], laps[other.name]
    far = None if other.alike is None else difference(answers[ours.name], answers[other.name])
    agree = other.name.startswith(BOUND) if far is None or other.alike is None else far <= other.alike
    ratio = statistics.median(b / a for a, b in zip(mine, theirs, strict=True)) if agree else None
    note = other.note
    if far is not None and not agree:
        note = f"answers differ by more than {other.alike:g}: no ratio. {note}".strip()
    return Row(
        what=what, ours=statistics.median(mine), beside=other.name, theirs=statistics.median(theirs),
        ratio=ratio, difference=far, rounds=len(mine), note=note,
    )  # fmt: skip


def plain(rows: Iterable[Row]) -> str:
    """The table as a terminal shows it."""
    lines = [HEADER, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def markdown(rows: Iterable[Row], about: str) -> str:
    """The table as the README holds it."""
    lines = [HEADER, ("---",) * len(HEADER), *(row.cells() for row in rows)]
    table = ("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
    return "\n".join([about, "", *table])


def between(page: str, text: str) -> str:
    """A page with what stands between the two marks written anew.

    Raises:
        ValueError: The marks are not there.
    """
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise ValueError(f"The page must hold {START} and, below it, {END}; the table goes between them.")
    return f"{before}{START}\n{text}\n{END}{after}"


def processor() -> str:
    """The processor's name where the system tells it."""
    try:
        known = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        return next(
            line.partition(":")[2].strip() for line in known.splitlines() if line.startswith("model name")
        )
    except (OSError, StopIteration):
        return platform.machine()


def load() -> float:
    """How many processes want a core, for each core."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def about(began: float, threads: int) -> str:
    """Machine, date and load, in one sentence. `began`: the load when the run began."""
    import torch

    return (
        f"{processor()}, {os.cpu_count()} cores, {threads} thread{'s' * (threads != 1)}, torch "
        f"{torch.__version__}, Python {platform.python_version()}, {datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d}; "
        f"load for each core {began:.1f} at the beginning and {load():.1f} at the end. Medians of CPU milliseconds."
    )
