"""The only file that opens models: bundled ones, readers' own, and the workers of each."""

import gc
import os
import secrets
import time
import weakref
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pandas  # noqa: F401  whole before any page runs: Streamlit looks into it while a thread still imports it
import streamlit as st

import models
from dashboard.interface import says
from interpret import find
from interpret.lens import readers
from models import catalog, checkpoints, detect
from models.base import Card, LanguageModel
from models.detect import Preflight
from models.own.confined import confined
from models.refusals import Refusal
from models.text import Cutter
from models.turns import Turns
from models.worker import TooBusy, Worker, cores

__all__ = ["Card", "Refusal"]  # what the rest of the dashboard may know of models

PATIENCE = 120.0  # seconds a question may wait before it is begun
REMEMBERED = 100  # models of readers' own; the one not used longest is forgotten
KEPT = int(os.environ.get("UNDERHOOD_KEPT", "6"))  # models in memory; the one not used longest makes place
LOAD = "from models import load\n"
OF_FOLDER = f'from pathlib import Path\n\n{LOAD}\nFOLDER = Path("models")  # as in --models-dir\n'
TURNS = Turns(cores())  # long questions computed at a time, of all models together
NOWHERE = Path(__file__).parent / "no-models"  # a root that holds nothing: no path leads anywhere
_workers: "weakref.WeakSet[Worker]" = weakref.WeakSet()


@dataclass(frozen=True)
class Own:
    """A model that is not bundled: what to call it, where it is, and how it is opened."""

    title: str
    opening: tuple[str, str]  # lines of Python that come first, and what opens it
    folder: Path | None  # where its files are, if they are on this machine
    card: Callable[[], Card]
    open: Callable[[], LanguageModel]
    is_there: Callable[[], bool]


_own: dict[str, Own] = {}  # by names that cannot be guessed: who knows one may open it
_used: dict[str, float] = {}  # when each was last on a reader's list


def adopt(name: str, title: str, folder: Path) -> None:
    """Make a model of a reader's own known under `name`, which only those may know who may open it."""
    _remember(name, Own(
        title, (LOAD, f"load({str(folder)!r})"), folder,
        lambda: checkpoints.read_card(folder), lambda: models.load(folder), folder.is_dir,
    ))  # fmt: skip


def _remember(name: str, one: Own) -> None:
    """Keep a model of a reader's own; above the limit those not used longest are closed and forgotten."""
    _own[name], _used[name] = one, time.monotonic()
    oldest_first = sorted(_own, key=lambda other: _used.get(other, 0.0))
    for other in oldest_first[: max(0, len(oldest_first) - REMEMBERED)]:
        _forget(other)


def _forget(name: str) -> None:
    for lane in (worker, patient):
        one = lane(name)
        lane.clear(name)
        one.close()
    _own.pop(name, None)
    _used.pop(name, None)


SHARED = says("shelf.this-dashboard-is-shared-start")


def is_public() -> bool:
    """Whether others than this machine's own reader are served (`python -m dashboard --public`)."""
    return bool(os.environ.get("UNDERHOOD_PUBLIC"))


def models_dir() -> Path | None:
    """The folder that the operator lets readers open models from (`--models-dir`), if there is one."""
    named = os.environ.get("UNDERHOOD_MODELS")
    return Path(named) if named else None


def look_at(where: str, *, hub: bool) -> Preflight:
    """What a folder, file or hub id holds, and whether it can be opened; paths are confined."""
    root = models_dir()
    if is_public():
        raise Refusal(SHARED)
    if root is None and not hub:
        raise Refusal(says("shelf.no-folder-is-open"))
    return detect.preflight(where, root=root or NOWHERE, hub=hub)


def answers_of(found: Preflight) -> dict[str, str | None]:
    """Each question of the dashboard: None if a model of this kind will answer it, else why not."""
    return detect.views(found)


def open_own(where: str, *, hub: bool) -> "tuple[str, Future[Card]]":
    """Begin to open a reader's own model; its name, and its card when it is open."""
    if is_public():
        raise Refusal(SHARED)
    name, opened = f"own-{secrets.token_hex(16)}", []
    root = models_dir() or NOWHERE

    def open_it() -> LanguageModel:
        model = detect.opened(where, root=root, hub=hub)
        opened[:] = [model.card]
        return model

    said = (LOAD, f"load({where!r}, hub=True)") if hub else (OF_FOLDER, f"load({where!r}, root=FOLDER)")
    try:
        place = None if hub else confined(where, root)
    except Refusal:  # opening it says so
        place = None
    _remember(name, Own(Path(where).name, said, place, lambda: opened[0], open_it, lambda: True))
    return name, hand(name, lambda _, model: model.card)


def own(names: Iterable[str]) -> dict[str, str]:
    """Which of these are models of readers' own whose folder is still there: name -> what to call it."""
    for name in [name for name, one in list(_own.items()) if not one.is_there()]:
        _forget(name)
    listed = {name: _own[name].title for name in names if name in _own}
    _used.update(dict.fromkeys(listed, time.monotonic()))
    return listed


def is_known(name: str) -> bool:
    """Whether a model can be opened by this name: bundled, one of its stages, or still there."""
    return name in _own or name.partition("@")[0] in titles()


def opening(name: str) -> tuple[str, str]:
    """How a model is opened in Python: lines that come first, and the call."""
    return _own[name].opening if name in _own else (LOAD, f"load({name!r})")


def whereabouts(name: str) -> str:
    """Where the files of a reader's own model are; "" for a bundled one, whose name says it."""
    folder = _own[name].folder if name in _own else None
    return str(folder or "")


def _load(name: str) -> LanguageModel:
    if name not in _own:
        _is_open(name)
        return models.load(name)
    model = _own[name].open()
    model.card = replace(model.card, name=_own[name].title)
    return model


@st.cache_resource(show_spinner=False, max_entries=KEPT, on_release=lambda worker: worker.retire())
def worker(name: str) -> Worker:
    """The one thread that may touch this model, for what is answered within a moment."""
    made = Worker(name, lambda: _load(name))
    _workers.add(made)
    return made


@st.cache_resource(
    show_spinner=False, max_entries=max(1, KEPT // 3), on_release=lambda worker: worker.retire()
)
def patient(name: str) -> Worker:
    """A thread with a copy of the model of its own, for long questions: they wait for a core, quick ones pass."""
    made = Worker(name, lambda: _load(name), TURNS)
    _workers.add(made)
    return made


def hand(
    name: str, work: Callable[[Worker, LanguageModel], Any], *,
    long: bool = False, expected: float = 0.0, behind: bool = False,
) -> "Future[Any]":  # fmt: skip
    """Put work into the queue for a model; it is told whose it is.

    `long`: behind other readers' long work, the shorter first; `expected`: about how many seconds it will take;
    `behind`: what other readers' pages begin with comes first.
    """
    lane = patient if long else worker

    def put(one: Worker) -> "Future[Any]":
        return one.submit(lambda model: work(one, model), PATIENCE, expected=expected, behind=behind)

    try:
        return put(lane(name))
    except TooBusy:  # it made place for another model just now: it is opened again
        return put(lane(name))


def footprint() -> str:
    """Which models are in memory, where they compute, and what this process needs, in a sentence."""
    shown = {name: one.title for name, one in _own.items()}
    names = sorted(shown.get(one.name, one.name) for one in _workers if one.is_open)
    bundled = [name for name in names if name not in shown.values()]
    others = len(names) - len(bundled)
    listed = (
        ", ".join([*bundled, *([says("shelf.of-readers-own", others=others)] if others else [])]) or "none"
    )
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    needs = (
        says("shelf.this-process-uses-mb", pages=pages * os.sysconf("SC_PAGE_SIZE") / 1e6) if pages else ""
    )
    return says("shelf.in-memory-of-at-most", KEPT=KEPT, listed=listed, needs=needs)


def get_ready() -> None:
    """Load the libraries of every model family and of indexes, so that the first question does not wait for them."""
    import duckdb  # noqa: F401

    from models.huggingface import transformers

    find()
    transformers()
    gc.collect()
    gc.freeze()  # Streamlit looks through all objects after every run of a page: 0.27 s for these libraries'


@cache
def titles() -> dict[str, str]:
    """The bundled models: name -> what to call it."""
    return {name: entry.TITLE for name, entry in catalog.entries().items()}


def card(name: str) -> Card:
    """A model's card; refuses a broken one."""
    if name in _own:
        return replace(_own[name].card(), name=_own[name].title)
    _is_open(name)
    return models.card(name)


def _is_open(name: str) -> None:
    """Refuses the name of a reader's own model that was forgotten."""
    if name.startswith("own-"):
        raise Refusal(says("shelf.this-model-of-your-own"))


def has_lens(name: str) -> bool:
    """Whether a tuned lens was learned for exactly this model."""
    return readers.known(card(name)) is not None


def cutter(name: str) -> Cutter | None:
    """What cuts the texts of a model whose files are on this machine, without its weights."""
    folder = _own[name].folder if name in _own else models.folder(name.partition("@")[0])
    return _cutter(folder) if folder else None


@lru_cache(32)
def _cutter(folder: Path) -> Cutter:
    return Cutter(folder / checkpoints.TOKENIZER, None)


def task(name: str) -> str:
    """What a model does: causal, masked or classify; causal for one whose card cannot be read."""
    try:
        return card(name).task
    except Refusal:
        return "causal"
