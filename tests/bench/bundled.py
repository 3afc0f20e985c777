"""What a reader waits for on the bundled models: seconds, and integrated gradients at equal completeness.

`python -m tests.bench.bundled --json --models wiki-lstm,reviews-gpt --threads 1`

A text of 60 words; its next word (its first class, its 30th token) is explained by leaving each word out, and
by the deletion curves of four methods. Seconds are of this process's CPU, so that neighbours do not count;
medians over the rounds.

At equal completeness, every token explained: ours doubles its Gauss-Legendre nodes until the scores of each
token add up within 1 %. captum is asked about every tenth token with 8, 16, 32 ... steps until its own
delta is as small, in its default quadrature and in the trapezoids that older tools use; only its last call
counts.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch

import models
from interpret import every, explain, record
from interpret.run import Run
from interpret.target import Target, at, parse
from interpret.trust.faithfulness import Options, curves
from interpret.trust.subject import Subject, maps

TEXT = (
    "The town lies on the eastern bank of the river, about ten miles north of the capital. In the "
    "nineteenth century the town was known for its small harbour and for the ships that were built there by "
    "the families of the old quarter, and even today the people of the town like to tell how the"
)
METHODS = ("leave_one_out", "integrated_gradients", "gradient_times_input", "gradient_norm")
LIMITS = {"leave_one_out": 2.0, "deletion_curves": 1.0}  # seconds, issue 4


def seconds(work: Callable[[], Any], rounds: int) -> float:
    """Median CPU seconds over the rounds, after one to warm up."""
    work()
    found = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return statistics.median(found)


def one_number(run: Run) -> Target:
    """What is explained, by the model's task."""
    card = run.model.card
    if card.task == "masked":
        return at(run, 30)
    return parse(run, card.classes[0] if card.task == "classify" else "next")


def captum_seconds(run: Run, place: int, method: str, rounds: int) -> float:
    """captum's integrated gradients of one token with the fewest steps whose scores add up within 1 %."""
    from captum.attr import IntegratedGradients

    from interpret.blank import blank

    target = at(run, place)
    text, start = (vectors[None, :place] for vectors in (run.vectors, blank(run, "zero")))

    def number(vectors: torch.Tensor) -> torch.Tensor:
        return target.scores(run.model.unembed(run.model.states(vectors)[:, target.positions]))[:, 0]

    change, steps = float(number(text) - number(start)), 8
    explainer = IntegratedGradients(number)

    def work() -> float:
        given = {"n_steps": steps, "method": method, "return_convergence_delta": True}
        return abs(float(explainer.attribute(text.clone(), start, **given)[1]))

    while work() > 0.01 * max(0.1, abs(change)) and steps < 1024:
        steps *= 2
    return seconds(work, rounds)


def measured(name: str, rounds: int) -> dict[str, float]:
    """All figures of one model."""
    run = record(models.load(name), TEXT)
    target = one_number(run)
    given = maps(run, target, METHODS)
    figures = {
        "words": len(Subject.of(run, target).groups),
        "leave_one_out": seconds(lambda: explain(run, "leave_one_out", target), rounds),
        "deletion_curves": seconds(lambda: curves(run, target, given, Options(insertion=False)), rounds),
    }
    if run.model.card.task != "causal":
        return figures
    ours = seconds(lambda: explain(run, "integrated_gradients", every(run)), rounds)
    figures["integrated_gradients_each"] = ours / len(run.tokens)
    for method in ("gausslegendre", "riemann_trapezoid"):
        theirs = [captum_seconds(run, place, method, rounds) for place in range(10, len(run.tokens), 10)]
        figures[f"ratio_to_captum_{method}"] = statistics.mean(theirs) / figures["integrated_gradients_each"]
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description="What a reader waits for on the bundled models.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON last")
    parser.add_argument("--models", default="wiki-lstm,reviews-gpt")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    rows = {
        name: measured(name, asked.rounds) | {"threads": asked.threads} for name in asked.models.split(",")
    }
    for name, row in rows.items():
        print(name)
        for figure, value in row.items():
            limit = f"  (limit {LIMITS[figure]:g} s)" if figure in LIMITS else ""
            print(f"  {figure:34}{value:>10.3g}{limit}")
    if asked.json:
        print(json.dumps(rows, allow_nan=False))


if __name__ == "__main__":
    main()
