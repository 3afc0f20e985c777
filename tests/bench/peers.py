"""Other tools' ways to the numbers of ours, on the same network and the same tokens.

None of them is needed: `requirements.txt` beside this file pins them, and `python -m tests.bench` says which are
missing and why. Ecco no longer installs; its loop is written anew here from what its paper (Alammar 2021,
https://aclanthology.org/2021.acl-demo.30) and documentation say: tokens as one-hot rows times the embedding, a
full forward and a backward with all weights for each generated token; ranks by sorting the vocabulary for each cell.
"""

import importlib
import logging
from collections.abc import Callable
from importlib import metadata
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.huggingface import transformers
from tests.bench.saliency import Explain
from tests.bench.table import Absent

PROJECTS = {
    "inseq": "inseq",
    "bertviz": "bertviz",
    "lit_nlp": "lit-nlp",
    "captum": "captum",
    "sklearn": "scikit-learn",
}
WRITTEN_ANEW = "Ecco's loop, written anew"


def version(module: str) -> str:
    """A peer with its version, "inseq 0.7.1"."""
    name = PROJECTS[module]
    return f"{name} {metadata.version(name)}"


def found(module: str, part: str = "") -> Any:
    """A peer's module (or a part of it), or why it cannot take part."""
    assert transformers().GPT2LMHeadModel  # first ours: it knows a torchvision that does not load
    logging.getLogger("absl").setLevel(logging.ERROR)
    try:
        return importlib.import_module(f"{module}.{part}" if part else module)
    except ModuleNotFoundError as missing:
        if missing.name == module:
            return Absent(PROJECTS[module], "not installed: make bench-peers")
        return Absent(PROJECTS[module], f"does not import here: {missing}")
    except Exception as fault:  # noqa: BLE001  whatever a peer's import raises becomes its row
        return Absent(PROJECTS[module], f"does not import here: {' '.join(str(fault).split())[:120]}")


def numbered_tokenizer(vocabulary: int) -> Any:
    """A tokenizer whose pieces are w0, w1 ...; w0 stands for nothing, begins and ends."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {f"w{number}": number for number in range(vocabulary)}
    cutter = Tokenizer(models.WordLevel(words, unk_token="w0"))
    cutter.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return transformers().PreTrainedTokenizerFast(
        tokenizer_object=cutter, unk_token="w0", eos_token="w0", pad_token="w0", bos_token="w0"
    )


def inseq_way(inseq: Any, network: Any, ids: Tensor, method: str, **options: Any) -> Explain:
    """inseq's own call for all places at once; scores (C, T) of their logits."""
    model = inseq.load_model(
        network, method, tokenizer=numbered_tokenizer(network.config.vocab_size), device="cpu"
    )
    written = [f"w{number}" for number in ids.tolist()]

    def explain(places: range) -> Tensor:
        found = model.attribute(
            " ".join(written[: places[0]]), " ".join(written[: places[-1] + 1]), attributed_fn="logit",
            show_progress=False, **options,
        ).sequence_attributions[0].target_attributions  # fmt: skip
        scores = torch.zeros(len(places), len(ids) - 1)
        summed = found.sum(-1).nan_to_num(0.0)  # (T, C)
        for line, place in enumerate(places):
            scores[line, :place] = summed[:place, line]
        return scores

    return explain


def lit_way(lms: Any, network: Any, ids: Tensor) -> Explain:
    """LIT's salience model, asked for one target at a time; it explains the loss, so the sign is turned."""
    network.framework = "pt"  # transformers 5 has only torch and no longer says so
    model = lms.HFSalienceModel(model=network, tokenizer=numbered_tokenizer(network.config.vocab_size))
    inputs = transformers().BatchEncoding(
        {"input_ids": ids[None], "attention_mask": torch.ones_like(ids)[None]}
    )

    def explain(places: range) -> Tensor:
        scores = torch.zeros(len(places), len(ids) - 1)
        for line, place in enumerate(places):
            asked = [int(at == place) for at in range(len(ids))]
            scores[line] = -model._pred_pt(inputs, [asked])["grad_dot_input"][0, :-1]
        return scores

    return explain


def ecco_way(logits: Callable[[Tensor], Tensor], embedding: Any, ids: Tensor) -> Explain:
    """Gradient x input of one-hot rows times the embedding; `logits` takes (1, T, D), gives those of the last row."""

    def explain(places: range) -> Tensor:
        scores = torch.zeros(len(places), len(ids) - 1)
        for line, place in enumerate(places):
            rows = torch.nn.functional.one_hot(ids[:place], len(embedding.weight)).float()
            vectors = (rows @ embedding.weight).detach().requires_grad_()
            logits(vectors[None])[0, int(ids[place])].backward()
            assert vectors.grad is not None
            scores[line, :place] = (vectors.grad * vectors).sum(-1).detach()
        return scores

    return explain


@torch.no_grad()
def ecco_ranks(layers: list[Tensor], last: Callable[[Tensor], Tensor], tokens: list[int]) -> np.ndarray:
    """The rank (L, T) of a token at each cell, the vocabulary sorted for each of them."""
    ranks = np.zeros((len(layers), len(tokens)))
    for row, states in enumerate(layers):
        for place, token in enumerate(tokens):
            order = torch.argsort(last(states[place]), descending=True)
            ranks[row, place] = 1 + int((order == token).nonzero()[0, 0])
    return ranks


@torch.no_grad()
def plain_ranks(layers: list[Tensor], last: Callable[[Tensor], Tensor], tokens: list[int]) -> np.ndarray:
    """The same, a layer at a time, with entropy and divergence as well; one product for all places."""
    final = last(layers[-1]).log_softmax(-1)
    chosen, ranks = torch.tensor(tokens), []
    for states in layers:
        scores = last(states)
        known = scores.log_softmax(-1)
        known.topk(5)
        (known.exp() * known).sum(-1)
        (final.exp() * (final - known)).sum(-1)
        ranks.append(1 + (scores > scores.gather(-1, chosen[:, None])).sum(-1))
    return torch.stack(ranks).numpy()
