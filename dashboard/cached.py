"""The only file that computes and keeps results; keys are digests of all that was asked."""

import hashlib
import importlib
import inspect
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from cachetools import TTLCache

from dashboard.interface import says
from dashboard.pace import MOMENT, NotQuick, Pace, TooLong, watched
from dashboard.shelf import Refusal, card, hand
from interpret import Run, explain, find, find_studies, progress, record, study
from interpret.anatomy import anatomy
from interpret.corpus import uploads
from interpret.lens import readers
from interpret.results import LensTraining
from interpret.studies import tuned_lens
from interpret.target import parse
from interpret.trust.evidence import EVIDENCE
from interpret.word_rules import word_pipeline
from models.base import LanguageModel, Tokens
from models.worker import Worker

MODULES = {"anatomy": "interpret.anatomy", "training": "models.train.storyland"}  # pages that are no method
LONGEST = 256  # tokens in one picture
LETTERS = 20_000  # characters of a text that are cut into tokens: more are never shown
ANSWERS = 160 * 2**20  # bytes of answers kept
RUNS = 16 * 2**20  # bytes of forward passes kept beside each model
_pace = Pace()
_lock = threading.Lock()


def _size(found: Any) -> int:
    """About how many bytes an answer or a run takes, with all that is in it but the model."""
    if isinstance(found, LanguageModel):
        return 0
    size = 64
    if isinstance(held := getattr(found, "nbytes", None), int):  # arrays and tensors
        size += held
    elif isinstance(found, str | bytes):
        size += 2 * len(found)
    elif isinstance(found, dict):
        size += sum(_size(key) + _size(value) for key, value in found.items())
    elif isinstance(found, list | tuple | set | frozenset):
        size += sum(map(_size, found))
    elif is_dataclass(found):
        size += sum(_size(getattr(found, field.name)) for field in fields(found))
    return size


def _size_of_answer(found: Any) -> int:
    return min(ANSWERS, 1024 + _size(found))


_results: TTLCache[str, Any] = TTLCache(ANSWERS, 3600, getsizeof=_size_of_answer)
_aside = ThreadPoolExecutor(1, "aside")  # for what needs no model, such as fastai's slow import
GONE = 8.0  # seconds after which nobody looks any more


def method_titles(gives: str, name: str) -> dict[str, str]:
    """The methods that answer with this kind of result and can look into a model: name -> title."""
    known, model = find().items(), card(name)
    return {key: method.title for key, method in known if method.gives == gives and not method.refusal(model)}


def refused(gives: str, name: str) -> dict[str, list[str]]:
    """The methods that answer with this kind of result but not for a model: why not, a sentence -> their titles."""
    model = card(name)
    found: dict[str, list[str]] = {}
    for method in find().values():
        reason = method.refusal(model) if method.gives == gives else None
        if reason:
            same = reason.replace(f", which “{method.title}” needs", "").removeprefix(f"{model.name}: ")
            found.setdefault(same, []).append(method.title)
    return found


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


@dataclass(frozen=True, eq=False)
class Elsewhere:
    """What stands in place of an answer when a question has begun again among the long ones."""

    answer: "Future[Any]"


@dataclass(frozen=True, eq=False)
class _Question:
    """A question to a model, and who listens to how far it is."""

    method: str
    name: str
    text: str
    measure: str
    options: dict[str, Any]
    listener: Callable[[float], bool]
    behind: bool  # evidence about an answer, for which no other reader's answer waits

    @property
    def kind(self) -> str:
        """What questions that take about as long have in common: the method, and what is switched on or off."""
        switches = [
            f"{name}={value}" for name, value in sorted(self.options.items()) if isinstance(value, bool)
        ]
        return " ".join([self.method, *switches])

    def is_long(self) -> bool:
        """Whether to ask it among the long ones; evidence and studies are long until they were quick."""
        looks_at_much = self.method in find_studies() or self.method in EVIDENCE
        return _pace.is_long(self.kind, self.name, first=looks_at_much)

    def handed(self, work: Callable[[Worker, LanguageModel], Any], *, long: bool) -> "Future[Any]":
        """Put into the queue of its model, with what those need to know who wait beside it."""
        expected = _pace.expected(self.kind, self.name)
        return hand(self.name, work, long=long, expected=expected, behind=self.behind)

    def quick(self, keeper: Worker, model: LanguageModel) -> Any:
        """The answer, if it comes within a moment or nobody else waits."""
        try:
            return self._timed(keeper, model, keeper.is_waited_for)
        except NotQuick:
            _pace.took(self.kind, self.name, 4 * MOMENT)
            return Elsewhere(self.handed(self.long, long=True))

    def long(self, keeper: Worker, model: LanguageModel) -> Any:
        """The answer, however long it takes."""
        return self._timed(keeper, model, lambda: False)

    def _timed(self, keeper: Worker, model: LanguageModel, waited_for: Callable[[], bool]) -> Any:
        began = time.thread_time()
        try:
            with progress.heard_by(watched(self.listener, waited_for)):
                found = self._answer(keeper, model)
        except TooLong:
            raise Refusal(says("cached.this-took-more-than-ten")) from None
        _pace.took(self.kind, self.name, time.thread_time() - began)
        return found

    def _answer(self, keeper: Worker, model: LanguageModel) -> Any:
        if self.method in find_studies():
            return study(model, self.method, **self.options)
        run = _run(keeper, model, self.text)
        if self.method == "anatomy":
            return anatomy(run)
        given = dict(self.options)
        written = given.pop("target", "every")
        target = parse(run, written, self.measure)  # type: ignore[arg-type]
        if self.method in EVIDENCE:
            return EVIDENCE[self.method](run, target, **given)
        return explain(run, self.method, target, **given)


def submit(
    method: str, name: str, text: str, measure: str, options: dict[str, Any],
    listener: Callable[[float], bool], *, behind: bool = False,
) -> "Future[Any]":  # fmt: skip
    """Hand a question to the model's worker. `listener` hears how far it is and says whether to go on.

    `behind`: it is evidence about an answer, and other readers' answers come first. The answer may be that it comes
    from `Elsewhere`. Beside the methods and the studies, which need no text: "anatomy", what the model is made of,
    and "words", the text in fastai's words.
    """
    if method == "words":
        return _aside.submit(word_pipeline, text)
    asked = _Question(method, name, text, measure, options, listener, behind)
    long = asked.is_long()
    return asked.handed(asked.long if long else asked.quick, long=long)


def columns_of(name: str, held: bytes) -> uploads.Columns:
    """Where a file that a reader hands over may hold its texts and labels; refuses one that cannot be read."""
    return uploads.columns(name, held)


def texts_of(name: str, held: bytes, column: str, label: str, *, lines: bool) -> uploads.Upload:
    """The texts of a file that a reader hands over; kept nowhere but in the reader's session."""
    return uploads.read(name, held, column, label, lines=lines)


def fitting(model: LanguageModel, text: str) -> Tokens:
    """The text's tokens, cut to what the model takes and a picture can show."""
    return model.encode(text[:LETTERS]).cut(min(LONGEST, model.card.context or LONGEST))


def _run(keeper: Worker, model: LanguageModel, text: str) -> Run:
    """The forward pass that all questions about a text share; called on the model's own thread only."""
    if "runs" not in keeper.kept:
        keeper.kept["runs"] = TTLCache(RUNS, 600, getsizeof=lambda run: min(RUNS, _size(run)))
    runs: TTLCache[str, Run] = keeper.kept["runs"]
    found = runs.get(text)
    if found is None:
        found = runs[text] = record(model, fitting(model, text))
    return found


@dataclass(eq=False)
class Learning:
    """A lens that is being learned, or was: how far it is, and whether anybody still looks."""

    share: float = 0.0
    found: LensTraining | None = None
    wanted: bool = True
    looked: float = 0.0  # when a page last asked
    answer: "Future[Any] | None" = None

    def is_going_on(self) -> bool:
        return self.answer is not None and not self.answer.done()

    def failed(self) -> bool:
        """Whether it ended without a lens."""
        return self.answer is None or self.answer.cancelled() or self.answer.exception() is not None

    def stop(self) -> None:
        """End it; the best so far is kept."""
        self.wanted = False

    def goes_on(self, share: float) -> bool:
        """How far it is; whether to go on."""
        self.share = share
        return self.wanted and time.monotonic() - self.looked < GONE


_learning: TTLCache[str, Learning] = TTLCache(32, 3600)  # by the model's sha256


def learning(name: str) -> Learning | None:
    """The lens that is being learned for a model, or was last; whoever asks is taken to look at it."""
    with _lock:
        found = _learning.get(card(name).sha256)
    if found is not None:
        found.looked = time.monotonic()
    return found


def learn(name: str, seconds: int) -> None:
    """Begin to learn a lens, unless one is being learned. It ends early, and keeps the best, when nobody looks."""
    known = learning(name)
    if known is not None and known.is_going_on():
        return
    now = Learning(looked=time.monotonic())

    def heard(found: LensTraining) -> None:
        now.found = found

    def work(_: Worker, model: LanguageModel) -> None:
        with progress.heard_by(now.goes_on):
            now.found = tuned_lens.learn(model, tuned_lens.Options(seconds=seconds), heard)

    now.answer = hand(name, work, long=True, expected=seconds)
    with _lock:
        _learning[card(name).sha256] = now
