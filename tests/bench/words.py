"""How long the page of words and the pairs of grammar take: `python -m tests.bench.words --json`.

Goals are in issue 7: PCA of 10,000 words under 1 s; UMAP of 10,000 x 256, warm, under 15 s; the neighbours of one
word among 33,000 under 50 ms; 67 rules of 1,000 pairs on wiki-lstm under 10 minutes, which is measured on
`--rules` rules of `--pairs` pairs and scaled up. Vectors are drawn in 40 heaps, which UMAP finds as hard as words.
Seconds by the clock and of this process's CPU on one thread; the machine's load is said beside them.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

import models
from interpret.grammar.paradigms import chosen
from interpret.grammar.resumed import count
from interpret.space.layout import Umap, principal, umap_layout
from interpret.space.neighbours import nearest
from interpret.space.vectors import Space, gathered
from models.base import Card

LIMITS = {"pca": 1.0, "umap": 15.0, "neighbours": 0.05, "grammar": 600.0}
RULES, PAIRS = 67, 1000


def space(count: int, width: int) -> Space:
    """Words in heaps."""
    made = np.random.default_rng(0)
    heaps = made.normal(size=(40, width))
    points = heaps[made.integers(0, 40, count)] + made.normal(size=(count, width))
    card = Card(
        name="bench", family="lstm", task="causal", abilities=frozenset(), widths=(width,), vocabulary=count,
        parameters=0,
    )  # fmt: skip
    return gathered(points.astype(np.float32), [f" w{row}" for row in range(count)], card)


def timed(act: Callable[[], Any], rounds: int) -> dict[str, float]:
    """The quickest of some rounds, by the clock and of the CPU."""
    wall, cpu = float("inf"), float("inf")
    for _ in range(rounds):
        started, used = time.perf_counter(), time.process_time()
        act()
        wall, cpu = min(wall, time.perf_counter() - started), min(cpu, time.process_time() - used)
    return {"seconds": round(wall, 4), "cpu_seconds": round(cpu, 4)}


def of_words(rounds: int) -> dict[str, dict[str, float]]:
    """Maps of 10,000 words and neighbours among 33,000."""
    some = space(10_000, 256)
    found = {"pca": timed(lambda: principal(some.unit).place(some.unit), rounds)}
    umap_layout(some.unit[:600], Umap(epochs=2))  # compiles, which a reader waits for behind the PCA
    found["umap"] = timed(lambda: umap_layout(some.unit, Umap()), 1)
    many = space(33_000, 256)
    found["neighbours"] = timed(lambda: nearest(many, many.unit[5], 12, (5,)), 5 * rounds)
    return found


def of_grammar(rules: int, pairs: int) -> dict[str, float]:
    """wiki-lstm on a sample of its rules, scaled to 67 rules of 1,000 pairs."""
    model = models.load("wiki-lstm")
    every = chosen((), "english")
    some = every[:: max(1, len(every) // rules)][:rules]
    took = [timed(partial(count, model, rule.pairs(pairs), ""), 1) for rule in some]
    whole = RULES * PAIRS / (len(some) * pairs)
    return {name: round(whole * sum(one[name] for one in took), 1) for name in ("seconds", "cpu_seconds")}


def main() -> None:
    parser = argparse.ArgumentParser(description="Maps, neighbours and minimal pairs.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON last")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rules", type=int, default=6)
    parser.add_argument("--pairs", type=int, default=200)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    found = {**of_words(asked.rounds), "grammar": of_grammar(asked.rules, asked.pairs)}
    load = round(os.getloadavg()[0], 1)
    for name, one in found.items():
        print(f"{name:12}{one['seconds']:10.3f} s{one['cpu_seconds']:10.3f} s of CPU, limit {LIMITS[name]} s")
    print(f"grammar: scaled from {asked.rules} rules of {asked.pairs} pairs; load of the machine {load}")
    if asked.json:
        print(json.dumps({**found, "limits": LIMITS, "load": load}, allow_nan=False))


if __name__ == "__main__":
    main()
