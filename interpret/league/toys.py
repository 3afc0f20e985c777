"""Three models made by hand, whose every cause is known because we wrote their rule.

A text is eight words, two of which the rule reads: "salt" and "sugar". The other words change nothing at all.
adds up: the number is the sum of the words' amounts. either: one of the two is enough, the other adds nothing
(where gradients are zero, and leaving out either changes nothing). both: each counts only beside the other.
A map that cannot find these causes cannot be believed on a model nobody understands.
"""

import numpy as np
import torch
from torch import Tensor

from interpret.league.cases import Asked, Case
from interpret.run import record
from interpret.target import Measure, of_class
from models.base import Card, LanguageModel, Recording, Tokens

NAMES = {
    "adds_up": "Toy: causes add up",
    "either": "Toy: either is enough",
    "both": "Toy: both are needed",
}
CAUSES = ("salt", "sugar")
OTHERS = (
    "bread", "stone", "river", "paper", "cloud", "wheel", "lemon", "chair", "horn", "glass", "apple", "rope",
    "candle", "button",
)  # fmt: skip
WORDS = ("<s>", *CAUSES, *OTHERS)
LENGTH, WIDTH = 8, 6
AMOUNTS = {"adds_up": (2.0, 1.0), "either": (1.0, 1.0), "both": (2.0, 1.0)}


class Planted(LanguageModel):
    """Says "yes" by a rule of its own: logits 0 and f, where f reads two of six coordinates."""

    def __init__(self, rule: str):
        self._rule = rule
        vectors = torch.randn(len(WORDS), WIDTH, generator=torch.Generator().manual_seed(3))
        vectors[:, :2] = 0.0
        first, second = AMOUNTS[rule]
        vectors[1, 0], vectors[2, 1] = first, second
        self._vectors = vectors
        self.card = Card(
            name=f"the toy “{NAMES[rule].removeprefix('Toy: ')}”", family="attention", task="classify",
            classes=("no", "yes"), widths=(WIDTH, 2),
            abilities=frozenset({"gradients", "classes"}), vocabulary=len(WORDS), parameters=vectors.numel(),
        )  # fmt: skip

    def encode(self, text: str) -> Tokens:
        words = text.split(" ")
        ends = np.cumsum([len(word) + 1 for word in words]) - 1
        spans = np.stack((ends - [len(word) for word in words], ends), axis=1)
        ids = [0, *(WORDS.index(word) for word in words)]
        return Tokens(text=text, ids=np.array(ids), shown=("", *words), spans=np.vstack(([[0, 0]], spans)))

    def shown(self, token: int) -> str:
        return f" {WORDS[token]}"

    def embed(self, ids: Tensor) -> Tensor:
        return self._vectors[ids]

    def states(self, vectors: Tensor) -> Tensor:
        return vectors.sum(1, keepdim=True)[..., :2]

    def unembed(self, hidden: Tensor) -> Tensor:
        one, other = hidden.unbind(-1)
        found = {
            "adds_up": one + other, "either": (one + other).clamp(max=1.0), "both": one * other,
        }[self._rule]  # fmt: skip
        return torch.stack((torch.zeros_like(found), found), dim=-1)

    @torch.no_grad()
    def record(self, vectors: Tensor) -> Recording:
        states = self.states(vectors[None])[0]
        return Recording(logits=self.unembed(states), hidden=(vectors, states))


def asked(count: int, seed: int, measure: Measure) -> list[Asked]:
    """`count` texts of each toy: both causes and six other words, in any order."""
    rng, found = np.random.default_rng(seed), []
    for rule in NAMES:
        model = Planted(rule)
        for _ in range(count):
            words = rng.permutation([*CAUSES, *rng.choice(OTHERS, LENGTH - len(CAUSES), replace=False)])
            run = record(model, " ".join(words))
            target = of_class(run, "yes", measure, "no" if measure == "contrast" else None)
            items = tuple(np.array([1 + at]) for at in range(LENGTH))
            case = Case(group=rule, row=0, items=items, true=np.isin(words, CAUSES))
            found.append(Asked(run=run, target=target, cases=(case,)))
    return found
