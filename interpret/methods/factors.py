"""Which units are active together: a few factors that, added up, stand for all activations on this text.

Negative activations of neurons count as 0, as in Ecco; LSTM cells and hidden states go in twice, once with
what is above 0 and once with what is below (ours). Factors come largest first; each is scaled to a largest
value of 1 along the text. They change with their number and with the random start: how alike they come out
from five other starts is told for each (cosine of its units' weights, matched one to one).

Source: Alammar 2021 (Ecco), https://aclanthology.org/2021.acl-demo.30/; Lee, Seung 1999,
https://doi.org/10.1038/44565.
"""

from dataclasses import dataclass

import numpy as np
import torch

from interpret.method import Method
from interpret.results import Check, Factors
from interpret.run import Run, record
from interpret.sentences import named
from interpret.target import Target
from interpret.units import NoUnits, Unit, every, kinds, shared, unfit
from interpret.units_ablation import go_on
from interpret.units_nmf import largest_first, stability
from models.refusals import Refusal

SEEDS = 5


@dataclass(frozen=True, kw_only=True)
class Options:
    """`count` of factors; `layers` such as "1, 3" (empty: all); `write`: tokens the model adds by itself."""

    count: int = 6
    layers: str = ""
    kind: str = ""
    write: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 2 <= self.count <= 16:
            raise Refusal("count must lie between 2 and 16")
        if not 0 <= self.write <= 100:
            raise Refusal("write must lie between 0 and 100")
        layer_numbers(self.layers)


def compute(run: Run, target: Target, options: Options) -> Factors:
    """Factors along the text (K, T), their units, and how far to trust them."""
    given = len(run.tokens)
    if options.write:
        run = record(run.model, go_on(run, options.write, options.seed))
    kind = options.kind or kinds(run)[0]
    layers = layer_numbers(options.layers)
    values, units = every(run, kind, layers)
    x, names = parts(values, units)
    count = min(options.count, len(values) - 1)
    if count < 2:
        raise NoUnits("This text is too short for factors: give at least three tokens.")
    along, h, shares, share = largest_first(x, count, options.seed)
    return Factors(
        **shared(run, target, "factors", options),
        values=along,
        unit="share of its largest value",
        signed=False,
        check=Check(
            name="share not explained",
            says="{} of the sum of squares of all activations is left out by these factors.",
            value=round(100 * (1 - share), 1),
            unit=" %",
        ),
        names=tuple(top_tokens(run, row) for row in along),
        units=tuple(tuple(names[i] for i in row.topk(min(5, len(names))).indices.tolist()) for row in h),
        explained=share,
        share=shares,
        stability=stability(x, h, SEEDS),
        seeds=SEEDS,
        neurons=len(units),
        written=len(run.tokens) - given,
        notes=_notes(run, options, count),
    )


def _notes(run: Run, options: Options, count: int) -> tuple[str, ...]:
    if count == options.count:
        return ()
    return (f"A text of {len(run.tokens)} tokens has at most {count} factors here.",)


def layer_numbers(written: str) -> list[int]:
    """The layers that "1, 3" names; none for "", which stands for all."""
    named = [part.strip() for part in written.split(",") if part.strip()]
    if not all(part.isdecimal() for part in named):
        raise Refusal("layers are numbers from 1 with commas between")
    return [int(part) for part in named]


def parts(values: np.ndarray, units: list[Unit]) -> tuple[torch.Tensor, list[str]]:
    """Activations (T, M) without negative numbers: of cells and hidden states both sides, (T, 2M)."""
    x = torch.from_numpy(np.ascontiguousarray(values)).float()
    names = [str(unit) for unit in units]
    if units[0].kind == "neuron":
        return x.clamp(min=0), names
    return torch.cat((x.clamp(min=0), (-x).clamp(min=0)), -1), [*names, *(f"{name} (−)" for name in names)]


def top_tokens(run: Run, row: np.ndarray, count: int = 3) -> str:
    """The tokens a factor is strongest on, each once, in a few words."""
    order = np.argsort(-row, kind="stable")
    strong = [
        named(run.tokens.shown[t]).replace("the end of the text", "the start") for t in order if row[t] > 0.3
    ]
    return ", ".join(list(dict.fromkeys(strong))[:count])


METHOD = Method(
    name="factors",
    title="Factors",
    question="Which units work together?",
    gives="factors",
    needs=frozenset(),
    options=Options,
    source="Alammar 2021 (Ecco); Lee, Seung 1999",
    signed=False,
    compute=compute,
    place=62,
    unfit=unfit,
)
