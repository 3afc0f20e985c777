"""What a method is, and how the folder `methods/` is found."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from interpret.results import Asked, Check, Result, TokenGrid, TokenScores
from interpret.run import Run
from interpret.sentences import odd
from interpret.target import Target
from models.base import Refusal


class UnknownMethod(Refusal):
    """No method of that name, or not one this model can serve."""


@dataclass(frozen=True, kw_only=True)
class NoOptions:
    """For methods with nothing to set."""


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

    @property
    def summary(self) -> str:
        """The first line of `about`."""
        return self.about.strip().split("\n")[0]


@cache
def find() -> dict[str, Method]:
    """Every method of `interpret/methods/` by name."""
    from interpret import methods

    found = {}
    for module in pkgutil.iter_modules(methods.__path__):
        file = importlib.import_module(f"{methods.__name__}.{module.name}")
        made = file.METHOD
        found[made.name] = Method(
            **{k: getattr(made, k) for k in made.__dataclass_fields__ if k != "about"},
            about=(file.__doc__ or "").strip(),
        )
    return dict(sorted(found.items(), key=lambda entry: (entry[1].place, entry[0])))


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
    missing = chosen.needs - run.model.card.abilities
    if missing:
        raise UnknownMethod(
            f"{run.model.card.name} has no {' and no '.join(sorted(missing))}, which {method} needs."
        )
    unknown = set(options) - set(chosen.options.__dataclass_fields__)
    if unknown:
        has = ", ".join(chosen.options.__dataclass_fields__) or "none"
        raise UnknownMethod(f"{method} has no option {', '.join(sorted(unknown))}; it has: {has}.")
    try:
        settings = chosen.options(**options)
    except (TypeError, ValueError) as error:
        raise UnknownMethod(f"{method}: {error}.") from None
    return chosen.compute(run, target or every(run), settings)


def token_result(
    run: Run, target: Target, method: str, values: Any, totals: Any, *,
    unit: str, signed: bool, check: Check, options: Any, notes: tuple[str, ...] = (),
) -> TokenScores | TokenGrid:  # fmt: skip
    """Scores (C, T) as the Result their target asks for: one row as TokenScores, several as a TokenGrid."""
    tokens = run.tokens
    asked: Asked = target.asked(run.model)
    shared = {
        "method": method, "model": run.model.card.name, "model_sha256": run.model.card.sha256,
        "text": tokens.text, "tokens": tokens.shown, "spans": tokens.spans, "words": tokens.words,
        "asked": asked, "unit": unit, "signed": signed, "check": check, "options": asdict(options),
        "notes": (*odd(values[_led_by_words(run, target)]), *notes),
    }  # fmt: skip
    if asked.summed:
        return TokenScores(values=values.sum(axis=0), total=float(totals.sum()), **shared)
    return TokenGrid(values=values, totals=totals, **shared)


def _led_by_words(run: Run, target: Target) -> list[int]:
    """The rows that have a word before them; behind the start mark alone a score of 0 is no surprise."""
    marks = int((run.tokens.spans[:, 0] == run.tokens.spans[:, 1]).sum())
    rows = [row for row, place in enumerate(target.places) if place > marks]
    return rows or list(range(len(target.places)))
