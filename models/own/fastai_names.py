"""fastai's AWD-LSTM by the names of its weights: language model, encoder alone, or text classifier."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from models.own.weights import Sketch

Part = Literal["language-model", "encoder", "classifier"]
PREFIXES: dict[Part, str] = {"language-model": "0.", "encoder": "", "classifier": "0.module."}
# Copies that fastai keeps for its dropout: the same numbers under a second name.
COPIES = (r"encoder_dp\.emb\.weight", r"rnns\.\d+\.module\.weight_hh_l0")
LAYER = ("weight_hh_l0_raw", "module.weight_ih_l0", "module.bias_ih_l0", "module.bias_hh_l0")


@dataclass(frozen=True, kw_only=True)
class Awd:
    """An AWD-LSTM that was not opened."""

    part: Part
    widths: tuple[int, ...]  # (L+1,)
    vocabulary: int
    classes: int  # 0 unless it is a classifier
    tied: bool | None
    problems: tuple[str, ...]

    @property
    def prefix(self) -> str:
        return PREFIXES[self.part]


def recognised(tensors: Mapping[str, Sketch], shared: Mapping[str, str]) -> Awd | None:
    """The AWD-LSTM whose weights these are; None if they are something else's."""
    for part, prefix in PREFIXES.items():
        if f"{prefix}encoder.weight" in tensors and f"{prefix}rnns.0.weight_hh_l0_raw" in tensors:
            return _described(part, prefix, tensors, shared)
    return None


def _described(part: Part, prefix: str, tensors: Mapping[str, Sketch], shared: Mapping[str, str]) -> Awd:
    rows, width = (*tensors[f"{prefix}encoder.weight"].shape, 0)[:2]
    widths, problems, expected = [width], [], {f"{prefix}encoder.weight"}
    while f"{prefix}rnns.{len(widths) - 1}.weight_hh_l0_raw" in tensors:
        names = [f"{prefix}rnns.{len(widths) - 1}.{name}" for name in LAYER]
        expected |= set(names)
        inner = (*tensors[names[0]].shape, 0, 0)[1]
        shapes = [(4 * inner, inner), (4 * inner, widths[-1]), (4 * inner,), (4 * inner,)]
        for name, shape in zip(names, shapes, strict=True):
            if name in tensors and tensors[name].shape != shape:
                problems.append(f"{name} has shape {tensors[name].shape} where {shape} would fit the others.")
        widths.append(inner)
    head = {name for name in tensors if name.startswith("1.")}
    tied: bool | None = None
    if part != "classifier":
        problems += _decoder(tensors, rows, widths)
        tied = _tied(tensors, shared, prefix)
        expected |= {"1.decoder.weight", "1.decoder.bias"} & head
    else:
        expected |= head
        problems += _head(tensors, widths[-1])
    copies = re.compile("|".join(f"{re.escape(prefix)}{name}" for name in COPIES))
    wrong = sorted(name for name in set(tensors) ^ expected if not copies.fullmatch(name))
    if wrong:
        problems.append(
            f"Missing or unknown weights: {', '.join(wrong[:4])}; held is an AWD-LSTM that reads in one "
            "direction."
        )
    return Awd(
        part=part,
        widths=tuple(widths),
        vocabulary=rows,
        classes=_classes(tensors) if part == "classifier" else 0,
        tied=tied,
        problems=tuple(problems),
    )


def _tied(tensors: Mapping[str, Sketch], shared: Mapping[str, str], prefix: str) -> bool | None:
    """Whether the output layer is the embedding; None if the file does not say so and it may be."""
    both = {"1.decoder.weight", f"{prefix}encoder.weight"}
    if "1.decoder.weight" not in tensors or shared.get("1.decoder.weight") in both:
        return True
    alike = tensors["1.decoder.weight"].shape == tensors[f"{prefix}encoder.weight"].shape
    return None if alike else False


def _decoder(tensors: Mapping[str, Sketch], rows: int, widths: list[int]) -> list[str]:
    expected = {"1.decoder.weight": (rows, widths[-1]), "1.decoder.bias": (rows,)}
    found = [
        f"{name} has shape {tensors[name].shape} where {shape} would fit the others."
        for name, shape in expected.items()
        if name in tensors and tensors[name].shape != shape
    ]
    if "1.decoder.weight" not in tensors and widths[-1] != widths[0]:
        found.append("It has no output layer, and its last layer is not as wide as its embedding.")
    return found


HEAD = {"0.weight", "0.bias", "0.running_mean", "0.running_var", "0.num_batches_tracked"}


def _head(tensors: Mapping[str, Sketch], width: int) -> list[str]:
    """A classifier's head: twice a batch norm and a linear layer, on three pooled vectors."""
    inner, outer = _matrix(tensors, 0), _matrix(tensors, 1)
    listed = {name for name in tensors if name.startswith("1.")}
    expected = {f"1.layers.{layer}.{name}" for layer in (0, 1) for name in HEAD} | {inner, outer}
    fits = not listed ^ expected and (
        tensors[inner].shape[1] == 3 * width and tensors[outer].shape[1] == tensors[inner].shape[0]
    )
    return [] if fits else ["Its head is not fastai's usual one (two linear layers), which alone is held."]


def _matrix(tensors: Mapping[str, Sketch], layer: int) -> str:
    """The name of a head's linear layer."""
    names = (
        name for name, s in tensors.items() if name.startswith(f"1.layers.{layer}.") and len(s.shape) == 2
    )
    return next(names, "")


def _classes(tensors: Mapping[str, Sketch]) -> int:
    """How many classes the last matrix of the head has; 1 at least, so that it is taken for a classifier."""
    name = _matrix(tensors, 1)
    return tensors[name].shape[0] if name else 1
