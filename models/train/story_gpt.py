"""story-gpt: a GPT-2-style decoder that has heard nothing but Storyland (models/train/storyland.py).

Source: Radford et al. 2019 for the architecture; Muon for its matrices (models/train/muon.py). Every row
begins with a story, and no story comes twice. Sizes a reader does not wait for go on with a second phase
(models/train/storyland_drills.py), in which every other row says random words over and over: names and
things come again in stories too seldom for heads that copy to form from stories alone.
"""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from models.train import reviews_gpt
from models.train.learning import History, Settings
from models.train.recipes import Parts
from models.train.storyland_drills import batches as drilled
from models.train.storyland_lessons import TRAINED_ON as STORIES_ALONE
from models.train.storyland_lessons import digest, held_out, learn, size_of_vocabulary, tokenizer_json

__all__ = ["NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "held_out", "parts", "tokenizer_json", "train"]

NAME, NEEDS_DATA = "story-gpt", ()
TRAINED_ON = (
    f"{STORIES_ALONE}; all sizes but tiny then also rows of its words in random order, said over and over"
)
# layers, width, heads, context, rows in a batch, batches in an epoch
SIZES = {
    "tiny": (2, 32, 2, 160, 8, 20),
    "small": (4, 128, 4, 256, 16, 200),
    "large": (6, 256, 8, 256, 32, 400),
}


FIRST = 0.56  # of the minutes or epochs of a training in two phases


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


def train(settings: Settings) -> tuple[Decoder, History, str]:
    """Train (or go on training); returns the network, its history and the digest of what was told."""
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    model = Decoder(settings.size)
    _, _, _, context, count, epoch = SIZES[settings.size]
    folder, shape = settings.work / NAME, (count, context, epoch)
    if settings.size == "tiny":
        return model, learn(model, settings, folder, shape, lr=(0.02, 4e-3)), digest()
    first, second = in_two(settings)
    stories = learn(model, first, folder, shape, lr=(0.02, 4e-3))
    drills = learn(model, second, folder / "drills", shape, lr=(0.01, 2e-3), told=drilled)
    return model, stories.then(drills), digest()


def in_two(settings: Settings) -> tuple[Settings, Settings]:
    """Settings of both phases: FIRST of the minutes, or of the epochs (one at least each), and the rest."""
    if settings.minutes is not None:
        first = FIRST * settings.minutes
        return replace(settings, minutes=first), replace(settings, minutes=settings.minutes - first)
    most = max(1, round(FIRST * settings.epochs))
    return replace(settings, epochs=most), replace(settings, epochs=max(1, settings.epochs - most))


def parts(network: Any, settings: Settings) -> Parts:
    """The trained network as a Hugging Face checkpoint."""
    return reviews_gpt.parts(network, settings)
