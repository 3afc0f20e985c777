"""What methods give back: a small closed family of records that know their unit, sign, target and check.

Numbers are numpy, finite and read-only; a record that holds anything else is refused, so that no
picture is ever drawn of it. `kind` (a word, not a class) picks the figure.
"""

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.sentences import by_word, marked, named, percent, visible

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
        if self.limit and self.value < self.limit / 1000:
            number = f"less than {self.limit / 1000:g}{self.unit}"
        else:
            number = f"{self.value:.2g}{self.unit}"
        words = (self.says or f"{self.name}: {{}}.").format(number)
        if not self.limit and self.passed:
            return words
        allowed = f"at most {self.limit:g}{self.unit} is allowed."
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

    def in_words(self) -> str:
        """For instance: the log-probability of "are" instead of ..."""
        names = {
            "logit": "the score (logit)",
            "log-prob": "the log-probability",
            "probability": "the probability",
            "contrast": "the lead (logit difference)",
        }
        if len(self.places) > 1 and not self.summed:
            other = " over the model's best other guess" if self.against else ""
            return f"{names[self.measure]} of each token{other}"
        what = visible("".join(self.shown))
        other = f" over “{visible(''.join(self.against))}”" if self.against else ""
        return f"{names[self.measure]} of “{what}”{other}"


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


@dataclass(frozen=True, kw_only=True, eq=False)
class TokenScores(Result):
    """One number for each token of the text, for one target."""

    kind: ClassVar[str] = "token-scores"
    dims: ClassVar[tuple[str, ...]] = ("token",)
    total: float  # the explained number itself

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "total": self.total}

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {
                "token": np.arange(len(self.tokens)),
                "shown": self.tokens,
                "start": self.spans[:, 0],
                "end": self.spans[:, 1],
                "score": self.values,
                "unit": self.unit,
            }
        )

    def in_words(self) -> str:
        what = self.asked.in_words()
        led = by_word(self.text, self.spans, self.words, self.values, self.signed)
        return f"{what[0].upper()}{what[1:]} {led}"


@dataclass(frozen=True, kw_only=True, eq=False)
class TokenGrid(Result):
    """One row of token scores for each target of `asked`, (C, T); a token that comes later scores 0."""

    kind: ClassVar[str] = "token-grid"
    dims: ClassVar[tuple[str, ...]] = ("target", "token")
    totals: np.ndarray  # (C,) the explained numbers themselves

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "totals": self.totals.tolist()}

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        rows, columns = self.values.shape
        return pandas.DataFrame(
            {
                "target": np.repeat(self.asked.places, columns),
                "target_shown": np.repeat(np.array(self.asked.shown, dtype=object), columns),
                "token": np.tile(np.arange(columns), rows),
                "shown": np.tile(np.array(self.tokens, dtype=object), rows),
                "score": self.values.ravel(),
                "unit": self.unit,
            }
        )

    def in_words(self, row: int = -1) -> str:
        word = visible(self.asked.shown[row])
        led = by_word(self.text, self.spans, self.words, self.values[row], self.signed)
        return f"“{word}” {led}"


@dataclass(frozen=True, kw_only=True, eq=False)
class NextWords(Result):
    """After each token the probabilities of the K likeliest next ones (T, K), and each token's surprise."""

    kind: ClassVar[str] = "next-words"
    dims: ClassVar[tuple[str, ...]] = ("token", "candidate")
    candidates: tuple[tuple[str, ...], ...]  # (T, K) as shown
    candidate_ids: np.ndarray  # (T, K)
    surprise: np.ndarray  # (T,) bits; 0 for a first token that nothing predicts
    rank: np.ndarray  # (T,) 1 = the model's first guess; 0 for that first token
    entropy: np.ndarray  # (T,) bits: how undecided the model is after each token
    predicted: np.ndarray  # (T,) whether anything stands before the token

    def shows(self) -> str:
        return "the probability of each next token; surprise in bits"

    def marked(self, row: int = -1) -> tuple[str, ...]:
        """The candidates after token `row`; three dots before those that go on with its word."""
        before = self.text[: int(self.spans[row, 1])]
        return tuple(marked(token, before) for token in self.candidates[row])

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(),
            "candidates": [list(row) for row in self.candidates],
            "candidate_ids": self.candidate_ids.tolist(),
            "surprise_bits": self.surprise.tolist(),
            "rank": self.rank.tolist(),
            "entropy_bits": self.entropy.tolist(),
            "predicted": self.predicted.tolist(),
        }

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {
                "token": np.arange(len(self.tokens)),
                "shown": self.tokens,
                "surprise_bits": self.surprise,
                "rank": self.rank,
                "entropy_bits": self.entropy,
                "first_guess_after": [row[0] for row in self.candidates],
                "first_guess_probability": self.values[:, 0],
            }
        )

    def in_words(self) -> str:
        guesses = self.marked()[:2]
        first, second = (named(token) for token in guesses)
        one, two = (percent(share) for share in self.values[-1, :2])
        dots = (
            " Three dots: it goes on with the last word." if "…" in (guesses[0][0:1], guesses[1][0:1]) else ""
        )
        return (
            f"After this text the model's first guess is {first} ({one}), its second {second} ({two}).{dots}"
        )


def _finite(number: float | np.ndarray) -> bool:
    kind = np.asarray(number)
    return kind.dtype.kind not in "fc" or bool(np.isfinite(kind).all())


def _frozen(array: np.ndarray) -> np.ndarray:
    array = np.ascontiguousarray(array)
    if array.flags.writeable:
        array = array.copy()
        array.setflags(write=False)
    return array
