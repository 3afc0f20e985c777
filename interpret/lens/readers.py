"""How a layer's states are read: straight through the last step, or through a matrix learned for the layer.

Logit lens: as if the layer were the last one. Source: nostalgebraist 2020,
https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru.
Tuned lens: an affine map per layer first, learned so that its answer comes close to the model's own. Source:
Belrose and others 2023, https://arxiv.org/abs/2303.08112. It also serves layers of another width than the
last one, of an LSTM, which cannot be read straight.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from models.base import Card, LanguageModel
from models.early import early
from models.refusals import Refusal

LENSES = Path(__file__).parents[2] / "assets" / "lenses"
_trained: dict[str, "Lens"] = {}  # by the model's sha256: those learned in this process
_learned_at: dict[str, float] = {}
KEPT = 16


@dataclass(frozen=True, eq=False)
class Lens:
    """A matrix (D_l, D_last) and a bias (D_last,) for each layer before the last, 0 the embedding."""

    matrices: tuple[Tensor, ...]
    biases: tuple[Tensor, ...]
    learned: Mapping[str, object]  # what it was learned on, and how close it comes

    def translated(self, hidden: Tensor, layer: int) -> Tensor:
        """States of a layer (..., D_l) as states the last step can read, (..., D_last)."""
        return hidden @ self.matrices[layer] + self.biases[layer]


def readable(model: LanguageModel, layer: int) -> bool:
    """Whether a layer can be read straight: it is as wide as the last one."""
    return model.card.widths[layer] == model.card.widths[-1]


def read(
    model: LanguageModel, hidden: Tensor, layer: int, lens: Lens | None,
    step: Callable[[Tensor], Tensor] | None = None,
) -> Tensor | None:  # fmt: skip
    """Logits (R, V) read off `hidden` (R, D_l) of a layer; None if it cannot be read without a lens.

    `step`: the model's last step, if it was packed (`models.early.packed_step`).
    """
    if layer == model.card.layers:
        return (step or model.unembed)(hidden)
    if lens is not None:
        return early(model, lens.translated(hidden, layer), step)
    return early(model, hidden, step) if readable(model, layer) else None


def keep(model: LanguageModel, lens: Lens) -> None:
    """Use this lens for the model from now on, in this process."""
    while len(_trained) >= KEPT:
        _trained.pop(next(iter(_trained)))
    _trained[model.card.sha256] = lens
    _learned_at[model.card.sha256] = time.time()


def known(card: Card) -> Lens | None:
    """The lens learned for exactly these weights: in this process, else the bundled one."""
    if card.sha256 in _trained:
        return _trained[card.sha256]
    bundled = _bundled(LENSES / f"{card.name}.safetensors")
    return bundled if bundled and bundled.learned["sha256"] == card.sha256 else None


def version(sha256: str) -> float:
    """Tells one lens of these weights from another: when it was learned here; 0 if it was not."""
    return _learned_at.get(sha256, 0.0)


def needed(model: LanguageModel) -> Lens:
    """As `known`; refuses a model without one."""
    lens = known(model.card)
    if lens is None:
        raise Refusal(
            f"There is no tuned lens for {model.card.name} yet: train one, or choose the logit lens."
        )
    return lens


def save(lens: Lens, path: Path) -> None:
    """Write a lens as fp16 safetensors."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {f"{n}.matrix": matrix.half().contiguous() for n, matrix in enumerate(lens.matrices)}
    tensors |= {f"{n}.bias": bias.half().contiguous() for n, bias in enumerate(lens.biases)}
    save_file(tensors, path, metadata={"learned": json.dumps(dict(lens.learned))})


@cache
def _bundled(path: Path) -> Lens | None:
    try:
        with safe_open(path, "pt") as file:
            learned = json.loads((file.metadata() or {})["learned"])
            count = len(list(file.keys())) // 2
            parts = [
                [file.get_tensor(f"{n}.{part}").float() for n in range(count)] for part in ("matrix", "bias")
            ]
    except (OSError, SafetensorError, KeyError, ValueError):
        return None
    return Lens(tuple(parts[0]), tuple(parts[1]), learned)
