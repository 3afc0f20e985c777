"""A training that a reader started: a process of its own, in a folder of its own, found again by its name.

The name cannot be guessed, and whoever has it (it stands in the address) may look, end it and open what came
out. One training runs at a time: its process holds a lock that the system lets go when it ends, however it
ends. It goes on without its reader, up to its minutes, and ends with the dashboard.
"""

import atexit
import contextlib
import fcntl
import json
import logging
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dashboard.shelf import Refusal

ROOT = Path(__file__).resolve().parents[1]
RECIPES = {"story-lstm": "LSTM", "story-gpt": "transformer"}
MINUTES = (1, 3, 5, 10)
SEEDS = range(1, 1000)
KEPT = 5  # trainings whose folders are kept, the newest
OVERTIME = 600.0  # seconds beyond its minutes after which a training counts as stuck
NAME = re.compile(r"[A-Za-z0-9_-]{22}")
State = Literal["starting", "learning", "measuring", "done", "lost"]

_door = threading.Lock()
_children: dict[str, subprocess.Popen] = {}


class Busy(Refusal):
    """Another training is running."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A training as it stands now."""

    name: str
    recipe: str
    minutes: float
    seed: int
    state: State
    seconds: float  # on the training's own clock
    points: tuple[dict[str, Any], ...]  # seconds, tokens, held_out_nats, and what was watched
    why: str | None  # of a lost one: what happened

    @property
    def alive(self) -> bool:
        """Whether its process is at work."""
        return self.state in ("starting", "learning", "measuring")

    @property
    def kind(self) -> str:
        """What is being trained, as a reader calls it."""
        return RECIPES[self.recipe]

    @property
    def folder(self) -> Path:
        """Where the finished model is."""
        return home() / self.name / "out"


def home() -> Path:
    """The folder of all trainings, readable by its owner only: --work, or one among the temporary files."""
    given = os.environ.get("UNDERHOOD_WORK")
    path = Path(given) if given else Path(tempfile.gettempdir()) / f"underhood-{os.getuid()}"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        raise Refusal(f"{path} belongs to somebody else: start the dashboard with --work and another folder.")
    return path


def command(job: Path, asked: dict[str, Any]) -> list[str]:
    """What is run for a training."""
    return [
        sys.executable, "-m", "models", "train", asked["recipe"], "--size", "tiny", "--threads", "1",
        "--minutes", f"{asked['minutes']:g}", "--seed", str(asked["seed"]),
        "--work", str(job), "--out", str(job / "out"),
    ]  # fmt: skip


def start(recipe: str, minutes: float, seed: int) -> str:
    """Begin a training; returns its name. Refuses (`Busy`) while another one runs."""
    if recipe not in RECIPES or minutes not in MINUTES or seed not in SEEDS:
        raise Refusal(
            f"No training of {recipe!r} for {minutes!r} minutes with seed {seed!r}: choose from the page."
        )
    name = secrets.token_urlsafe(16)
    asked = {"recipe": recipe, "minutes": minutes, "seed": seed, "began": time.time()}
    with _door, _lock() as lock:
        folder = home() / name
        folder.mkdir(mode=0o700)
        (folder / "job.json").write_text(json.dumps(asked))
        _launch(name, asked, lock)
        for old in sorted(_all(), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
            shutil.rmtree(old.parent, ignore_errors=True)
    return name


def look(name: str | None) -> Job | None:
    """How a training stands; None if there is none of that name (any more)."""
    folder = _folder(name)
    asked = _read(folder / "job.json") if folder else None
    if name is None or folder is None or asked is None:
        return None
    work = folder / asked["recipe"]
    with _door:
        child = _children.get(name)
        code = child.poll() if child else None
        alive = _holder() == name
        history = _read(work / "history.json") or {"seconds": 0.0, "tokens": 0, "curve": [], "watched": []}
    whole = not alive and (folder / "out" / "card.json").is_file()
    seconds, state = float(history["seconds"]), "done" if whole else "lost"
    if alive and not history["curve"]:
        state = "starting"
    elif alive:
        seconds += time.time() - (work / "history.json").stat().st_mtime
        over = seconds >= 60 * asked["minutes"] or (work / "finish").exists()
        seconds, state = min(seconds, 60 * asked["minutes"]), "measuring" if over else "learning"
    points = zip(history["curve"], history["watched"], strict=False)
    return Job(
        name=name, recipe=asked["recipe"], minutes=asked["minutes"], seed=asked["seed"], state=state,
        seconds=seconds, points=tuple({**watched, **point} for point, watched in points),
        why=_why(code, folder / "log.txt") if state == "lost" else None,
    )  # fmt: skip


def finish(name: str) -> None:
    """Ask a training to end now and keep what it has learned; a lost one ends with its last point."""
    folder = _folder(name)
    asked = _read(folder / "job.json") if folder else None
    if folder is None or asked is None:
        return
    (folder / asked["recipe"]).mkdir(exist_ok=True)
    (folder / asked["recipe"] / "finish").touch()
    with _door:
        if _holder() != name and not (folder / "out" / "card.json").is_file():
            with _lock() as lock:
                _launch(name, asked, lock)


def discard(name: str) -> None:
    """End a training at once, and forget it."""
    folder = _folder(name)
    with _door:
        if folder and _holder() == name:
            _end(*_running())
        _children.pop(name, None)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


def _launch(name: str, asked: dict[str, Any], lock: int) -> None:
    folder = home() / name
    with (folder / "log.txt").open("w") as log:
        child = subprocess.Popen(
            command(folder, asked), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, "OMP_NUM_THREADS": "1"}, start_new_session=True, pass_fds=(lock,),
        )  # fmt: skip
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, child.pid, 10)
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{name} {child.pid}".encode(), 0)
    _children[name] = child


@contextlib.contextmanager
def _lock() -> Iterator[int]:
    """The lock that a training holds while it runs; a child that is given it keeps it."""
    file = os.open(home() / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _free_if_stuck()
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield file
    finally:
        os.close(file)


def _free_if_stuck() -> None:
    """End the training that runs if its time is long over; refuses (`Busy`) otherwise."""
    name, pid = _running()
    asked = _read(home() / name / "job.json") or {"minutes": 0.0, "began": time.time()}
    left = 60 * asked["minutes"] - (time.time() - asked["began"])
    if left > -OVERTIME:
        when = f"in about {left / 60:.0f} minutes" if left > 90 else "in a minute or two"
        raise Busy(f"Another model is learning on this computer just now: try again {when}.")
    _end(name, pid)


def _end(name: str, pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    if name in _children:
        _children[name].wait()
    end = time.monotonic() + 5
    while _holder() and time.monotonic() < end:
        time.sleep(0.02)


def _running() -> tuple[str, int]:
    """What the lock says of its holder: name and process."""
    said = (home() / "lock").read_text().split()
    return (said[0], int(said[1])) if len(said) == 2 else ("", 0)


def _holder() -> str | None:
    """The name of the training that runs, if one does."""
    with contextlib.suppress(FileNotFoundError), (home() / "lock").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _running()[0]
    return None


def _folder(name: str | None) -> Path | None:
    return home() / name if name and NAME.fullmatch(name) else None


def _all() -> list[Path]:
    return list(home().glob("*/job.json"))


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


def _why(code: int | None, log: Path) -> str:
    """What ended a training too early, in a sentence."""
    if code is not None and code < 0:
        return f"Its process was ended from outside ({signal.Signals(-code).name}; memory may have run out)."
    if code is None:
        return "The dashboard was closed while it was learning."
    if code == 2:  # a refusal: one sentence, in the last line
        with contextlib.suppress(OSError, IndexError):
            return log.read_text(errors="replace").splitlines()[-1]
    logging.getLogger(__name__).error("a training ended with code %s; see %s", code, log)
    return "Underhood made a mistake while training it, and has written it to its log."


@atexit.register
def _end_with_the_dashboard() -> None:
    for child in _children.values():
        if child.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
