"""Weights kept along a training, so that it can be watched again."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fastai.basics import Callback
from safetensors.torch import save_file
from torch import Tensor, nn

from models import checkpoints

KEPT = "stages.json"


class Stages(Callback):
    """Keeps the weights in `folder` as the training passes shares of its length; a resumed run goes on."""

    learn: Any  # the Learner, set by fastai
    order = 2  # after the clock has counted the batch

    def __init__(self, folder: Path, shares: Mapping[str, float]):
        """`shares`: what each stage is called, and the share of the training after which it is kept."""
        self.folder, self.shares = folder, shares

    def after_batch(self) -> None:
        if not self.learn.training:
            return
        for name, share in self.shares.items():
            file = self.folder / f"stage-{name}.safetensors"
            if self.learn.pct_train < share or file.is_file():
                continue
            history = self.learn.clock.history
            said = {"name": name, "tokens_seen": history.tokens, "seconds": round(history.seconds, 1)}
            (self.folder / KEPT).write_text(json.dumps([*_said(self.folder), said]))
            weights = self.learn.model.state_dict()  # cloned: safetensors refuses tied weights
            save_file({n: t.cpu().contiguous().clone() for n, t in weights.items()}, file)


def _said(folder: Path) -> list[dict[str, Any]]:
    path = folder / KEPT
    return json.loads(path.read_text()) if path.is_file() else []


def kept(folder: Path) -> list[tuple[dict[str, Any], dict[str, Tensor]]]:
    """What is known of each stage in `folder` (name, tokens_seen, seconds) and its weights, in order."""
    return [
        (said, checkpoints.read_tensors(folder / f"stage-{said['name']}.safetensors"))
        for said in _said(folder)
    ]


def measured(
    folder: Path,
    network: Callable[[], nn.Module],
    measure: Callable[[nn.Module], dict[str, float]],
    tensors: Callable[[nn.Module], Mapping[str, Tensor]] = nn.Module.state_dict,
) -> tuple[tuple[dict[str, Any], dict[str, Tensor]], ...]:
    """The stages in `folder` for `Parts.stages`: each put into a `network()`, measured, read by `tensors`."""
    found = []
    for said, weights in kept(folder):
        then = network()
        then.load_state_dict(weights)
        found.append(({**said, **measure(then)}, dict(tensors(then))))
    return tuple(found)
