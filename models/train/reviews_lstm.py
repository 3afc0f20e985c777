"""reviews-lstm: wiki-lstm, fine-tuned on movie reviews: step 2 of ULMFiT.

Discriminative learning rates (the layers near the input learn less), gradual unfreezing (first the last layer
group alone, then all), and the encoder is kept for step 3. Source: Howard, Ruder 2018,
https://arxiv.org/abs/1801.06146, sections 3.2 and 3.3.
"""

from typing import Any

import numpy as np
import torch
from fastai.basics import Callback
from safetensors.torch import save_file
from torch.nn import functional

import models
from models import checkpoints
from models.lstm import from_fastai, to_fastai
from models.train.learning import History, Settings, fit, learner
from models.train.recipes import HeldOut
from models.train.reviews import known_documents, test_sample
from models.train.text import START, count_words, digest_of, imdb, piece, pieces, shared_tokenizer
from models.train.wiki_lstm import SIZES, carried_loss, network, parts, stream, tokenizer_json

__all__ = ["NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "held_out", "parts", "tokenizer_json", "train"]

NAME, NEEDS_DATA = "reviews-lstm", ("wikitext-2", "imdb")
BEFORE, ENCODER = "wiki-lstm", "encoder.safetensors"
TRAINED_ON = "what wiki-lstm was trained on, then the labelled (25,000) and unlabelled (50,000) IMDB reviews"


class Thaw(Callback):
    """Gradual unfreezing: as shares of the training pass, one more layer group learns, the last one first."""

    learn: Any  # the Learner, set by fastai
    order = 3  # after the clock has said how far the training is

    def __init__(self, shares: tuple[float, ...]):
        """`shares`: when the group before the last learns, then the one before that, ...; then all do."""
        self.shares, self.thawed = shares, 0

    def before_fit(self) -> None:
        self.thawed = 0
        self.learn.freeze()

    def before_batch(self) -> None:
        due = sum(self.learn.pct_train >= share for share in self.shares)
        if due == self.thawed or not self.training:
            return
        self.thawed = due
        if due == len(self.shares):
            self.learn.unfreeze()
        else:
            self.learn.freeze_to(-1 - due)


def train(settings: Settings) -> tuple[Any, History, str]:
    """Train (or go on training); returns the network, its history and the data's digest."""
    from fastai.callback.rnn import rnn_cbs
    from fastai.data.core import DataLoaders
    from fastai.losses import CrossEntropyLossFlat
    from fastai.text.data import LMDataLoader
    from fastai.text.models.awdlstm import awd_lstm_lm_split

    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    cutter = shared_tokenizer(settings.data, settings.work)
    start, pad = piece(cutter, START), piece(cutter, "<pad>")
    labelled, unlabelled, test = known_documents(settings)
    documents = pieces(labelled, cutter, settings.work)
    if settings.size != "tiny":
        documents += pieces(unlabelled, cutter, settings.work)
    unseen = [np.array(cutter.encode(text).ids) for text in test_sample(test, 100)]
    _, _, _, batch, window = SIZES[settings.size]
    sets = [[(torch.as_tensor(np.concatenate(([start], d))),) for d in part] for part in (documents, unseen)]
    loaders = DataLoaders(
        LMDataLoader(sets[0], bs=batch, seq_len=window, shuffle=True),
        LMDataLoader(sets[1], bs=min(batch, 16), seq_len=window),
        device=settings.device,
    )
    model = network(settings.size, cutter.get_vocab_size(), pad)
    if settings.size != "tiny":
        model.load_state_dict(to_fastai(checkpoints.opened(models.folder(BEFORE))[1]))
    folder = settings.work / NAME
    folder.mkdir(parents=True, exist_ok=True)
    learn = learner(
        loaders, model, CrossEntropyLossFlat(), folder, clip=0.4,
        cbs=[*rnn_cbs(alpha=1.0, beta=0.5), Thaw((0.05,))],
        splitter=awd_lstm_lm_split, wd=0.02, moms=(0.8, 0.7, 0.8),
    )  # fmt: skip
    ids = stream(unseen, start)[:20_001]
    history = fit(
        learn,
        settings,
        folder,
        lambda m: carried_loss(m, ids, rows=20),
        lr=slice(1.5e-3, 4e-3),
        pct_start=0.1,
    )
    keep_encoder(model, folder)
    return model, history, digest_of(labelled, unlabelled)


def keep_encoder(model: torch.nn.Module, folder: Any) -> None:
    """What step 3 takes over: the embedding and all LSTM layers, not the output layer's bias."""
    tensors = from_fastai(model.state_dict())
    kept = {n: t.cpu().contiguous() for n, t in tensors.items() if not n.startswith("decoder")}
    save_file(kept, folder / ENCODER)


@torch.no_grad()
def held_out(network: Any, settings: Settings, rows: int = 16) -> HeldOut:
    """The same sample of test reviews as reviews-gpt's, each from its start with empty memory."""
    cutter = shared_tokenizer(settings.data, settings.work)
    texts = test_sample(imdb(settings.data, "test"))
    start, pad = piece(cutter, START), piece(cutter, "<pad>")
    documents = sorted((np.array([start, *cutter.encode(text).ids]) for text in texts), key=len)
    nats, count = 0.0, 0
    for at in range(0, len(documents), rows):
        some = documents[at : at + rows]
        ids = torch.full((len(some), len(some[-1])), pad)
        for row, document in zip(ids, some, strict=True):
            row[: len(document)] = torch.as_tensor(document)
        network.reset()
        wanted = ids[:, 1:].masked_fill(ids[:, 1:] == pad, -100)
        for first in range(0, wanted.shape[1], 70):
            logits = network(ids[:, first : first + 70][:, : wanted.shape[1] - first])[0]
            part = wanted[:, first : first + 70]
            nats += float(functional.cross_entropy(logits.flatten(0, 1), part.flatten(), reduction="sum"))
        count += int((wanted != -100).sum())
    network.reset()
    return HeldOut(
        nats=nats, pieces=count, words=sum(map(count_words, texts)),
        of=f"{len(texts):,} of the 25,000 IMDB test reviews; words and marks count as in WikiText",
    )  # fmt: skip
