"""How long the layers' guesses take: 12 layers x 64 tokens x 50,257 words, and how much memory they need.

`python -m tests.bench.lens --json --rounds 5 --threads 2`

A network of GPT-2's vocabulary and depth with random weights, which cost what trained ones cost. Issue 7 allows
500 ms and no tensor of all layers' answers (12 x 64 x 50,257 numbers are 154 MB). Seconds by the clock and of this
process's CPU, the quickest of the rounds; the machine's load is said beside them.
"""

import argparse
import json
import os
import time
from typing import Any

import numpy as np
import torch

from interpret import explain, record
from interpret.run import Run
from models.base import Card, Tokens
from models.huggingface import OBSERVED, HuggingFaceModel, transformers
from tests.bench.saliency import memory_mib, reset_memory_mark

LAYERS, VOCABULARY, TOKENS, LIMIT = 12, 50257, 64, 0.5
WIDTHS = (256, 768)  # of the states: ours, and GPT-2's
NO_TEXT: Any = None


class Numbered(HuggingFaceModel):
    """A network whose pieces are numbers: it needs no tokenizer."""

    def shown(self, token: int) -> str:
        return f" {token}"


def run_of(width: int, vocabulary: int = VOCABULARY) -> Run:
    """A text of random pieces as a random network went through it."""
    torch.manual_seed(0)
    library = transformers()
    settings = library.GPT2Config(
        n_layer=LAYERS, n_embd=width, n_head=width // 64, vocab_size=vocabulary, bos_token_id=0, eos_token_id=0,
        attn_implementation=OBSERVED,
    )  # fmt: skip
    known = Card(
        name="bench", family="transformer", task="causal", abilities=frozenset({"unembed"}),
        widths=(width,) * (LAYERS + 1), vocabulary=vocabulary, parameters=0,
    )  # fmt: skip
    model = Numbered(library.GPT2LMHeadModel(settings).eval(), known, NO_TEXT)
    ids = torch.randint(vocabulary, (TOKENS,)).numpy()
    shown = tuple(model.shown(one) for one in ids)
    ends = np.cumsum([len(one) for one in shown])
    spans = np.stack([ends - [len(one) for one in shown], ends], axis=1)
    return record(model, Tokens(text="".join(shown), ids=ids, shown=shown, spans=spans))


def measured(width: int, rounds: int) -> dict[str, Any]:
    """The quickest of some rounds."""
    run = run_of(width)
    explain(run, "lens")  # the first one loads what it needs
    wall, cpu, peak = float("inf"), float("inf"), None
    for _ in range(rounds):
        before = memory_mib("VmRSS") if reset_memory_mark() else None
        started, used = time.perf_counter(), time.process_time()
        explain(run, "lens")
        wall, cpu = min(wall, time.perf_counter() - started), min(cpu, time.process_time() - used)
        peak = None if before is None else round(memory_mib("VmHWM") - before, 1)
    return {
        "width": width, "seconds": round(wall, 3), "cpu_seconds": round(cpu, 3), "peak_mib": peak, "limit": LIMIT,
        "all_answers_mib": round(4 * LAYERS * TOKENS * VOCABULARY / 2**20, 1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="The guesses of 12 layers over 50,257 words.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON last")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    rows = [measured(width, asked.rounds) for width in WIDTHS]
    load = round(os.getloadavg()[0], 1)
    for row in rows:
        print(
            f"{LAYERS} layers x {TOKENS} tokens x {VOCABULARY:,} words, states of {row['width']}: "
            f"{row['seconds']:.2f} s ({row['cpu_seconds']:.2f} s of CPU, limit {LIMIT} s), {row['peak_mib']} MiB "
            f"more at most, of {row['all_answers_mib']} MiB of answers"
        )
    print(f"{asked.threads} threads; load of the machine {load}")
    if asked.json:
        print(json.dumps({"lens": rows, "threads": asked.threads, "load": load}, allow_nan=False))


if __name__ == "__main__":
    main()
