"""What is lost when machines fail: Dask's scheduler is killed, kept maps rot, the disk is full."""

import errno
import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.headless import free_port
from interpret.corpus import job
from interpret.grammar import resumed
from interpret.space import maps
from models.refusals import Refusal
from tests.interpret.corpus.test_job import digest, planned


@pytest.mark.timeout(120)
def test_a_killed_dask_scheduler_is_said_and_what_is_done_is_kept(tmp_path: Path):
    from interpret.corpus.cluster import engine

    address = f"tcp://127.0.0.1:{free_port()}"
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    run = [sys.executable, "-m"]
    host = ["--host", "127.0.0.1", "--port", address.rsplit(":", 1)[1], "--no-dashboard"]
    scheduler = subprocess.Popen([*run, "distributed.cli.dask_scheduler", *host], **quiet)
    worker = subprocess.Popen(
        [*run, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
         "--death-timeout", "5"], **quiet,
    )  # fmt: skip
    folder = planned(tmp_path / "job")

    def kill(now: job.Progress) -> None:
        if now.done == 1:
            os.kill(scheduler.pid, signal.SIGKILL)

    try:
        with pytest.raises(Refusal, match=r"The Dask scheduler at .* was lost: what is done is kept"):
            job.run(folder, engine(scheduler=address, patience=5), heard=kill)
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()
    kept = {path.name: path.stat().st_mtime_ns for path in (folder / "shards").glob("[0-9]*")}
    assert kept and not (folder / "summary.json").exists()
    job.run(folder)  # without Dask
    after = {path.name: path.stat().st_mtime_ns for path in (folder / "shards").glob("[0-9]*")}
    assert kept.items() <= after.items()
    job.run(planned(tmp_path / "other"))
    assert digest(folder) == digest(tmp_path / "other")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A map as it is kept on the disk."""
    path = tmp_path / "map.npz"
    maps._write(path, np.random.default_rng(0).normal(size=(1, 300, 2)), {"sha256": "x"}, np.float32)
    return path


def test_of_400_flipped_bits_in_a_kept_map_none_is_believed(kept: Path):
    whole, good = kept.read_bytes(), maps._read(kept)
    assert good is not None
    lots, believed = random.Random(0), 0
    for _ in range(400):
        held = bytearray(whole)
        held[lots.randrange(len(held))] ^= 1 << lots.randrange(8)
        kept.write_bytes(held)
        found = maps._read(kept)
        believed += found is not None and not np.array_equal(found[0], good[0])
    assert believed == 0
    for size in range(0, len(whole), 97):
        kept.write_bytes(whole[:size])
        assert maps._read(kept) is None
    kept.unlink()
    assert maps._read(kept) is None


@pytest.mark.filterwarnings(  # NumPy 2.1 leaves the archive that it could not write to the garbage collector
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_a_full_disk_leaves_no_half_of_a_kept_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("UNDERHOOD_CACHE", str(tmp_path))
    made, real = [], tempfile.NamedTemporaryFile

    def full(*arguments, **named):
        file = real(*arguments, **named)
        made.append(file.name)

        def write(_: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(file, "write", write, raising=False)
        return file

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    maps._keep(tmp_path / "maps" / "map.npz", np.zeros((1, 3, 2)), {"sha256": "x"})
    counts = resumed.Counts(
        asked_for=2, n=2, right=1, word_n=2, word_right=1, same_length=2, seconds=0.1
    )  # fmt: skip
    resumed._keep("a" * 64, counts)
    assert len(made) == 2 and [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert resumed.finished("a" * 64) is None
    monkeypatch.undo()
    monkeypatch.setenv("UNDERHOOD_CACHE", str(tmp_path))
    resumed._keep("a" * 64, counts)
    assert resumed.finished("a" * 64) == counts
