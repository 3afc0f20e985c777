"""Text in, pieces out: one tokenizer file serves every bundled English model."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from models import checkpoints
from models.base import LanguageModel, Tokens, frozen
from models.refusals import BadCheckpoint, BadText

MOST = 1 << 31  # numbers of pieces are below


@contextmanager
def _told(what: str) -> Iterator[None]:
    """What the library cannot do is a broken checkpoint. It raises bare Exception; its Rust panics, which is none."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise BadCheckpoint(f"{what} ({checkpoints.in_short(error)}).") from None


class Cutter:
    """A `tokenizer.json`, with the piece that stands before a text and the characters each piece covers.

    `framed`: the text stands between the marks that the tokenizer itself sets, such as [CLS] and [SEP].
    """

    def __init__(self, path: Path, start: int | None, *, framed: bool = False):
        if not path.is_file():
            raise BadCheckpoint(f"{path.parent.name} has no {path.name}: without it text cannot be cut.")
        self._name = f"{path.parent.name}: {path.name}"
        with _told(f"{self._name} cannot be read"):
            self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.encode_special_tokens = True  # a reader who types "<mask>" gets those characters
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.size = self._tokenizer.get_vocab_size()
        if start is not None and (type(start) is not int or not 0 <= start < MOST):
            raise BadCheckpoint(f"{path.parent.name}: what stands before a text is no piece: restore it.")
        self.start, self._framed = start, framed

    @property
    def reach(self) -> int:
        """How many vectors a model needs for the pieces: one more than the largest number."""
        return max(self.size, 0 if self.start is None else self.start + 1)

    def cut(self, text: str) -> Tokens:
        """Pieces of `text` behind the start piece (if there is one), or between the tokenizer's marks."""
        if not text:
            raise BadText("There is no text yet: type a sentence.")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise BadText("The text holds half a character (a lone surrogate): remove it.") from None
        with _told(f"{self._name} cannot cut this text"):
            found = self._tokenizer.encode(text, add_special_tokens=self._framed)
        ids, spans = list(found.ids), _spans(found.offsets, found.special_tokens_mask)
        shown = [text[start:end] for start, end in spans]
        if self.start is not None:
            ids, spans, shown = [self.start, *ids], [(0, 0), *spans], ["", *shown]
        if len(ids) < 1:
            raise BadText("The tokenizer finds nothing in this text: type a sentence.")
        return Tokens(
            text=text,
            ids=frozen(np.array(ids, dtype=np.int64)),
            shown=tuple(shown),
            spans=frozen(np.array(spans, dtype=np.int64).reshape(-1, 2)),
        )

    def number(self, name: str) -> int | None:
        """The number of a piece by its name in the tokenizer, such as "[MASK]"."""
        return self._tokenizer.token_to_id(name)

    def written(self, token: int) -> str:
        """One piece as text; bytes that are no whole character are shown as U+FFFD."""
        with _told(f"{self._name} has no text for piece {token}"):
            return self._tokenizer.decode([token], skip_special_tokens=False)

    def rules(self) -> dict[str, Any]:
        """What `tokenizer.json` says, parsed."""
        return json.loads(self._tokenizer.to_str())

    def chunks(self, text: str) -> list[str]:
        """The text split as it is before pieces are formed in each part, in the tokenizer's own letters."""
        made, split = self._tokenizer.normalizer, self._tokenizer.pre_tokenizer
        whole = made.normalize_str(text) if made else text
        return [chunk for chunk, _ in split.pre_tokenize_str(whole)] if split else [whole]


def _spans(offsets: list[tuple[int, int]], marks: list[int]) -> list[tuple[int, int]]:
    """Where each piece stands; a mark that the tokenizer set stands empty where the piece before it ends."""
    spans: list[tuple[int, int]] = []
    for (start, end), mark in zip(offsets, marks, strict=True):
        before = spans[-1][1] if spans else 0
        start = before if start == end else start  # a space of its own, which some tokenizers trim away
        spans.append((before, before) if mark else (start, end))
    return spans


def cutter_of(model: LanguageModel) -> Cutter | None:
    """The cutter a model cuts its texts with; None if it does it in a way of its own."""
    found = getattr(getattr(model, "encoder", model), "_cutter", None)  # a classifier may hold another model
    return found if isinstance(found, Cutter) else None
