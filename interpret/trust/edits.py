"""Small edits of a text that should not change what it means: a doubled space, a capital, a full stop."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from interpret.run import Run, record
from interpret.trust.subject import Subject
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Edit:
    """`new` in place of the `old` characters that stand at `at`."""

    name: str
    at: int
    old: str
    new: str

    def written(self, text: str) -> str:
        return text[: self.at] + self.new + text[self.at + len(self.old) :]

    def moved(self, character: int) -> int:
        """Where a character of the old text stands in the new one."""
        return character + (len(self.new) - len(self.old) if character >= self.at + len(self.old) else 0)


def edits(subject: Subject) -> Iterator[Edit]:
    """What is tried on a text. A full stop only where the end of the text is not what is explained."""
    text = subject.run.tokens.text
    starts = [_starts(subject.run, group) for group in subject.groups]
    gaps = [at for at in starts[1:] if at > 0 and text[at - 1] == " "]
    if gaps:
        yield Edit(name="a doubled space", at=gaps[0], old="", new=" ")
    if len(gaps) > 2:
        yield Edit(name="a doubled space further on", at=gaps[len(gaps) // 2], old="", new=" ")
    first = text[starts[0]]
    if len(first.swapcase()) == 1 and first.swapcase() != first:
        name = "a small first letter" if first.isupper() else "a capital first letter"
        yield Edit(name=name, at=starts[0], old=first, new=first.swapcase())
    yield Edit(name="a space in front", at=0, old="", new=" ")
    if not subject.target.ahead_only and text.rstrip()[-1:].isalnum():
        yield Edit(name="a full stop", at=len(text.rstrip()), old="", new=".")


def edited(subject: Subject, edit: Edit) -> tuple[Subject, np.ndarray] | None:
    """The subject in the edited text, and which of its words each word of the old one is, (K,).

    None if the model does not see the edit, or if it changes what is explained or cuts words otherwise.
    """
    run = subject.run
    try:
        new = record(run.model, edit.written(run.tokens.text))
        if np.array_equal(new.tokens.ids, run.tokens.ids):
            return None
        places = tuple(_place(run, new, edit, place) for place in subject.target.places)
        moved = Subject.of(new, replace(subject.target, places=places))
    except Refusal:
        return None
    at = {_starts(new, group): number for number, group in enumerate(moved.groups)}
    found = [at.get(edit.moved(_starts(run, group))) for group in subject.groups]
    if any(number is None for number in found):
        return None
    return moved, np.array(found)


def _place(run: Run, new: Run, edit: Edit, place: int) -> int:
    """The place of an explained token in the new text; refused if another token stands there."""
    if place >= len(run.tokens):
        return len(new.tokens)
    there = edit.moved(_starts(run, np.array([place])))
    starts = [_starts(new, np.array([token])) for token in range(len(new.tokens))]
    for token, start in enumerate(starts):
        if start == there and new.tokens.ids[token] == run.tokens.ids[place]:
            return token
    raise Refusal("What is explained is cut into other pieces after this edit.")


def _starts(run: Run, group: np.ndarray) -> int:
    """Where the first visible character of some tokens stands in the text."""
    start, end = int(run.tokens.spans[group[0], 0]), int(run.tokens.spans[group[-1], 1])
    written = run.tokens.text[start:end]
    return start + len(written) - len(written.lstrip())
