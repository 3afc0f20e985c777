"""Processes that readers start: each in a folder of its own, found again by its name, one of a kind at a time.

A name cannot be guessed, and whoever has it (it stands in the address) may look, end it and open what came
out. A process holds a lock that the system lets go when it ends, however it ends. It goes on without its
reader and ends with the dashboard.
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
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboard.interface import says
from dashboard.shelf import Refusal

ROOT = Path(__file__).resolve().parents[1]
NAME = re.compile(r"[A-Za-z0-9_-]{22}")
NO_ROOM = "It cannot be begun ({}): make room and try again."
OVERTIME = 600.0  # seconds beyond its time after which a process counts as stuck


class Busy(Refusal):
    """Another process of this kind is running."""


def home() -> Path:
    """The folder of all processes, readable by its owner only: --work, or one among the temporary files."""
    given = os.environ.get("UNDERHOOD_WORK")
    path = Path(given) if given else Path(tempfile.gettempdir()) / f"underhood-{os.getuid()}"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        raise Refusal(f"{path} belongs to somebody else: start the dashboard with --work and another folder.")
    return path


@dataclass(kw_only=True)
class Line:
    """Processes of one kind, of which one runs at a time."""

    under: str  # the folder of home() where theirs are; "": home() itself
    does: str  # "Another model is learning"
    closed: str  # what was going on when the dashboard was closed under it
    failed: str  # what went wrong when it made a mistake
    kept: int  # folders that are kept, the newest
    children: dict[str, subprocess.Popen] = field(default_factory=dict)
    door: threading.RLock = field(default_factory=threading.RLock)

    def home(self) -> Path:
        """Where their folders are."""
        path = home() / self.under
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def folder(self, name: str | None) -> Path | None:
        """The folder of a process, if that could be its name."""
        return self.home() / name if name and NAME.fullmatch(name) else None

    def folders(self) -> list[Path]:
        """What was asked of each that is kept."""
        return list(self.home().glob("*/job.json"))

    def asked(self, name: str | None) -> dict[str, Any] | None:
        """What was asked of a process; None if there is none of that name (any more)."""
        folder = self.folder(name)
        return read(folder / "job.json") if folder else None

    def start(
        self, asked: dict[str, Any], command: Callable[[Path, dict[str, Any]], list[str]],
        lay_out: Callable[[Path], None] = lambda _: None,
    ) -> str:  # fmt: skip
        """Begin one; returns its name. `lay_out` writes its inputs. Refuses (`Busy`) while another one runs."""
        name = secrets.token_urlsafe(16)
        with self.door, self._lock() as lock:
            folder = self.home() / name
            folder.mkdir(mode=0o700)
            try:
                lay_out(folder)
                self._begin(name, asked, command, lock)
            except OSError as error:
                shutil.rmtree(folder, ignore_errors=True)
                raise Refusal(NO_ROOM.format(error.strerror)) from None
            others = [path for path in self.folders() if path.parent != folder]  # whatever the clock says
            for old in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[self.kept - 1 :]:
                shutil.rmtree(old.parent, ignore_errors=True)
        return name

    def go_on(self, name: str, command: Callable[[Path, dict[str, Any]], list[str]]) -> None:
        """Start one again that has ended; nothing if it runs. Refuses (`Busy`) while another one does."""
        folder, asked = self.folder(name), self.asked(name)
        with self.door:
            if folder and asked and self.holder() != name:
                with self._lock() as lock:
                    try:
                        self._begin(name, asked, command, lock)
                    except OSError as error:
                        raise Refusal(NO_ROOM.format(error.strerror)) from None

    def _begin(
        self, name: str, asked: dict[str, Any], command: Callable[[Path, dict[str, Any]], list[str]], lock: int
    ) -> None:  # fmt: skip
        """Note when it begins, by a clock that nobody sets, and start it; `OSError` changes nothing."""
        folder = self.home() / name
        write(folder / "job.json", {**asked, "began": time.monotonic()})
        self._launch(name, command(folder, asked), lock)

    def is_running(self, name: str) -> tuple[bool, int | None]:
        """Whether a process is at work, and with which code it ended if that is known."""
        with self.door:
            child = self.children.get(name)
            code = child.poll() if child else None
            return self.holder() == name, code

    def discard(self, name: str) -> None:
        """End one at once, and forget it."""
        folder = self.folder(name)
        with self.door:
            if folder and self.holder() == name:
                self._end(*self._running())
            self.children.pop(name, None)
        if folder:
            shutil.rmtree(folder, ignore_errors=True)

    def why(self, code: int | None, log: Path) -> str:
        """What ended one too early, in a sentence."""
        if code is not None and code < 0:
            return says("processes.ended-from-outside", signal=signal.Signals(-code).name)
        if code is None:
            return says("processes.dashboard-was-closed", closed=self.closed)
        if code == 2:  # a refusal: one sentence, in the last line
            with contextlib.suppress(OSError, IndexError):
                return log.read_text(errors="replace").splitlines()[-1]
        logging.getLogger(__name__).error("a process ended with code %s; see %s", code, log)
        return says("processes.mistake", failed=self.failed)

    def holder(self) -> str | None:
        """The name of the one that runs, if one does."""
        with contextlib.suppress(FileNotFoundError), (self.home() / "lock").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return self._running()[0]
        return None

    def _launch(self, name: str, command: list[str], lock: int) -> None:
        with (self.home() / name / "log.txt").open("w") as log:
            child = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, "OMP_NUM_THREADS": "1"}, start_new_session=True, pass_fds=(lock,),
            )  # fmt: skip
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, child.pid, 10)
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{name} {child.pid}".encode(), 0)
        self.children[name] = child

    @contextlib.contextmanager
    def _lock(self) -> Iterator[int]:
        """The lock that a process holds while it runs; a child that is given it keeps it."""
        file = os.open(self.home() / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._free_if_stuck()
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield file
        finally:
            os.close(file)

    def _free_if_stuck(self) -> None:
        """End the one that runs if its time is long over; refuses (`Busy`) otherwise."""
        name, pid = self._running()
        asked = read(self.home() / name / "job.json") or {"minutes": 0.0, "began": time.monotonic()}
        left = 60 * asked["minutes"] - (time.monotonic() - asked["began"])
        if left > -OVERTIME:
            when = f"in about {left / 60:.0f} minutes" if left > 90 else "in a minute or two"
            raise Busy(f"{self.does} on this computer just now: try again {when}.")
        self._end(name, pid)

    def _end(self, name: str, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        if name in self.children:
            self.children[name].wait()
        end = time.monotonic() + 5
        while self.holder() and time.monotonic() < end:
            time.sleep(0.02)

    def _running(self) -> tuple[str, int]:
        """What the lock says of its holder: name and process."""
        said = (self.home() / "lock").read_text().split()
        return (said[0], int(said[1])) if len(said) == 2 else ("", 0)

    def end_all(self) -> None:
        """End what still runs."""
        for child in self.children.values():
            if child.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)

    def __post_init__(self) -> None:
        atexit.register(self.end_all)


def read(path: Path) -> dict[str, Any] | None:
    """A small JSON file; None if it is not there, or not whole."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write(path: Path, value: dict[str, Any]) -> None:
    """Write a small JSON file in one step; `OSError` leaves what was there."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        with aside.open("w") as file:
            file.write(json.dumps(value))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
