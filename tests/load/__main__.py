"""`python -m tests.load --readers 30 --minutes 10`: a class on one server; exit code 1 if anything was wrong.

Starts a dashboard, lets readers read (each looks at a page, thinks, goes on), and prints one table: how long they
waited, what memory the server took and how it grew, and every mistake: an error on a page or in the log, another
reader's text, a page that differs from the same page asked alone of a second dashboard. Times count only on a machine
that does nothing else: the table says how busy it was.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dashboard import headless
from tests.load.crowd import Plan, Seen, alone, crowd, traces

WARM = 15.0  # seconds in which a server imports its libraries
SLOWEST = 12  # of the answers, told with what was asked


@contextmanager
def served(log: Path, work: Path, port: int) -> Iterator[subprocess.Popen]:
    """A dashboard on a port; its process."""
    command = [sys.executable, "-m", "dashboard", "--port", str(port), "--work", str(work)]
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=headless.ROOT, stdout=file, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + headless.PATIENCE_S
        while not headless.answers(f"http://localhost:{port}"):
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"The dashboard did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.1)
        yield process
    finally:
        headless.end(process)


def share(values: Sequence[float], part: float) -> float:
    """The value that this part of all values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else float("nan")


def slope(memory: Sequence[tuple[float, float]]) -> float:
    """MB a minute over the second half: a straight line by least squares."""
    late = list(memory)[len(memory) // 2 :]
    if len(late) < 3:
        return 0.0
    return 60 * statistics.linear_regression(*zip(*late, strict=True)).slope


def table(seen: Seen, wrong: list[str]) -> str:
    """Everything in one table."""
    memory = [size for _, size in seen.memory] or [float("nan")]
    rows = [
        ("visits", f"{len(seen.whole)}", ""),
        (
            "first message",
            f"{share(seen.first, 0.5):.2f} s",
            f"95 %: {share(seen.first, 0.95):.2f} s (below 1)",
        ),
        (
            "answer",
            f"{share(seen.answer, 0.5):.2f} s (below 1.5)",
            f"95 %: {share(seen.answer, 0.95):.2f} s (below 3), longest {max(seen.answer, default=0):.1f} s",
        ),
        (
            "whole page",
            f"{share(seen.whole, 0.5):.2f} s",
            f"95 %: {share(seen.whole, 0.95):.2f} s, longest {max(seen.whole, default=0):.1f} s",
        ),
        (
            "memory of the server",
            f"{memory[0]:.0f} MB first, {memory[-1]:.0f} MB last",
            f"most {max(memory):.0f} MB (below 2,000), {slope(seen.memory):+.1f} MB a minute in the second half",
        ),
        ("machine", f"{statistics.mean(seen.load or [0]):.1f} processes running or waiting", ""),
        ("asked again alone", f"{sum(map(len, seen.kept))} pages", ""),
        ("mistakes", str(len(wrong)), ""),
    ]
    views = sorted(seen.by_view.items(), key=lambda one: -share(one[1], 0.95))
    slow = [
        (f"  {view}", f"{share(took, 0.5):.2f} s", f"95 %: {share(took, 0.95):.2f} s of {len(took)}")
        for view, took in views
    ]
    longest = [
        (f"  {took:.1f} s to the answer of", said, "") for took, said in sorted(seen.waits)[-SLOWEST:][::-1]
    ]
    lines = [f"{name:24}{middle:44}{rest}".rstrip() for name, middle, rest in [*rows, *slow, *longest]]
    return "\n".join([*lines, *(f"- {said}" for said in wrong[:40])])


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--readers", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--think", type=float, nargs=2, default=(5.0, 20.0), help="seconds between actions")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alone", type=int, default=20, help="how many sittings are had again alone (20)")
    parser.add_argument("--port", type=int, default=0, help="where to listen (any free port)")
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        logs = [Path(folder) / f"{name}.txt" for name in ("many", "one")]
        port = asked.port or headless.free_port()
        with served(logs[0], Path(folder) / "work", port) as process:
            time.sleep(WARM)
            plan = Plan(
                port=port, pid=process.pid, readers=asked.readers, seconds=60 * asked.minutes,
                think=(asked.think[0], asked.think[1]), seed=asked.seed, keep=asked.alone,
            )  # fmt: skip
            seen = asyncio.run(crowd(plan))
        with served(logs[1], Path(folder) / "work2", port):
            apart = asyncio.run(alone(port, seen.kept))
        wrong = [*seen.mistakes, *apart, *traces(logs[0])]
    print(table(seen, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
