"""A training that a reader started: a process of its own (`dashboard.processes`), up to its minutes."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dashboard.interface import says
from dashboard.processes import Line, Refusal, home, read

RECIPES = {"story-lstm": "LSTM", "story-gpt": "transformer"}
MINUTES = (1, 3, 5, 10)
SEEDS = range(1, 1000)
SILENT = 600.0  # seconds; no training is silent for so long
LINE = Line(
    under="",
    does=says("jobs.another-model-is-learning"),
    closed="learning",
    failed=says("jobs.training-it"),
    kept=5,
)
State = Literal["starting", "learning", "measuring", "done", "lost"]


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
        raise Refusal(says("jobs.no-training-of-for-minutes", recipe=recipe, minutes=minutes, seed=seed))
    return LINE.start({"recipe": recipe, "minutes": minutes, "seed": seed}, command)


def look(name: str | None) -> Job | None:
    """How a training stands; None if there is none of that name (any more)."""
    folder, asked = LINE.folder(name), LINE.asked(name)
    if name is None or folder is None or asked is None:
        return None
    work = folder / asked["recipe"]
    with LINE.door:
        alive, code = LINE.is_running(name)
        history = read(work / "history.json") or {}
        history = {"seconds": 0.0, "curve": [], "watched": [], **history}
    whole = not alive and (folder / "out" / "card.json").is_file()
    seconds, state = float(history["seconds"]), "done" if whole else "lost"
    if alive and not history["curve"]:
        state = "starting"
    elif alive:
        passed = time.time() - (work / "history.json").stat().st_mtime
        seconds += passed if 0 < passed < SILENT else 0.0  # else the clock was set meanwhile
        over = seconds >= 60 * asked["minutes"] or (work / "finish").exists()
        seconds, state = min(seconds, 60 * asked["minutes"]), "measuring" if over else "learning"
    points = zip(history["curve"], history["watched"], strict=False)
    return Job(
        name=name, recipe=asked["recipe"], minutes=asked["minutes"], seed=asked["seed"], state=state,
        seconds=seconds, points=tuple({**watched, **point} for point, watched in points),
        why=LINE.why(code, folder / "log.txt") if state == "lost" else None,
    )  # fmt: skip


def finish(name: str) -> None:
    """Ask a training to end now and keep what it has learned; a lost one ends with its last point."""
    folder, asked = LINE.folder(name), LINE.asked(name)
    if folder is None or asked is None:
        return
    (folder / asked["recipe"]).mkdir(exist_ok=True)
    (folder / asked["recipe"] / "finish").touch()
    if not (folder / "out" / "card.json").is_file():
        LINE.go_on(name, command)


def discard(name: str) -> None:
    """End a training at once, and forget it."""
    LINE.discard(name)
