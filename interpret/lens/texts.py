"""Texts to learn a lens from: the bundled ones, and ones the model writes itself."""

import json
from pathlib import Path

import torch

from models.base import LanguageModel
from models.train import storyland

TEXTS = Path(__file__).parents[2] / "assets" / "texts" / "examples.json"
STORIES_TOLD = 120  # by Storyland's own grammar
WRITTEN, LONG = 24, 96  # texts written together, and their length in tokens


def texts_for(model: LanguageModel, *, seed: int = 0) -> list[str]:
    """The bundled texts and what the model writes by itself; stories, if it knows only such."""
    if model.card.trained_on.startswith("Storyland"):
        return [storyland.text(story) for story in storyland.stories(seed, STORIES_TOLD)]
    entries = json.loads(TEXTS.read_text(encoding="utf-8"))
    bundled = [entry["text"] for entry in entries if entry.get("world", "english") == "english"]
    return bundled + written(model, seed=seed)


@torch.no_grad()
def written(model: LanguageModel, *, seed: int = 0, count: int = WRITTEN, length: int = LONG) -> list[str]:
    """`count` texts of `length` tokens drawn from the model's own probabilities, each from the start mark."""
    made = torch.Generator().manual_seed(seed)
    start = model.encode("a").ids[:1]
    ids = torch.from_numpy(start.copy()).repeat(count, 1)
    length = min(length, (model.card.context or length) - 1)
    for _ in range(length):
        states = model.states(model.embed(ids.flatten()).view(*ids.shape, -1))[:, -1]
        drawn = torch.multinomial(model.unembed(states).softmax(-1), 1, generator=made)
        ids = torch.cat((ids, drawn), dim=1)
    return ["".join(model.shown(int(token)) for token in row[1:]) for row in ids]
