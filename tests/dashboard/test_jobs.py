"""A training as a process: found by its name, one at a time, ended in every way a process can end."""

import json
import os
import signal
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard import jobs
from dashboard.processes import ROOT, Busy
from dashboard.shelf import Refusal

FAKE = Path(__file__).with_name("fake_training.py")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home for trainings, whose trainings are fakes; none outlives the test."""
    monkeypatch.setenv("UNDERHOOD_WORK", str(tmp_path / "home"))
    monkeypatch.setattr(
        jobs, "command", lambda job, asked: [sys.executable, str(FAKE), str(job), asked["recipe"]]
    )
    yield tmp_path / "home"
    for name, child in list(jobs.LINE.children.items()):
        jobs.discard(name)
        child.wait(10)


def started(recipe: str = "story-lstm") -> str:
    """A training that has drawn a few points of its curve."""
    name = jobs.start(recipe, 3, 1)
    until(name, lambda job: len(job.points) >= 2)
    return name


def stands(name: str) -> Any:
    """The training, which must be there."""
    job = jobs.look(name)
    assert job is not None
    return job


def until(name: str, true: Callable[[Any], Any], seconds: float = 20.0) -> Any:
    """The training as soon as `true` of it."""
    end = time.monotonic() + seconds
    while not true(job := stands(name)):
        assert time.monotonic() < end, job
        time.sleep(0.02)
    return job


def pid(name: str) -> int:
    return jobs.LINE.children[name].pid


def test_a_training_learns_finishes_and_leaves_a_model(home):
    name = jobs.start("story-gpt", 3, 7)
    assert stands(name).alive
    job = until(name, lambda job: job.points)
    assert (job.state, job.kind, job.minutes, job.seed) == ("learning", "transformer", 3, 7)
    assert job.points[0]["held_out_nats"] == pytest.approx(6.5) and job.points[0]["given"] == 8
    jobs.finish(name)
    done = until(name, lambda job: not job.alive)
    assert done.state == "done" and done.why is None
    assert done.folder == home / name / "out" and (done.folder / "card.json").is_file()
    jobs.finish(name)
    assert stands(name).state == "done", "what is done is not begun again"


def test_only_its_name_finds_it_and_only_its_owner_reads_it(home):
    name = started()
    assert len(name) == 22
    for other in (None, "", "x" * 22, name[:-1], f"../home/{name}", "../" + "a" * 19, "lock"):
        assert jobs.look(other) is None
    for path in (home, home / name):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_one_at_a_time_and_the_next_when_it_has_ended(home):
    first = started()
    with pytest.raises(Busy, match="try again in about 3 minutes"):
        jobs.start("story-lstm", 1, 1)
    assert len(jobs.LINE.folders()) == 1, "what was refused leaves nothing behind"
    jobs.discard(first)
    second = started()
    assert jobs.look(first) is None and stands(second).alive


def test_cancelling_ends_the_whole_group_and_leaves_nothing(home):
    name = started()
    process = jobs.LINE.children[name]
    assert os.getpgid(process.pid) == process.pid != os.getpgid(0)
    assert os.getpriority(os.PRIO_PROCESS, process.pid) >= 10
    jobs.discard(name)
    assert process.wait(5) == -signal.SIGKILL
    assert jobs.look(name) is None and not (home / name).exists()


def test_a_killed_training_says_so_and_keeps_what_it_had(home):
    name = started()
    os.kill(pid(name), signal.SIGKILL)
    job = until(name, lambda job: not job.alive)
    assert job.state == "lost" and "SIGKILL" in job.why
    had = len(job.points)
    jobs.finish(name)
    done = until(name, lambda job: not job.alive)
    assert done.state == "done" and len(done.points) == had


def test_a_refusal_is_shown_and_a_trace_is_not(home, monkeypatch):
    for code, shown in ((2, "Do this instead."), (1, "has written it to its log")):
        said = f"print('a trace'); print('Do this instead.'); raise SystemExit({code})"
        monkeypatch.setattr(jobs, "command", lambda *_, said=said: [sys.executable, "-c", said])
        name = jobs.start("story-lstm", 1, 1)
        job = until(name, lambda job: not job.alive)
        assert job.state == "lost" and shown in job.why and "a trace" not in job.why


def test_another_dashboard_finds_it_still_running(home, monkeypatch):
    name = started()
    monkeypatch.setattr(jobs.LINE, "children", children := dict(jobs.LINE.children))
    child = jobs.LINE.children.pop(name)  # a server started anew knows no processes
    assert stands(name).state == "learning"
    with pytest.raises(Busy):
        jobs.start("story-lstm", 1, 1)
    jobs.discard(name)
    assert child.wait(5) == -signal.SIGKILL and not children


def test_a_dashboard_that_was_closed_meanwhile_is_said(home):
    name = started()
    child = jobs.LINE.children.pop(name)
    child.kill()
    child.wait()
    assert "was closed" in stands(name).why


def test_a_stuck_training_makes_place(home):
    name = started()
    asked = home / name / "job.json"
    asked.write_text(json.dumps({**json.loads(asked.read_text()), "began": time.monotonic() - 3600}))
    after = started()
    assert stands(after).alive and not stands(name).alive


def test_only_the_newest_are_kept(home, monkeypatch):
    monkeypatch.setattr(jobs.LINE, "kept", 2)
    names = []
    for number in range(3):
        name = started()
        os.utime(home / name / "job.json", (number, number))
        jobs.finish(name)
        until(name, lambda job: not job.alive)
        names.append(name)
    kept = [jobs.look(name) is not None for name in names]
    assert kept == [False, True, True]


@pytest.mark.parametrize(
    "asked", [("wiki-lstm", 1, 1), ("story-lstm", 60, 1), ("story-lstm", 1, 0), ("story-lstm", 1, "1")]
)
def test_what_the_page_does_not_offer_is_refused(home, asked):
    with pytest.raises(Refusal, match="choose from the page"):
        jobs.start(*asked)
    assert not home.exists()


def test_a_home_of_somebody_else_is_refused(home, monkeypatch):
    home.mkdir()
    monkeypatch.setattr(os, "getuid", lambda: home.stat().st_uid + 1)
    with pytest.raises(Refusal, match="--work"):
        jobs.home()


def test_the_command_is_the_recipes_own(tmp_path):
    from models.__main__ import arguments

    for recipe in jobs.RECIPES:
        line = jobs.command(tmp_path, {"recipe": recipe, "minutes": 1, "seed": 3})
        read = arguments().parse_args(line[3:])
        assert (read.model, read.minutes, read.seed, read.threads, read.size) == (recipe, 1.0, 3, 1, "tiny")
        assert (ROOT / "models" / "train" / f"{recipe.replace('-', '_')}.py").is_file()
        assert read.out == tmp_path / "out" and read.work == tmp_path
