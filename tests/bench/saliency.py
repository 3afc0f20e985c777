"""Saliency of every generated token, ours against a loop of captum calls: seconds, memory, numbers.

`python -m tests.bench.saliency --json --tokens 64 --rounds 3`

Half of the tokens are the prompt; each of the others is explained (its logit) by all tokens before
it. Weights are random: they cost what trained ones cost. Ours and captum's take turns, figures are
medians over the rounds, and seconds are of this process's CPU, so that neighbours do not count.
Ratios are medians of each round's ratio. What a model prepares once is not in the seconds.

captum runs as its users write it: one call per explained token on the vectors of the tokens before
it, with a forward pass and the whole vocabulary's logits each.
"""

import argparse
import ctypes
import gc
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from interpret.sensitivity import input_gradients
from interpret.target import Target
from models.base import Card, LanguageModel, Pullback
from models.huggingface import OBSERVED, HuggingFaceModel, transformers
from models.lstm import PARTS, LstmModel

# GPT-2: layers, width, heads, vocabulary. AWD-LSTM: widths, vocabulary.
SIZES = {
    "small": ((12, 768, 12, 50257), ((400, 1152, 1152, 400), 33278)),
    "tiny": ((2, 64, 4, 500), ((32, 64, 64, 32), 500)),
}
NO_TEXT: Any = None  # in place of a tokenizer: the bench starts from token numbers

Explain = Callable[[range], Tensor]  # places (C,) -> scores (C, T)


@dataclass(frozen=True)
class Race:
    """captum's loop and our ways to the same numbers."""

    places: range
    captum: Explain
    ours: dict[str, Explain]


@dataclass(frozen=True)
class Lap:
    """One run."""

    cpu: float
    wall: float
    peak_mib: float | None
    scores: Tensor


class AnyTransformer(HuggingFaceModel):
    """The same network without its hand-written way back."""

    def pullback(self, vectors: Tensor) -> Pullback:
        return LanguageModel.pullback(self, vectors)


class PlainLstm(nn.Module):
    """An LSTM language model as captum's users write it."""

    def __init__(self, widths: tuple[int, ...], vocabulary: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, widths[0])
        self.layers = nn.ModuleList(nn.LSTM(i, o, batch_first=True) for i, o in pairwise(widths))
        self.decoder = nn.Linear(widths[-1], vocabulary)

    def forward(self, vectors: Tensor) -> Tensor:
        for layer in self.layers:
            vectors, _ = layer(vectors)
        return self.decoder(vectors)[:, -1]


def card(family: Any, widths: tuple[int, ...], vocabulary: int) -> Card:
    shape = {"widths": widths, "vocabulary": vocabulary, "parameters": 0}
    seen = frozenset({"gradients", "attention", "unembed"}) if family == "transformer" else frozenset()
    return Card(name="bench", family=family, task="causal", abilities=seen, **shape)


def gpt2(size: str, context: int) -> tuple[Any, list[LanguageModel]]:
    """The network as its users have it, and our two models on the same weights."""
    layers, width, heads, vocabulary = SIZES[size][0]
    library = transformers()
    shape = {"n_layer": layers, "n_embd": width, "n_head": heads, "vocab_size": vocabulary}
    ends = {"bos_token_id": 0, "eos_token_id": 0, "n_positions": max(context, 1024)}
    network = library.GPT2LMHeadModel(library.GPT2Config(**shape, **ends)).eval()
    settings = library.GPT2Config(**shape, **ends, attn_implementation=OBSERVED)
    with torch.device("meta"):
        seen = library.GPT2LMHeadModel(settings)
    seen.load_state_dict(network.state_dict(), assign=True)  # the same memory
    seen.tie_weights()
    known = card("transformer", (width,) * (layers + 1), vocabulary)
    return network, [kind(seen, known, NO_TEXT) for kind in (HuggingFaceModel, AnyTransformer)]


def lstm(size: str) -> tuple[PlainLstm, LanguageModel]:
    widths, vocabulary = SIZES[size][1]
    network = PlainLstm(widths, vocabulary).eval()
    tensors = {
        f"layers.{n}.{part}": getattr(layer, f"{part}_l0")
        for n, layer in enumerate(network.layers)
        for part in PARTS
    }
    tensors |= {"embedding": network.embedding.weight, "decoder": network.decoder.weight}
    tensors["decoder_bias"] = network.decoder.bias
    return network, LstmModel(tensors, card("lstm", widths, vocabulary), NO_TEXT)


def our_way(model: LanguageModel, ids: Tensor, steps: int = 0) -> Explain:
    """Gradient times input, or integrated gradients from zero in so many steps, captum's."""
    nodes, shares = np.polynomial.legendre.leggauss(steps) if steps else (np.ones(1), np.full(1, 2))
    weights = torch.tensor(shares / 2, dtype=torch.float32)
    vectors = model.embed(ids[:-1])
    path = vectors * torch.tensor((nodes + 1) / 2, dtype=torch.float32)[:, None, None]

    def explain(places: range) -> Tensor:
        tokens = tuple(ids[list(places)].tolist())
        target = Target(measure="logit", places=tuple(places), tokens=tokens)
        scores = torch.zeros(len(places), len(vectors))
        for rows, _, gradients in input_gradients(model, path, target):
            reach = gradients.shape[2]
            scores[rows, :reach] = torch.einsum("bcsd,b,sd->cs", gradients, weights, vectors[:reach])
        return scores

    return explain


def captum_loop(method: Any, embedding: nn.Embedding, ids: Tensor, **options: Any) -> Explain:
    """One call per place, on the vectors of the tokens before it."""

    def explain(places: range) -> Tensor:
        scores = torch.zeros(len(places), len(ids) - 1)
        for line, place in enumerate(places):
            vectors = embedding(ids[None, :place]).detach().requires_grad_()
            found = method.attribute(vectors, target=int(ids[place]), **options)
            scores[line, :place] = found.detach()[0].sum(-1)
        return scores

    return explain


def races(size: str, network: Any, models: list[LanguageModel], ids: Tensor, steps: int) -> list[Race]:
    """GPT-2 by hand and by autograd, then the LSTM; integrated gradients for two places only."""
    from captum.attr import InputXGradient, IntegratedGradients

    recurrent, our_lstm = lstm(size)
    table, words, few = network.transformer.wte, ids % SIZES[size][1][1], {"n_steps": steps}
    every = range(len(ids) // 2, len(ids))

    def last_logits(vectors: Tensor) -> Tensor:
        return network(inputs_embeds=vectors).logits[:, -1]

    gradients = {
        "gradient_times_input/gpt2": our_way(models[0], ids),
        "gradient_times_input/any_transformer": our_way(models[1], ids),
    }
    path = {"integrated_gradients/gpt2": our_way(models[0], ids, steps)}
    lstm_gradients = {"gradient_times_input/lstm": our_way(our_lstm, words)}
    lstm_path = {"integrated_gradients/lstm": our_way(our_lstm, words, steps)}
    at_once, by_steps, lookup = InputXGradient, IntegratedGradients, recurrent.embedding
    return [
        Race(every, captum_loop(at_once(last_logits), table, ids), gradients),
        Race(every, captum_loop(at_once(recurrent), lookup, words), lstm_gradients),
        Race(every[-2:], captum_loop(by_steps(last_logits), table, ids, **few), path),
        Race(every[-2:], captum_loop(by_steps(recurrent), lookup, words, **few), lstm_path),
    ]


def memory_mib(line: str) -> float:
    """`VmRSS` now or `VmHWM` at most since the mark was reset, as Linux counts this process."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{line}:")[1].split()[0]) / 1024


def reset_memory_mark() -> bool:
    """Gives free memory back and lets the peak start from here; False where the system cannot."""
    gc.collect()
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")
    except (OSError, AttributeError):
        return False
    return True


def lap(explain: Explain, places: range) -> Lap:
    before = memory_mib("VmRSS") if reset_memory_mark() else None
    cpu, wall = time.process_time(), time.perf_counter()
    scores = explain(places)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Lap(cpu, wall, None if before is None else memory_mib("VmHWM") - before, scores)


def run(race: Race, rounds: int) -> tuple[dict[str, list[Lap]], list[Lap]]:
    """Laps of each of our ways, and captum's. The first, short round only warms up."""
    for explain in (*race.ours.values(), race.captum):
        explain(race.places[-1:])
    ours: dict[str, list[Lap]] = {name: [] for name in race.ours}
    captum = []
    for _ in range(rounds):
        for name, explain in race.ours.items():
            ours[name].append(lap(explain, race.places))
        captum.append(lap(race.captum, race.places))
    return ours, captum


def row(ours: list[Lap], captum: list[Lap]) -> dict[str, float | None]:
    """One line of the report. The difference is relative to captum's largest score."""
    theirs, median = captum[-1].scores, statistics.median

    def peak(laps: list[Lap]) -> float | None:
        known = [one.peak_mib for one in laps if one.peak_mib is not None]
        return median(known) if known else None

    return {
        "seconds": median(one.cpu for one in ours),
        "peak_mib": peak(ours),
        "ratio_vs_captum": median(b.cpu / a.cpu for a, b in zip(ours, captum, strict=True)),
        "max_difference": float((ours[-1].scores - theirs).abs().max() / theirs.abs().max()),
        "wall_seconds": median(one.wall for one in ours),
        "captum_seconds": median(one.cpu for one in captum),
        "captum_peak_mib": peak(captum),
    }


def report(rows: dict[str, dict[str, Any]]) -> None:
    """The table a person reads."""
    columns = ("seconds", "captum_seconds", "ratio_vs_captum", "peak_mib", "captum_peak_mib")
    print(" " * 38 + "".join(f"{name:>17}" for name in (*columns, "max_difference")))
    for name, one in rows.items():
        cells = ["-" if one[key] is None else f"{one[key]:.2f}" for key in columns]
        cells.append(f"{one['max_difference']:.1e}")
        print(f"{name:38}" + "".join(f"{cell:>17}" for cell in cells))


def main() -> None:
    parser = argparse.ArgumentParser(description="Saliency of every generated token against captum.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON last")
    parser.add_argument("--tokens", type=int, default=64, help="half prompt, half generated")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--steps", type=int, default=10, help="of integrated gradients")
    asked = parser.parse_args()
    if asked.tokens < 4:
        parser.error("--tokens: four at least, two to read and two to explain.")
    torch.set_num_threads(asked.threads)
    torch.manual_seed(0)
    ids = torch.randint(SIZES[asked.size][0][3], (asked.tokens,))
    network, models = gpt2(asked.size, asked.tokens)
    rows = {}
    for race in races(asked.size, network, models, ids, asked.steps):
        ours, captum = run(race, asked.rounds)
        for name, laps in ours.items():
            rows[name] = row(laps, captum) | {"threads": asked.threads, "tokens": asked.tokens}
    report(rows)
    if asked.json:
        print(json.dumps(rows, allow_nan=False))


if __name__ == "__main__":
    main()
