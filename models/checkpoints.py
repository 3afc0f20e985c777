"""Checkpoints on disk: safetensors weights; card, tokenizer, config as JSON. Nothing can run code."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from models.base import BadCheckpoint, Card

WEIGHTS, CARD, CONFIG, TOKENIZER = "weights.safetensors", "card.json", "config.json", "tokenizer.json"


def sha256(path: Path) -> str:
    """Digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a checkpoint's folder; anything else is refused."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadCheckpoint(f"{path.parent.name} has no {path.name}: restore the folder.") from None
    except (OSError, ValueError):
        raise BadCheckpoint(f"{path.parent.name}/{path.name} is not readable JSON: restore it.") from None
    if not isinstance(written, dict):
        raise BadCheckpoint(f"{path.parent.name}/{path.name} is not a JSON object: restore it.")
    return written


def read_card(folder: Path) -> Card:
    """The card of a checkpoint, without touching its weights."""
    return Card.from_dict(read_json(folder / CARD))


def verify(folder: Path, card: Card) -> None:
    """Compare weights and tokenizer with the digests on the card; refuses what was changed or cut short."""
    for name, expected in ((WEIGHTS, card.sha256), (TOKENIZER, card.tokenizer_sha256)):
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
            f"{path.parent.name}/{path.name} is broken or cut short ({error}): restore it."
        ) from None
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
) -> Card:
    """Write a checkpoint with fp16 weights; returns the card with its digests filled in."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {n: t.detach().cpu().half().contiguous() for n, t in tensors.items()}
    save_file(halves, folder / WEIGHTS)
    (folder / TOKENIZER).write_text(tokenizer, encoding="utf-8")
    (folder / CONFIG).write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    card = replace(card, sha256=sha256(folder / WEIGHTS), tokenizer_sha256=sha256(folder / TOKENIZER))
    (folder / CARD).write_text(json.dumps(card.to_dict(), indent=1) + "\n")
    return card
