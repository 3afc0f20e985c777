"""Do the heads of a transformer explain its answers? The experiments over many texts, and a verdict with numbers.

For each text: Kendall's tau of every head's look, and of the mean of all heads, with gradients and with leaving
words out; the median change of the answer when one head's weights are shuffled; and, for the head whose shuffling
moves answers most, the furthest other weights with the answer within epsilon. Bounds: 95 %, by bootstrap over
texts. A classifier reads sentences of reviews; a model that writes goes on after the first tokens of texts in its
own language.

Source: Jain, Wallace 2019, https://arxiv.org/abs/1902.10186, section 4.
"""

from dataclasses import asdict, dataclass

import numpy as np
import torch

from interpret import progress
from interpret.attention.head_lab import Heads, adversary, heads, moves, shuffled
from interpret.attention.subject import NotForTheLab
from interpret.attention.texts import corpus, sentences
from interpret.methods.heads_agreement import ranked
from interpret.results.attention import NOTHING
from interpret.results.base import Check
from interpret.results.head_lab import HeadsExplaining
from interpret.run import record
from interpret.study import Study
from models.base import LanguageModel, Tokens

SHORTEST, LONGEST = 6, 32  # tokens
DRAWS = 1000  # of the bootstrap
RANKING = 0.4  # of the time


@dataclass(frozen=True, kw_only=True)
class Options:
    """`texts` at most; `epsilon`; `orders` to shuffle; `starts`, `steps` of the adversary; `seed`."""

    texts: int = 20
    epsilon: float = 0.05
    orders: int = 8
    starts: int = 2
    steps: int = 40
    seed: int = 0

    def __post_init__(self) -> None:
        if self.texts < 2 or self.orders < 1 or self.starts < 1 or self.steps < 1:
            raise ValueError("texts are 2 or more, orders, starts and steps 1 or more")
        if not 0 < self.epsilon <= 1:
            raise ValueError("epsilon lies above 0 and at most at 1")


def compute(model: LanguageModel, options: Options) -> HeadsExplaining:
    """The experiments on up to `texts` texts."""
    subjects, taus, pairs, shaken = [], [], [], []
    texts = prompts(model, options.texts)
    if len(texts) < 2:
        raise NotForTheLab("There are fewer than two texts of six tokens: ask for more.")
    for number, tokens in enumerate(texts):
        progress.tell(RANKING * number / len(texts))
        one = heads(record(model, tokens))
        found = ranked(one)
        subjects.append(one)
        taus.append(found["heads"][..., 0])
        pairs.append(found["pairs"])
        shaken.append(_shaken(one, options.orders, options.seed + number))
    by_head, medians, tau = np.array(taus), np.array(shaken), np.array(pairs)
    layer, head = (int(n) for n in np.unravel_index(int(np.median(medians, 0).argmax()), medians.shape[1:]))
    far = []
    for number, one in enumerate(subjects):
        with progress.part(RANKING + (1 - RANKING) * number / len(subjects), (1 - RANKING) / len(subjects)):
            far.append(
                adversary(
                    one,
                    layer,
                    head,
                    options.epsilon,
                    options.seed + number,
                    starts=options.starts,
                    steps=options.steps,
                )
            )
    distance, moved = (np.array([getattr(one, part) for one in far]) for part in ("distance", "moved"))
    rows = np.random.default_rng(options.seed).integers(len(texts), size=(DRAWS, len(texts)))
    low, high = _bounds(tau[..., 0], rows)
    heads_low, heads_high = _bounds(by_head, rows)
    defined = np.isfinite(tau[..., 0])
    own = [
        np.quantile(np.median(part[rows], 1), [0.025, 0.975]) for part in (medians[:, layer, head], distance)
    ]
    return HeadsExplaining(
        method="heads_as_explanation", model=model.card.name, model_sha256=model.card.sha256, text="", tokens=(),
        spans=np.zeros((0, 2), int), words=np.zeros(0, int), asked=NOTHING, values=_mean(by_head), signed=True,
        unit="Kendall's tau", options=asdict(options), heads_low=heads_low, heads_high=heads_high,
        averaged=np.where(defined, tau[..., 0], 0.0), defined=defined, low=low, high=high, shuffled=medians,
        shuffled_low=float(own[0][0]), shuffled_high=float(own[0][1]), head=(layer, head), distance=distance,
        distance_low=float(own[1][0]), distance_high=float(own[1][1]), moved=moved,
        where="bundled sentences" if model.card.task == "classify" else "beginnings of bundled texts", check=Check(
            name="bound", value=float(moved.max()), limit=options.epsilon,
            says="Checked afterwards, no other weights move the answer by more than {}.",
        ),
    )  # fmt: skip


def prompts(model: LanguageModel, count: int) -> list[Tokens]:
    """Sentences for a classifier; for a model that writes the beginnings of texts in its own language."""
    if model.card.task == "classify":
        cut = (model.encode(sentence).cut(LONGEST) for sentence in sentences(model))
        return [tokens for tokens in cut if len(tokens) >= SHORTEST][:count]
    return [tokens.cut(LONGEST) for tokens in corpus(model, count) if len(tokens) >= SHORTEST]


def _shaken(one: Heads, orders: int, seed: int) -> np.ndarray:
    """Median change of the answer by shuffling each head, (L, H)."""
    made = torch.Generator().manual_seed(seed)
    found = np.zeros(one.attention.shape[:2])
    for layer, head in np.ndindex(found.shape):
        own = one.attention[layer, head]
        others = torch.stack([shuffled(own, one.back, made) for _ in range(orders)])
        found[layer, head] = float(moves(one, layer, head, others).median())
    return found


def _mean(found: np.ndarray) -> np.ndarray:
    """Mean over texts of taus (N, ...) that may lack values; 0 where all do."""
    known = np.isfinite(found)
    return np.where(known, found, 0.0).sum(0) / np.maximum(known.sum(0), 1)


def _bounds(found: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """2.5 % and 97.5 % of the mean over the resampled texts `rows` (DRAWS, N)."""
    low, high = np.quantile([_mean(found[one]) for one in rows], [0.025, 0.975], axis=0)
    return low, high


STUDY = Study(
    name="heads_as_explanation", title="Do heads explain?", question="Do the heads explain its answers?",
    gives="heads-explaining", needs=frozenset({"attention", "gradients"}), options=Options,
    source="Jain and Wallace 2019", signed=True, compute=compute, place=55,
    tasks=frozenset({"causal", "classify"}),
    unfit=lambda card: (
        f"{card.name} pools words by one row of attention: “Is attention an explanation?” is for it."
        if card.heads == 1 else None
    ),
)  # fmt: skip
