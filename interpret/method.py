"""What a method is, and how the folder `methods/` is found."""

import importlib
import pkgutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

import numpy as np

import models
from interpret import progress
from interpret.results import Asked, Check, Result, TokenGrid, TokenScores
from interpret.run import Run, hide
from interpret.sentences import odd, saturated
from interpret.target import Target
from models.base import Card
from models.refusals import Refusal


class UnknownMethod(Refusal):
    """No method of that name, or not one this model can serve."""


class NotThisModel(UnknownMethod):
    """A method that other models can serve, and this one cannot."""


@dataclass(frozen=True, kw_only=True)
class NoOptions:
    """For methods with nothing to set."""


TASKS = {
    "causal": "models that write the next word",
    "masked": "models that fill a gap",
    "classify": "classifiers",
}
DOES = {"causal": "writes the next word", "masked": "fills gaps", "classify": "names a class"}
LACKS = {  # abilities of models, as one says that they are missing
    "attention": "no attention",
    "cells": "no memory cells, as an LSTM has",
    "gates": "no memory cells, as an LSTM has",
    "classes": "no classes to choose from",
    "unembed": "no layers that can be read as words (unembedding)",
    "gradients": "no way back from its numbers to its words (gradients)",
}
NAMED = 3  # models named in a refusal


@dataclass(frozen=True, kw_only=True)
class Method:
    """One way of looking. `about` is the page's text: the docstring of the method's file."""

    name: str
    title: str
    question: str
    gives: str  # a kind of Result
    needs: frozenset[str]  # abilities of the model
    options: type
    source: str
    signed: bool
    compute: Callable[[Run, Target, Any], Result]
    about: str = ""
    place: int = 100  # where it stands in lists
    unfit: Callable[[Card], str | None] | None = None  # a further reason not to look into a model
    tasks: frozenset[str] = frozenset({"causal", "masked", "classify"})

    def refusal(self, card: Card) -> str | None:
        """Why this method cannot look into a model, in a sentence; None if it can."""
        if card.task not in self.tasks:
            kinds = " and ".join(TASKS[task] for task in TASKS if task in self.tasks)
            return f"{card.name} {DOES[card.task]}: “{self.title}” is for {kinds}{_such_as(self)}."
        missing = dict.fromkeys(LACKS[ability] for ability in sorted(self.needs - card.abilities))
        if missing:
            lack = " and ".join(missing)
            way_out = f": choose another model{_such_as(self)}" if _such_as(self) else ""
            return f"{card.name} has {lack}, which “{self.title}” needs{way_out}."
        return None if self.unfit is None else self.unfit(card)

    def serves(self, card: Card) -> bool:
        """Whether it can look into a model."""
        fits = card.task in self.tasks and self.needs <= card.abilities
        return fits and (self.unfit is None or self.unfit(card) is None)

    @property
    def summary(self) -> str:
        """The first line of `about`."""
        return self.about.strip().split("\n")[0]


@cache
def _such_as(method: Method) -> str:
    """Bundled models that a method can look into, to be named behind a refusal."""
    *others, last = [card.name for card in _bundled() if method.serves(card)][:NAMED] or [""]
    return f", such as {', '.join(others)} or {last}" if others else f", such as {last}" if last else ""


@cache
def _bundled() -> list[Card]:
    found = []
    for name in models.names():
        with suppress(Refusal):  # a broken card is said where that model is asked
            found.append(models.card(name))
    return found


@cache
def find() -> dict[str, Method]:
    """Every method of `interpret/methods/` by name."""
    from interpret import methods

    return found_in(methods, "METHOD")


def found_in(package: Any, called: str) -> dict[str, Any]:
    """What each file of a folder calls METHOD (or STUDY), by name, in the order of their places."""
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        file = importlib.import_module(f"{package.__name__}.{module.name}")
        made = getattr(file, called)
        found[made.name] = replace(made, about=(file.__doc__ or "").strip())
    return dict(sorted(found.items(), key=lambda entry: (entry[1].place, entry[0])))


def settings(chosen: Method, options: dict[str, Any]) -> Any:
    """The options of a method with these values; refuses one it does not have, or cannot have."""
    known = chosen.options.__dataclass_fields__
    unknown = set(options) - set(known)
    if unknown:
        has = ", ".join(known) or "none"
        raise UnknownMethod(f"{chosen.name} has no option {', '.join(sorted(unknown))}; it has: {has}.")
    try:
        return chosen.options(**options)
    except (TypeError, ValueError) as error:
        if str(error).endswith("."):  # a whole sentence already
            raise
        raise UnknownMethod(f"{chosen.name}: {error}.") from None


def explain(run: Run, method: str, target: Target | None = None, **options: Any) -> Any:
    """One method's answer about one target (every token, by log-probability, if none is given).

    Returns:
        A Result of the kind the method gives.

    Raises:
        UnknownMethod: no such method, an option it does not have, or a model it cannot look into.
    """
    from interpret.target import every

    chosen = find().get(method)
    if chosen is None:
        raise UnknownMethod(f"There is no method {method!r}: choose one of {', '.join(find())}.")
    refusal = chosen.refusal(run.model.card)
    if refusal:
        raise NotThisModel(refusal)
    given = settings(chosen, options)
    target = target or every(run)
    if run.model.card.task == "masked" and chosen.gives == "token-grid":
        return _each_hidden(run, chosen, target, given)
    return chosen.compute(run, target, given)


def _each_hidden(run: Run, method: Method, target: Target, given: Any) -> Result:
    """A masked model is asked about each place of `target` with the token there hidden."""
    found: list[Any] = []
    notes: dict[str, None] = {}  # said of single places and not only of how their scores look
    for row, place in enumerate(target.places):
        hidden, one = hide(run, place), target.rows([row])
        with progress.part(row / len(target.places), 1 / len(target.places)):
            found.append(method.compute(hidden, one, given))
        said = _oddities(hidden, one, found[-1].values[None], np.array([found[-1].total]))
        notes |= dict.fromkeys(note for note in found[-1].notes if note not in said)
    first = found[0]
    values = np.array([one.values for one in found])
    totals = np.array([one.total for one in found])
    spread = None if first.spread is None else np.array([one.spread for one in found])
    return token_result(
        run, target, method.name, values, totals, unit=first.unit, signed=first.signed,
        check=max((one.check for one in found), key=lambda check: check.value),
        options=given, notes=tuple(notes), spread=spread,
    )  # fmt: skip


def token_result(
    run: Run, target: Target, method: str, values: Any, totals: Any, *,
    unit: str, signed: bool, check: Check, options: Any, notes: tuple[str, ...] = (), spread: Any = None,
) -> TokenScores | TokenGrid:  # fmt: skip
    """Scores (C, T) as the Result their target asks for: one row as TokenScores, several as a TokenGrid.

    `spread`: standard errors of the scores, (C, T), or (T,) of the sum over a summed target's rows. Rows of errors
    are added there, an upper bound: the rows share their random numbers.
    """
    tokens = run.tokens
    asked: Asked = target.asked(run.model)
    shared = {
        "method": method, "model": run.model.card.name, "model_sha256": run.model.card.sha256,
        "text": tokens.text, "tokens": tokens.shown, "spans": tokens.spans, "words": tokens.words,
        "asked": asked, "unit": unit, "signed": signed, "check": check, "options": asdict(options),
        "notes": (*_oddities(run, target, values, totals), *notes), "spread": spread,
    }  # fmt: skip
    if asked.summed:
        if spread is not None and spread.ndim == 2:
            shared["spread"] = spread.sum(axis=0)
        return TokenScores(values=values.sum(axis=0), total=float(totals.sum()), **shared)
    return TokenGrid(values=values, totals=totals, **shared)


def _oddities(run: Run, target: Target, values: np.ndarray, totals: np.ndarray) -> tuple[str, ...]:
    """What must be said of scores (C, T) and explained numbers (C,) before anyone believes them."""
    asked = target.asked(run.model)
    could = (asked.takes_part(len(run.tokens)) & run.of_text).sum(axis=1)
    rows = _led_by_words(run, target)
    if asked.summed:
        looked_at = odd(values.sum(axis=0, keepdims=True), could.max(keepdims=True))
    else:
        looked_at = odd(values[rows], could[rows])
    what = "classes" if run.model.card.task == "classify" else "words (tokens)"
    return (*looked_at, *saturated(totals, target.measure, what))


def _led_by_words(run: Run, target: Target) -> list[int]:
    """The rows that have a word before them; behind the start mark alone a score of 0 is no surprise."""
    if not target.ahead_only:
        return list(range(len(target.places)))
    marks = int((run.tokens.spans[:, 0] == run.tokens.spans[:, 1]).sum())
    rows = [row for row, place in enumerate(target.places) if place > marks]
    return rows or list(range(len(target.places)))
