"""The one number whose maps are put to the test, and the words that can be taken away from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.method import Method, UnknownMethod, explain, find
from interpret.method import settings as options_of
from interpret.results import Result
from interpret.run import Run, hide
from interpret.target import BadTarget, Target
from interpret.wording import words_of
from models.refusals import Refusal

WORK = {"most_steps": 512, "samples": 512, "permutations": 32}  # options that buy accuracy; what 0 stands for


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """One explained number: a place, a class, a hidden word, or a span whose measures are added up.

    K words can be taken away: those that can matter and are not explained themselves.
    """

    run: Run
    target: Target
    groups: tuple[np.ndarray, ...]  # K entries: the tokens of each word, in the order of the text
    numbers: np.ndarray  # (K,) which word of the text each one is (interpret.wording.words_of)
    shown: tuple[str, ...]  # (K,)
    asked: tuple[tuple[Run, Target], ...]  # a masked model is asked once for each place, with it hidden

    @classmethod
    def of(cls, run: Run, target: Target) -> "Subject":
        """Raises BadTarget for several numbers, Refusal for a text with fewer than two words to take away."""
        if len(target.places) > 1 and not target.summed:
            raise BadTarget("Evidence is about one number: choose one place, one class or a span of tokens.")
        tokens, of = run.tokens, run.tokens.words
        explained = {int(of[p]) for p in target.places if p < len(tokens)}
        numbers = [
            word
            for word in dict.fromkeys(of[run.of_text].tolist())
            if word not in explained
            and not (target.ahead_only and np.flatnonzero(of == word)[-1] >= min(target.places))
        ]
        if len(numbers) < 2:
            raise Refusal(
                f"There {'is one word' if numbers else 'is no word'} to take away here, and an order needs "
                "two: type more, or explain a later word."
            )
        words = words_of(tokens.text, tokens.spans, of)
        return cls(
            run=run, target=target, numbers=np.array(numbers),
            groups=tuple(np.flatnonzero((of == w) & run.of_text) for w in numbers),
            shown=tuple(words[w].shown for w in numbers),
            asked=as_asked(run, target),
        )  # fmt: skip

    def by_word(self, values: np.ndarray) -> np.ndarray:
        """Scores of tokens (T,) added up to words (K,)."""
        return np.array([float(values[group].sum()) for group in self.groups])

    def shared(self) -> dict[str, Any]:
        """What every record about this number carries."""
        tokens, card = self.run.tokens, self.run.model.card
        return {
            "model": card.name, "model_sha256": card.sha256, "text": tokens.text, "tokens": tokens.shown,
            "spans": tokens.spans, "words": tokens.words, "asked": self.target.asked(self.run.model),
            "numbers": self.numbers, "shown": self.shown,
        }  # fmt: skip


def as_asked(run: Run, target: Target) -> tuple[tuple[Run, Target], ...]:
    """The runs in which the model is asked about the target's rows."""
    if run.model.card.task != "masked":
        return ((run, target),)
    return tuple((hide(run, place), target.rows([row])) for row, place in enumerate(target.places))


def usable(run: Run, names: Sequence[str] | None = None) -> list[Method]:
    """The named methods, or all, that score the words of this model's texts; refuses others."""
    known = find()
    if names is None:
        return [m for m in known.values() if m.gives == "token-grid" and not m.refusal(run.model.card)]
    for name in names:
        if name not in known or known[name].gives != "token-grid":
            scoring = [m.name for m in known.values() if m.gives == "token-grid"]
            raise UnknownMethod(f"{name!r} scores no words: choose of {', '.join(scoring)}.")
        refusal = known[name].refusal(run.model.card)
        if refusal:
            raise UnknownMethod(refusal)
    return [known[name] for name in names]


Settings = Mapping[str, Mapping[str, Any]]  # options by name of a method; of others, their usual ones


def asked_of(method: Method, settings: Settings | None) -> Any:
    """A method's options: those given for it, else its usual ones."""
    return options_of(method, dict((settings or {}).get(method.name, {})))


def maps(
    run: Run, target: Target, names: Sequence[str] | None = None, settings: Settings | None = None
) -> list[Result]:
    """The maps of the named methods (all that can serve) for one number."""
    chosen = usable(run, names)
    found = []
    for at, method in enumerate(chosen):
        with progress.part(at / len(chosen), 1 / len(chosen)):
            found.append(explain(run, method.name, target, **(settings or {}).get(method.name, {})))
    return found


def word_scores(subject: Subject, method: Method, settings: Any) -> np.ndarray:
    """A method's scores of the K words; of a masked model the sum over its hidden places."""
    total = np.zeros(len(subject.groups))
    for run, target in subject.asked:
        found = method.compute(run, replace(target, summed=True), settings)
        total += subject.by_word(found.values)
    return total


@torch.no_grad()
def with_vectors(run: Run, vectors: Tensor) -> Run:
    """The same text with other input vectors (T, D), recorded anew."""
    kept = run.model.record(vectors)
    return replace(
        run, vectors=vectors, logits=kept.logits, hidden=kept.hidden, attention=kept.attention,
        neurons=kept.neurons, memory=kept.memory,
    )  # fmt: skip


def raised(result: Result) -> dict[str, Any] | None:
    """The options to ask with next when a map misses its own check: twice the work. None if it passes.

    For integrated gradients that is `most_steps` doubled; methods that draw lots draw twice as many.
    """
    if result.check.passed:
        return None
    settings = find()[result.method].options
    for name, usual in WORK.items():
        if name in result.options:
            wanted = {**result.options, name: 2 * (result.options[name] or usual)}
            try:
                settings(**wanted)
            except (TypeError, ValueError):
                return None  # already as many as the method takes
            return wanted
    return None
