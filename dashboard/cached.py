"""The only file that opens models and keeps results.

One worker per model; keys are digests of all that was asked.
"""

import hashlib
import importlib
import inspect
import json
import os
import secrets
import threading
import weakref
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from cachetools import TTLCache

import models
from interpret import Run, explain, find, find_studies, progress, record, study
from interpret.anatomy import anatomy
from interpret.lens import readers
from interpret.target import parse
from interpret.trust.evidence import EVIDENCE
from interpret.word_rules import word_pipeline
from models import catalog, checkpoints, detect
from models.base import Card, LanguageModel, Refusal, Tokens
from models.detect import Preflight
from models.own.confined import confined
from models.text import Cutter
from models.worker import Worker

__all__ = ["Card", "Refusal"]  # what the rest of the dashboard may know of models

MODULES = {"anatomy": "interpret.anatomy", "training": "models.train.storyland"}  # pages that are no method
LONGEST = 256  # tokens in one picture
PATIENCE = 120.0  # seconds a question may wait before it is begun
KEPT = int(os.environ.get("UNDERHOOD_KEPT", "8"))  # models in memory; the one not used longest makes place
LOAD = "from models import load\n"
OF_FOLDER = f'from pathlib import Path\n\n{LOAD}\nFOLDER = Path("models")  # as in --models-dir\n'
NOWHERE = Path(__file__).parent / "no-models"  # a root that holds nothing: no path leads anywhere
_lock = threading.Lock()
_results: TTLCache[str, Any] = TTLCache(
    256 * 2**20, 3600, getsizeof=lambda found: getattr(getattr(found, "values", None), "nbytes", 0) + 65536
)
_aside = ThreadPoolExecutor(1, "aside")  # for what needs no model, such as fastai's slow import
_runs: dict[str, TTLCache[str, Run]] = {}
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


def adopt(name: str, title: str, folder: Path) -> None:
    """Make a model of a reader's own known under `name`, which only those may know who may open it."""
    _own[name] = Own(
        title, (LOAD, f"load({str(folder)!r})"), folder,
        lambda: checkpoints.read_card(folder), lambda: models.load(folder), folder.is_dir,
    )  # fmt: skip


def models_dir() -> Path | None:
    """The folder that the operator lets readers open models from (`--models-dir`), if there is one."""
    named = os.environ.get("UNDERHOOD_MODELS")
    return Path(named) if named else None


def look_at(where: str, *, hub: bool) -> Preflight:
    """What a folder, file or hub id holds, and whether it can be opened; paths are confined."""
    root = models_dir()
    if root is None and not hub:
        raise Refusal(
            "No folder is open to readers: start the dashboard with --models-dir FOLDER, or ask the hub."
        )
    return detect.preflight(where, root=root or NOWHERE, hub=hub)


def answers_of(found: Preflight) -> dict[str, str | None]:
    """Each question of the dashboard: None if a model of this kind will answer it, else why not."""
    return detect.views(found)


def open_own(where: str, *, hub: bool) -> "tuple[str, Future[Card]]":
    """Begin to open a reader's own model; its name, and its card when it is open."""
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
    _own[name] = Own(Path(where).name, said, place, lambda: opened[0], open_it, lambda: True)
    return name, worker(name).submit(lambda model: model.card, PATIENCE)


def own(names: Iterable[str]) -> dict[str, str]:
    """Which of these are models of readers' own whose folder is still there: name -> what to call it."""
    for name in [name for name, one in list(_own.items()) if not one.is_there()]:
        worker(name).close()
        worker.clear(name)
        _own.pop(name, None)
        _runs.pop(name, None)
    return {name: _own[name].title for name in names if name in _own}


def opening(name: str) -> tuple[str, str]:
    """How a model is opened in Python: lines that come first, and the call."""
    return _own[name].opening if name in _own else (LOAD, f"load({name!r})")


def whereabouts(name: str) -> str:
    """Where the files of a reader's own model are; "" for a bundled one, whose name says it."""
    folder = _own[name].folder if name in _own else None
    return str(folder or "")


def _load(name: str) -> LanguageModel:
    if name not in _own:
        return models.load(name)
    model = _own[name].open()
    model.card = replace(model.card, name=_own[name].title)
    return model


@st.cache_resource(show_spinner=False, max_entries=KEPT, on_release=lambda worker: worker.close())
def worker(name: str) -> Worker:
    """The one thread that may touch this model."""
    made = Worker(name, lambda: _load(name))
    _workers.add(made)
    return made


def footprint() -> str:
    """Which models are in memory, where they compute, and what this process needs, in a sentence."""
    shown = {name: one.title for name, one in _own.items()}
    names = sorted(shown.get(one.name, one.name) for one in _workers if one.is_open)
    bundled = [name for name in names if name not in shown.values()]
    others = len(names) - len(bundled)
    listed = ", ".join([*bundled, *([f"{others} of readers' own"] if others else [])]) or "none"
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    needs = f" This process uses {pages * os.sysconf('SC_PAGE_SIZE') / 1e6:,.0f} MB." if pages else ""
    return f"In memory, of at most {KEPT}: {listed}. They compute on the processor (CPU) in fp32.{needs}"


def get_ready() -> None:
    """Load the libraries of every model family, so that the first question does not wait for them."""
    from models.huggingface import transformers

    find()
    transformers()


@cache
def titles() -> dict[str, str]:
    """The bundled models: name -> what to call it."""
    return {name: entry.TITLE for name, entry in catalog.entries().items()}


def method_titles(gives: str, name: str) -> dict[str, str]:
    """The methods that answer with this kind of result and can look into a model: name -> title."""
    known, model = find().items(), card(name)
    return {key: method.title for key, method in known if method.gives == gives and not method.refusal(model)}


@cache
def about(method: str) -> str:
    """What a method's file says of it, its source included."""
    if method in MODULES:
        return inspect.cleandoc(importlib.import_module(MODULES[method]).__doc__ or "").replace("`", "")
    return {**find(), **find_studies()}[method].about.replace("`", "")


def is_signed(method: str) -> bool:
    """Whether a method tells pushing up from pushing down."""
    known = {**find(), **find_studies()}
    return method in known and known[method].signed


def card(name: str) -> Card:
    """A model's card; refuses a broken one."""
    if name in _own:
        return replace(_own[name].card(), name=_own[name].title)
    return models.card(name)


def has_lens(name: str) -> bool:
    """Whether a tuned lens was learned for exactly this model."""
    return readers.known(card(name)) is not None


def cutter(name: str) -> Cutter | None:
    """What cuts the texts of a model whose files are on this machine, without its weights."""
    folder = _own[name].folder if name in _own else models.folder(name)
    return _cutter(folder) if folder else None


@cache
def _cutter(folder: Path) -> Cutter:
    return Cutter(folder / checkpoints.TOKENIZER, None)


def task(name: str) -> str:
    """What a model does: causal, masked or classify; causal for one whose card cannot be read."""
    try:
        return card(name).task
    except Refusal:
        return "causal"


def is_study(method: str) -> bool:
    """Whether a question is about the model itself, whatever text stands in the side bar."""
    return method in find_studies()


def digest(method: str, name: str, text: str, measure: str, options: dict[str, Any]) -> str:
    """The key of an answer: everything that was asked, and which weights were asked."""
    sha256 = card(name).sha256
    weights = [name, sha256, readers.version(sha256)]
    if method in find_studies():
        text = measure = ""  # a study is about the model; what it looks at is among its options
    asked = json.dumps([method, *weights, text, measure, options], sort_keys=True)
    return hashlib.sha256(asked.encode(errors="surrogatepass")).hexdigest()


def kept(key: str) -> Any:
    """An answer given before, if it is still kept."""
    with _lock:
        return _results.get(key)


def keep(key: str, found: Any) -> None:
    """Keep an answer for an hour, or until newer ones need its place."""
    with _lock:
        _results[key] = found


def submit(
    method: str, name: str, text: str, measure: str, options: dict[str, Any],
    listener: Callable[[float], bool],
) -> "Future[Any]":  # fmt: skip
    """Hand a question to the model's worker. `listener` hears how far it is and says whether to go on.

    Beside the methods and the studies, which need no text: "anatomy", what the model is made of, and
    "words", the text in fastai's words.
    """
    if method == "words":
        return _aside.submit(word_pipeline, text)

    def work(model: LanguageModel) -> Any:
        with progress.heard_by(listener):
            if method in find_studies():
                return study(model, method, **options)
            run = _run(name, model, text)
            if method == "anatomy":
                return anatomy(run)
            given = dict(options)
            written = given.pop("target", "every")
            target = parse(run, written, measure)  # type: ignore[arg-type]
            if method in EVIDENCE:
                return EVIDENCE[method](run, target, **given)
            return explain(run, method, target, **given)

    return worker(name).submit(work, PATIENCE)


def fitting(model: LanguageModel, text: str) -> Tokens:
    """The text's tokens, cut to what the model takes and a picture can show."""
    return model.encode(text).cut(min(LONGEST, model.card.context or LONGEST))


def _run(name: str, model: LanguageModel, text: str) -> Run:
    """The forward pass that all questions about a text share; called on the model's own thread only."""
    runs = _runs.setdefault(name, TTLCache(maxsize=8, ttl=600))
    if text not in runs:
        runs[text] = record(model, fitting(model, text))
    return runs[text]
