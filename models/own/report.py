"""What was found out about a model before it is opened, and which questions it will answer."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from models.base import Family, Task
from models.refusals import one_line

Kind = Literal[
    "hugging-face-folder", "hub-id", "fastai-language-model", "fastai-encoder", "fastai-classifier",
    "fastai-export", "raw-lstm", "underhood-checkpoint", "unknown",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """What a file, folder or hub id holds; no weight was read. None: not known."""

    where: str  # as it was asked for
    kind: Kind
    family: Family | None = None
    task: Task | None = None
    architecture: str = "unknown"
    widths: tuple[int, ...] = ()  # (L+1,): after the embedding and after each layer
    heads: int | None = None
    vocabulary: int | None = None
    context: int | None = None  # most tokens in one text; None: any number, or not known
    classes: tuple[str, ...] = ()
    parameters: int | None = None
    tied: bool | None = None  # whether the output layer is the embedding
    tokenizer: str = "none"  # what cuts the text, and whether it fits
    precision: str = "unknown"  # of the numbers on disk
    bytes_on_disk: int = 0
    memory_mb: int | None = None  # estimated, when opened and at work
    free_mb: int | None = None  # what the machine has left
    abilities: frozenset[str] | None = None  # None: found out when it is opened
    problems: tuple[str, ...] = ()  # why it cannot be opened
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("problems", "warnings"):
            object.__setattr__(self, name, tuple(map(one_line, getattr(self, name))))

    @property
    def layers(self) -> int:
        return max(len(self.widths) - 1, 0)

    @property
    def can_open(self) -> bool:
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields, `layers`, `can_open` and `views`."""
        abilities = None if self.abilities is None else sorted(self.abilities)
        more = {"layers": self.layers, "can_open": self.can_open, "views": views(self)}
        return {**asdict(self), "abilities": abilities, **more}


@dataclass(frozen=True)
class Question:
    """A page of the dashboard: what it needs of a model."""

    title: str
    tasks: frozenset[Task] = frozenset({"causal", "masked", "classify"})
    needs: frozenset[str] = frozenset()


_WRITES: frozenset[Task] = frozenset({"causal", "masked"})
_ON: frozenset[Task] = frozenset({"causal"})
KEPT = "What changed while it learned?"
QUESTIONS = (
    Question("What comes next?"),  # of a classifier: which class
    Question("What would it write?", tasks=_ON),
    Question("How does it do on my texts?"),
    Question("Which words led to this one?"),
    Question("Can I trust this map?"),
    Question("Which words push a class?", tasks=frozenset({"classify"})),
    Question("Where does it look?", needs=frozenset({"attention"})),
    Question("Is attention an explanation?", needs=frozenset({"attention"})),
    Question("How far does it look?", tasks=_ON, needs=frozenset({"unembed"})),
    Question("Has it learned grammar?", tasks=_WRITES),
    Question("When did it decide?", tasks=_WRITES, needs=frozenset({"unembed"})),
    Question("Which words does it think alike?"),
    Question("What does one unit watch for?"),
    Question("Which units know these words?"),
    Question("Which units work together?"),
    Question("What does the LSTM remember?", needs=frozenset({"cells", "gates"})),
    Question("What if a unit is off?", tasks=frozenset({"causal", "classify"})),
    Question("Which texts stand behind a unit?"),
    Question("What differs?"),
    Question("How is it built?"),
    Question(KEPT),
)
LACKS = {
    "attention": "It has no attention that can be looked at.",
    "unembed": "Its states cannot be read as words before the last layer.",
    "gradients": "Its numbers cannot be followed back to the input.",
    "cells": "It is no LSTM: it has no cells and no gates.",
    "gates": "Its gates cannot be looked at.",
}
DOES = {
    "causal": "It writes the next word",
    "masked": "It fills gaps",
    "classify": "It names a class and writes no words",
}


def views(found: Preflight) -> dict[str, str | None]:
    """Each question of the dashboard: None if the model will answer it, else why not, in one sentence."""
    if found.problems:
        return {question.title: found.problems[0] for question in QUESTIONS}
    return {question.title: _why_not(question, found) for question in QUESTIONS}


def _why_not(question: Question, found: Preflight) -> str | None:
    if question.title == KEPT and found.kind != "underhood-checkpoint":
        return "Only what it has become is in these files, and no stage of its training."
    if found.task is not None and found.task not in question.tasks:
        return f"{DOES[found.task]}, so it cannot be asked this."
    if found.abilities is None and question.needs:
        return (
            "This kind of network has not been tried here: opening it will show whether it can be asked this."
        )
    missing = question.needs - (found.abilities or frozenset())
    if found.family == "lstm" and "attention" in missing:
        return "An LSTM has no attention: it carries a memory from word to word instead."
    return LACKS[min(missing)] if missing else None
