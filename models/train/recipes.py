"""From `python -m models train NAME` to a bundled checkpoint: train, measure on test text, write the card."""

import argparse
import datetime
import importlib
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

import models
from models import checkpoints
from models.base import Card, Refusal
from models.train.learning import History, Settings
from models.train.text import NoData


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """A model's loss on text it never saw: summed nats, over how many pieces and words of which text."""

    nats: float
    pieces: int
    words: int
    of: str


def known() -> list[str]:
    """The models there is a recipe for: the files of this folder that name one."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return [file.stem.replace("_", "-") for file in files if "\nNAME" in file.read_text(encoding="utf-8")]


def run(asked: argparse.Namespace) -> int:
    """Train (or go on training) a model and put it where the dashboard finds it."""
    if asked.model not in known():
        raise Refusal(f"There is no recipe for {asked.model!r}: choose one of {', '.join(known())}.")
    recipe = importlib.import_module(f"models.train.{asked.model.replace('-', '_')}")
    if recipe.NEEDS_DATA and asked.data is None:
        from models.train import hub

        asked.data = hub.fetch(asked.work)
    if recipe.NEEDS_DATA and not asked.data.is_dir():
        raise NoData(f"No folder {asked.data}: give --data the folder that holds wikitext-2/ and imdb/.")
    if asked.device != "cpu" and not torch.cuda.is_available():
        raise Refusal(f"There is no device {asked.device!r} on this machine: use --device cpu.")
    settings = Settings(
        data=asked.data or asked.work, work=asked.work, epochs=asked.epochs, minutes=asked.minutes,
        size=asked.size, seed=asked.seed, device=asked.device, threads=asked.threads,
    )  # fmt: skip
    network, history, digest = recipe.train(settings)
    out = asked.out or models.ASSETS / asked.model
    card = bundle(recipe, settings, network, history, digest, out)
    sys.stderr.write(f"{out}: test perplexity {card.perplexity_per_word:.1f} per word\n")
    return 0


def bundle(recipe: Any, settings: Settings, network: Any, history: History, digest: str, out: Path) -> Card:
    """Measure `network` on its test text and write checkpoint and card to `out`."""
    network = network.cpu().eval()
    parts = recipe.parts(network, settings)  # tensors, config, and what the card says of its shape
    found: HeldOut = recipe.held_out(network, settings)
    per_piece = found.nats / found.pieces
    threads = "1 thread" if settings.threads == 1 else f"{settings.threads} threads"
    card = Card(
        name=recipe.NAME,
        task="causal",
        trained_on=recipe.TRAINED_ON,
        held_out=found.of,
        held_out_loss_nats=per_piece,
        perplexity_per_token=float(torch.tensor(per_piece).exp()),
        perplexity_per_word=float(torch.tensor(found.nats / found.words).exp()),
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
        **parts.shape,
    )
    return checkpoints.save(out, parts.tensors, parts.config, recipe.tokenizer_json(settings), card)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a recipe hands over to be written: weights, settings, and the shape for the card."""

    tensors: dict[str, torch.Tensor]
    config: dict[str, Any]
    shape: dict[str, Any]
