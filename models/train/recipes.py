"""From `python -m models train NAME` to a bundled checkpoint: train, measure on test text, write the card."""

import argparse
import datetime
import importlib
import math
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

import models
from models import checkpoints
from models.base import Card, quality
from models.refusals import Refusal
from models.train.learning import History, Settings
from models.train.text import NoData


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """How a model does on texts it never saw, and on which: what does not apply to it is None.

    `nats` is summed over `pieces` predictions; `words` is how many words those stand for.
    """

    of: str
    nats: float | None = None
    pieces: int = 1
    words: int | None = None
    accuracy: float | None = None
    macro_f1: float | None = None

    def to_card(self) -> dict[str, Any]:
        """The card's entries for it."""
        per_piece = None if self.nats is None else self.nats / self.pieces
        per_word = None if self.nats is None or self.words is None else self.nats / self.words
        return {
            "held_out": self.of,
            "held_out_loss_nats": per_piece,
            "perplexity_per_token": None if per_piece is None else math.exp(per_piece),
            "perplexity_per_word": None if per_word is None else math.exp(per_word),
            "accuracy": self.accuracy,
            "macro_f1": self.macro_f1,
        }


def known() -> list[str]:
    """The models there is a recipe for: the files of this folder that name one."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return [file.stem.replace("_", "-") for file in files if "\nNAME, " in file.read_text(encoding="utf-8")]


def run(asked: argparse.Namespace) -> int:
    """Train (or go on training) a model and put it where the dashboard finds it."""
    if asked.model not in known():
        raise Refusal(f"There is no recipe for {asked.model!r}: choose one of {', '.join(known())}.")
    recipe = importlib.import_module(f"models.train.{asked.model.replace('-', '_')}")
    if recipe.NEEDS_DATA and asked.data is None:
        from models.train import hub

        asked.data = hub.fetch(asked.work, recipe.NEEDS_DATA)
    if recipe.NEEDS_DATA and not asked.data.is_dir():
        needed = ", ".join(f"{name}/" for name in recipe.NEEDS_DATA)
        raise NoData(f"No folder {asked.data}: give --data the folder that holds {needed}.")
    if asked.device != "cpu" and not torch.cuda.is_available():
        raise Refusal(f"There is no device {asked.device!r} on this machine: use --device cpu.")
    settings = Settings(
        data=asked.data or asked.work, work=asked.work, epochs=asked.epochs, minutes=asked.minutes,
        size=asked.size, seed=asked.seed, device=asked.device, threads=asked.threads,
    )  # fmt: skip
    network, history, digest = recipe.train(settings)
    out = asked.out or models.ASSETS / asked.model
    card = bundle(recipe, settings, network, history, digest, out)
    sys.stderr.write(f"{out}: {quality(card)}\n")
    return 0


def bundle(recipe: Any, settings: Settings, network: Any, history: History, digest: str, out: Path) -> Card:
    """Measure `network` on its test text and write checkpoint and card to `out`."""
    network = network.cpu().eval()
    parts: Parts = recipe.parts(network, settings)
    found: HeldOut = recipe.held_out(network, settings)
    threads = "1 thread" if settings.threads == 1 else f"{settings.threads} threads"
    card = Card(
        name=recipe.NAME,
        trained_on=recipe.TRAINED_ON,
        **found.to_card(),
        tokens_seen=history.tokens,
        seconds=history.seconds,
        machine=f"{settings.device}, {threads}, {platform.machine()}",
        curve=tuple(history.curve),
        seed=settings.seed,
        data_sha256=digest,
        recipe=f"python -m models train {recipe.NAME} --size {settings.size} --seed {settings.seed} "
        + (f"--minutes {settings.minutes:g}" if settings.minutes else f"--epochs {settings.epochs}"),
        trained=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        licence="Apache-2.0 (weights); the training text is not included",
        **{"task": "causal", **parts.shape},
    )
    return checkpoints.save(
        out, parts.tensors, parts.config, recipe.tokenizer_json(settings), card, parts.stages
    )


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a recipe hands over to be written: weights, settings, the shape for the card, kept stages."""

    tensors: dict[str, torch.Tensor]
    config: dict[str, Any]
    shape: dict[str, Any]
    stages: tuple[tuple[dict[str, Any], dict[str, torch.Tensor]], ...] = ()
