"""story-gpt: a GPT-2-style decoder that has heard nothing but Storyland (models/train/storyland.py).

Source: Radford et al. 2019 for the architecture; Muon for its matrices (models/train/muon.py). Every row
begins with a story, and no story comes twice.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from models.train.learning import History, Settings, fit, learner
from models.train.muon import Muon
from models.train.recipes import HeldOut
from models.train.reviews_gpt import groups, parts
from models.train.storyland import MOST_ATTRACTORS
from models.train.storyland_lessons import (
    TRAINED_ON,
    agreement_accuracy,
    described,
    digest,
    endless,
    held_out_stories,
    loaders,
    measure,
    rows,
    size_of_vocabulary,
    tokenizer_json,
)

__all__ = ["NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "held_out", "parts", "tokenizer_json", "train"]

NAME, NEEDS_DATA = "story-gpt", False
# layers, width, heads, context, rows in a batch, batches in an epoch
SIZES = {
    "tiny": (2, 32, 2, 160, 8, 20),
    "small": (4, 128, 4, 256, 16, 200),
    "large": (6, 256, 8, 256, 32, 400),
}


class Decoder(torch.nn.Module):
    """transformers' GPT-2 as fastai calls it: pieces (B, T) -> logits (B, T, V)."""

    def __init__(self, size: str):
        super().__init__()
        from models.huggingface import transformers

        layers, width, heads, context, *_ = SIZES[size]
        config = transformers().GPT2Config(
            vocab_size=size_of_vocabulary(), n_positions=context, n_embd=width, n_layer=layers, n_head=heads,
            activation_function="gelu_pytorch_tanh", resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
            bos_token_id=0, eos_token_id=0,
        )  # fmt: skip
        self.network = transformers().GPT2LMHeadModel(config)

    def forward(self, ids: Tensor) -> Tensor:
        return self.network(input_ids=ids, use_cache=False).logits


def network(size: str) -> torch.nn.Module:
    """A decoder with random weights."""
    return Decoder(size)


def read(model: torch.nn.Module, ids: Tensor) -> Tensor:
    """Logits (B, T, V), nothing dropped; leaves the model as it was."""
    training = model.training
    model.eval()
    logits = model(ids.to(next(model.parameters()).device))
    model.train(training)
    return logits


def batches(seed: int, count: int, context: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Rows that begin with a story; inputs and wanted words, each (count, context)."""
    told = endless(seed)
    while True:
        some = torch.as_tensor(rows(told, count, context + 1))
        yield some[:, :-1].contiguous(), some[:, 1:].contiguous()


def train(settings: Settings) -> tuple[torch.nn.Module, History, str]:
    """Train (or go on training); returns the network, its history and the digest of what was told."""
    from fastai.losses import CrossEntropyLossFlat
    from fastai.optimizer import OptimWrapper

    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    _, _, _, context, count, length = SIZES[settings.size]
    folder = settings.work / NAME
    folder.mkdir(parents=True, exist_ok=True)
    model = network(settings.size)
    learn = learner(
        loaders(lambda seed: batches(seed, count, context), length, settings.device),
        model, CrossEntropyLossFlat(), folder,
        clip=1.0, splitter=groups, opt_func=lambda params, **kw: OptimWrapper(params, Muon, **kw),
        moms=(0.95, 0.95, 0.95), wd=0.01,
    )  # fmt: skip
    unseen = held_out_stories(200)

    def loss(network: torch.nn.Module) -> float:
        found = measure(lambda ids: read(network, ids), unseen)
        return found.nats / found.tokens

    history = fit(
        learn, settings, folder, loss, lr=np.array([0.02, 4e-3]), pct_start=0.03, div=10.0, div_final=100.0
    )
    return model, history, digest()


def held_out(network: torch.nn.Module, settings: Settings) -> HeldOut:
    """Fresh stories, each from its start; how near the grammar; how verbs agree."""
    found = measure(lambda ids: read(network, ids), held_out_stories())
    accuracies = [
        agreement_accuracy(lambda ids: read(network, ids), attractors)
        for attractors in range(MOST_ATTRACTORS + 1)
    ]
    return HeldOut(nats=found.nats, pieces=found.tokens, words=found.words, of=described(found, accuracies))
