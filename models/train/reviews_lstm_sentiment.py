"""reviews-lstm-sentiment: reviews-lstm's encoder with fastai's classifier head: step 3 of ULMFiT.

Gradual unfreezing from the head down and discriminative learning rates. Of a long review the last pieces are
read, where its verdict stands. Source: Howard, Ruder 2018, https://arxiv.org/abs/1801.06146, section 3.3.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

import models
from models import checkpoints
from models.classifier_lstm import from_fastai_classifier
from models.lstm import to_fastai
from models.train import reviews_lstm
from models.train.learning import History, Settings, fit, learner
from models.train.recipes import HeldOut, Parts
from models.train.reviews import labelled, macro_f1, tokenizer_json
from models.train.text import START, Documents, digest_of, piece, pieces, shared_tokenizer

__all__ = ["NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "held_out", "parts", "tokenizer_json", "train"]

NAME, NEEDS_DATA = "reviews-lstm-sentiment", ("wikitext-2", "imdb")
TRAINED_ON = "what reviews-lstm was trained on, then the labels of the 25,000 IMDB training reviews"
CLASSES = ("negative", "positive")
SIZES = reviews_lstm.SIZES
TEST_REVIEWS = 5000
MOST, WINDOW = 300, 75  # pieces of a review that are read; pieces that gradients go back through
Example = tuple[np.ndarray, int]


class Judge(torch.nn.Module):
    """fastai's text classifier as its Learner calls it: pieces (B, T), padded behind -> logits (B, 2)."""

    def __init__(self, size: str, vocabulary: int, pad: int):
        super().__init__()
        from fastai.text.models.awdlstm import AWD_LSTM, awd_lstm_clas_config
        from fastai.text.models.core import get_text_classifier

        width, hidden, layers, _, _ = SIZES[size]
        shape = {"emb_sz": width, "n_hid": hidden, "n_layers": layers, "pad_token": pad}
        self.network = get_text_classifier(
            AWD_LSTM, vocabulary, len(CLASSES), seq_len=WINDOW, config={**awd_lstm_clas_config, **shape},
            drop_mult=0.4, pad_idx=pad, max_len=MOST,
        )  # fmt: skip
        self.pad = pad

    def forward(self, ids: Tensor) -> Tensor:
        return self.network(ids)[0]


def groups(model: Judge) -> list[list[torch.nn.Parameter]]:
    """Embedding, each LSTM layer, head: from the input to the output."""
    from fastai.text.models.awdlstm import awd_lstm_clas_split

    return list(awd_lstm_clas_split(model.network))


def side_by_side(chosen: Sequence[Example], pad: int) -> tuple[Tensor, Tensor]:
    """Texts, the longest first as fastai's encoder wants them, (B, N) padded behind, and classes (B,)."""
    chosen = sorted(chosen, key=lambda pair: -len(pair[0]))
    ids = np.full((len(chosen), len(chosen[0][0])), pad)
    for row, (one, _) in zip(ids, chosen, strict=True):
        row[: len(one)] = one
    return torch.as_tensor(ids), torch.as_tensor([kind for _, kind in chosen])


def read(documents: Documents, classes: np.ndarray, settings: Settings) -> list[Example]:
    """Each review behind the start piece, the last pieces of a long one, and its class."""
    cutter = shared_tokenizer(settings.data, settings.work)
    start, cut = piece(cutter, START), pieces(documents, cutter, settings.work)
    return [
        (np.concatenate(([start], ids[-(MOST - 1) :])), int(kind))
        for ids, kind in zip(cut, classes, strict=True)
    ]


def encoder(work: Path) -> dict[str, Tensor]:
    """What step 2 kept, or else the bundled reviews-lstm."""
    kept = work / reviews_lstm.NAME / reviews_lstm.ENCODER
    if kept.is_file():
        return checkpoints.read_tensors(kept)
    tensors = checkpoints.opened(models.folder(reviews_lstm.NAME))[1]
    return {name: tensor for name, tensor in tensors.items() if not name.startswith("decoder")}


def train(settings: Settings) -> tuple[Judge, History, str]:
    """Train (or go on training); returns the network, its history and the data's digest."""
    from fastai.data.core import DataLoaders
    from fastai.losses import CrossEntropyLossFlat
    from fastai.text.data import SortedDL

    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    cutter = shared_tokenizer(settings.data, settings.work)
    pad, batch = piece(cutter, "<pad>"), min(48, SIZES[settings.size][3])
    documents, classes = labelled(settings, "train")
    unseen = read(*labelled(settings, "test"), settings)
    unseen = [unseen[i] for i in np.random.default_rng(0).permutation(len(unseen))[:300]]
    known = read(documents, classes, settings)
    loaders = DataLoaders(
        *(
            SortedDL(
                part, sort_func=lambda pair: len(pair[0]), res=[len(ids) for ids, _ in part], bs=batch,
                create_batch=lambda chosen: side_by_side(chosen, pad), num_workers=0, **kind,
            )
            for part, kind in ((known, {"shuffle": True, "drop_last": True}), (unseen, {}))
        ),
        device=settings.device,
    )  # fmt: skip
    model = Judge(settings.size, cutter.get_vocab_size(), pad)
    body = {name.removeprefix("0."): t for name, t in to_fastai(encoder(settings.work)).items()}
    reader: Any = model.network[0]
    reader.module.load_state_dict({n: t for n, t in body.items() if not n.startswith("1.")})
    folder = settings.work / NAME
    folder.mkdir(parents=True, exist_ok=True)
    learn = learner(
        loaders, model, CrossEntropyLossFlat(), folder, clip=1.0,
        cbs=[reviews_lstm.Thaw((0.1, 0.25, 0.4))], splitter=groups, wd=0.05,
        moms=(0.8, 0.7, 0.8),
    )  # fmt: skip

    def loss(network: torch.nn.Module) -> float:
        return float(functional.cross_entropy(*judged(network, unseen, pad)))

    history = fit(learn, settings, folder, loss, lr=slice(8e-4, 8e-3), pct_start=0.3)
    return model, history, digest_of(documents)


@torch.no_grad()
def judged(network: Any, examples: Sequence[Example], pad: int) -> tuple[Tensor, Tensor]:
    """Logits (N, 2) and true classes (N,), short texts first; leaves the network as it was."""
    training, device = network.training, next(network.parameters()).device
    network.eval()
    ordered = sorted(examples, key=lambda pair: len(pair[0]))
    pairs = [side_by_side(ordered[at : at + 64], pad) for at in range(0, len(ordered), 64)]
    logits = torch.cat([network(ids.to(device)).cpu() for ids, _ in pairs])
    network.train(training)
    return logits, torch.cat([kinds for _, kinds in pairs])


def parts(network: Judge, settings: Settings) -> Parts:
    """The trained network under the names of models/classifier_lstm.py, and its shape."""
    tensors = from_fastai_classifier(network.network.state_dict())
    vocabulary, width = tensors["embedding"].shape
    layers = [t.shape[1] for name, t in tensors.items() if name.endswith("weight_hh")]
    return Parts(
        tensors=tensors,
        config={"start": 0},
        shape={
            "family": "lstm",
            "task": "classify",
            "classes": CLASSES,
            "abilities": frozenset({"gradients", "gates", "cells", "classes"}),
            "widths": (width, *layers),
            "vocabulary": vocabulary,
            "parameters": sum(t.numel() for t in tensors.values()),
        },
    )


def held_out(network: Judge, settings: Settings) -> HeldOut:
    """A fixed sample of the test reviews, of long ones the last pieces."""
    test = read(*labelled(settings, "test"), settings)
    test = [test[i] for i in np.random.default_rng(0).permutation(len(test))[:TEST_REVIEWS]]
    logits, kinds = judged(network, test, network.pad)
    given, wanted = logits.argmax(-1).numpy(), kinds.numpy()
    return HeldOut(
        accuracy=float((given == wanted).mean()), macro_f1=macro_f1(wanted, given),
        of=f"{len(test):,} of the 25,000 IMDB test reviews, of long ones the last {MOST} pieces",
    )  # fmt: skip
