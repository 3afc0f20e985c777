"""reviews-bert: a small BERT that fills in hidden pieces of movie reviews (IMDB, labelled and unlabelled).

Source: Devlin et al. 2018, https://arxiv.org/abs/1810.04805: 15 % of the pieces are asked for; of these 80 %
are hidden behind the mask piece, 10 % replaced by any other, 10 % left. Unlike there: no next-sentence task,
no dropout, Muon for the matrices, every row is hidden anew each time it is read, 30 % of the pieces are
asked for while it learns (Wettig et al. 2022, https://arxiv.org/abs/2202.08005), and the norms stand before
attention and feed-forward (RoBERTa-PreLayerNorm, Ott et al. 2019), as in GPT-2. So it can start from what
reviews-gpt knows: from nothing, half an hour of one core does not get a masked model past the frequencies of
words. As in BehnamGhader et al. 2024 (https://arxiv.org/abs/2404.05961) a hidden piece is read off the state
of the place before it, as a decoder's next piece is; the attention that leads there sees both sides.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

import models
from models import checkpoints
from models.heads import READ_BEFORE
from models.train.learning import History, Settings
from models.train.recipes import HeldOut, Parts
from models.train.reviews import known_documents, learn_by_muon, test_sample, tokenizer_json
from models.train.reviews_gpt import rows
from models.train.text import SPECIAL, START, digest_of, imdb, piece, pieces, shared_tokenizer

__all__ = ["NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "held_out", "parts", "tokenizer_json", "train"]

NAME, NEEDS_DATA = "reviews-bert", ("wikitext-2", "imdb")
TRAINED_ON = (
    "IMDB movie reviews: the 25,000 labelled training reviews and the 50,000 unlabelled ones; started from "
    "reviews-gpt, which read the same"
)
SHARE, LEARNING_SHARE = 0.15, 0.3  # of the pieces are asked for: on held-out text, and while it learns
BEFORE = "reviews-gpt"
MASKED, REPLACED = 0.8, 0.1  # of those; the rest is left as it is
ROW, BATCH = 128, 8  # pieces in a row while it learns (the rest of its positions are reviews-gpt's), rows
# layers, width, heads, context, rows in a batch
SIZES = {"tiny": (2, 64, 4, 64, 16), "small": (4, 256, 4, 256, 16), "large": (6, 384, 6, 512, 32)}


def settings_of(size: str, vocabulary: int, start: int, pad: int) -> dict[str, Any]:
    """What transformers' configuration is given; it counts positions from the pad piece's number + 1."""
    layers, width, heads, context, _ = SIZES[size]
    return {
        "vocab_size": vocabulary, "max_position_embeddings": context + pad + 1, "hidden_size": width,
        "intermediate_size": 4 * width, "num_hidden_layers": layers, "num_attention_heads": heads,
        "hidden_act": "gelu_pytorch_tanh", "type_vocab_size": 1,
        "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
        "bos_token_id": start, "pad_token_id": pad,
    }  # fmt: skip


class Filler(torch.nn.Module):
    """transformers' BERT as fastai calls it: pieces (B, T) and M places in them -> logits (M, V)."""

    def __init__(self, size: str, vocabulary: int, start: int, pad: int):
        super().__init__()
        from models.huggingface import transformers

        config = transformers().RobertaPreLayerNormConfig(**settings_of(size, vocabulary, start, pad))
        self.network = transformers().RobertaPreLayerNormForMaskedLM(config)

    def forward(self, ids: Tensor, places: Tensor) -> Tensor:
        states = self.network.roberta_prelayernorm(input_ids=ids).last_hidden_state.flatten(0, 1)
        # From the place before; and the vocabulary's layer costs the most: only where asked.
        return self.network.lm_head(states[places - 1])


def start_from_decoder(network: Any, decoder: Mapping[str, Tensor]) -> None:
    """Fill a RoBERTa-PreLayerNorm with a GPT-2's weights; what GPT-2 does not have begins as near nothing."""
    given = {name.removeprefix("transformer."): tensor for name, tensor in decoder.items()}
    body, first = network.roberta_prelayernorm, network.config.pad_token_id + 1
    body.embeddings.word_embeddings.weight.data.copy_(given["wte.weight"])
    body.embeddings.position_embeddings.weight.data[first:] = given["wpe.weight"]
    body.embeddings.token_type_embeddings.weight.data.zero_()
    spread = (given["wte.weight"] + given["wpe.weight"].mean(0)).std(-1).mean()
    body.embeddings.LayerNorm.weight.data.fill_(float(spread))  # the norm that GPT-2 does not have

    def fill(module: Any, name: str, rows: slice = slice(None)) -> None:
        weight = given[f"{name}.weight"]
        module.weight.data.copy_(weight.T[rows] if weight.ndim == 2 else weight)
        module.bias.data.copy_(given[f"{name}.bias"][rows])

    for number, block in enumerate(body.encoder.layer):
        h, width = f"h.{number}", network.config.hidden_size
        fill(block.attention.LayerNorm, f"{h}.ln_1")
        for part, name in enumerate(("query", "key", "value")):
            rows = slice(part * width, (part + 1) * width)
            fill(getattr(block.attention.self, name), f"{h}.attn.c_attn", rows)
        fill(block.attention.output.dense, f"{h}.attn.c_proj")
        fill(block.intermediate.LayerNorm, f"{h}.ln_2")
        fill(block.intermediate.dense, f"{h}.mlp.c_fc")
        fill(block.output.dense, f"{h}.mlp.c_proj")
    fill(body.LayerNorm, "ln_f")
    head = network.lm_head  # behind +4 its bend is straight, and its norm takes the 4 away again
    torch.nn.init.eye_(head.dense.weight)
    torch.nn.init.constant_(head.dense.bias, 4.0)
    torch.nn.init.constant_(head.layer_norm.weight, float(given["ln_f.weight"].abs().mean()))


def hide(
    ids: np.ndarray, mask: int, vocabulary: int, seed: int | None, kinds: tuple[float, float],
    share: float = SHARE,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Hide a share of the pieces of each row; the start piece, which comes first, is never hidden.

    Args:
        ids: (B, T).
        mask: the mask piece.
        vocabulary: how many pieces there are; replacements are drawn from those that stand for text.
        seed: of the random choice; None: another choice each time.
        kinds: which part of the asked pieces is masked, and which replaced.
        share: how many of the pieces are asked for.

    Returns:
        (B, T), the places asked for, (M,), counted through all rows, and the pieces that stood there, (M,).
    """
    random = np.random.default_rng(seed)
    count = max(1, round(share * (ids.shape[1] - 1)))
    order = random.random((len(ids), ids.shape[1] - 1)).argsort(1)[:, :count] + 1  # (B, count)
    places = (order + ids.shape[1] * np.arange(len(ids))[:, None]).ravel()
    asked, wanted = ids.ravel().copy(), ids.ravel()[places]
    kind = random.random(len(places))
    asked[places[kind < kinds[0]]] = mask
    other = (kind >= kinds[0]) & (kind < sum(kinds))
    asked[places[other]] = random.integers(len(SPECIAL), vocabulary, int(other.sum()))
    return tuple(torch.as_tensor(found) for found in (asked.reshape(ids.shape), places, wanted))  # type: ignore[return-value]


@torch.no_grad()
def masked_loss(
    model: torch.nn.Module, documents: list[np.ndarray], start: int, mask: int, context: int
) -> tuple[float, int]:
    """Nats over all hidden pieces, and how many; documents in windows, always the same pieces hidden."""
    training = model.training
    model.eval()
    total, counted = 0.0, 0
    device = next(model.parameters()).device
    for number, document in enumerate(documents):
        for at in range(0, len(document), context - 1):
            window = np.concatenate(([start], document[at : at + context - 1]))[None]
            if window.shape[1] < 2:
                continue
            ids, places, wanted = hide(window, mask, 0, seed=1_000 * number + at, kinds=(1.0, 0.0))
            logits = model(ids.to(device), places.to(device))
            total += float(functional.cross_entropy(logits, wanted.to(device), reduction="sum"))
            counted += len(wanted)
    model.train(training)
    return total, counted


def train(settings: Settings) -> tuple[Any, History, str]:
    """Train (or go on training); returns the network, its history and the data's digest."""
    from fastai.data.core import DataLoaders
    from fastai.data.load import DataLoader
    from fastai.losses import CrossEntropyLossFlat

    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    cutter = shared_tokenizer(settings.data, settings.work)
    vocabulary = cutter.get_vocab_size()
    start, mask = piece(cutter, START), piece(cutter, "<mask>")
    labelled, unlabelled, test = known_documents(settings)
    _, _, _, context, _ = SIZES[settings.size]
    known = pieces(labelled, cutter, settings.work)
    if settings.size != "tiny":
        known += pieces(unlabelled, cutter, settings.work)
    held_out = [np.array(cutter.encode(text).ids) for text in test_sample(test, 30)]

    def hidden(chosen: list[np.ndarray]) -> tuple[Tensor, Tensor, Tensor]:
        seed = int(torch.randint(2**31, ()))  # follows the training's own seed
        return hide(np.stack(chosen), mask, vocabulary, seed, (MASKED, REPLACED), LEARNING_SHARE)

    row = min(ROW, context)
    loaders = DataLoaders(
        DataLoader(
            list(rows(known, start, row)[0]), bs=BATCH, create_batch=hidden, num_workers=0,
            shuffle=True, drop_last=True,
        ),
        DataLoader(list(rows(held_out, start, row)[0]), bs=BATCH, create_batch=hidden, num_workers=0),
        device=settings.device,
    )  # fmt: skip
    model = Filler(settings.size, vocabulary, start, piece(cutter, "<pad>"))
    if settings.size != "tiny":
        start_from_decoder(model.network, checkpoints.opened(models.folder(BEFORE))[1])

    def loss(model: torch.nn.Module) -> float:
        nats, count = masked_loss(model, held_out, start, mask, context)
        return nats / count

    history = learn_by_muon(
        model, loaders, CrossEntropyLossFlat(), settings, settings.work / NAME, loss, lr=(0.008, 1e-3)
    )
    return model, history, digest_of(labelled, unlabelled)


def checkpoint(network: Any, **shape: Any) -> Parts:
    """A trained BERT with one of transformers' heads as a Hugging Face checkpoint, and its shape."""
    config, tied = network.config, set(network.all_tied_weights_keys)
    tensors = {name: tensor for name, tensor in network.state_dict().items() if name not in tied}
    kept = {k: v for k, v in config.to_diff_dict().items() if k != "dtype"}
    return Parts(
        tensors=tensors,
        config={**kept, "model_type": config.model_type, "architectures": [type(network).__name__]},
        shape={
            "family": "transformer",
            "abilities": frozenset({"gradients", "attention", "unembed"} | ({"classes"} & set(shape))),
            "widths": (config.hidden_size,) * (config.num_hidden_layers + 1),
            "vocabulary": config.vocab_size,
            "parameters": sum(t.numel() for t in tensors.values()),
            "context": config.max_position_embeddings - config.pad_token_id - 1,
            "heads": config.num_attention_heads,
            **shape,
        },
    )


def parts(network: Any, settings: Settings) -> Parts:
    """The trained network as a Hugging Face checkpoint, and its shape."""
    made = checkpoint(network.network, task="masked")
    return replace(made, config={**made.config, READ_BEFORE: True})


def held_out(network: Any, settings: Settings) -> HeldOut:
    """The fixed sample of test reviews, with the same pieces hidden every time."""
    cutter = shared_tokenizer(settings.data, settings.work)
    texts = test_sample(imdb(settings.data, "test"))
    documents = [np.array(cutter.encode(text).ids) for text in texts]
    context = SIZES[settings.size][3]
    nats, count = masked_loss(network, documents, piece(cutter, START), piece(cutter, "<mask>"), context)
    return HeldOut(
        nats=nats, pieces=count,
        of=f"{len(texts):,} of the 25,000 IMDB test reviews: {SHARE:.0%} of their pieces hidden, all behind "
        f"the mask piece, always the same ones, in windows of {context} pieces; loss per hidden piece",
    )  # fmt: skip
