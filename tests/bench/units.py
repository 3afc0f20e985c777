"""How long pages about units take: `python -m tests.bench.units`. Goals are in issue 5.

Changing the unit under 50 ms, a brushed choice under 200 ms, factors of 128 tokens x 36,864 neurons under 1 s
and of 10,000 tokens x 3,072 under 4 s, both at scikit-learn's error (tests/interpret/units/test_factors.py).
"""

import time
from collections.abc import Callable

import torch

import models
from interpret import explain, record
from interpret.units_nmf import explained, factorise

TEXT = "The keys to the old wooden cabinet are lost. " * 12


def seconds(act: Callable[[], object], rounds: int = 3) -> float:
    """The quickest of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - started)
    return best


def like_activations(tokens: int, neurons: int) -> torch.Tensor:
    """Low rank, sparse, noisy, clipped at 0: as anchors/performance.md measured it."""
    lots = torch.Generator().manual_seed(0)
    w, h = torch.rand(tokens, 20, generator=lots) ** 4, torch.rand(20, neurons, generator=lots) ** 6 * 3
    return (w @ h + 0.3 * torch.randn(tokens, neurons, generator=lots)).clamp_(min=0)


def of_a_model(name: str) -> None:
    """A unit's card and a brushed choice."""
    run = record(models.load(name), TEXT)
    another = "cell 2.17" if run.memory else "neuron 2.17"
    first = seconds(lambda: explain(run, "unit"), 1)
    changed = seconds(lambda: explain(run, "unit", unit=another))
    brushed = seconds(lambda: explain(run, "select_units", places="5-9, 20"))
    print(f"{name}: first unit, corpus included {first:.2f} s; another unit {1000 * changed:.0f} ms")
    print(f"{name}: a brushed choice over {len(run.tokens)} tokens {1000 * brushed:.0f} ms")


def of_factors(tokens: int, neurons: int) -> None:
    """Ten factors from a random start."""
    x = like_activations(tokens, neurons)
    took = seconds(lambda: factorise(x, 10), 2)
    error = (1 - explained(x, *factorise(x, 10))) ** 0.5
    print(f"factors of {tokens:,} x {neurons:,}: {took:.2f} s, relative error {error:.4f}")


def main() -> None:
    """Measure everything on one thread."""
    torch.set_num_threads(1)
    for name in ("wiki-lstm", "reviews-gpt"):
        of_a_model(name)
    for tokens, neurons in ((128, 12 * 3072), (10_000, 3072)):
        of_factors(tokens, neurons)


if __name__ == "__main__":
    main()
