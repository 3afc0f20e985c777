"""reviews-lite: a small Lite-Transformer of movie reviews (IMDB).

Source: Wu et al. 2020, https://arxiv.org/abs/2004.11886 (models/lite.py says what differs); Muon for its
matrices (models/train/muon.py). Reads the same rows as reviews-gpt.
"""

from typing import Any

import numpy as np
import torch

from models.lite import SETTINGS, Lite
from models.train.learning import History, Settings
from models.train.recipes import HeldOut, Parts
from models.train.reviews import known_documents, learn_by_muon, test_sample, tokenizer_json
from models.train.reviews_gpt import document_loss, rows
from models.train.text import START, count_words, digest_of, imdb, piece, pieces, shared_tokenizer

__all__ = ["NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "held_out", "parts", "tokenizer_json", "train"]

NAME, NEEDS_DATA = "reviews-lite", ("wikitext-2", "imdb")
TRAINED_ON = "IMDB movie reviews: the 25,000 labelled training reviews and the 50,000 unlabelled ones"
# layers, width, heads, context, rows in a batch, pieces that a convolution reaches
SIZES = {
    "tiny": (2, 48, 2, 64, 16, 3),
    "small": (4, 128, 4, 256, 8, 7),
    "large": (6, 384, 6, 512, 32, 7),
}


def network(size: str, vocabulary: int) -> Lite:
    """The network with random weights."""
    layers, width, heads, context, _, reach = SIZES[size]
    return Lite(vocabulary, context, width, layers, heads, reach)


def train(settings: Settings) -> tuple[Any, History, str]:
    """Train (or go on training); returns the network, its history and the data's digest."""
    from fastai.data.core import DataLoaders
    from fastai.data.load import DataLoader
    from fastai.losses import CrossEntropyLossFlat

    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    cutter = shared_tokenizer(settings.data, settings.work)
    start = piece(cutter, START)
    labelled, unlabelled, test = known_documents(settings)
    context, batch = SIZES[settings.size][3:5]
    known = pieces(labelled, cutter, settings.work)
    if settings.size != "tiny":
        known += pieces(unlabelled, cutter, settings.work)
    held_out = [np.array(cutter.encode(text).ids) for text in test_sample(test, 30)]
    sets = [
        list(zip(*map(torch.as_tensor, rows(part, start, context)), strict=True))
        for part in (known, held_out)
    ]
    loaders = DataLoaders(
        DataLoader(sets[0], bs=batch, shuffle=True, drop_last=True, num_workers=0),
        DataLoader(sets[1], bs=batch, num_workers=0),
        device=settings.device,
    )
    model, folder = network(settings.size, cutter.get_vocab_size()), settings.work / NAME
    history = learn_by_muon(
        model, loaders, CrossEntropyLossFlat(), settings, folder,
        lambda m: document_loss(m, held_out, start, context),
    )  # fmt: skip
    return model, history, digest_of(labelled, unlabelled)


def parts(network: Lite, settings: Settings) -> Parts:
    """The trained network and its shape."""
    layers, width, heads, context, _, reach = SIZES[settings.size]
    tensors = network.state_dict()
    vocabulary = len(tensors["embedding.weight"])
    shape = dict(zip(SETTINGS, (vocabulary, context, width, layers, heads, reach), strict=True))
    return Parts(
        tensors=tensors,
        config={**shape, "start": 0},
        shape={
            "family": "transformer",
            "abilities": frozenset({"gradients", "attention", "unembed"}),
            "widths": (width,) * (layers + 1),
            "vocabulary": vocabulary,
            "parameters": sum(t.numel() for t in tensors.values()),
            "context": context,
            "heads": heads,
        },
    )


def held_out(network: Lite, settings: Settings) -> HeldOut:
    """A fixed sample of the test reviews, each from its start; long ones by overlapping windows."""
    cutter = shared_tokenizer(settings.data, settings.work)
    texts = test_sample(imdb(settings.data, "test"))
    documents = [np.array(cutter.encode(text).ids) for text in texts]
    loss = document_loss(network, documents, piece(cutter, START), SIZES[settings.size][3])
    count = sum(len(document) for document in documents)
    return HeldOut(
        nats=loss * count, pieces=count, words=sum(map(count_words, texts)),
        of=f"{len(texts):,} of the 25,000 IMDB test reviews; words and marks count as in WikiText",
    )  # fmt: skip
