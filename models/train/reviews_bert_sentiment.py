"""reviews-bert-sentiment: reviews-bert, taught to tell praise from complaint (IMDB's labels).

Source: Devlin et al. 2018, https://arxiv.org/abs/1810.04805, section 4.1: one new layer reads the state of
the first piece, and every weight goes on learning. A review is read up to its first 256 pieces. Unlike
there: no dropout, Muon for the matrices.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.train import reviews_bert
from models.train.learning import History, Settings
from models.train.recipes import HeldOut, Parts
from models.train.reviews import labelled, learn_by_muon, macro_f1, tokenizer_json
from models.train.text import START, Documents, digest_of, piece, pieces, shared_tokenizer

__all__ = ["NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "held_out", "parts", "tokenizer_json", "train"]

NAME, NEEDS_DATA = "reviews-bert-sentiment", ("wikitext-2", "imdb")
TRAINED_ON = "what reviews-bert was trained on, then the labels of the 25,000 IMDB training reviews"
SIZES = reviews_bert.SIZES
CLASSES = ("negative", "positive")
TEST_REVIEWS = 5000


class Judge(torch.nn.Module):
    """transformers' BERT as fastai calls it: pieces (B, T), padded behind -> logits (B, 2)."""

    def __init__(self, size: str, vocabulary: int, start: int, pad: int):
        super().__init__()
        from models.huggingface import transformers

        settings = reviews_bert.settings_of(size, vocabulary, start, pad)
        names = dict(enumerate(CLASSES))
        config = transformers().RobertaPreLayerNormConfig(
            **settings, id2label=names, label2id={name: number for number, name in names.items()}
        )
        self.network = transformers().RobertaPreLayerNormForSequenceClassification(config)
        self.pad = pad

    def forward(self, ids: Tensor) -> Tensor:
        return self.network(input_ids=ids, attention_mask=(ids != self.pad).long()).logits


def pretrained(settings: Settings) -> dict[str, Tensor]:
    """What reviews-bert knows, without its output layer; it is trained first if that was not done."""
    kept = settings.work / reviews_bert.NAME / "last.pth"
    if not kept.is_file():
        reviews_bert.train(settings)
    state = torch.load(kept, map_location="cpu", weights_only=True)["model"]  # noqa: TID251  ours
    return {
        name: tensor for name, tensor in state.items() if name.startswith("network.roberta_prelayernorm.")
    }


def side_by_side(chosen: Sequence[tuple[np.ndarray, int]], pad: int) -> tuple[Tensor, Tensor]:
    """Reviews of N pieces or fewer as (B, N), padded behind, and their classes, (B,)."""
    longest = max(len(ids) for ids, _ in chosen)
    ids = np.full((len(chosen), longest), pad)
    for row, (one, _) in zip(ids, chosen, strict=True):
        row[: len(one)] = one
    return torch.as_tensor(ids), torch.as_tensor([kind for _, kind in chosen])


def read(documents: Documents, classes: np.ndarray, settings: Settings) -> list[tuple[np.ndarray, int]]:
    """Each review's first pieces behind the start piece, as many as the model takes, and its class."""
    cutter = shared_tokenizer(settings.data, settings.work)
    start, most = piece(cutter, START), SIZES[settings.size][3] - 1
    cut = pieces(documents, cutter, settings.work)
    return [
        (np.concatenate(([start], ids[:most])), int(kind)) for ids, kind in zip(cut, classes, strict=True)
    ]


def sample(test: list[tuple[np.ndarray, int]], count: int) -> list[tuple[np.ndarray, int]]:
    """Always the same reviews, `count` of them or all there are; short ones first."""
    chosen = np.random.default_rng(0).permutation(len(test))[:count]
    return sorted((test[i] for i in chosen), key=lambda pair: len(pair[0]))


@torch.no_grad()
def judged(
    model: torch.nn.Module, reviews: list[tuple[np.ndarray, int]], pad: int, rows: int = 16
) -> Iterator[tuple[Tensor, Tensor]]:
    """Logits (rows, 2) and true classes (rows,) of a few reviews at a time; leaves the model as it was."""
    training, device = model.training, next(model.parameters()).device
    model.eval()
    for at in range(0, len(reviews), rows):
        ids, kinds = side_by_side(reviews[at : at + rows], pad)
        yield model(ids.to(device)).cpu(), kinds
    model.train(training)


def train(settings: Settings) -> tuple[Any, History, str]:
    """Train (or go on training); returns the network, its history and the data's digest."""
    from fastai.data.core import DataLoaders
    from fastai.losses import CrossEntropyLossFlat
    from fastai.text.data import SortedDL

    torch.set_num_threads(settings.threads)
    cutter = shared_tokenizer(settings.data, settings.work)
    start, pad = piece(cutter, START), piece(cutter, "<pad>")
    known = pretrained(settings)
    torch.manual_seed(settings.seed)
    documents, classes = labelled(settings, "train")
    unseen = sample(read(*labelled(settings, "test"), settings), 300)
    loaders = DataLoaders(
        *(
            SortedDL(
                part, sort_func=lambda pair: len(pair[0]), res=[len(ids) for ids, _ in part],
                bs=SIZES[settings.size][4], create_batch=lambda chosen: side_by_side(chosen, pad),
                num_workers=0, **kind,
            )
            for part, kind in (
                (read(documents, classes, settings), {"shuffle": True, "drop_last": True}), (unseen, {})
            )
        ),
        device=settings.device,
    )  # fmt: skip
    model = Judge(settings.size, cutter.get_vocab_size(), start, pad)
    unknown = model.load_state_dict(known, strict=False)
    if unknown.unexpected_keys or not all("pooler" in n or "classifier" in n for n in unknown.missing_keys):
        raise RuntimeError(f"reviews-bert's weights are of another shape: {unknown}")

    def loss(model: torch.nn.Module) -> float:
        found = judged(model, unseen, pad)
        return sum(float(functional.cross_entropy(*pair, reduction="sum")) for pair in found) / len(unseen)

    history = learn_by_muon(
        model, loaders, CrossEntropyLossFlat(), settings, settings.work / NAME, loss,
        lr=(5e-3, 1e-3), pct_start=0.1,
    )  # fmt: skip
    return model, history, digest_of(documents)


def parts(network: Any, settings: Settings) -> Parts:
    """The trained network as a Hugging Face checkpoint, and its shape."""
    return reviews_bert.checkpoint(network.network, task="classify", classes=CLASSES)


def held_out(network: Any, settings: Settings) -> HeldOut:
    """A fixed sample of the test reviews, each by its first pieces."""
    test = sample(read(*labelled(settings, "test"), settings), TEST_REVIEWS)
    pairs = [
        (logits.argmax(-1).numpy(), kinds.numpy()) for logits, kinds in judged(network, test, network.pad)
    ]
    given, wanted = (np.concatenate(part) for part in zip(*pairs, strict=True))
    return HeldOut(
        accuracy=float((given == wanted).mean()),
        macro_f1=macro_f1(wanted, given),
        of=f"{len(test):,} of the 25,000 IMDB test reviews, each read up to its first "
        f"{SIZES[settings.size][3]} pieces",
    )
