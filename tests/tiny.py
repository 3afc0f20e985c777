"""Tiny random networks of every supported kind, and their checkpoints on disk."""

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor

from models import checkpoints, huggingface, induction, lstm
from models.base import Card
from models.text import Cutter
from models.train.text import START
from models.train.text import tokenizer as train_tokenizer

VOCABULARY = 300
SENTENCES = (
    "the keys to the cabinet are on the table and the old dog sleeps beside them",
    "don't ask the keeper why the well-known door of the cabinet is never locked",
    "a small dog ran to the red table, and nobody near the table saw it run",
)
TEXT = "the keys to the cabinet"
KINDS = ("gpt2", "llama", "opt", "gpt_neox")
# Grouped queries: 4 heads ask, 2 are looked at. All widths differ, so that a swap shows.
SETTINGS: dict[str, dict[str, Any]] = {
    "gpt2": {"n_embd": 24, "n_layer": 3, "n_head": 4, "n_positions": 40, "n_inner": 52},
    "llama": {
        "hidden_size": 24,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "intermediate_size": 36,
        "max_position_embeddings": 40,
    },
    "opt": {
        "hidden_size": 24,
        "word_embed_proj_dim": 24,
        "num_hidden_layers": 2,
        "num_attention_heads": 3,
        "ffn_dim": 44,
        "max_position_embeddings": 40,
    },
    "gpt_neox": {
        "hidden_size": 24,
        "num_hidden_layers": 2,
        "num_attention_heads": 3,
        "intermediate_size": 40,
        "max_position_embeddings": 40,
    },
}


@cache
def tokenizer() -> str:
    """`tokenizer.json` of the bundled kind, trained on three sentences."""
    return train_tokenizer(iter(SENTENCES), VOCABULARY).to_str()


def start() -> int:
    """The start mark's number."""
    number = Tokenizer.from_str(tokenizer()).token_to_id(START)
    assert number is not None
    return number


def cutter(folder: Path) -> Cutter:
    """A cutter from a file, as models read it."""
    path = folder / checkpoints.TOKENIZER
    path.write_text(tokenizer(), encoding="utf-8")
    return Cutter(path, start())


def network(kind: str, **changed: Any) -> Any:
    """A random network of the transformers library, far enough from linear to be worth a test."""
    library = huggingface.transformers()
    settings = {**SETTINGS[kind], "vocab_size": VOCABULARY, "bos_token_id": start(), **changed}
    settings |= {"eos_token_id": None, "pad_token_id": None}
    config = library.AutoConfig.for_model(kind, **settings)
    torch.manual_seed(3)
    made = library.AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for name, weight in made.named_parameters():
            weight.normal_(1.0 if "norm" in name or "ln_" in name else 0.0, 0.3)
    return made.eval()


def huggingface_folder(folder: Path, kind: str, **changed: Any) -> Path:
    """A folder as `save_pretrained` writes it, with the tokenizer beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    network(kind, **changed).save_pretrained(folder)
    (folder / checkpoints.TOKENIZER).write_text(tokenizer(), encoding="utf-8")
    return folder


def lstm_tensors(
    widths: tuple[int, ...] = (8, 12, 10), *, tied: bool = False, seed: int = 5
) -> dict[str, Tensor]:
    """Random LSTM weights under our names; `widths` as on a card."""
    made = torch.Generator().manual_seed(seed)

    def some(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=made) * 0.4

    tensors = {"embedding": some(VOCABULARY, widths[0]), "decoder_bias": some(VOCABULARY)}
    for number, (into, out) in enumerate(pairwise(widths)):
        tensors[f"layers.{number}.weight_ih"] = some(4 * out, into)
        tensors[f"layers.{number}.weight_hh"] = some(4 * out, out)
        tensors[f"layers.{number}.bias_ih"] = some(4 * out)
        tensors[f"layers.{number}.bias_hh"] = some(4 * out)
    if not tied:
        tensors["decoder"] = some(VOCABULARY, widths[-1])
    return tensors


def lstm_card(widths: tuple[int, ...] = (8, 12, 10)) -> Card:
    """A card for `lstm_tensors`."""
    return Card(
        name="tiny-lstm",
        family="lstm",
        task="causal",
        abilities=frozenset({"gradients", "gates", "cells", "unembed"}),
        widths=widths,
        vocabulary=VOCABULARY,
        parameters=sum(t.numel() for t in lstm_tensors(widths).values()),
    )


def lstm_folder(folder: Path) -> Path:
    """A checkpoint of ours, as training writes it."""
    config = {"tied": False, "bias": True, "start": start()}
    checkpoints.save(folder, lstm_tensors(), config, tokenizer(), lstm_card())
    return folder


def attention_folder(folder: Path) -> Path:
    """Two layers of nothing but attention, as training writes them."""
    config = {"vocabulary": VOCABULARY, "width": 24, "layers": 2, "heads": 3}
    torch.manual_seed(3)
    tensors = induction.AttentionOnly(**config).state_dict()
    card = Card(
        name="tiny-attention", family="transformer", task="causal",
        abilities=frozenset({"attention", "gradients", "unembed"}), widths=(24, 24, 24), vocabulary=VOCABULARY,
        heads=3, parameters=sum(t.numel() for t in tensors.values()),
    )  # fmt: skip
    checkpoints.save(folder, tensors, {**config, "start": start()}, tokenizer(), card)
    return folder


def lstm_model(folder: Path, widths: tuple[int, ...] = (8, 12, 10)) -> lstm.LstmModel:
    """A random LSTM language model that has only its tokenizer on disk."""
    return lstm.LstmModel(lstm_tensors(widths), lstm_card(widths), cutter(folder))
