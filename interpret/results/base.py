"""What methods give back: a small closed family of records that know their unit, sign, target and check.

Numbers are numpy, finite and read-only; a record that holds anything else is refused, so that no
picture is ever drawn of it. `kind` (a word, not a class) picks the figure.
"""

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.sentences import in_powers, quoted

if TYPE_CHECKING:
    import pandas

SCHEMA = 1


class NotFinite(ValueError):
    """A method came to NaN or infinity; nothing is drawn of that."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """The number by which a reader judges a result, and the value it should not pass.

    `says` is the sentence around the number, with {} in its place.
    """

    name: str
    value: float
    says: str = ""
    limit: float | None = None
    unit: str = ""

    @property
    def passed(self) -> bool:
        return self.limit is None or self.value <= self.limit

    def in_words(self) -> str:
        """The sentence a reader judges by; of a number far below its limit it says only that."""
        unit = self.unit.replace(" %", "\u00a0%")  # never alone on a line
        if self.limit and 0 <= self.value < self.limit / 1000:
            number = f"less than {in_powers(f'{self.limit / 1000:g}')}{unit}"
        else:
            size = abs(self.value)
            figures = f"{size:.2g}" if size < 99.5 else f"{size:,.0f}"
            number = f"{'−' if self.value < 0 else ''}{in_powers(figures)}{unit}"
        words = (self.says or f"{self.name}: {{}}.").format(number)
        if not self.limit and self.passed:
            return words
        allowed = f"at most {in_powers(f'{self.limit:g}')}{unit} is allowed."
        return f"{words.rstrip('.')}; {allowed}" if self.passed else f"{words} That is too much: {allowed}"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The number that is explained, as words: which measure of which tokens at which places."""

    measure: str  # logit, log-prob, probability, contrast
    places: tuple[int, ...]  # index of the explained token; T for the one after the text
    tokens: tuple[int, ...]
    shown: tuple[str, ...]
    against: tuple[str, ...] = ()  # as shown, for a contrast
    summed: bool = False
    task: str = "causal"  # causal, masked (each place hidden in turn), classify (tokens are classes)

    def in_words(self) -> str:
        """For instance: the log-probability of "are" instead of ..."""
        names = {
            "logit": "the score (logit)",
            "log-prob": "the log-probability",
            "probability": "the probability",
            "contrast": "the lead (logit difference)",
        }
        if len(self.places) > 1 and not self.summed:
            guess = "class" if self.task == "classify" else "guess"
            other = f" over the model's best other {guess}" if self.against else ""
            each = {"classify": "class", "masked": "token, while it is hidden,"}.get(self.task, "token")
            return f"{names[self.measure]} of each {each}{other}".removesuffix(",")
        other = f" over {quoted(''.join(self.against))}" if self.against else ""
        return f"{names[self.measure]} of {quoted(''.join(self.shown))}{other}"

    def takes_part(self, tokens: int) -> np.ndarray:
        """Which tokens can matter to each row, (C, T): those before it; all others; all."""
        places, at = np.array(self.places)[:, None], np.arange(tokens)[None]
        if self.task == "causal":
            return at < places
        return at != places


@dataclass(frozen=True, kw_only=True, eq=False)
class Result:
    """What every result carries. `values` has one axis per name in `dims`."""

    kind: ClassVar[str] = "result"
    dims: ClassVar[tuple[str, ...]] = ()

    method: str
    model: str
    model_sha256: str
    text: str
    tokens: tuple[str, ...]  # as shown, (T,)
    spans: np.ndarray  # (T, 2) into text
    words: np.ndarray  # (T,) which word a token belongs to
    asked: Asked
    values: np.ndarray
    unit: str
    signed: bool
    check: Check
    options: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # what a reader must know before believing it

    def __post_init__(self) -> None:
        for part in fields(self):
            value = getattr(self, part.name)
            number = value.value if isinstance(value, Check) else value
            if isinstance(number, float | np.ndarray) and not _finite(number):
                raise NotFinite(
                    f"{self.method}: the numbers are not finite, so nothing is drawn; "
                    "try another text or another measure."
                )
            if isinstance(value, np.ndarray):
                object.__setattr__(self, part.name, _frozen(value))

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary in the public schema; `json.dumps` writes it as strict JSON."""
        return {
            "schema": SCHEMA,
            "method": self.method,
            "model": self.model,
            "model_sha256": self.model_sha256,
            "text": self.text,
            "tokens": list(self.tokens),
            "spans": self.spans.tolist(),
            "target": {
                "measure": self.asked.measure,
                "places": list(self.asked.places),
                "tokens": list(self.asked.tokens),
                "shown": list(self.asked.shown),
                "against": list(self.asked.against),
                "summed": self.asked.summed,
                "in_words": self.asked.in_words(),
            },
            "dims": list(self.dims),
            "values": self.values.tolist(),
            "unit": self.unit,
            "signed": self.signed,
            "check": {
                "name": self.check.name,
                "value": self.check.value,
                "limit": self.check.limit,
                "unit": self.check.unit,
                "passed": self.check.passed,
            },
            "options": self.options,
            "notes": list(self.notes),
        }

    def shows(self) -> str:
        """What the numbers are, with their unit: a quiet line under the answer."""
        return f"{self.asked.in_words()}, in {self.unit}"

    def to_frame(self) -> "pandas.DataFrame":
        """One number a row, with its words."""
        raise NotImplementedError

    def in_words(self) -> str:
        """The sentence that a page prints and a screen reader says."""
        raise NotImplementedError


def _finite(number: float | np.ndarray) -> bool:
    kind = np.asarray(number)
    return kind.dtype.kind not in "fc" or bool(np.isfinite(kind).all())


def _frozen(array: np.ndarray) -> np.ndarray:
    array = np.ascontiguousarray(array)
    if array.flags.writeable:
        array = array.copy()
        array.setflags(write=False)
    return array
