"""What the recipes of movie reviews share: the documents, the test sample, how transformers learn."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.train.learning import History, Settings, fit, learner
from models.train.muon import Muon
from models.train.text import Documents, count_words, imdb, review, shared_tokenizer, tokenizer_file

TEST_REVIEWS = 1000


def known_documents(settings: Settings) -> tuple[Documents, Documents, Documents]:
    """Labelled training reviews, unlabelled reviews, test reviews; nothing of the test part in the others."""
    test = imdb(settings.data, "test")
    barred = set(test.texts)
    parts = []
    for part in ("train", "unsup"):
        found = imdb(settings.data, part)
        kept = tuple(text for text in found.texts if text not in barred)
        parts.append(Documents(texts=kept, words=sum(map(count_words, kept)), digest=found.digest))
    return parts[0], parts[1], test


def test_sample(test: Documents, count: int = TEST_REVIEWS) -> list[str]:
    """Always the same `count` reviews of the test part, or all in some order if there are fewer."""
    chosen = np.random.default_rng(0).choice(len(test.texts), min(count, len(test.texts)), replace=False)
    return [test.texts[i] for i in chosen]


def labelled(settings: Settings, part: str) -> tuple[Documents, np.ndarray]:
    """The reviews of the "train" or "test" part, and which of them are praise, (N,): 0 or 1.

    No text comes twice, and the training part holds nothing of the test part.
    """
    from pyarrow import parquet

    path = settings.data / "imdb" / f"{part}.parquet"
    found = imdb(settings.data, part)
    table = parquet.read_table(path, columns=["text", "label"])
    said = dict(zip(map(review, table["text"].to_pylist()), table["label"].to_pylist(), strict=True))
    barred = set() if part == "test" else set(imdb(settings.data, "test").texts)
    texts = tuple(text for text in found.texts if text not in barred)
    documents = Documents(texts=texts, words=sum(map(count_words, texts)), digest=found.digest)
    return documents, np.array([said[text] for text in texts])


def macro_f1(wanted: np.ndarray, given: np.ndarray) -> float:
    """The F1 score of each class in `wanted` (N,), averaged over these; `given` (N,) are the guesses."""
    scores = []
    for kind in np.unique(wanted):
        hits = float(((wanted == kind) & (given == kind)).sum())
        scores.append(2 * hits / float((wanted == kind).sum() + (given == kind).sum()))
    return float(np.mean(scores))


def tokenizer_json(settings: Settings) -> str:
    """The shared tokenizer, as it is bundled."""
    shared_tokenizer(settings.data, settings.work)
    return tokenizer_file(settings.work).read_text(encoding="utf-8")


def groups(model: torch.nn.Module) -> list[list[torch.nn.Parameter]]:
    """Matrices of the blocks (Muon), then embeddings, norms, biases and heads (Adam).

    Blocks are what stands in a numbered list, as in `transformer.h.0` or `bert.encoder.layer.0`.
    """
    matrices, rest = [], []
    for name, weight in model.named_parameters():
        in_block = any(part.isdecimal() for part in name.split("."))
        (matrices if weight.ndim == 2 and in_block else rest).append(weight)
    return [matrices, rest]


def learn_by_muon(
    model: torch.nn.Module,
    loaders: Any,
    loss: Callable,
    settings: Settings,
    folder: Path,
    held_out: Callable[[torch.nn.Module], float],
    lr: tuple[float, float] = (0.02, 4e-3),
    watched_by: Sequence[Any] = (),
    **schedule: Any,
) -> History:
    """Train a transformer in place by one cycle: its matrices by Muon, all else by Adam.

    `lr`: the highest learning rates of both. `watched_by`: fastai callbacks. `schedule`: what fastai's
    `fit_one_cycle` takes.
    """
    from fastai.optimizer import OptimWrapper

    folder.mkdir(parents=True, exist_ok=True)
    learn = learner(
        loaders, model, loss, folder,
        clip=1.0, splitter=groups, opt_func=lambda params, **kw: OptimWrapper(params, Muon, **kw),
        moms=(0.95, 0.95, 0.95), wd=0.01, cbs=list(watched_by),
    )  # fmt: skip
    cycle = {"pct_start": 0.03, "div": 10.0, "div_final": 100.0, **schedule}
    return fit(learn, settings, folder, held_out, lr=np.array(lr), **cycle)
