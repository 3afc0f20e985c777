"""The only file that opens models and keeps results.

One worker per model; keys are digests of all that was asked.
"""

import hashlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from typing import Any

import streamlit as st
from cachetools import TTLCache

import models
from interpret import Run, every, explain, find, progress, record
from interpret.results import Result
from models import catalog
from models.base import Card, LanguageModel, Refusal, Tokens
from models.worker import Worker

__all__ = ["Card", "Refusal"]  # what the rest of the dashboard may know of models

LONGEST = 256  # tokens in one picture
PATIENCE = 120.0  # seconds a question may wait before it is begun
_lock = threading.Lock()
_results: TTLCache[str, Result] = TTLCache(
    maxsize=256 * 2**20, ttl=3600, getsizeof=lambda found: found.values.nbytes + 65536
)
_runs: dict[str, TTLCache[str, Run]] = {}


@st.cache_resource(show_spinner=False)
def worker(name: str) -> Worker:
    """The one thread that may touch this model."""
    return Worker(name, lambda: models.load(name))


def get_ready() -> None:
    """Load the libraries of every model family, so that the first question does not wait for them."""
    from models.huggingface import transformers

    find()
    transformers()


@cache
def titles() -> dict[str, str]:
    """The bundled models: name -> what to call it."""
    return {name: entry.TITLE for name, entry in catalog.entries().items()}


@cache
def method_titles(gives: str) -> dict[str, str]:
    """The methods that answer with this kind of result: name -> title."""
    return {name: method.title for name, method in find().items() if method.gives == gives}


@cache
def about(method: str) -> str:
    """What a method's file says of it, its source included."""
    return find()[method].about.replace("`", "")


def is_signed(method: str) -> bool:
    """Whether a method tells pushing up from pushing down."""
    return find()[method].signed


def card(name: str) -> Card:
    """A model's card; refuses a broken one."""
    return models.card(name)


def digest(method: str, name: str, text: str, measure: str, options: dict[str, Any]) -> str:
    """The key of an answer: everything that was asked, and which weights were asked."""
    asked = json.dumps([method, name, card(name).sha256, text, measure, options], sort_keys=True)
    return hashlib.sha256(asked.encode(errors="surrogatepass")).hexdigest()


def kept(key: str) -> Result | None:
    """An answer given before, if it is still kept."""
    with _lock:
        return _results.get(key)


def keep(key: str, found: Result) -> None:
    """Keep an answer for an hour, or until newer ones need its place."""
    with _lock:
        _results[key] = found


def submit(
    method: str, name: str, text: str, measure: str, options: dict[str, Any],
    listener: Callable[[float], bool],
) -> "Future[Result]":  # fmt: skip
    """Hand a question to the model's worker. `listener` hears how far it is and says whether to go on."""

    def work(model: LanguageModel) -> Result:
        with progress.heard_by(listener):
            run = _run(name, model, text)
            return explain(run, method, every(run, measure), **options)  # type: ignore[arg-type]

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
