"""Text in, pieces out: one tokenizer file serves every bundled English model."""

from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from models.base import BadCheckpoint, BadText, Tokens


class Cutter:
    """A `tokenizer.json`, with the piece that stands before a text and the characters each piece covers."""

    def __init__(self, path: Path, start: int | None):
        if not path.is_file():
            raise BadCheckpoint(f"{path.parent.name} has no {path.name}: without it text cannot be cut.")
        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # noqa: BLE001  the library raises bare Exception
            raise BadCheckpoint(f"{path.parent.name}: {path.name} cannot be read ({error}).") from None
        self._tokenizer.encode_special_tokens = True  # a reader who types "<mask>" gets those characters
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.start = start
        self.size = self._tokenizer.get_vocab_size()

    def cut(self, text: str) -> Tokens:
        """Pieces of `text` behind the start piece (if the model has one)."""
        if not text:
            raise BadText("There is no text yet: type a sentence.")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise BadText("The text holds half a character (a lone surrogate): remove it.") from None
        found = self._tokenizer.encode(text, add_special_tokens=False)
        ids, spans = list(found.ids), [tuple(span) for span in found.offsets]
        shown = [text[start:end] for start, end in spans]
        if self.start is not None:
            ids, spans, shown = [self.start, *ids], [(0, 0), *spans], ["", *shown]
        if len(ids) < 1:
            raise BadText("The tokenizer finds nothing in this text: type a sentence.")
        return Tokens(
            text=text,
            ids=_frozen(np.array(ids, dtype=np.int64)),
            shown=tuple(shown),
            spans=_frozen(np.array(spans, dtype=np.int64).reshape(-1, 2)),
        )

    def written(self, token: int) -> str:
        """One piece as text; bytes that are no whole character are shown as U+FFFD."""
        return self._tokenizer.decode([token], skip_special_tokens=False)


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
