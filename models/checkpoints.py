"""Checkpoints on disk: safetensors weights; card, tokenizer, config as JSON. Nothing can run code."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from models.base import Card
from models.refusals import BadCheckpoint, UnknownModel
from models.written import faults

WEIGHTS, CARD, CONFIG, TOKENIZER = "weights.safetensors", "card.json", "config.json", "tokenizer.json"
SLACK = 10**6  # numbers that a network may have beyond twice those of its file
MEASURED = ("tokens_seen", "seconds", "held_out_loss_nats", "perplexity_per_token", "perplexity_per_word",
            "accuracy", "macro_f1")  # fmt: skip


def sha256(path: Path) -> str:
    """Digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a checkpoint's folder; anything else is refused."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(
            written, ensure_ascii=False
        ).encode()  # no half characters: nothing that shows a text takes them
    except FileNotFoundError:
        raise BadCheckpoint(f"{path.parent.name} has no {path.name}: restore the folder.") from None
    except (OSError, ValueError, RecursionError):
        raise BadCheckpoint(f"{path.parent.name}/{path.name} is not readable JSON: restore it.") from None
    if not isinstance(written, dict):
        raise BadCheckpoint(f"{path.parent.name}/{path.name} is not a JSON object: restore it.")
    return written


def in_short(error: object) -> str:
    """What a library or a file said, in one line that is not too long."""
    said = " ".join(str(error).encode(errors="replace").decode().split())
    return said if len(said) <= 200 else f"{said[:199]}…"


def read_card(folder: Path) -> Card:
    """The card of a checkpoint, without touching its weights."""
    said = read_json(folder / CARD)
    wrong = faults(said)
    if wrong is not None:
        raise BadCheckpoint(f"{folder.name}/{CARD} says nothing sensible of its {wrong}: restore the folder.")
    return Card.from_dict(said)


def verify(folder: Path, card: Card) -> None:
    """Compare every file with its digest on the card; refuses what was changed or cut short."""
    _verify(folder, {WEIGHTS: card.sha256, TOKENIZER: card.tokenizer_sha256})
    _verify(folder, {kept["file"]: kept["sha256"] for kept in card.snapshots})


def opened(folder: Path, snapshot: str | None = None) -> tuple[Card, dict[str, Tensor]]:
    """Card and weights of one of our checkpoints, verified; of a stage of its training, if one is named.

    The card of a stage carries the stage's name behind an @, its digest and what was measured then.
    """
    card, file = read_card(folder), WEIGHTS
    if snapshot is not None:
        card, file = of_stage(card, snapshot)
    _verify(folder, {file: card.sha256, TOKENIZER: card.tokenizer_sha256})
    return card, read_tensors(folder / file)


def described(
    folder: Path, card: Card, tensors: Mapping[str, Tensor], widths: Sequence[int], **others: bool
) -> None:
    """Refuse a card that says something else of a model than its weights do: the last check of a loader.

    `widths`: of the embedding and of each layer, (L+1,), as they were found; `others`: what else the card says, and
    whether it is so.
    """
    found = {
        "vocabulary": card.vocabulary in {len(one) for one in tensors.values() if one.ndim},
        "parameters": card.parameters == sum(one.numel() for one in tensors.values()),
        "widths": card.widths == tuple(widths),
        **others,
    }
    for name, agrees in found.items():
        if not agrees:
            raise BadCheckpoint(
                f"{folder.name}/{CARD} describes another model than its weights ({name}): restore the folder."
            )


def outlined(folder: Path, build: Callable[[], Any], layers: Any, tensors: Mapping[str, Tensor]) -> None:
    """Refuse settings that ask for a network of another size than the weights, before memory is taken for it.

    The network is built once without numbers (torch's "meta" device). An output of its own may come on top of
    what the file holds: it can be the embedding's.
    """
    held = sum(one.numel() for one in tensors.values())
    if isinstance(layers, int) and layers > len(tensors):
        raise BadCheckpoint(f"{folder.name}: weights and config.json disagree in the number of layers.")
    with torch.device("meta"):
        asked = sum(one.numel() for one in build().parameters())
    if asked > 2 * held + SLACK:
        raise BadCheckpoint(f"{folder.name}: weights and config.json disagree in size.")


def of_stage(card: Card, snapshot: str) -> tuple[Card, str]:
    """The card of a stage of a model's training, and the name of its file; refuses a stage that was not kept."""
    kept = {str(entry["name"]): entry for entry in card.snapshots}.get(snapshot)
    if kept is None:
        known = ", ".join(str(entry["name"]) for entry in card.snapshots) or "none"
        raise UnknownModel(f"{card.name} has no stage {snapshot!r}: choose one of {known}.")
    measured = {name: kept[name] for name in kept if name in MEASURED}
    return replace(card, name=f"{card.name}@{snapshot}", sha256=kept["sha256"], **measured), kept["file"]


def _verify(folder: Path, digests: Mapping[str, str]) -> None:
    for name, expected in digests.items():
        path = folder / name
        if not path.is_file():
            raise BadCheckpoint(f"{folder.name} has no {name}: restore the folder.")
        if sha256(path) != expected:
            raise BadCheckpoint(
                f"{folder.name}/{name} is not the file its card describes (sha256 differs): restore it."
            )


def read_tensors(path: Path) -> dict[str, Tensor]:
    """All tensors of a safetensors file as fp32; refuses a broken file and numbers that are not finite."""
    try:
        stored = load_file(path)
    except FileNotFoundError:
        raise BadCheckpoint(f"{path.parent.name} has no {path.name}: restore the folder.") from None
    except (SafetensorError, OSError, ValueError) as error:
        raise BadCheckpoint(
            f"{path.parent.name}/{path.name} is broken or cut short ({in_short(error)}): restore it."
        ) from None
    return floats(stored, path)


def floats(stored: Mapping[str, Tensor], path: Path) -> dict[str, Tensor]:
    """The tensors of a file as fp32; refuses numbers that are not finite."""
    for name, tensor in stored.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise BadCheckpoint(f"{path.parent.name}/{path.name}: {name} holds NaN or infinite numbers.")
    return {n: t.float() if t.is_floating_point() else t for n, t in stored.items()}


def save(
    folder: Path,
    tensors: Mapping[str, Tensor],
    config: dict[str, Any],
    tokenizer: str,
    card: Card,
    stages: Sequence[tuple[dict[str, Any], Mapping[str, Tensor]]] = (),
) -> Card:
    """Write a checkpoint with fp16 weights; returns the card with its digests filled in.

    `tokenizer`: the JSON of one; it is written without spaces between its parts.
    `stages`: what the card says of each stage of the training that is kept (its "name", and what was
    measured then), and the weights it had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    save_file(_halves(tensors), folder / WEIGHTS)
    kept = []
    for said, weights in stages:
        file = f"stages/{said['name']}.safetensors"
        (folder / file).parent.mkdir(exist_ok=True)
        save_file(_halves(weights), folder / file)
        kept.append({**said, "file": file, "sha256": sha256(folder / file)})
    card = replace(card, snapshots=tuple(kept))
    (folder / TOKENIZER).write_text(_close(tokenizer), encoding="utf-8")
    (folder / CONFIG).write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    card = replace(card, sha256=sha256(folder / WEIGHTS), tokenizer_sha256=sha256(folder / TOKENIZER))
    (folder / CARD).write_text(json.dumps(card.to_dict(), indent=1) + "\n")
    return card


def _close(written: str) -> str:
    """JSON without the spaces that only a person needs."""
    return json.dumps(json.loads(written), ensure_ascii=False, separators=(",", ":")) + "\n"


def _halves(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Everything in fp16, but counts and other whole numbers as they are."""
    found = {n: t.detach().cpu().contiguous() for n, t in tensors.items()}
    return {n: t.half() if t.is_floating_point() else t for n, t in found.items()}
