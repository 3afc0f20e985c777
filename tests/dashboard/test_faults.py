"""The server is killed, a page is loaded anew, the clock is set, the disk is full, files rot: what the page says."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dashboard import indexes, jobs, processes
from dashboard.processes import ROOT, Refusal
from tests.dashboard import test_indexes, test_jobs
from tests.dashboard.conftest import texts
from tests.dashboard.test_jobs import stands, started, until

home = test_jobs.home  # fixtures: an empty home for trainings, and one for indexes
shelf = test_indexes.home
LONG = 100.0  # seconds
SERVER = """
import os, sys, time
from pathlib import Path
from dashboard import indexes
os.setpriority = lambda *_: None
print(indexes.start("story-lstm", "story-lstm", ("mine.csv", Path(sys.argv[1]).read_bytes()), ""), flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def not_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that readers start come after everything else on the machine; not here, or a test waits long."""
    monkeypatch.setattr(os, "setpriority", lambda *_: None)


def of(found: Any, label: str) -> Any:
    """The button of a page with this label."""
    return next(button for button in found.button if button.label == label)


@pytest.mark.timeout(300)
def test_a_killed_server_costs_a_reader_nothing(shelf: Path, tmp_path: Path, opened):
    """kill -9 of the server while an index is made: the next server finds it, at work or finished."""
    (tmp_path / "mine.csv").write_text(test_indexes.TOLD * 3)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path / "mine.csv")], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert server.stdout is not None
    name = server.stdout.readline().strip()
    test_indexes.until(name, lambda now: now.done >= 1, LONG)
    os.kill(server.pid, signal.SIGKILL)
    server.communicate()
    now = indexes.look(name)
    assert now is not None and now.alive  # it goes on without its server
    page = opened(
        "behind", model="story-lstm", index=name
    )  # as a reload does: a new session, the same address
    assert not page.exception and "of 15 parts" in texts(page) + " ".join(
        p.proto.text for p in page.get("progress")
    )
    done = test_indexes.until(name, lambda now: not now.alive, LONG)
    assert done.state == "done" and done.summary["texts"] == 120
    page = opened("behind", model="story-lstm", index=name)
    assert "story-lstm has read 120 texts (mine.csv)" in texts(page)


def test_a_page_loaded_anew_in_the_middle_finds_its_training(home: Path, opened):
    name = started()
    seen = []
    for _ in range(2):
        page = opened("training", job=name)
        assert not page.exception and page.query_params["job"] == name
        seen.append(len(stands(name).points))
        until(name, lambda job: len(job.points) > seen[-1])
    assert seen[1] > seen[0]  # it went on meanwhile
    os.kill(test_jobs.pid(name), signal.SIGKILL)
    until(name, lambda job: not job.alive)
    assert "was ended from outside" in texts(opened("training", job=name))


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_is_set_ends_no_training_and_forgets_none(
    home: Path, monkeypatch: pytest.MonkeyPatch, hours: int
):
    real = time.time
    monkeypatch.setattr(jobs.LINE, "kept", 2)
    for _ in range(2):
        jobs.finish(name := started())
        until(name, lambda job: not job.alive)
    name = started()
    (home / name / "job.json").touch()
    monkeypatch.setattr(time, "time", lambda: real() + 3600 * hours)
    job = stands(name)
    assert job.state == "learning" and 0 <= job.seconds <= job.points[-1]["seconds"] + 60
    with pytest.raises(processes.Busy, match=r"in about [1-3] minutes"):
        jobs.start("story-lstm", 1, 1)
    jobs.discard(name)
    for path in home.glob("*/job.json"):  # as if those before had been written in the future
        os.utime(path, (real() + 7200, real() + 7200))
    assert stands(started()).alive  # and not taken for the oldest


def test_a_disk_that_is_full_when_a_training_goes_on_loses_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    name = started()
    os.kill(test_jobs.pid(name), signal.SIGKILL)
    lost = until(name, lambda job: not job.alive)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as now:
        now.setattr(os, "fsync", full)
        with pytest.raises(Refusal, match=r"No space left on device.*make room and try again"):
            jobs.LINE.go_on(name, jobs.command)
        with pytest.raises(Refusal, match="No space left on device"):
            jobs.start("story-lstm", 1, 1)
    assert len(stands(name).points) == len(lost.points) and len(list(home.glob("*/job.json"))) == 1
    assert not list(home.glob("*/.*.tmp"))
    jobs.finish(name)
    assert until(name, lambda job: not job.alive).state == "done"


@pytest.mark.parametrize("held", ["", "{", "[]", "null", "\x00\x00", '{"curve": [], "seconds": 3}'])
def test_a_file_of_a_job_that_is_not_whole_is_no_trace(home: Path, opened, held: str):
    name = started()
    os.kill(test_jobs.pid(name), signal.SIGKILL)
    until(name, lambda job: not job.alive)
    (home / name / "story-lstm" / "history.json").write_text(held)
    page = opened("training", job=name)
    assert not page.exception and "was ended from outside" in texts(page)
    (home / name / "job.json").write_text("{" if held.startswith('{"') else held)
    assert jobs.look(name) is None
    page = opened("training", job=name)
    assert not page.exception and "Train a small model" in texts(page)


@pytest.mark.timeout(300)
def test_a_damaged_file_of_an_index_is_said_and_made_again(shelf: Path, opened):
    name = test_indexes.started()
    done = test_indexes.until(name, lambda now: now.summary, LONG)
    for file in ("progress.json", "job.json", "summary.json"):
        path = shelf / name / "index" / file
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        page = opened("behind", model="story-lstm", index=name)
        assert not page.exception
        if file != "summary.json":  # which alone says that it is finished
            path.write_bytes(whole)
    now = indexes.look(name)
    assert now is not None and now.state == "lost" and "ended before its time" in texts(page)
    of(page, "Go on").click().run()
    again = test_indexes.until(name, lambda now: now.summary, LONG)
    assert again.summary == done.summary
