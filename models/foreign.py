"""A transformer that somebody else made: what can be looked at is found out by trying.

Its logits must be those that the library gives for the same pieces with the network's own attention. They
are tried with everything in sight, then with the attention left alone, then with the network undivided;
what the network can do is what is left.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models import checkpoints
from models.base import Card, Task
from models.huggingface import ALL, OBSERVED, HuggingFaceModel
from models.own import weights
from models.refusals import BadCheckpoint
from models.text import Cutter

STEPS = (ALL, ALL - {"attention"}, ALL - {"attention", "unembed"})
# What libraries and networks raise when asked for what they were not built for.
UNFIT = (
    BadCheckpoint,
    RuntimeError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
)


def examined(folder: Path, network: Any, task: Task, cutter: Cutter, mask: int | None) -> HuggingFaceModel:
    """The model, with a card that says what of it can be shown; refused if its logits cannot be had."""
    card = foreign_card(folder, network, task)
    try:
        ids, expected = _asked(network, card)
    except UNFIT:
        raise _refusal(card, network) from None
    for abilities in STEPS:
        try:
            network.set_attn_implementation(OBSERVED if "attention" in abilities else "eager")
            model = HuggingFaceModel(network, replace(card, abilities=abilities), cutter, mask)
            kept = model.record(model.embed(ids))
        except UNFIT:
            continue
        if _close(kept.logits, expected):
            widths = tuple(layer.shape[-1] for layer in kept.hidden)
            able = abilities if _goes_back(model, ids) else abilities - {"gradients"}
            able |= {"classes"} if task == "classify" else frozenset()
            model.card = replace(card, widths=widths, abilities=able)
            return model
    raise _refusal(card, network)


@torch.no_grad()
def _asked(network: Any, card: Card) -> tuple[Tensor, Tensor]:
    """A few pieces of text, (T,), and the library's logits for them, with its own attention, (R, V)."""
    names = ("bos", "eos", "pad", "mask", "sep", "cls", "unk")
    marks = {getattr(network.config, f"{name}_token_id", None) for name in names}
    text = [piece for piece in range(min(32, card.vocabulary)) if piece not in marks]
    ids = torch.tensor(text[: min(8, card.context or 8)])
    expected = network.eval()(input_ids=ids[None]).logits
    return ids, expected if card.task == "classify" else expected[0]


def _close(given: Tensor, expected: Tensor) -> bool:
    """Networks that cap their scores, add sinks to attention or scale their logits are off by far more."""
    if given.shape != expected.shape:
        return False
    return bool((given - expected).abs().max() <= 1e-3 * expected.abs().max().clamp(min=1.0))


def _goes_back(model: HuggingFaceModel, ids: Tensor) -> bool:
    """Whether gradients with respect to the input vectors can be had, several at once."""
    try:
        back = model.pullback(model.embed(ids)[None])
        last = back.states.shape[1] - 1
        seeds = torch.ones(1, 2, back.states.shape[-1])
        found = back.pull(torch.tensor([last, last]), seeds)
    except UNFIT:
        return False
    return bool(torch.isfinite(found).all()) and bool(found.abs().max() > 0)


def _refusal(card: Card, network: Any) -> BadCheckpoint:
    return BadCheckpoint(
        f"{card.name}: this kind of network ({network.config.model_type}) computes its words in a "
        "way that is not looked into here yet, so its pictures would be wrong."
    )


def foreign_card(folder: Path, network: Any, task: Task) -> Card:
    """What can be said of a folder that has no card: shapes and digests, nothing about quality."""
    config = network.config.get_text_config()
    return Card(
        name=folder.name,
        family="transformer",
        task=task,
        abilities=ALL,
        widths=(config.hidden_size,) * (config.num_hidden_layers + 1),
        vocabulary=config.vocab_size,
        parameters=sum(p.numel() for p in network.parameters()),
        context=_context(network),
        heads=getattr(config, "num_attention_heads", None),
        classes=_classes(folder, config) if task == "classify" else (),
        sha256=weights.digest(folder),
        tokenizer_sha256=checkpoints.sha256(folder / checkpoints.TOKENIZER),
    )


def _context(network: Any) -> int | None:
    """Most pieces in one text. RoBERTa's kind counts its positions from the padding piece's number + 1."""
    for name, module in network.base_model.named_modules():
        if name.endswith("position_embeddings") and getattr(module, "padding_idx", None) is not None:
            return module.num_embeddings - module.padding_idx - 1
    return getattr(network.config.get_text_config(), "max_position_embeddings", None)


def _classes(folder: Path, config: Any) -> tuple[str, ...]:
    """The names of the classes in the order of the logits."""
    if config.problem_type == "multi_label_classification" or config.num_labels < 2:
        raise BadCheckpoint(
            f"{folder.name}: it does not choose one of several classes, so its numbers are no probabilities; "
            "give a classifier that does."
        )
    return tuple(str(config.id2label[number]) for number in range(config.num_labels))
