"""What a study is: a question to a model itself, or to many texts, where a method asks about one text."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from interpret.method import Method, NotThisModel, UnknownMethod, found_in, settings
from interpret.results import Result
from models.base import LanguageModel


@dataclass(frozen=True, kw_only=True)
class Study(Method):
    """Like a method, but `compute` takes the model.

    What it looks at (a corpus, pairs of sentences, the vocabulary) is among its options. Long ones tell
    `interpret.progress` how far they are.
    """

    compute: Callable[[LanguageModel, Any], Result]  # pyright: ignore[reportIncompatibleMethodOverride]


@cache
def find_studies() -> dict[str, Study]:
    """Every study of `interpret/studies/` by name."""
    from interpret import studies as package

    return found_in(package, "STUDY")


def study(model: LanguageModel, name: str, **options: Any) -> Any:
    """One study's answer, a Result of the kind it gives.

    Raises:
        UnknownMethod: no such study, an option it does not have, or a model it cannot look into.
    """
    chosen = find_studies().get(name)
    if chosen is None:
        known = ", ".join(find_studies()) or "none"
        raise UnknownMethod(f"There is no study {name!r}: choose one of {known}.")
    refusal = chosen.refusal(model.card)
    if refusal:
        raise NotThisModel(refusal)
    return chosen.compute(model, settings(chosen, options))
