"""A checkpoint as this project writes it, in a folder that is not bundled: it has a card."""

import importlib
from pathlib import Path
from typing import Any

from models import checkpoints
from models.base import Card, LanguageModel
from models.own import memory, weights
from models.own.report import Preflight
from models.refusals import BadCheckpoint, Refusal


def look(where: str, folder: Path) -> Preflight:
    """What the card says, and whether the weights have a whole header; digests are compared on opening."""
    card = checkpoints.read_card(folder)
    config = checkpoints.read_json(folder / checkpoints.CONFIG)
    path = folder / checkpoints.WEIGHTS
    problems: list[str] = []
    held = weights.Held(tensors={}, size=0)
    try:
        if not path.is_file():
            raise BadCheckpoint(f"{folder.name} has no {path.name}: restore the folder.")
        held = weights.Held(tensors=weights.header(path), size=path.stat().st_size)
        _opener(card, config)
    except Refusal as refusal:
        problems.append(str(refusal))
    if not (folder / checkpoints.TOKENIZER).is_file():
        problems.append(f"{folder.name} has no {checkpoints.TOKENIZER}: without it text cannot be cut.")
    size = memory.needed(
        parameters=card.parameters, packed=card.parameters, widths=card.widths, heads=card.heads,
        vocabulary=card.vocabulary,
    )  # fmt: skip
    return Preflight(
        where=where, kind="underhood-checkpoint", family=card.family, task=card.task,
        architecture=str(config.get("model_type", card.family)), widths=card.widths, heads=card.heads,
        vocabulary=card.vocabulary, context=card.context, classes=card.classes, parameters=card.parameters,
        tokenizer="its own", precision=held.precision, bytes_on_disk=held.size, memory_mb=round(size / 1e6),
        abilities=card.abilities, problems=tuple(problems),
    )  # fmt: skip


def _opener(card: Card, config: dict[str, Any]) -> str:
    """The file of `models/` that opens such a checkpoint, by its configuration."""
    if "model_type" in config:
        return "huggingface"
    if "reach" in config:
        return "lite"
    if card.family == "lstm":
        if card.task == "causal":
            return "lstm"
        return "classifier" if "encoder" in config else "classifier_lstm"
    if card.family == "ngram":
        return "ngram"
    return "induction"


def opened(folder: Path, stage: str | None = None) -> LanguageModel:
    """The model in `folder`, or a stage of its training; files are compared with the digests on its card."""
    card, config = checkpoints.read_card(folder), checkpoints.read_json(folder / checkpoints.CONFIG)
    return importlib.import_module(f"models.{_opener(card, config)}").load(folder, stage)
