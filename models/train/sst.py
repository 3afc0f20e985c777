"""What the two recipes on the Stanford Sentiment Treebank share: phrases, network, training, measures.

Source: Socher et al. 2013 for the data (https://nlp.stanford.edu/sentiment/); Jain, Wallace 2019,
https://arxiv.org/abs/1902.10186 for the models. Differs from theirs: phrases of the training trees are learnt
from, not sentences alone; pieces instead of words; embeddings begin as reviews-gpt's, not as fastText's.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import models
from models import checkpoints
from models.classifier import DIRECTIONS
from models.lstm import PARTS
from models.train.learning import History, Settings, fit, learner
from models.train.recipes import HeldOut, Parts
from models.train.reviews import macro_f1, tokenizer_json
from models.train.text import NoData, natural, piece, shared_tokenizer

__all__ = ["SIZES", "TRAINED_ON", "held_out", "learned", "parts", "phrases", "sentences", "tokenizer_json"]

TRAINED_ON = (
    "Stanford Sentiment Treebank (film reviews): the phrases of its training trees, neutral ones left out"
)
CLASSES = ("negative", "positive")
EMBEDDING = "reviews-gpt"  # whose embedding they begin with
# embedding width, encoder width per direction, attention width, rows in a batch
SIZES = {"tiny": (16, 8, 8, 8), "small": (256, 128, 128, 32), "large": (256, 256, 256, 32)}
Example = tuple[np.ndarray, int]


def phrases(tree: str) -> Iterator[tuple[str, int]]:
    """Every phrase of a tree such as "(3 (2 a) (4 film))" with its label from 0 to 4; the whole one last."""
    open_phrases: list[tuple[int, list[str]]] = []
    for label, word, _ in re.findall(r"\((\d)|([^\s()]+)|(\))", tree.replace("(", " (").replace(")", " ) ")):
        if label:
            open_phrases.append((int(label), []))
        elif word:
            open_phrases[-1][1].append(word)
        else:
            number, words = open_phrases.pop()
            yield _typed(words), number
            if open_phrases:
                open_phrases[-1][1].extend(words)


def _typed(words: Sequence[str]) -> str:
    written = {"-LRB-": "(", "-RRB-": ")"}
    return natural(" ".join(written.get(word, word) for word in words))


def _read(path: Path) -> str:
    if not path.is_file():
        raise NoData(f"No {path}: give --data a folder that holds sst2/trees and sst2/sentences.")
    return path.read_text(encoding="utf-8")


def known_phrases(data: Path) -> dict[str, int]:
    """The phrases of the training trees that are not neutral: text -> 0 (negative) or 1 (positive)."""
    found: dict[str, int] = {}
    for tree in _read(data / "sst2" / "trees" / "train.txt").splitlines():
        found |= {text: int(label > 2) for text, label in phrases(tree) if label != 2}
    return found


def sentences(data: Path, part: str) -> list[tuple[str, int]]:
    """The labelled sentences of "train", "dev" or "test"."""
    lines = _read(data / "sst2" / "sentences" / f"{part}.tsv").splitlines()
    rows = (line.rsplit("\t", 1) for line in lines if line.strip())
    return [(natural(text), int(label)) for text, label in rows]


class Classifier(torch.nn.Module):
    """Pieces (B, T), padded behind -> logits (B, 2); see models/classifier.py for what it computes."""

    def __init__(self, size: str, vocabulary: int, pad: int, encoder: str, dropout: float = 0.4):
        super().__init__()
        width, hidden, inner, _ = SIZES[size]
        self.pad, self.dropout = pad, dropout
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.lstm = self.projection = None
        if encoder == "lstm":
            self.lstm = torch.nn.LSTM(width, hidden, batch_first=True, bidirectional=True)
        else:
            self.projection = torch.nn.Linear(width, 2 * hidden)
        self.attention = torch.nn.Linear(2 * hidden, inner)
        self.vector = torch.nn.Linear(inner, 1, bias=False)
        self.head = torch.nn.Linear(2 * hidden, len(CLASSES))

    def forward(self, ids: Tensor) -> Tensor:
        return self.weighed(ids)[0]

    def weighed(self, ids: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits (B, 2) and weights (B, T): its own, or those `given`, which count as constants."""
        vectors = functional.dropout(self.embedding(ids), self.dropout, self.training)
        encoded = functional.dropout(self.encoded(vectors, ids), self.dropout, self.training)
        weights = given
        if weights is None:
            scores = self.vector(self.attention(encoded).tanh())[..., 0]
            weights = scores.masked_fill(ids == self.pad, float("-inf")).softmax(-1)
        return self.head((weights[:, None] @ encoded)[:, 0]), weights

    def encoded(self, vectors: Tensor, ids: Tensor) -> Tensor:
        """(B, T, D) -> (B, T, H); what stands behind the end of a text is never read."""
        if self.projection is not None:
            return self.projection(vectors).tanh()
        assert self.lstm is not None
        lengths = (ids != self.pad).sum(-1).cpu()
        packed = pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=ids.shape[1])[0]


def side_by_side(chosen: Sequence[Example], pad: int) -> tuple[Tensor, Tensor]:
    """Texts as (B, N), padded behind, and their classes, (B,)."""
    ids = np.full((len(chosen), max(len(one) for one, _ in chosen)), pad)
    for row, (one, _) in zip(ids, chosen, strict=True):
        row[: len(one)] = one
    return torch.as_tensor(ids), torch.as_tensor([kind for _, kind in chosen])


def learned(name: str, encoder: str, settings: Settings) -> tuple[Classifier, History, str]:
    """Train (or go on training) one of the two; returns the network, its history and the data's digest."""
    from fastai.data.core import DataLoaders
    from fastai.losses import CrossEntropyLossFlat
    from fastai.optimizer import Adam
    from fastai.text.data import SortedDL

    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    cutter = shared_tokenizer(settings.data, settings.work)
    pad, batch = piece(cutter, "<pad>"), SIZES[settings.size][3]
    known = known_phrases(settings.data) | dict(sentences(settings.data, "train"))
    unseen = sentences(settings.data, "dev")
    sets = [
        [(np.array(cutter.encode(text).ids), kind) for text, kind in part] for part in (known.items(), unseen)
    ]
    loaders = DataLoaders(
        *(
            SortedDL(
                part, sort_func=lambda pair: len(pair[0]), res=[len(ids) for ids, _ in part], bs=batch,
                create_batch=lambda chosen: side_by_side(chosen, pad), num_workers=0, **kind,
            )
            for part, kind in zip(sets, ({"shuffle": True, "drop_last": True}, {}), strict=True)
        ),
        device=settings.device,
    )  # fmt: skip
    model = Classifier(settings.size, cutter.get_vocab_size(), pad, encoder)
    if settings.size != "tiny":
        given = checkpoints.opened(models.folder(EMBEDDING))[1]["transformer.wte.weight"]
        model.embedding.weight.data.copy_(given)
    folder = settings.work / name
    folder.mkdir(parents=True, exist_ok=True)
    learn = learner(loaders, model, CrossEntropyLossFlat(), folder, clip=1.0, opt_func=Adam, wd=1e-3)

    def loss(network: torch.nn.Module) -> float:
        return float(functional.cross_entropy(*judged(network, sets[1], pad)))

    history = fit(learn, settings, folder, loss, lr=2e-3, pct_start=0.2)
    digest = hashlib.sha256("\n".join(sorted(known)).encode()).hexdigest()
    return model, history, digest


@torch.no_grad()
def judged(network: torch.nn.Module, examples: Sequence[Example], pad: int) -> tuple[Tensor, Tensor]:
    """Logits (N, 2) and true classes (N,); leaves the network as it was."""
    training = network.training
    network.eval()
    pairs = [side_by_side(examples[at : at + 64], pad) for at in range(0, len(examples), 64)]
    device = next(network.parameters()).device
    logits = torch.cat([network(ids.to(device)).cpu() for ids, _ in pairs])
    network.train(training)
    return logits, torch.cat([kinds for _, kinds in pairs])


def parts(network: Classifier, settings: Settings) -> Parts:
    """The trained network under the names of models/classifier.py, and its shape."""
    tensors = {
        "embedding": network.embedding.weight,
        "attention.weight": network.attention.weight,
        "attention.bias": network.attention.bias,
        "attention.vector": network.vector.weight[0],
        "head.weight": network.head.weight,
        "head.bias": network.head.bias,
    }
    abilities = {"gradients", "attention", "classes"}
    if network.lstm is not None:
        abilities |= {"gates", "cells"}
        for direction, ending in zip(DIRECTIONS, ("", "_reverse"), strict=True):
            tensors |= {f"{direction}.{part}": getattr(network.lstm, f"{part}_l0{ending}") for part in PARTS}
    else:
        assert network.projection is not None
        tensors |= {f"projection.{part}": getattr(network.projection, part) for part in ("weight", "bias")}
    return Parts(
        tensors=tensors,
        config={"encoder": "lstm" if network.lstm is not None else "projection", "start": None},
        shape={
            "family": "attention" if network.lstm is None else "lstm",
            "task": "classify",
            "classes": CLASSES,
            "abilities": frozenset(abilities),
            "widths": (network.embedding.embedding_dim, network.head.in_features),
            "vocabulary": network.embedding.num_embeddings,
            "parameters": sum(tensor.numel() for tensor in tensors.values()),
            "heads": 1,
        },
    )


def held_out(network: Classifier, settings: Settings) -> HeldOut:
    """All sentences of the test part."""
    cutter = shared_tokenizer(settings.data, settings.work)
    test = sentences(settings.data, "test")
    examples = [(np.array(cutter.encode(text).ids), kind) for text, kind in test]
    logits, kinds = judged(network, examples, network.pad)
    given, wanted = logits.argmax(-1).numpy(), kinds.numpy()
    return HeldOut(
        accuracy=float((given == wanted).mean()), macro_f1=macro_f1(wanted, given),
        of=f"SST-2 test, all {len(test):,} sentences",
    )  # fmt: skip
