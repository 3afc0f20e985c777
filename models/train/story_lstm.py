"""story-lstm: an AWD-LSTM that has heard nothing but Storyland (models/train/storyland.py).

Source: Merity, Keskar, Socher 2017, https://arxiv.org/abs/1708.02182. Without dropout and without its
regularisers: no story comes twice, so there is nothing to learn by heart.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from models.train.learning import History, Settings, fit, learner
from models.train.recipes import HeldOut
from models.train.storyland import MOST_ATTRACTORS
from models.train.storyland_lessons import (
    TRAINED_ON,
    Streams,
    agreement_accuracy,
    described,
    digest,
    held_out_stories,
    loaders,
    measure,
    size_of_vocabulary,
    tokenizer_json,
)
from models.train.wiki_lstm import parts

__all__ = ["NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "held_out", "parts", "tokenizer_json", "train"]

NAME, NEEDS_DATA = "story-lstm", False
# embedding width, hidden width, layers, rows in a batch, window, batches in an epoch
SIZES = {
    "tiny": (32, 48, 2, 16, 40, 20),
    "small": (128, 256, 2, 64, 70, 200),
    "large": (256, 512, 2, 64, 70, 400),
}


def network(size: str) -> torch.nn.Module:
    """Fastai's AWD-LSTM language model, its output layer tied to its input embedding, nothing dropped."""
    from fastai.text.models.awdlstm import AWD_LSTM, awd_lstm_lm_config
    from fastai.text.models.core import get_language_model

    width, hidden, layers, *_ = SIZES[size]
    config = {
        **awd_lstm_lm_config, "emb_sz": width, "n_hid": hidden, "n_layers": layers, "pad_token": 2,
        "output_p": 0.0, "hidden_p": 0.0, "input_p": 0.0, "embed_p": 0.0,
        # At 0 torch gives dropout's input back itself and fastai 2.8's WeightDropout stumbles over it.
        "weight_p": 1e-9,
    }  # fmt: skip
    return get_language_model(AWD_LSTM, size_of_vocabulary(), config)


def read(model: torch.nn.Module, ids: Tensor) -> Tensor:
    """Logits (B, T, V) with empty memory; leaves the memory of a training under way as it was."""
    core, training = model[0], model.training  # type: ignore[index]
    before = core.hidden, core.bs
    model.eval()
    model.reset()  # type: ignore[operator]
    logits = model(ids.to(next(model.parameters()).device))[0]
    core.hidden, core.bs = before
    model.train(training)
    return logits


def batches(seed: int, count: int, window: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Windows of `count` streams, memory carried from one to the next; inputs and wanted words (B, T)."""
    streams = Streams(seed, count)
    while True:
        told = torch.as_tensor(streams.window(window))
        yield told[:, :-1].contiguous(), told[:, 1:].contiguous()


def train(settings: Settings) -> tuple[torch.nn.Module, History, str]:
    """Train (or go on training); returns the network, its history and the digest of what was told."""
    from fastai.callback.rnn import rnn_cbs
    from fastai.losses import CrossEntropyLossFlat
    from fastai.text.models.awdlstm import awd_lstm_lm_split

    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    _, _, _, count, window, length = SIZES[settings.size]
    folder = settings.work / NAME
    folder.mkdir(parents=True, exist_ok=True)
    model = network(settings.size)
    learn = learner(
        loaders(lambda seed: batches(seed, count, window), length, settings.device),
        model, CrossEntropyLossFlat(), folder, clip=0.4,
        cbs=rnn_cbs(alpha=0.0, beta=0.0), splitter=awd_lstm_lm_split, wd=0.0, moms=(0.8, 0.7, 0.8),
    )  # fmt: skip
    unseen = held_out_stories(200)

    def loss(network: torch.nn.Module) -> float:
        found = measure(lambda ids: read(network, ids), unseen)
        return found.nats / found.tokens

    return model, fit(learn, settings, folder, loss, lr=1e-2, pct_start=0.15), digest()


def held_out(network: torch.nn.Module, settings: Settings) -> HeldOut:
    """Fresh stories, each with empty memory from its start; how near the grammar; how verbs agree."""
    found = measure(lambda ids: read(network, ids), held_out_stories())
    accuracies = [
        agreement_accuracy(lambda ids: read(network, ids), attractors)
        for attractors in range(MOST_ATTRACTORS + 1)
    ]
    return HeldOut(nats=found.nats, pieces=found.tokens, words=found.words, of=described(found, accuracies))
