"""Is the word still there? How often the input token can be told from its state, layer by layer.

A state is compared with the input vectors (without positions) of its text: is one of the same token nearest, by
cosine? Once as it is, and once after a linear map that was learned on other texts (ridge regression; 70 % of
the texts, drawn by the seed). Beside it what a lot among the text's tokens would tell, and always naming the
commonest token. Bounds: 95 %, by bootstrap over the texts tested on.

Source: Brunner et al. 2020, https://arxiv.org/abs/1908.04211, section 4.
"""

from dataclasses import asdict, dataclass

import numpy as np

from interpret import progress
from interpret.attention.identity import Seen, by_lot, linear_reader, told
from interpret.attention.texts import corpus
from interpret.grammar.probing import tested_sentences
from interpret.results.attention import NOTHING
from interpret.results.attention_means import TokenIdentity
from interpret.results.base import Check
from interpret.run import Run, record
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import Refusal

DRAWS = 1000
READING = 0.5  # of the time


@dataclass(frozen=True, kw_only=True)
class Options:
    """`texts`: bundled texts at most (6 or more); `seed`: which of them are learned from."""

    texts: int = 40
    seed: int = 0

    def __post_init__(self) -> None:
        if self.texts < 6:
            raise ValueError("texts are 6 or more")


def compute(model: LanguageModel, options: Options) -> TokenIdentity:
    """Shares (L + 1, 2) of tokens that are told."""
    texts = corpus(model, options.texts)
    runs = []
    for number, tokens in enumerate(texts):
        progress.tell(READING * number / len(texts))
        runs.append(record(model, tokens))
    tested = tested_sentences(len(runs), options.seed)
    if tested.all() or not tested.any():
        raise Refusal("There are too few texts to learn from some and be tested on others: ask for more.")
    layers = model.card.layers + 1
    hits = []  # by layer and reader: one array of 0 and 1 a text
    for layer in range(layers):
        progress.tell(READING + (1 - READING) * layer / layers)
        hits.append(_layer(runs, tested, layer))
    shares, low, high = (np.zeros((layers, 2)) for _ in range(3))
    for layer, reader in np.ndindex(layers, 2):
        shares[layer, reader] = np.concatenate(hits[layer][reader]).mean()
        low[layer, reader], high[layer, reader] = _bounds(hits[layer][reader], options.seed)
    pairs = [(run.tokens.ids, out) for run, out in zip(runs, tested, strict=True)]
    outside, inside = ([ids for ids, out in pairs if out == part] for part in (False, True))
    kinds, counts = np.unique(np.concatenate(outside), return_counts=True)
    asked = np.concatenate(inside)
    own = np.concatenate([told(run.vectors.numpy(), _seen(run, 0)) for run in runs])
    return TokenIdentity(
        method="token_identity", model=model.card.name, model_sha256=model.card.sha256, text="", tokens=(),
        spans=np.zeros((0, 2), int), words=np.zeros(0, int), asked=NOTHING, values=shares, unit="share of tokens",
        signed=False, options=asdict(options), low=low, high=high,
        chance=float(sum(by_lot(one) * len(one) for one in inside) / len(asked)),
        majority=float((asked == kinds[counts.argmax()]).mean()),
        n=np.array([sum(len(one) for one in outside), len(asked)]), texts=np.array([(~tested).sum(), tested.sum()]),
        check=Check(
            name="input vectors not told", value=float(1 - own.mean()), limit=0.0,
            says="Of the input vectors themselves, the same reader fails to tell a share of {}.",
        ),
    )  # fmt: skip


def _seen(run: Run, layer: int) -> Seen:
    return Seen(run.tokens.ids, run.vectors.numpy(), run.hidden[layer].numpy())


def _layer(runs: list[Run], tested: np.ndarray, layer: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Which tokens of each tested text are told, as they are and by the linear reader."""
    texts = [_seen(run, layer) for run in runs]
    matrix, shift = linear_reader([one for one, out in zip(texts, tested, strict=True) if not out])
    asked = [one for one, out in zip(texts, tested, strict=True) if out]
    return [told(one.states, one) for one in asked], [told(one.states @ matrix + shift, one) for one in asked]


def _bounds(found: list[np.ndarray], seed: int) -> np.ndarray:
    """2.5 % and 97.5 % of the share over resampled texts, (2,)."""
    right, count = (np.array([f(one) for one in found]) for f in (np.sum, len))
    rows = np.random.default_rng(seed).integers(len(found), size=(DRAWS, len(found)))
    return np.quantile(right[rows].sum(1) / count[rows].sum(1), [0.025, 0.975])


STUDY = Study(
    name="token_identity", title="Tokens told from their states", question="Is the word still there?",
    gives="token-identity", needs=frozenset({"attention"}), options=Options, source="Brunner et al. 2020",
    signed=False, compute=compute, place=54,
    unfit=lambda card: (
        f"{card.name} has one layer only, which reads the whole text." if card.heads == 1 else None
    ),
)  # fmt: skip
