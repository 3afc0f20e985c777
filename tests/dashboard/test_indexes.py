"""An index a reader starts: a process found by its name, stopped and gone on with, killed, and taken behind units."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard import indexes
from dashboard.processes import Busy
from dashboard.shelf import Refusal
from tests.dashboard.conftest import texts

TOLD = "text\n" + "\n".join(
    f"The cats sleep and {name} works behind the mill." for name in ("Mia", "Sofia") * 20
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An empty home for indexes; none outlives the test."""
    monkeypatch.setenv("UNDERHOOD_WORK", str(tmp_path / "home"))
    yield tmp_path / "home" / "indexes"
    for name, child in list(indexes.LINE.children.items()):
        indexes.discard(name)
        child.wait(10)


def started(held: str = TOLD, name: str = "mine.csv", column: str = "") -> str:
    return indexes.start("story-lstm", "story-lstm", (name, held.encode()), column)


def until(name: str, true: Callable[[Any], Any], seconds: float = 60.0) -> Any:
    """The index as soon as `true` of it."""
    end = time.monotonic() + seconds
    while not true(now := indexes.look(name)):
        assert time.monotonic() < end, now
        time.sleep(0.02)
    return now


def test_an_index_is_killed_gone_on_with_and_taken_behind_the_units(home: Path, opened):
    name = started()
    assert indexes.look(name).alive and len(name) == 22 and not indexes.folder(name)  # type: ignore[union-attr]
    until(name, lambda now: now.done >= 1)
    os.kill(indexes.LINE.children[name].pid, signal.SIGKILL)
    lost = until(name, lambda now: not now.alive)
    assert lost.state == "lost" and "SIGKILL" in lost.why
    kept = {path.name: path.stat().st_mtime_ns for path in (home / name / "index" / "shards").glob("[0-9]*")}
    page = opened("behind", model="story-lstm", index=name)
    assert "ended before its time" in texts(page) and not page.exception
    page = next(b for b in page.button if b.label == "Go on").click().run()
    done = until(name, lambda now: now.summary)
    after = {path.name: path.stat().st_mtime_ns for path in (home / name / "index" / "shards").glob("[0-9]*")}
    assert kept.items() <= after.items() and done.state == "done" and done.summary["texts"] == 40
    page = opened("behind", model="story-lstm", index=name)
    assert "story-lstm has read 40 texts (mine.csv)" in texts(page)
    page = opened("unit", model="story-lstm", text="The cat sleeps.", behind=name)
    assert not page.exception and "strong in these texts of yours?" in texts(page)
    assert "behind the mill" in texts(page)
    page = opened("unit", model="story-gpt", text="The cat sleeps.", behind=name)
    assert "in the bundled texts?" in texts(page), "an index of another model is not offered"


def test_stopping_keeps_what_is_done_and_only_one_runs(home: Path):
    name = started(TOLD * 6)
    with pytest.raises(Busy, match="Another index is made on this computer just now"):
        started()
    until(name, lambda now: now.done >= 1)
    indexes.stop(name)
    stopped = until(name, lambda now: not now.alive)
    assert stopped.state == "stopped" and 1 <= stopped.done < stopped.shards and stopped.why is None
    indexes.go_on(name)
    assert indexes.look(name).alive  # type: ignore[union-attr]
    indexes.discard(name)
    assert indexes.look(name) is None and not (home / name).exists()


def test_what_is_wrong_with_a_file_is_said_in_its_own_name(home: Path):
    now = until(started("one,two\n1,2\n"), lambda now: not now.alive)
    assert now.state == "lost" and now.why.startswith('mine.csv has no column "text" (it has one, two)')


def test_other_endings_and_a_full_disk_are_refused_and_leave_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(Refusal, match="ends in txt, csv, jsonl, parquet"):
        started(name="mine.docx")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Refusal, match=r"No space left on device.*: make room and try again"):
        started()
    assert not list(home.glob("*/*"))


def test_only_its_name_finds_it(home: Path):
    for other in (None, "", "x" * 22, "../" + "a" * 19, "lock"):
        assert indexes.look(other) is None and indexes.folder(other) == ""
    asked = {"model": "m", "opened": "m", "column": "", "title": "t", "file": "", "minutes": 0.0}
    line = indexes.command(home, asked)
    assert line[line.index("--texts") + 1] == "bundled" and "--column" not in line
