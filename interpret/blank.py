"""What "no word" is to a model: the vectors that stand where a text's words stood."""

import torch
from torch import Tensor

from interpret.run import Run
from models.base import LanguageModel
from models.refusals import Refusal
from models.text import cutter_of

PADS = ("<pad>", "[PAD]")


def blank(run: Run, kind: str) -> Tensor:
    """The vectors that mean "no text", (T, D); the start mark and a hidden word are part of both texts."""
    vectors = blank_vector(run.model, kind, run.vectors).expand_as(run.vectors).clone()
    kept = torch.from_numpy(~run.of_text)
    vectors[kept] = run.vectors[kept]
    return vectors


@torch.no_grad()
def blank_vector(model: LanguageModel, kind: str, like: Tensor) -> Tensor:
    """One vector (D,) that means "no word", of the kind of `like` (T, D).

    `kind`: zero; mean, that of the vocabulary; pad, the tokenizer's filling piece; mask, the model's own.

    Raises:
        Refusal: the tokenizer has no filling piece, or the model no mask.
    """
    if kind == "zero":
        return torch.zeros_like(like[0])
    if kind == "mean":
        return model.embed(torch.arange(model.card.vocabulary)).mean(0)
    piece = model.mask if kind == "mask" else _pad(model)
    if piece is None:
        named = "mask" if kind == "mask" else "<pad> piece"
        raise Refusal(f"{model.card.name} has no {named} to put in a word's place: choose zero or mean.")
    return model.embed(torch.tensor([piece]))[0]


def _pad(model: LanguageModel) -> int | None:
    cutter = cutter_of(model)
    found = [] if cutter is None else [cutter.number(name) for name in PADS]
    return next((number for number in found if number is not None), None)
