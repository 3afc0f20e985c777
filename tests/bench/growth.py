"""How cost grows with length, vocabulary, depth and texts: CPU time at several sizes and fitted exponents.

`python -m tests.bench growth [--only length,vocabulary,layers,corpus] [--most 1000000] [--json FILE]`

An exponent is the slope of log time over log size by least squares, with its 95 % interval (Student's t); "from" tells
the sizes it was fitted on, the upper ones, where fixed costs no longer show. Nothing is extrapolated: what was not
measured is not in the table. Networks are random, of 4 layers, 256 wide, unless that is what grows; texts of the corpus
are stories of Storyland, read by story-lstm into shards as a job reads them.
"""

import argparse
import json
import math
import statistics
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

import models
from interpret import explain
from interpret.corpus import shards
from interpret.corpus.documents import Document
from interpret.methods.leave_one_out import without
from interpret.target import Target
from models.base import LanguageModel
from models.train.storyland import stories, text
from tests.bench import lens, saliency, table

LAYERS, WIDTH, VOCABULARY, TOKENS = 4, 256, 8192, 64
LENGTHS = (16, 32, 64, 128, 256, 512, 1024)
WORDS = (1024, 4096, 16384, 65536)
DEPTHS = (2, 4, 8, 16, 32)
CORPUS = (10_000, 100_000, 1_000_000, 10_000_000)
SHARD = 50_000  # tokens
FITTED = 4  # the upper sizes


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Milliseconds at each size, and the exponent with its interval over the upper sizes."""

    what: str
    along: str
    sizes: tuple[int, ...]
    ms: tuple[float, ...]
    fitted: int = FITTED

    def exponent(self) -> tuple[float, float]:
        """Slope and half of its 95 % interval; the interval of two points is not known (infinite)."""
        return slope(self.sizes[-self.fitted :], self.ms[-self.fitted :])

    def in_words(self) -> str:
        """One line."""
        found, half = self.exponent()
        span = f"{self.sizes[0]:,} to {self.sizes[-1]:,}"
        interval = f" ± {half:.2f}" if math.isfinite(half) else ""
        times = ", ".join(table.milliseconds(one) for one in self.ms)
        start = self.sizes[-self.fitted :][0]
        return f"| {self.what} | {self.along}, {span} | {times} | {found:.2f}{interval} (from {start:,}) |"


def slope(sizes: tuple[float, ...], ms: tuple[float, ...]) -> tuple[float, float]:
    """The slope of log ms over log size, and half of its 95 % interval."""
    from scipy import stats

    if len(sizes) < 2:
        return math.nan, math.inf
    found: Any = stats.linregress(np.log(sizes), np.log(ms))
    free = len(sizes) - 2
    return float(found.slope), float(stats.t.ppf(0.975, free) * found.stderr) if free else math.inf


def made(layers: int = LAYERS, vocabulary: int = VOCABULARY, context: int = max(LENGTHS)) -> LanguageModel:
    """A random transformer of that shape."""
    torch.manual_seed(0)
    shapes: dict[str, Any] = saliency.SIZES
    shapes["growth"] = ((layers, WIDTH, 4, vocabulary), ((WIDTH, WIDTH, WIDTH), vocabulary))
    return saliency.gpt2("growth", context)[1][0]


def recurrent(layers: int = 2, vocabulary: int = VOCABULARY) -> LanguageModel:
    """A random LSTM of that shape."""
    torch.manual_seed(0)
    shapes: dict[str, Any] = saliency.SIZES
    shapes["growth"] = ((2, WIDTH, 4, vocabulary), ((WIDTH,) * (layers + 1), vocabulary))
    return saliency.lstm("growth")[1]


def works(model: LanguageModel, tokens: int) -> dict[str, Callable[[], Any]]:
    """What is measured on one model and text: forward, all words explained, one by leaving out."""
    torch.manual_seed(1)
    ids = torch.randint(model.card.vocabulary, (tokens,))
    vectors, last = model.embed(ids[:-1]), int(ids[-1])
    target = Target(measure="logit", places=(len(vectors),), tokens=(last,))
    groups = [np.array([place]) for place in range(len(vectors))]

    @torch.no_grad()
    def forward() -> None:
        model.logits(vectors[None])

    every = saliency.our_way(model, ids)
    return {
        "forward": forward,
        "saliency of every token": lambda: every(range(1, tokens)),
        "leave one out of one token": lambda: without(model, vectors, groups, target),
    }


def measured(work: Callable[[], Any], rounds: int) -> float:
    """The median of some rounds; what takes long is measured once."""
    first = table.lap(work)[0]
    if first > 5000:
        return first
    return statistics.median(table.lap(work)[0] for _ in range(rounds))


def grown(
    along: str, sizes: tuple[int, ...], of: Callable[[int], dict[str, Callable[[], Any]]], kind: str, rounds: int
) -> Iterator[Growth]:  # fmt: skip
    """Each work at each size."""
    ms: dict[str, list[float]] = {}
    for size in sizes:
        for what, work in of(size).items():
            ms.setdefault(what, []).append(measured(work, rounds))
    for what, found in ms.items():
        yield Growth(
            what=f"{what}, {kind}", along=along, sizes=sizes, ms=tuple(found), fitted=min(FITTED, len(sizes))
        )


def by_length(rounds: int, most: int) -> Iterator[Growth]:
    """Words of a text."""
    transformer, lstm = made(), recurrent()
    yield from grown("words of a text", LENGTHS, lambda size: works(transformer, size), "transformer", rounds)
    yield from grown("words of a text", LENGTHS, lambda size: works(lstm, size), "LSTM", rounds)


def by_vocabulary(rounds: int, most: int) -> Iterator[Growth]:
    """Words that the model knows."""

    def of(size: int) -> dict[str, Callable[[], Any]]:
        return works(made(vocabulary=size), TOKENS) | {"lens": lens_of(size)}

    yield from grown("vocabulary", WORDS, of, "transformer", rounds)


def lens_of(vocabulary: int) -> Callable[[], Any]:
    """The lens on a network of the lens bench's depth."""
    run = lens.run_of(WIDTH, vocabulary)
    return lambda: explain(run, "lens")


def by_layers(rounds: int, most: int) -> Iterator[Growth]:
    """Depth."""
    yield from grown("layers", DEPTHS, lambda size: works(made(layers=size), TOKENS), "transformer", rounds)
    yield from grown("layers", DEPTHS, lambda size: works(recurrent(layers=size), TOKENS), "LSTM", rounds)


def by_corpus(rounds: int, most: int) -> Iterator[Growth]:
    """Tokens of a corpus: its shards one after the other, as one process makes them."""
    model, told = models.load("story-lstm"), stories(0, most)
    found = (Document(text(one)) for one in told)
    sizes, ms, tokens, spent, number = [size for size in CORPUS if size <= most], [], 0, 0.0, 0
    for size in sizes:
        while tokens < size:
            some = list(islice(found, max(1, min(SHARD, size - tokens) // 100)))
            took, made_of = table.lap(lambda some=some, first=number: shards.tables(model, some, first))
            spent, number, tokens = (
                spent + took,
                number + len(some),
                tokens + int(sum(made_of["texts"]["tokens"])),
            )
        ms.append(spent * size / tokens)
    yield Growth(what="index, story-lstm", along="tokens of a corpus", sizes=tuple(sizes), ms=tuple(ms))


AXES = {"length": by_length, "vocabulary": by_vocabulary, "layers": by_layers, "corpus": by_corpus}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench growth", description=__doc__)
    parser.add_argument("--only", default=",".join(AXES), help=f"some of: {', '.join(AXES)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--most", type=int, default=1_000_000, help="tokens of the largest corpus (1,000,000)"
    )
    parser.add_argument("--json", type=Path, help="write the figures there too")
    asked = parser.parse_args(argv)
    torch.set_num_threads(1)
    began, found = table.load(), []
    print("| what | along | at each size | exponent |", "|---|---|---|---|", sep="\n")
    for name in asked.only.split(","):
        for one in AXES[name](asked.rounds, asked.most):
            print(one.in_words(), flush=True)
            found.append(one)
    about = table.about(began, 1)
    print("", about, sep="\n")
    if asked.json:
        rows = [asdict(one) | dict(zip(("exponent", "half"), one.exponent(), strict=True)) for one in found]
        finite = [
            {k: (None if isinstance(v, float) and not math.isfinite(v) else v) for k, v in row.items()}
            for row in rows
        ]
        asked.json.write_text(json.dumps({"about": about, "rows": finite}, indent=1) + "\n", encoding="utf-8")
    return 0
