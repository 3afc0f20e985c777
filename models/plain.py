"""Networks of our own in plain torch behind the contract, and how their folders are opened.

An architecture plugs in with one file: a network with `embedding`, `states` and `unembed`, a subclass of
`PlainModel` that says what a recording keeps, and `opened` (models/lite.py is an example).
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from models import checkpoints
from models.base import Card, LanguageModel, Tokens
from models.refusals import BadCheckpoint
from models.text import Cutter


class PlainModel(LanguageModel):
    """A network that has `embedding`, `states(vectors)` and `unembed(states)`: frozen, in eval mode."""

    def __init__(self, network: Any, card: Card, cutter: Cutter):
        self.card, self._cutter = card, cutter
        self.network = network.eval().requires_grad_(False)

    def encode(self, text: str) -> Tokens:
        return self._cutter.cut(text)

    def shown(self, token: int) -> str:
        return self._cutter.written(token)

    def embed(self, ids: Tensor) -> Tensor:
        return self.network.embedding(ids)

    def states(self, vectors: Tensor) -> Tensor:
        return self.network.states(vectors)

    def unembed(self, hidden: Tensor) -> Tensor:
        return self.network.unembed(hidden)


def opened(
    folder: Path, stage: str | None, build: Callable[..., Any], settings: Sequence[str]
) -> tuple[Any, Card, Cutter]:
    """What a `PlainModel` is made of, from a folder or from a stage of its training.

    Args:
        folder: one of our checkpoints.
        stage: a stage's name, or None for the trained network.
        build: makes the network from the `settings` that config.json must hold, its "vocabulary" among them.
        settings: their names.

    Raises:
        BadCheckpoint: files are missing, changed or do not fit each other.
    """
    card, tensors = checkpoints.opened(folder, stage)
    config = checkpoints.read_json(folder / checkpoints.CONFIG)
    if missing := {*settings, "start"} - set(config):
        raise BadCheckpoint(f"{folder.name}/config.json has no {', '.join(sorted(missing))}: restore it.")
    chosen = {name: config[name] for name in settings}
    try:
        checkpoints.outlined(folder, lambda: build(**chosen), config.get("layers"), tensors)
        network = build(**chosen)
        network.load_state_dict(tensors)
    except RuntimeError:
        raise BadCheckpoint(f"{folder.name}: weights and config.json disagree: restore it.") from None
    cutter = Cutter(folder / checkpoints.TOKENIZER, config["start"])
    if cutter.reach > config["vocabulary"]:
        raise BadCheckpoint(f"{folder.name}: the tokenizer knows more pieces than the model.")
    checkpoints.described(
        folder, card, tensors, [config["width"]] * (config["layers"] + 1),
        heads=card.heads == config["heads"],
        context="context" not in config or (card.context is not None and card.context <= config["context"]),
    )  # fmt: skip
    return network, card, cutter
