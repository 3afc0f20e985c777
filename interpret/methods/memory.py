"""What an LSTM keeps, lets in, forgets and lets out at each word, for the units you choose.

At each token a cell is c = f c' + i g: the forget gate f times what it held, plus the input gate i times a
candidate g; what the next layer hears is h = o tanh(c), with the output gate o. They are computed from the
weights step by step and must agree with torch's own nn.LSTM. A gate is shut below 0.1 and open above 0.9; a
cell's half-life is the number of tokens after which the product of its forget gates is 1/2, over the bundled
texts.

Source: Hochreiter, Schmidhuber 1997; Karpathy, Johnson, Li 2015, https://arxiv.org/abs/1506.02078 (shares of
time below 0.1 and above 0.9).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from interpret.corpus.shipped import behind
from interpret.method import Method
from interpret.results import Check, MemoryTraces
from interpret.run import Run
from interpret.target import Target
from interpret.units import NoUnits, column, most_variable, parse_several, shared
from interpret.units_corpus import life

MOST = 8  # units beside each other
NAMES = ("input_gate", "forget_gate", "output_gate", "candidate", "cell", "hidden")


@dataclass(frozen=True, kw_only=True)
class Options:
    """`units`: cells such as "cell 2.17, cell 2.40"; empty: the one that changes most on this text."""

    units: str = ""


def compute(run: Run, target: Target, options: Options) -> MemoryTraces:
    """Six tracks of each unit along the text, and the gates of all units over the bundled texts."""
    if run.memory is None:
        raise NoUnits(f"{run.model.card.name} has no gates to look at: choose an LSTM, such as wiki-lstm.")
    variable = most_variable(run, "cell")
    units = parse_several(options.units) or variable[:1]
    if len(units) > MOST:
        raise NoUnits(f"{len(units)} units do not fit into one picture: choose at most {MOST}.")
    for unit in units:
        column(run, unit)  # refuses what is not there
    layers = [getattr(run.memory, name) for name in NAMES]
    cells = behind(run.model, "cell").gates()
    count = np.array([cell["count"] for cell in cells])
    values = np.array([[track[u.layer - 1][:, u.index].double().numpy() for u in units] for track in layers])
    half = None if run.attention is None else run.memory.cell[0].shape[1] // 2  # of both directions
    return MemoryTraces(
        **shared(run, target, "memory", options),
        values=values,
        unit="activation",
        signed=True,
        check=Check(
            name="gates against nn.LSTM",
            says="Hidden states computed gate by gate and those of torch's nn.LSTM differ by at most {}.",
            value=_apart(run),
            limit=1e-5,
        ),
        units=tuple(f"cell {u.layer}.{u.index}" for u in units),
        backwards=tuple(half is not None and u.index >= half for u in units),
        layer=np.array([cell["layer"] for cell in cells]),
        index=np.array([cell["index"] for cell in cells]),
        shut=np.array([cell["shut"] for cell in cells]).T / count,
        open=np.array([cell["open"] for cell in cells]).T / count,
        half_life=life(-np.array([cell["log_forget"] for cell in cells]) / count),
        corpus_tokens=int(count.max()),
        variable=tuple(map(str, variable)),
    )


@torch.no_grad()
def _apart(run: Run) -> float:
    """The largest difference between the last layer's hidden states here and those of nn.LSTM."""
    model: Any = run.model
    whole = model.encoded if hasattr(model, "encoded") else getattr(model, "encoder", model).states
    assert run.memory is not None
    return float((whole(run.vectors[None])[0] - run.memory.hidden[-1]).abs().max())


METHOD = Method(
    name="memory",
    title="Memory",
    question="What does the LSTM remember?",
    gives="memory",
    needs=frozenset({"gates", "cells"}),
    options=Options,
    source="Hochreiter, Schmidhuber 1997; Karpathy, Johnson, Li 2015",
    signed=True,
    compute=compute,
    place=60,
)
