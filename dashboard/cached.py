"""The only file that computes and keeps results; keys are digests of all that was asked."""

import hashlib
import importlib
import inspect
import json
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any

from cachetools import TTLCache

from dashboard.shelf import PATIENCE, card, is_known, worker
from interpret import Run, explain, find, find_studies, progress, record, study
from interpret.anatomy import anatomy
from interpret.lens import readers
from interpret.target import parse
from interpret.trust.evidence import EVIDENCE
from interpret.word_rules import word_pipeline
from models.base import LanguageModel, Tokens

MODULES = {"anatomy": "interpret.anatomy", "training": "models.train.storyland"}  # pages that are no method
LONGEST = 256  # tokens in one picture
_lock = threading.Lock()
_results: TTLCache[str, Any] = TTLCache(
    256 * 2**20, 3600, getsizeof=lambda found: getattr(getattr(found, "values", None), "nbytes", 0) + 65536
)
_aside = ThreadPoolExecutor(1, "aside")  # for what needs no model, such as fastai's slow import
_runs: dict[str, TTLCache[str, Run]] = {}


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
    for gone in [known for known in _runs if not is_known(known)]:
        _runs.pop(gone, None)
    runs = _runs.setdefault(name, TTLCache(maxsize=8, ttl=600))
    if text not in runs:
        runs[text] = record(model, fitting(model, text))
    return runs[text]
