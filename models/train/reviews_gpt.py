"""reviews-gpt: a small GPT-2-style decoder of movie reviews (IMDB, labelled and unlabelled training parts).

Source: Radford et al. 2019 for the architecture; Muon for its matrices (models/train/muon.py).
Every row begins with the start piece; where a row goes on in the middle of a review, the
guess that follows the start piece is not trained, so that the start piece means "a text begins".
"""

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from models.train.learning import History, Settings
from models.train.recipes import HeldOut, Parts
from models.train.reviews import groups, known_documents, learn_by_muon, test_sample, tokenizer_json
from models.train.text import START, count_words, digest_of, imdb, piece, pieces, shared_tokenizer

__all__ = [
    "NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "groups", "held_out", "parts", "tokenizer_json", "train",
]  # fmt: skip

NAME, NEEDS_DATA = "reviews-gpt", ("wikitext-2", "imdb")
TRAINED_ON = "IMDB movie reviews: the 25,000 labelled training reviews and the 50,000 unlabelled ones"
# layers, width, heads, context, rows in a batch
SIZES = {"tiny": (2, 64, 4, 64, 16), "small": (4, 256, 4, 256, 16), "large": (6, 384, 6, 512, 32)}
UNTRAINED = -100


class Decoder(torch.nn.Module):
    """transformers' GPT-2 as fastai calls it: pieces (B, T) -> logits (B, T, V)."""

    def __init__(self, size: str, vocabulary: int, start: int):
        super().__init__()
        from models.huggingface import transformers

        layers, width, heads, context, _ = SIZES[size]
        config = transformers().GPT2Config(
            vocab_size=vocabulary, n_positions=context, n_embd=width, n_layer=layers, n_head=heads,
            activation_function="gelu_pytorch_tanh", resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
            bos_token_id=start, eos_token_id=start,
        )  # fmt: skip
        self.network = transformers().GPT2LMHeadModel(config)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.network(input_ids=ids, use_cache=False).logits


def rows(documents: list[np.ndarray], start: int, context: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut documents into rows of inputs and wanted next pieces, each (R, context).

    A long document fills rows of its own; what is left of each is packed with other leftovers.
    """
    asked, wanted = [], []
    left: list[int] = []
    left_wanted: list[int] = []
    for document in documents:
        for at in range(0, len(document), context):
            part = document[at : at + context]
            x = np.concatenate(([start], part[: context - 1]))
            y = part.copy()
            if at:
                y[0] = UNTRAINED
            if len(part) == context:
                asked.append(x)
                wanted.append(y)
                continue
            left += [start, *part]
            left_wanted += [*y, start]
    spare = len(left) // context * context
    packed_x, packed_y = (np.array(part[:spare], dtype=np.int64) for part in (left, left_wanted))
    x = np.concatenate((np.array(asked, dtype=np.int64).reshape(-1, context), packed_x.reshape(-1, context)))
    y = np.concatenate((np.array(wanted, dtype=np.int64).reshape(-1, context), packed_y.reshape(-1, context)))
    x[:, 0] = start
    return x, y


@torch.no_grad()
def document_loss(model: torch.nn.Module, documents: list[np.ndarray], start: int, context: int) -> float:
    """Mean nats per piece; long documents by windows that overlap by half, each piece counted once."""
    training = model.training
    model.eval()
    total, counted = 0.0, 0
    half = context // 2
    device = next(model.parameters()).device
    for document in documents:
        ids = np.concatenate(([start], document))
        for at in range(0, max(1, len(ids) - 1 - half), half):
            window = torch.as_tensor(ids[at : at + context + 1])[None].to(device)
            skip = 0 if at == 0 else half
            logits = model(window[:, :-1])[0, skip:]
            total += float(functional.cross_entropy(logits, window[0, 1 + skip :], reduction="sum"))
            counted += len(logits)
    model.train(training)
    return total / counted


def train(settings: Settings) -> tuple[Any, History, str]:
    """Train (or go on training); returns the network, its history and the data's digest."""
    from fastai.data.core import DataLoaders
    from fastai.data.load import DataLoader
    from fastai.losses import CrossEntropyLossFlat

    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    cutter = shared_tokenizer(settings.data, settings.work)
    start = piece(cutter, START)
    labelled, unlabelled, test = known_documents(settings)
    _, _, _, context, batch = SIZES[settings.size]
    known = pieces(labelled, cutter, settings.work)
    if settings.size != "tiny":
        known += pieces(unlabelled, cutter, settings.work)
    x, y = (torch.as_tensor(part) for part in rows(known, start, context))
    held_out = [np.array(cutter.encode(text).ids) for text in test_sample(test, 30)]
    unseen = (torch.as_tensor(part) for part in rows(held_out, start, context))
    loaders = DataLoaders(
        DataLoader(list(zip(x, y, strict=True)), bs=batch, shuffle=True, drop_last=True, num_workers=0),
        DataLoader(list(zip(*unseen, strict=True)), bs=batch, num_workers=0),
        device=settings.device,
    )
    model = Decoder(settings.size, cutter.get_vocab_size(), start)
    history = learn_by_muon(
        model, loaders, CrossEntropyLossFlat(), settings, settings.work / NAME,
        lambda m: document_loss(m, held_out, start, context),
    )  # fmt: skip
    return model, history, digest_of(labelled, unlabelled)


def parts(network: Any, settings: Settings) -> Parts:
    """The trained network as a Hugging Face checkpoint, and its shape."""
    gpt = network.network
    config = gpt.config
    tensors = {n: t for n, t in gpt.state_dict().items() if n != "lm_head.weight"}  # tied
    kept = {k: v for k, v in config.to_diff_dict().items() if k not in ("dtype", "architectures")}
    return Parts(
        tensors=tensors,
        config={**kept, "model_type": "gpt2"},
        shape={
            "family": "transformer",
            "abilities": frozenset({"gradients", "attention", "unembed"}),
            "widths": (config.n_embd,) * (config.n_layer + 1),
            "vocabulary": config.vocab_size,
            "parameters": sum(t.numel() for t in tensors.values()),
            "context": config.n_positions,
            "heads": config.n_head,
        },
    )


def held_out(network: Any, settings: Settings) -> HeldOut:
    """A fixed sample of the test reviews, each from its start; long ones by overlapping windows."""
    cutter = shared_tokenizer(settings.data, settings.work)
    texts = test_sample(imdb(settings.data, "test"))
    documents = [np.array(cutter.encode(text).ids) for text in texts]
    context = SIZES[settings.size][3]
    loss = document_loss(network, documents, piece(cutter, START), context)
    count = sum(len(document) for document in documents)
    return HeldOut(
        nats=loss * count, pieces=count, words=sum(map(count_words, texts)),
        of=f"{len(texts):,} of the 25,000 IMDB test reviews; words and marks count as in WikiText",
    )  # fmt: skip
