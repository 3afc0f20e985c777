"""How does the model do on many texts? Prediction, loss, perplexity and length of every one.

A model that writes: the surprise of each token given those before it, nats; one that fills gaps: its
pseudo-log-likelihood, each token hidden in turn with the later pieces of its word. The loss of a text is their
mean over its tokens. A classifier: the class it gives and its probability; where the true class is known, the loss
is minus the logarithm of its probability. Texts of one length go through the model together, which changes no
number. Of a long text the first 256 tokens are read (fewer, if the model takes fewer). Perplexity is exp of the
mean loss, per token and, since models cut words differently, per word; punctuation marks count as words.

Sources: Howard, Gugger 2020, https://arxiv.org/abs/2002.04688 (fastai's top losses); Salazar et al. 2020,
https://arxiv.org/abs/1910.14659 (pseudo-log-likelihood); Guo et al. 2017, https://arxiv.org/abs/1706.04599
(calibration); Tenney et al. 2020, https://aclanthology.org/2020.emnlp-demos.15/ (the Language Interpretability
Tool's table, slices and metrics).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from interpret import progress, text_sets
from interpret.grammar.scoring import UNKNOWN, batches, predicted, token_nats
from interpret.results import Check, Texts
from interpret.results.space import of_model
from interpret.run import record
from interpret.sentences import rounded
from interpret.study import Study
from interpret.text_sets import ReadTexts, TextOptions
from models.base import LanguageModel, Tokens

AGAIN = 3  # texts computed a second time, one by one


@dataclass(frozen=True, kw_only=True)
class Options(TextOptions):
    """Which texts, as in `interpret.text_sets`; `longest`: tokens read of each."""

    longest: int = text_sets.LONGEST

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 2 <= self.longest <= 4096:
            raise ValueError("longest must lie between 2 and 4096")


def compute(model: LanguageModel, options: Options) -> Texts:
    """Every text's numbers; refuses too many texts, and a set of which none can be read."""
    card = model.card
    given = text_sets.gather(card, options)
    read = text_sets.read(model, given.texts, options.longest)
    labels = tuple(given.labels[number - 1] for number in read.numbers)
    truth, said = text_sets.classes_of(labels, card.classes)
    with progress.part(0, 0.9):
        shares, nats = measured(model, read.tokens)
    scored = np.array([len(one) for one in nats])
    sums = np.array([-float(one.sum()) for one in nats])
    classify = card.task == "classify"
    with progress.part(0.9, 0.1):
        check = _check(model, read.tokens, shares, nats)
    return Texts(
        **of_model(card, "texts", {**options.to_json(), "longest": options.longest}),
        values=shares.max(axis=1) if classify else sums / scored, unit="probability" if classify else "nats per token",
        signed=False, task=card.task, where=given.where, texts=tuple(one.text for one in read.tokens),
        numbers=np.array(read.numbers), labels=labels, nats=sums, scored=scored, classes=card.classes,
        probabilities=shares, truth=np.array(truth if classify else [-1] * len(labels)),
        lengths=np.array([len(one) for one in read.tokens]), whole=np.array(read.whole),
        word_counts=np.array([text_sets.count_words(one.text) for one in read.tokens]), skipped=read.skipped,
        check=check, notes=_notes(model, read, said if classify else ""),
    )  # fmt: skip


@torch.no_grad()
def measured(model: LanguageModel, texts: Sequence[Tokens]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Class probabilities (N, K), and of each text its predicted tokens' log-probabilities (nats); one is empty."""
    if model.card.task != "classify":
        return np.zeros((len(texts), 0)), token_nats(model, [(one, predicted(model, one)) for one in texts])
    shares, done = np.zeros((len(texts), len(model.card.classes))), 0
    for some in batches([(one, np.arange(len(one))) for one in texts]):
        progress.tell(done / len(texts))
        ids = torch.tensor(np.stack([texts[at].ids for at in some]))
        logits = model.logits(model.embed(ids.flatten()).unflatten(0, ids.shape))
        shares[some] = logits[:, -1].double().softmax(-1).numpy()
        done += len(some)
    return shares, [np.zeros(0)] * len(texts)


def _check(
    model: LanguageModel, texts: Sequence[Tokens], shares: np.ndarray, nats: Sequence[np.ndarray]
) -> Check:
    """Some texts once more, each alone: what going through together changed."""
    off = 0.0
    rows = sorted(
        {round(at) for at in np.linspace(0, len(texts) - 1, AGAIN)}, key=lambda row: len(texts[row])
    )
    for row in rows[: 1 if model.card.task == "masked" else AGAIN]:
        if model.card.task == "classify":
            alone = record(model, texts[row]).logits[-1].double().softmax(-1).numpy()
            off = max(off, float(np.abs(alone - shares[row]).max()))
        else:
            (alone,) = token_nats(model, [(texts[row], predicted(model, texts[row]))])
            off = max(off, float(np.abs(alone - nats[row]).max()))
    unit = "" if model.card.task == "classify" else " nats"
    return Check(
        name="difference from a text alone", value=off, limit=1e-3, unit=unit,
        says="Texts of one length are read together; some of them, read again alone, differ by {}.",
    )  # fmt: skip


def _notes(model: LanguageModel, read: ReadTexts, labels: str) -> tuple[str, ...]:
    found = [labels] if labels else []
    cut = sum(whole > len(tokens) for whole, tokens in zip(read.whole, read.tokens, strict=True))
    if cut:
        most = max(len(tokens) for tokens in read.tokens)
        found.append(f"{_texts(cut)} longer than {most:,} tokens, and only that many are read of each.")
    if read.skipped:
        told = "; ".join(f"text {number}: {reason}" for number, reason in read.skipped[:3])
        found.append(f"{len(read.skipped):,} could not be read ({told}).")
    strange = _strange(model, read.tokens)
    if strange:
        found.append(
            f"{rounded(strange)} of the tokens are words this model does not know; that a word is unknown is easy to "
            "guess, so its loss looks better than it is."
        )
    return tuple(found)


def _texts(count: int) -> str:
    return "1 text is" if count == 1 else f"{count:,} texts are"


def _strange(model: LanguageModel, texts: Sequence[Tokens]) -> float:
    """The share of tokens that stand for any unknown word."""
    ids, counts = np.unique(np.concatenate([one.ids for one in texts]), return_counts=True)
    unknown = np.array([model.shown(int(token)).strip() in UNKNOWN for token in ids], dtype=bool)
    return float(counts[unknown].sum() / counts.sum())


STUDY = Study(
    name="texts", title="Across texts", question="How does it do on my texts?", gives="texts", needs=frozenset(),
    options=Options, source="Howard, Gugger 2020; Guo et al. 2017", signed=False, compute=compute, place=22,
)  # fmt: skip
