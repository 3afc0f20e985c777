"""Pickled checkpoints (.pth, .bin, .pkl): outlined by a child process, opened only as weights."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models import checkpoints
from models.own.weights import SAFE, Sketch
from models.refusals import BadCheckpoint

SECONDS = 60
CHILD = "import sys; sys.path.append(sys.argv[1]); from own.child import main; sys.exit(main(*sys.argv[2:]))"
# What torch's own reader of weights allows besides tensors; all else it would refuse.
PLAIN = ("torch.", "collections.", "_codecs.encode", "__builtin__.set", "builtins.set")
OPTIMISER = ("fastcore.foundation.L",)  # what fastai's `learn.save` keeps of the optimiser besides numbers


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What a pickled file holds, without its numbers."""

    form: str  # zip (torch since 1.6) | old (before) | plain (a pickle without weights)
    tensors: Mapping[str, Sketch]
    shared: Mapping[str, str]  # weights that are the same numbers as an earlier one
    learner: bool  # a whole fastai learner, as `learn.export` writes it
    asked: tuple[str, ...]  # names of code that the file asked for; none was run
    vocab: tuple[str, ...] | None
    classes: tuple[str, ...] | None
    rules: tuple[str, ...]  # fastai's rules by which its texts were prepared
    sentencepiece: bool

    @property
    def beyond(self) -> tuple[str, ...]:
        """What it asked for beyond weights."""
        return tuple(name for name in self.asked if not name.startswith(PLAIN))

    @property
    def foreign(self) -> tuple[str, ...]:
        """What has no place in a file of weights, not even beside them."""
        return tuple(name for name in self.beyond if name not in OPTIMISER)


def outline(path: Path) -> Outline:
    """Names and shapes of what is in a pickled file; a broken one is refused. Nothing in it is run."""
    return _outline(_asked(path))


def convert(path: Path, weights: Path) -> Outline:
    """Copy the weights of a pickled file into the safetensors file `weights`."""
    return _outline(_asked(path, weights))


def _asked(path: Path, *more: Path) -> dict[str, Any]:
    places = [str(place.resolve()) for place in (Path(__file__).parents[1], path, *more)]
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-c", CHILD, *places],
            capture_output=True, timeout=SECONDS, env={}, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BadCheckpoint(f"{path.name} took more than {SECONDS} s to be looked through.") from None
    if child.returncode != 0:
        why = child.stderr.decode(errors="replace") if child.returncode == 3 else "is broken"
        raise BadCheckpoint(f"{path.name} {why}: give a checkpoint that is whole.")
    return json.loads(child.stdout)


def _outline(said: dict[str, Any]) -> Outline:
    def some(name: str) -> tuple[str, ...] | None:
        return tuple(said[name]) if said.get(name) else None

    return Outline(
        form=said["form"],
        tensors={name: Sketch(kind, tuple(shape)) for name, (kind, *shape) in said["tensors"].items()},
        shared=said["shared"],
        learner=said["learner"],
        asked=tuple(said["asked"]),
        vocab=some("vocab"),
        classes=some("classes"),
        rules=some("rules") or (),
        sentencepiece=bool(said.get("sentencepiece")),
    )


def read(path: Path, found: Outline) -> dict[str, Tensor]:
    """The weights of a pickled file as fp32, all finite. `found` is its outline.

    torch reads a file of mere weights with `weights_only`, after the outline has shown that it is no bigger
    than it says. From any other file (an export, a training's state) the child copies the numbers out.
    """
    if found.beyond or found.learner:
        with tempfile.TemporaryDirectory(prefix="underhood-") as folder:
            convert(path, Path(folder) / SAFE)
            return checkpoints.read_tensors(Path(folder) / SAFE)
    try:
        held: Any = torch.load(path, map_location="cpu", weights_only=True, mmap=found.form == "zip")  # noqa: TID251
    except Exception as error:  # noqa: BLE001  torch raises whatever the file provokes
        raise BadCheckpoint(
            f"{path.name} cannot be read as weights ({type(error).__name__}): save it again with "
            "torch.save(model.state_dict(), ...)."
        ) from None
    for wrapper in ("model", "state_dict"):
        if isinstance(held, dict) and isinstance(held.get(wrapper), dict):
            held = held[wrapper]
    tensors = {str(name): value.detach() for name, value in held.items() if isinstance(value, Tensor)}
    return checkpoints.floats({name: tensor.clone() for name, tensor in tensors.items()}, path)
