"""What a guess costs when only the last n tokens are as they were: cut off, shuffled, turned round, replaced.

`count` places in the last half of each text are guessed. Ways to change what stands more than n tokens
before a place: "cut" (the model begins n tokens before), "shuffled", "reversed", "replaced" (by tokens of
other texts), and "window" (the text stays, but attention may look back n tokens only: through L layers it
still reaches L times as far).

Source: Khandelwal, He, Qi, Jurafsky 2018, https://arxiv.org/abs/1805.04623, sections 3 to 5.
"""

from typing import Literal

import numpy as np
import torch
from torch import Tensor

from models.base import LanguageModel, Tokens
from models.observed import changing

Way = Literal["cut", "shuffled", "reversed", "replaced", "window"]


@torch.no_grad()
def costs(
    model: LanguageModel, tokens: Tokens, kept: int, way: Way, count: int, rng: np.random.Generator,
    others: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Nats of `count` tokens of the last half when the last `kept` before each are as they were, (count,)."""
    ids, marks = tokens.ids, int((tokens.spans[:, 0] == tokens.spans[:, 1]).sum())
    places = [int(place) for place in np.linspace(len(ids) // 2, len(ids) - 1, count)]
    if way == "window":
        return _scored(model, _within(model, ids, kept), ids, places)
    rows = []
    for place in places:
        near = max(marks, place - kept)
        far = ids[marks:near].copy()
        if way == "cut":
            far = far[:0]
        elif way == "shuffled":
            rng.shuffle(far)
        elif way == "reversed":
            far = far[::-1].copy()
        elif way == "replaced":
            far = rng.choice(others, size=len(far))
        rows.append(np.concatenate([ids[:marks], far, ids[near:place]]))
    return _last(model, rows, ids[places])


def _within(model: LanguageModel, ids: np.ndarray, kept: int) -> Tensor:
    """States (T, D) when no weight reaches further back than `kept` tokens, the marks apart."""

    def near(_layer: int, weights: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        asks, looked = torch.meshgrid(*(torch.arange(n) for n in weights.shape[-2:]), indexing="ij")
        left = weights * ((asks - looked < max(kept, 1)) | (looked == 0))
        return left / left.sum(-1, keepdim=True), values

    with changing(near, model.card.layers):
        return model.states(model.embed(torch.from_numpy(ids.copy()))[None])[0]


def _scored(model: LanguageModel, states: Tensor, ids: np.ndarray, places: list[int]) -> np.ndarray:
    logs = model.unembed(states[torch.tensor(places) - 1]).log_softmax(-1)
    return -logs.gather(1, torch.from_numpy(ids[places])[:, None])[:, 0].double().numpy()


def _last(model: LanguageModel, rows: list[np.ndarray], answers: np.ndarray) -> np.ndarray:
    """Nats of the answer behind each row. What stands behind a shorter row cannot matter to it."""
    longest = max(len(row) for row in rows)
    ids = torch.from_numpy(np.stack([np.pad(row, (0, longest - len(row)), mode="edge") for row in rows]))
    states = model.states(torch.stack([model.embed(row) for row in ids]))
    ends = torch.tensor([len(row) - 1 for row in rows])
    logs = model.unembed(states[torch.arange(len(rows)), ends]).log_softmax(-1)
    return -logs.gather(1, torch.from_numpy(answers)[:, None])[:, 0].double().numpy()
