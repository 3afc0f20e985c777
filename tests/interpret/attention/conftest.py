"""Tiny models with attention, opened once: norms before and behind, grouped queries, rotary turns, one row."""

from pathlib import Path

import pytest
import torch

import models
from interpret.run import Run, record
from models import checkpoints
from models.base import Card, LanguageModel
from models.classifier import AttentiveClassifier
from models.induction import AttentionOnly, InductionModel
from models.text import Cutter
from tests import families, tiny

KINDS = ("gpt2", "llama", "bert", "distilbert", "induction")
TEXT = "the keys to the cabinet, the keys"


def classifier(folder: Path, *, width: int = 6, seed: int = 2) -> AttentiveClassifier:
    """A random classifier without context, `width` wide."""
    made = torch.Generator().manual_seed(seed)

    def some(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=made)

    tensors = {
        "embedding": some(tiny.VOCABULARY, 5), "projection.weight": some(width, 5), "projection.bias": some(width),
        "attention.weight": some(4, width), "attention.bias": some(4), "attention.vector": some(4),
        "head.weight": some(2, width), "head.bias": some(2),
    }  # fmt: skip
    card = Card(
        name="tiny-attention", family="attention", task="classify", widths=(5, width),
        abilities=frozenset({"attention", "classes", "gradients"}), vocabulary=tiny.VOCABULARY, parameters=1,
        classes=("bad", "good"), heads=1, sha256="a" * 64,
    )  # fmt: skip
    tiny.cutter(folder)  # writes the tokenizer's file
    return AttentiveClassifier(tensors, card, Cutter(folder / checkpoints.TOKENIZER, None))


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, LanguageModel]:
    """A tiny model of each of KINDS, and the classifier."""
    found: dict[str, LanguageModel] = {}
    for kind in KINDS[:-1]:
        folder = tmp_path_factory.mktemp(kind)
        made = (
            families.folder(folder, kind)
            if kind in ("bert", "distilbert")
            else tiny.huggingface_folder(folder, kind)
        )
        found[kind] = models.load(made)
    torch.manual_seed(4)
    network = AttentionOnly(tiny.VOCABULARY, 24, 2, 3)
    for weight in network.parameters():
        torch.nn.init.normal_(weight, 0.0, 0.4)
    card = Card(
        name="tiny-induction", family="transformer", task="causal", widths=(24, 24, 24), vocabulary=tiny.VOCABULARY,
        abilities=frozenset({"attention", "gradients", "unembed"}), parameters=1, heads=3, context=80, sha256="b" * 64,
    )  # fmt: skip
    found["induction"] = InductionModel(network, card, tiny.cutter(tmp_path_factory.mktemp("induction")))
    found["classifier"] = classifier(tmp_path_factory.mktemp("classifier"))
    return found


@pytest.fixture(params=KINDS)
def run(request: pytest.FixtureRequest, opened: dict[str, LanguageModel]) -> Run:
    """A text through each kind of transformer."""
    return record(opened[request.param], TEXT)


@pytest.fixture
def once(opened: dict[str, LanguageModel]) -> Run:
    """A text through the classifier that looks once."""
    return record(opened["classifier"], TEXT)
