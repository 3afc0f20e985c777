"""How every recipe learns: fastai's Learner and one-cycle schedule, by epochs or by the clock, resumable."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fastai.callback.schedule  # noqa: F401  gives Learner its fit_one_cycle
import numpy as np
import torch
from fastai.basics import Callback, Learner, set_seed
from fastai.callback.core import CancelFitException  # type: ignore[attr-defined]
from fastai.callback.progress import ProgressCallback
from fastai.callback.training import GradientClip
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader
from fastcore.foundation import L
from tqdm import tqdm

FINISH = "finish"  # a file of this name in a training's folder asks it to end now and keep what it learned
TRAINING_SEEDS = 2**40  # texts that recipes make up for a training come from the seeds below this
Watch = Callable[[torch.nn.Module], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What `python -m models train` was asked for."""

    data: Path
    work: Path
    epochs: int = 1
    minutes: float | None = None  # a wall-clock budget; the schedule then follows the clock
    size: str = "small"
    seed: int = 1
    device: str = "cpu"
    threads: int = 2


@dataclass
class History:
    """What a training went through; it is kept beside the weights and shown on the card."""

    seconds: float = 0.0
    tokens: int = 0
    steps: int = 0
    curve: list[dict[str, float]] = field(default_factory=list)
    watched: list[dict[str, Any]] = field(default_factory=list)  # what else was seen, beside each point

    def then(self, later: "History") -> "History":
        """This training and the one that went on from it, as one."""

        def behind(point: dict[str, Any]) -> dict[str, Any]:
            seconds = round(self.seconds + point["seconds"], 1)
            return {**point, "seconds": seconds, "tokens": self.tokens + point["tokens"]}

        return History(
            seconds=self.seconds + later.seconds, tokens=self.tokens + later.tokens,
            steps=self.steps + later.steps, curve=[*self.curve, *map(behind, later.curve)],
            watched=[*self.watched, *map(behind, later.watched)],
        )  # fmt: skip

    @classmethod
    def read(cls, path: Path) -> "History":
        return cls(**json.loads(path.read_text())) if path.is_file() else cls()

    def write(self, path: Path) -> None:
        waiting = path.with_suffix(".writing")
        waiting.write_text(json.dumps(vars(self)))
        waiting.replace(path)


class Clock(Callback):
    """Anneals by elapsed share of a wall-clock budget, so that a busy machine still finishes its schedule.

    Writes the loss curve and the state to resume from as it goes.
    """

    learn: Any  # the Learner, set by fastai
    order = 1  # after fastai has counted the batch, before its scheduler reads the count

    def __init__(
        self,
        history: History,
        settings: Settings,
        folder: Path,
        held_out: Callable[[torch.nn.Module], float],
        every: float,
        watch: Watch | None = None,
    ):
        self.history, self.settings, self.folder = history, settings, folder
        self.held_out, self.every, self.watch = held_out, every, watch

    def before_fit(self) -> None:
        self.started = time.monotonic() - self.history.seconds
        begins = self.watch is not None and not self.history.steps  # then the first point shows it untrained
        self.due = 0.0 if begins else self.history.seconds + self.every
        self.losses: list[float] = []
        self.bar = tqdm(total=100, unit="%", disable=None, bar_format="{l_bar}{bar} {postfix}")

    def before_batch(self) -> None:
        if not self.training:
            return
        elapsed = time.monotonic() - self.started
        if self.settings.minutes is not None:
            self.learn.pct_train = min(1.0, elapsed / (60 * self.settings.minutes))

    def after_batch(self) -> None:
        if not self.training:
            return
        self.history.seconds = time.monotonic() - self.started
        self.history.tokens += int(self.xb[0].shape[0] * self.xb[0].shape[1])
        self.history.steps += 1
        self.losses.append(float(self.loss.detach()))
        self.bar.n = round(100 * self.learn.pct_train)
        self.bar.set_postfix_str(f"loss {self.losses[-1]:.2f} nats", refresh=False)
        self.bar.update(0)
        over = is_over(self.history, self.settings, self.folder)
        if self.history.seconds >= self.due or over:
            self.keep()
        if over:
            raise CancelFitException

    def after_fit(self) -> None:
        if self.losses:
            self.keep()
        self.bar.close()

    def keep(self) -> None:
        """Measure on held-out text, add a point to the curve, write what a resumed run needs."""
        began = time.monotonic()
        point = {
            "seconds": round(self.history.seconds, 1),
            "tokens": self.history.tokens,
            "train_nats": round(sum(self.losses) / max(1, len(self.losses)), 4),
            "held_out_nats": round(self.held_out(self.learn.model), 4),
            "learning_rate": float(self.learn.opt.hypers[-1]["lr"]),
        }
        self.losses = []
        self.history.curve.append(point)
        print(json.dumps(point), flush=True)  # noqa: T201  the log of a training is its output
        state = {"model": self.learn.model.state_dict(), "opt": plain(self.learn.opt.state_dict())}
        torch.save(state, self.folder / "last.writing")
        (self.folder / "last.writing").replace(self.folder / "last.pth")
        if self.watch is not None:
            said = {"seconds": point["seconds"], "tokens": point["tokens"]}
            self.history.watched.append({**said, **self.watch(self.learn.model)})
        self.history.write(self.folder / "history.json")
        cost = time.monotonic() - began
        self.due = self.history.seconds + max(self.every, 10 * cost)


def is_over(history: History, settings: Settings, folder: Path) -> bool:
    """Whether a training has spent its minutes, or was asked to end with what it has learned."""
    spent = settings.minutes is not None and history.seconds >= 60 * settings.minutes
    return spent or (history.steps > 0 and (folder / FINISH).is_file())


def plain(state: Any) -> Any:
    """An optimizer's state in lists, numbers and tensors only: reading it back runs no code."""
    if isinstance(state, torch.Tensor):
        return state
    if isinstance(state, dict):
        return {key: plain(value) for key, value in state.items()}
    if isinstance(state, (list, tuple, L)):
        return [plain(value) for value in state]
    return state.item() if isinstance(state, np.generic) else state


def resume(learn: Any, folder: Path) -> None:
    """Take up weights, and the optimizer if there is one, from where a run stopped."""
    state = torch.load(folder / "last.pth", map_location="cpu", weights_only=True)  # noqa: TID251  ours
    learn.model.load_state_dict(state["model"])
    if learn.opt is not None:
        learn.opt.load_state_dict(state["opt"])


def endless_batches(
    batches: Callable[[int], Iterator[tuple[torch.Tensor, torch.Tensor]]], count: int, device: str
) -> DataLoaders:
    """Fastai's loaders of `count` fresh batches an epoch; a new epoch is a new seed, fixed by torch's own.

    `batches(seed)` gives inputs and wanted tokens, each (B, T), without end; it may use up 128 seeds.
    """

    class Fresh(DataLoader):
        def before_iter(self) -> None:
            self.told = batches(int(torch.randint(TRAINING_SEEDS // 128, ())) * 128)

        def create_item(self, s: int | None) -> tuple[torch.Tensor, torch.Tensor]:
            return next(self.told)

    known = Fresh(range(count), bs=None, num_workers=0)
    return DataLoaders(known, Fresh(range(2), bs=None, num_workers=0), device=device)


def learner(
    loaders: Any, model: torch.nn.Module, loss: Callable, folder: Path, clip: float, **options: Any
) -> Learner:
    """A fastai Learner that keeps its files in `folder`; resumes from there if a run was cut short."""
    learn = Learner(loaders, model, loss_func=loss, path=folder, model_dir=".", train_bn=False, **options)
    learn.add_cb(GradientClip(clip))
    learn.remove_cb(ProgressCallback)
    return learn


def fit(
    learn: Learner,
    settings: Settings,
    folder: Path,
    held_out: Callable[[torch.nn.Module], float],
    lr: Any,
    every: float | None = None,
    watch: Watch | None = None,
    **schedule: Any,
) -> History:
    """Train by one cycle until epochs or minutes are spent; a second call goes on where it stopped.

    `every`: seconds between two points of the loss curve, a fortieth of the budget if none are given; points
    stand further apart when measuring would take over a tenth of the time. `watch`: what else to keep
    of the network at each point.
    """
    history = History.read(folder / "history.json")
    if is_over(history, settings, folder):
        resume(learn, folder)
        return history
    if history.steps:
        learn.create_opt()
        resume(learn, folder)
    set_seed(settings.seed + history.steps)
    epochs = settings.epochs if settings.minutes is None else 10_000
    done = 0 if settings.minutes is not None else int(history.steps // max(1, len(learn.dls.train)))
    if every is None:
        every = 300.0 if settings.minutes is None else min(300.0, max(2.0, 60 * settings.minutes / 40))
    clock = Clock(history, settings, folder, held_out, every, watch)
    learn.fit_one_cycle(epochs, lr_max=lr, start_epoch=done, cbs=clock, **schedule)
    return history
