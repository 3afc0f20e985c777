"""What an index costs: `python -m tests.bench.corpus`. Goals are in issue 5, on one core.

The index at 80 % or more of the bare forward's tokens a second, and a unit's card out of an index of 10
million tokens in under 300 ms. The large index is made up: its tables are as large and as packed as real ones.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
import torch

import models
from interpret.corpus import shards, shipped, store
from interpret.corpus.documents import Document
from interpret.corpus.index import Index
from interpret.corpus.snippets import snippets
from interpret.corpus.tallies import BINS, PLACES, TOP
from models.base import LanguageModel

TEXTS, TOKENS, UNITS = 60_000, 10_000_000, 4096
WORDS = [
    "the",
    "film",
    "was",
    "a",
    "good",
    "one",
    "and",
    "I",
    "would",
    "see",
    "it",
    "again",
    "with",
    "all",
    "of",
    "you",
    "in",
    "this",
    "old",
    "town",
    "by",
    "night",
]


def speed(name: str, texts: list[Document]) -> None:
    """Tokens a second of the forward pass alone, and of a shard with its six tables."""
    model = models.load(name)
    cut = [model.encode(text.text).cut(min(shards.LONGEST, model.card.context or 10**6)) for text in texts]
    count = sum(map(len, cut))
    bare, whole = [], []
    for _ in range(3):  # in turns, so that a busy machine slows both
        bare.append(_took(lambda: forward(model, cut)))
        whole.append(_took(lambda: shards.tables(model, texts, 0)))
    rates = count / min(bare), count / min(whole)
    print(f"{name}: forward {rates[0]:,.0f} tokens/s, index {rates[1]:,.0f} ({rates[1] / rates[0]:.0%})")


@torch.no_grad()
def forward(model: LanguageModel, cut: list) -> None:
    """The bare forward pass, a text at a time."""
    for tokens in cut:
        model.logits(model.embed(torch.from_numpy(tokens.ids.copy()))[None])


def _took(act) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def large(folder: Path) -> None:
    """An index of 10 million tokens of made-up texts."""
    lots = np.random.default_rng(0)
    count, each = UNITS, TOKENS // TEXTS
    texts = [" ".join(lots.choice(WORDS, each)) for _ in range(TEXTS)]
    bins = lots.multinomial(TOKENS, lots.dirichlet(np.ones(BINS)), count)
    tops = np.sort(lots.random((count, TOP)), axis=1)[:, ::-1].copy()
    at, place = lots.integers(0, TEXTS, (count, TOP)), lots.integers(0, each // 2, (count, TOP))
    units = {
        "kind": ["neuron"] * count, "layer": np.repeat(np.arange(1, 5), count // 4),
        "index": np.tile(np.arange(count // 4), 4), "count": np.full(count, float(TOKENS)),
        "sum": lots.random(count), "squares": lots.random(count) + 1e6, "least": -lots.random(count),
        "most": tops[:, 0].copy(), "exponent": np.full(count, -5), "counts": bins,
        "examples": lots.integers(0, TEXTS, (count, BINS)) * PLACES, "example_values": lots.random((count, BINS)),
        "r": lots.random((count, 12)).astype(np.float32),
    }  # fmt: skip
    for end in ("high", "low"):
        units |= {f"{end}_values": tops, f"{end}_texts": at, f"{end}_places": place}
    store.write_tables(
        folder / "index", {"units": units, "texts": {"number": np.arange(TEXTS), "text": texts}}
    )
    store.write_json(folder / "summary.json", {"features": [], "chance": {}, "tokens": TOKENS})


def card(model: LanguageModel, folder: Path) -> None:
    """How long a unit's card takes: opening the index, its row, its places and their texts."""

    def opened(layer: int, index: int) -> None:
        found = Index(folder)
        known = found.unit("neuron", layer, index)
        assert all(snippets(model, found, known.highest, known.lowest, known.middling))

    first = _took(lambda: opened(1, 3))
    others = sorted(_took(lambda place=(1 + k % 4, 97 * k): opened(*place)) for k in range(1, 10))
    size = sum(path.stat().st_size for path in (folder / "index").iterdir()) / 1e6
    print(
        f"card from {TOKENS:,} tokens ({size:,.0f} MB): first {1000 * first:.0f} ms, then {1000 * others[4]:.0f} ms"
        f" (at most {1000 * others[-1]:.0f})"
    )


def main() -> None:
    """Measure everything on one thread."""
    torch.set_num_threads(1)
    for name in ("reviews-gpt", "wiki-lstm"):
        speed(name, shipped.bundled(models.card(name))[:32])
    with tempfile.TemporaryDirectory() as place:
        large(Path(place))
        card(models.load("reviews-gpt"), Path(place))


if __name__ == "__main__":
    main()
