"""An index of texts that a reader started: `interpret corpus index` as a process of its own.

Its folder holds the reader's file and the job's own folder, `index`, which a killed process goes on with.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dashboard.interface import says
from dashboard.processes import Busy, Line, Refusal, read

__all__ = ["Busy", "Indexing", "Refusal", "discard", "folder", "go_on", "look", "start", "stop"]
ENDINGS = ("txt", "csv", "jsonl", "parquet")
LINE = Line(
    under="indexes",
    does=says("indexes.another-index-is-made"),
    closed=says("indexes.at-work"),
    failed=says("indexes.making-the-index"),
    kept=20,
)
State = Literal["starting", "reading", "done", "stopped", "lost"]


@dataclass(frozen=True, kw_only=True)
class Indexing:
    """An index as it stands now."""

    name: str
    model: str  # as its card calls it
    title: str  # the reader's file, or "the bundled texts"
    state: State
    done: int  # shards
    shards: int
    seconds_left: float | None
    why: str | None  # of a lost one: what happened
    summary: dict[str, Any] | None  # of a finished one: texts, tokens, loss, features ...

    @property
    def alive(self) -> bool:
        """Whether its process is at work."""
        return self.state in ("starting", "reading")


def command(job: Path, asked: dict[str, Any]) -> list[str]:
    """What is run for an index."""
    texts = str(job / asked["file"]) if asked["file"] else "bundled"
    return [
        sys.executable, "-m", "interpret", "corpus", "index", "--model", asked["opened"], "--texts", texts,
        "--out", str(job / "index"), "--shard", "8", *(["--column", asked["column"]] if asked["column"] else []),
    ]  # fmt: skip


def start(model: str, opened: str, file: tuple[str, bytes] | None = None, column: str = "") -> str:
    """Begin an index; returns its name. Refuses (`Busy`) while another one is made.

    Args:
        model: what the model's card calls it.
        opened: by what `models.load` opens it, a name or a folder.
        file: a name with its ending, and what is in it; None: the bundled texts.
        column: where the texts are; guessed if it is empty.
    """
    ending = Path(file[0]).suffix.lower().removeprefix(".") if file else ""
    if file and ending not in ENDINGS:
        raise Refusal(says("indexes.give-a-file-that-ends", file=file[0], ENDINGS=", ".join(ENDINGS)))
    asked = {
        "model": model,
        "opened": opened,
        "column": column,
        "title": file[0] if file else says("indexes.the-bundled-texts"),
        "file": f"texts.{ending}" if file else "",
        "minutes": 0.0,
    }

    def lay_out(job: Path) -> None:
        if file:
            (job / asked["file"]).write_bytes(file[1])

    return LINE.start(asked, command, lay_out)


def look(name: str | None) -> Indexing | None:
    """How an index stands; None if there is none of that name (any more)."""
    job, asked = LINE.folder(name), LINE.asked(name)
    if name is None or job is None or asked is None:
        return None
    alive, code = LINE.is_running(name)
    now = read(job / "index" / "progress.json") or {"done": 0, "shards": 0, "seconds_left": None}
    summary = None if alive else read(job / "index" / "summary.json")
    state: State = "done" if summary else "lost"
    if alive:
        state = "reading" if now["shards"] else "starting"
    elif (job / "index" / "cancel").exists() and not summary:
        state = "stopped"
    why = None
    if state == "lost":
        why = LINE.why(code, job / "log.txt").replace(asked["file"] or "\0", asked["title"])
    return Indexing(
        name=name, model=asked["model"], title=asked["title"], state=state, summary=summary, done=now["done"],
        shards=now["shards"], seconds_left=now["seconds_left"], why=why,
    )  # fmt: skip


def stop(name: str) -> None:
    """Ask an index to stop after the shard it is at; what is done is kept."""
    if (job := LINE.folder(name)) and (job / "index").is_dir():
        (job / "index" / "cancel").touch()


def go_on(name: str) -> None:
    """Go on with an index that was stopped, or whose process was lost."""
    if (job := LINE.folder(name)) and not LINE.is_running(name)[0]:
        (job / "index" / "cancel").unlink(missing_ok=True)
        LINE.go_on(name, command)


def discard(name: str) -> None:
    """End an index at once, and forget it and its texts."""
    LINE.discard(name)


def folder(name: str | None) -> str:
    """Where a finished index is, for methods; "" for none, which means the bundled texts."""
    job = LINE.folder(name)
    return str(job / "index") if job and (job / "index" / "summary.json").is_file() else ""
