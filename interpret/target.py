"""The one number that is explained: a measure of one token, of a span, or of every token in turn."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

import torch
from torch import Tensor

from interpret.results import Asked
from interpret.run import Run
from models.base import LanguageModel, Task
from models.refusals import Refusal

Measure = Literal["logit", "log-prob", "probability", "contrast"]
UNITS = {"logit": "logits", "log-prob": "nats", "probability": "probability", "contrast": "logits"}


class BadTarget(Refusal):
    """What should be explained is not in this text or not in this model's vocabulary."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """C rows, each a token at a place; `summed` makes one number of them (a span).

    `task` says what a row of logits scores (models.base.LanguageModel). causal: the token at place p is
    scored by the logits after token p - 1, so places run from 1 to T, and T is the token that would come
    after the text. masked: by the logits at p. classify: the one place is T, its "tokens" are classes.
    `measure`: logit; log-prob (nats); probability; contrast, the logit of the token minus that of another
    (`against`).
    """

    measure: Measure
    places: tuple[int, ...]
    tokens: tuple[int, ...]
    against: tuple[int, ...] = ()
    summed: bool = False
    task: Task = "causal"

    def __post_init__(self) -> None:
        if self.measure not in get_args(Measure):
            known = ", ".join(get_args(Measure))
            raise BadTarget(f"There is no measure {self.measure!r}: choose one of {known}.")
        if not self.places or len(self.places) != len(self.tokens):
            raise BadTarget("A target needs at least one place, and one token for each place.")
        if self.task == "causal" and min(self.places) < 1:
            raise BadTarget("Places run from 1: nothing stands before token 0 to score it by.")
        if len(self.against) != (len(self.tokens) if self.measure == "contrast" else 0):
            raise BadTarget(
                "A contrast, and only a contrast, names for each token the one it is compared with."
            )

    @property
    def unit(self) -> str:
        return UNITS[self.measure]

    @property
    def positions(self) -> Tensor:
        """Which rows of logits score the places, (C,)."""
        places = torch.tensor(self.places)
        return {"causal": places - 1, "masked": places, "classify": torch.zeros_like(places)}[self.task]

    @property
    def ahead_only(self) -> bool:
        """Whether only the tokens before a place can matter to it."""
        return self.task == "causal"

    def scores(self, logits: Tensor) -> Tensor:
        """The explained numbers, (B, C), from the logits at the target's rows, (B, C, V)."""
        rows = logits.log_softmax(-1) if self.measure in ("log-prob", "probability") else logits
        chosen = _pick(rows, self.tokens)
        if self.measure == "probability":
            return chosen.exp()
        return chosen - _pick(logits, self.against) if self.against else chosen

    def rows(self, chosen: list[int]) -> "Target":
        """The same question for some of its rows."""

        def take(values: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(values[i] for i in chosen) if values else ()

        return replace(self, places=take(self.places), tokens=take(self.tokens), against=take(self.against))

    def asked(self, model: LanguageModel) -> Asked:
        """This target as words."""
        return Asked(
            measure=self.measure,
            places=self.places,
            tokens=self.tokens,
            shown=tuple(self._named(model, token) for token in self.tokens),
            against=tuple(self._named(model, token) for token in self.against),
            summed=self.summed or len(self.places) == 1,
            task=self.task,
        )

    def _named(self, model: LanguageModel, token: int) -> str:
        return model.card.classes[token] if self.task == "classify" else model.shown(token)


def _pick(rows: Tensor, tokens: tuple[int, ...]) -> Tensor:
    """The entry of each row's token: (B, C, V) -> (B, C)."""
    index = torch.tensor(tokens).expand(rows.shape[0], -1)[..., None]
    return rows.gather(-1, index)[..., 0]


def at(run: Run, place: int, token: int | None = None, *, measure: Measure = "log-prob",
       against: int | None = None) -> Target:  # fmt: skip
    """One place. Without `token`: the text's own token there, or the model's first guess after the text."""
    own = _own(run, place)  # refuses a place that the text does not have
    token = token if token is not None else own
    if measure == "contrast" and against is None:
        against = _best_other(run, place, token)
    for known in (token,) if against is None else (token, against):
        _known(run, known)
    return Target(
        measure=measure, places=(place,), tokens=(token,), against=() if against is None else (against,),
        task=run.model.card.task,
    )  # fmt: skip


def of_class(run: Run, name: str, measure: Measure = "log-prob", against: str | None = None) -> Target:
    """One class of a classifier by its name; a contrast without `against` takes the likeliest other one."""
    token = _class(run, name)
    other = None if against is None else _class(run, against)
    return at(run, len(run.tokens), token, measure=measure, against=other)


def every(run: Run, measure: Measure = "log-prob", *, following: bool = True) -> Target:
    """Each token of the text and (`following`) the model's first guess after it; each class of a classifier.

    A causal model's first token is left out: nothing stands before it. A contrast sets each token against the
    likeliest other one at its place.
    """
    task = run.model.card.task
    if task == "classify":
        places: tuple[int, ...] = (len(run.tokens),) * len(run.model.card.classes)
        tokens: tuple[int, ...] = tuple(range(len(places)))
        return _with_others(run, measure, places, tokens)
    if task == "masked":
        places = tuple(p for p, (start, end) in enumerate(run.tokens.spans) if end > start)
    else:
        places = tuple(range(1, len(run.tokens) + following))
    if not places:
        raise BadTarget("One token alone has nothing before it to be explained by: type more.")
    return _with_others(run, measure, places, tuple(_own(run, place) for place in places))


def span(run: Run, first: int, last: int, measure: Measure = "log-prob") -> Target:
    """The text's tokens from place `first` to `last` as one number: the sum of their measures."""
    least = 1 if run.model.card.task == "causal" else 0
    if not least <= first <= last < len(run.tokens):
        raise BadTarget(f"A span lies between tokens {least} and {len(run.tokens) - 1}, first before last.")
    places = tuple(range(first, last + 1))
    target = _with_others(run, measure, places, tuple(_own(run, place) for place in places))
    return replace(target, summed=True)


def _with_others(run: Run, measure: Measure, places: tuple[int, ...], tokens: tuple[int, ...]) -> Target:
    """The target; for a contrast each token is set against the likeliest other one."""
    against: tuple[int, ...] = ()
    if measure == "contrast":
        against = tuple(_best_other(run, p, t) for p, t in zip(places, tokens, strict=True))
    return Target(measure=measure, places=places, tokens=tokens, against=against, task=run.model.card.task)


def parse(run: Run, written: str, measure: Measure = "log-prob") -> Target:
    """A target as typed on the command line.

    `every`; `next` (the model's first guess after the text); `5` (the text's token 5); `5-7` (a span);
    `next:is` or `5:is` (that word at that place); `next:is/are` (is rather than are); `next:/are` (what
    `next` is, rather than are). Of a classifier: `every`, `positive`, or `positive/negative`.
    """
    if written == "every":
        return every(run, measure)
    if run.model.card.task == "classify":
        name, _, other = written.partition("/")
        return of_class(run, name, "contrast" if other else measure, other or None)
    place, _, words = written.partition(":")
    try:
        if "-" in place and not words:
            first, last = (int(number) for number in place.split("-"))
        else:
            first = last = len(run.tokens) if place == "next" else int(place)
    except ValueError:
        raise BadTarget(
            f"{written!r} is no target: write every, next, 5, 5-7, next:is or next:is/are."
        ) from None
    if "-" in place:
        return span(run, first, last, measure)
    if not words:
        return at(run, first, measure=measure)
    word, _, other = words.partition("/")
    return at(
        run,
        first,
        token_of(run.model, word) if word else None,
        measure="contrast" if other else measure,
        against=token_of(run.model, other) if other else None,
    )


def token_of(model: LanguageModel, word: str) -> int:
    """The vocabulary entry for a word as it stands inside a text; refuses one that is several pieces."""
    for written in (f" {word}", word):
        tokens = model.encode(written)
        inside = [int(t) for t, (start, end) in zip(tokens.ids, tokens.spans, strict=True) if end > start]
        if len(inside) == 1:
            return inside[0]
    raise BadTarget(f"{word!r} is not one piece of this model's vocabulary: choose a more frequent word.")


def _own(run: Run, place: int) -> int:
    count, after = len(run.tokens), run.model.card.task != "masked"
    first = 1 if run.model.card.task == "causal" else 0
    if not first <= place < count + after:
        last = count - 1 + after
        raise BadTarget(f"There is no token {place}: this text has tokens {first} to {last}.")
    if place == count:
        return int(run.logits[-1].argmax())
    return int(run.tokens.ids[place])


def _class(run: Run, name: str) -> int:
    classes = run.model.card.classes
    if name not in classes:
        raise BadTarget(f"{run.model.card.name} knows no class {name!r}: choose one of {', '.join(classes)}.")
    return classes.index(name)


def _best_other(run: Run, place: int, token: int) -> int:
    row = {"causal": place - 1, "masked": place, "classify": 0}[run.model.card.task]
    first, second = run.logits[row].topk(2).indices.tolist()
    return second if first == token else first


def _known(run: Run, token: int) -> None:
    if not 0 <= token < run.logits.shape[-1]:
        raise BadTarget(f"Token {token} is not in this model's vocabulary of {run.logits.shape[-1]:,}.")
