"""wiki-lstm: an AWD-LSTM language model of WikiText-2, step 1 of ULMFiT.

Source: Merity, Keskar, Socher 2017, https://arxiv.org/abs/1708.02182; Howard, Ruder 2018,
https://arxiv.org/abs/1801.06146. Differs from both in size (two layers, subword pieces) and length.
"""

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from models.lstm import from_fastai
from models.train.learning import History, Settings, fit, learner
from models.train.recipes import HeldOut, Parts
from models.train.text import START, digest_of, piece, pieces, shared_tokenizer, tokenizer_file, wikitext

NAME, NEEDS_DATA = "wiki-lstm", ("wikitext-2", "imdb")
TRAINED_ON = "WikiText-2 (2.1 million words of Wikipedia articles), written the way people type"
# embedding width, hidden width, layers, rows in a batch, window
SIZES = {"tiny": (64, 96, 2, 32, 40), "small": (256, 512, 2, 64, 70), "large": (400, 1152, 3, 104, 70)}


def network(size: str, vocabulary: int, pad: int) -> torch.nn.Module:
    """The AWD-LSTM language model of fastai, with its output layer tied to its input embedding."""
    from fastai.text.models.awdlstm import AWD_LSTM, awd_lstm_lm_config
    from fastai.text.models.core import get_language_model

    width, hidden, layers, _, _ = SIZES[size]
    config = {**awd_lstm_lm_config, "emb_sz": width, "n_hid": hidden, "n_layers": layers, "pad_token": pad}
    return get_language_model(AWD_LSTM, vocabulary, config, drop_mult=0.25 if layers < 3 else 1.0)


def stream(documents: list[np.ndarray], start: int) -> np.ndarray:
    """All documents one after another, each behind the piece that says "a text begins"."""
    return np.concatenate([np.concatenate(([start], document)) for document in documents])


@torch.no_grad()
def carried_loss(model: torch.nn.Module, ids: np.ndarray, rows: int = 1, window: int = 70) -> float:
    """Mean nats per piece over `ids`, memory carried from window to window; leaves the model as it was."""
    core, training = model[0], model.training  # type: ignore[index]
    before = core.hidden, core.bs
    model.eval()
    model.reset()  # type: ignore[operator]
    device = next(model.parameters()).device
    usable = (len(ids) - 1) // rows * rows
    x = torch.as_tensor(ids[:usable]).view(rows, -1).to(device)
    y = torch.as_tensor(ids[1 : usable + 1]).view(rows, -1).to(device)
    total = 0.0
    for at in range(0, x.shape[1], window):
        logits = model(x[:, at : at + window])[0].flatten(0, 1)
        total += float(functional.cross_entropy(logits, y[:, at : at + window].flatten(), reduction="sum"))
    core.hidden, core.bs = before
    model.train(training)
    return total / usable


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
    known = wikitext(settings.data, "train")
    valid = wikitext(settings.data, "valid")
    _, _, _, batch, window = SIZES[settings.size]
    sets = [
        [(torch.as_tensor(np.concatenate(([start], d))),) for d in pieces(part, cutter, settings.work)]
        for part in (known, valid)
    ]
    loaders = DataLoaders(
        LMDataLoader(sets[0], bs=batch, seq_len=window, shuffle=True),
        LMDataLoader(sets[1], bs=batch, seq_len=window),
        device=settings.device,
    )
    folder = settings.work / NAME
    folder.mkdir(parents=True, exist_ok=True)
    model = network(settings.size, cutter.get_vocab_size(), pad)
    learn = learner(
        loaders, model, CrossEntropyLossFlat(), folder, clip=0.4,
        cbs=rnn_cbs(alpha=1.0, beta=0.5), splitter=awd_lstm_lm_split, wd=0.02, moms=(0.8, 0.7, 0.8),
    )  # fmt: skip
    held_out = stream([d[0].numpy()[1:] for d in sets[1]], start)[:30_001]
    history = fit(
        learn, settings, folder, lambda m: carried_loss(m, held_out, rows=20), lr=6e-3, pct_start=0.15
    )
    return learn.model, history, digest_of(known)


def tokenizer_json(settings: Settings) -> str:
    """The shared tokenizer, as it is bundled."""
    shared_tokenizer(settings.data, settings.work)
    return tokenizer_file(settings.work).read_text(encoding="utf-8")


def parts(network: Any, settings: Settings) -> Parts:
    """The trained network under our names, and its shape."""
    tensors = from_fastai(network.state_dict())
    vocabulary, width = tensors["embedding"].shape
    layers = [t.shape[1] for name, t in tensors.items() if name.endswith("weight_hh")]
    return Parts(
        tensors=tensors,
        config={"start": 0, "tied": "decoder" not in tensors, "bias": "decoder_bias" in tensors},
        shape={
            "family": "lstm",
            "abilities": frozenset({"gradients", "gates", "cells", "unembed"}),
            "widths": (width, *layers),
            "vocabulary": vocabulary,
            "parameters": sum(t.numel() for t in tensors.values()),
        },
    )


def held_out(network: Any, settings: Settings) -> HeldOut:
    """WikiText-2's whole test part, memory carried through it, as published figures do."""
    cutter = shared_tokenizer(settings.data, settings.work)
    test = wikitext(settings.data, "test")
    ids = stream(pieces(test, cutter, settings.work), piece(cutter, START))
    per_piece = carried_loss(network, ids)
    count = len(ids) - 1
    return HeldOut(
        nats=per_piece * count, pieces=count, words=test.words,
        of="WikiText-2 test, all of it, memory carried along; words as WikiText counts them",
    )  # fmt: skip
