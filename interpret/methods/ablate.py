"""What changes when units or attention heads are switched off: the next word, the loss, the text it writes.

A unit is held at its mean over the bundled texts (or at 0, or at values it has at random tokens of them), at
every token; everything else is computed as ever. Beside it: as many random units of the same layer, switched
off the same way. The text is written twice with the same chances, so that differences come from the units
alone.

Source: Lakretz et al. 2019, https://arxiv.org/abs/1903.07435 (single units of LSTMs); Michel, Levy, Neubig
2019, https://arxiv.org/abs/1905.10650 (heads); mean rather than zero after Chan et al. 2022 (causal
scrubbing).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from interpret import progress
from interpret.method import Method
from interpret.results import Ablation, Check
from interpret.run import Run
from interpret.target import Target
from interpret.units import kinds, most_variable, parse_several, shared, unfit
from interpret.units_ablation import (
    Cost,
    cost,
    divergence,
    others,
    random_heads,
    usual_cost,
    values_for,
    written,
)
from models.refusals import Refusal
from models.switches import Unit, switched

CONTROLS, MEASURED_CONTROLS, TOP = 8, 3, 8


@dataclass(frozen=True, kw_only=True)
class Options:
    """`units` such as "cell 2.17, head 1.3" (empty: the one that changes most); `way`: mean, zero, resampled.

    `heads`: instead, so many random heads. `write`: tokens that it writes before and after. `corpus`: whether
    to measure what it costs over the bundled texts, which takes a second or two.
    """

    units: str = ""
    way: str = "mean"
    heads: int = 0
    write: int = 24
    corpus: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.write <= 100:
            raise Refusal("write must lie between 0 and 100")


def compute(run: Run, target: Target, options: Options) -> Ablation:
    """Probabilities before and after (2, K), losses, controls, two texts."""
    model = run.model
    units = _units(run, options)
    held = values_for(model, units, options.way, options.seed)  # type: ignore[arg-type]
    before = run.logits
    with switched(model, held):
        after = model.record(run.vectors).logits
        progress.tell(0.1)
        changed = cost(model) if options.corpus else None
    usual = usual_cost(model) if options.corpus else None
    moved, costs = _controls(run, units, options)
    pieces = rewritten = ()
    if options.write and model.card.task == "causal":
        with progress.part(0.6, 0.2):
            pieces = written(run, options.write, options.seed)
        with progress.part(0.8, 0.2), switched(model, held):
            rewritten = written(run, options.write, options.seed)
    shares = torch.stack((before[-1], after[-1])).double().softmax(-1)
    kept = shares.max(0).values.topk(min(TOP, shares.shape[-1])).indices
    kept = kept[shares[0, kept].argsort(descending=True, stable=True)]
    classes = model.card.classes
    along = divergence(before, after).numpy()
    return Ablation(
        **shared(run, target, "ablate", options),
        values=shares[:, kept].numpy(),
        unit="probability",
        signed=False,
        check=Check(
            name="probabilities outside the picture",
            says="The candidates shown have all but {} of the probability, before or after.",
            value=float(100 * (1 - shares[:, kept].sum(-1)).max().clamp(min=0)),
            unit=" %",
        ),
        units=tuple(map(str, units)),
        way=options.way,
        candidates=tuple(classes[k] if classes else model.shown(k) for k in kept.tolist()),
        kl=float(along[-1]),
        kl_random=moved,
        kl_along=along,
        **_costs(usual, changed, costs),
        written=pieces,
        rewritten=rewritten,
        notes=("A unit that changes little may still take part: others can stand in for it.",),
    )


def _costs(usual: Cost | None, changed: Cost | None, random: np.ndarray) -> dict[str, Any]:
    """What it costs over the corpus, as the answer has it; nothing where it was not measured."""
    if usual is None or changed is None:
        return {"loss": None, "loss_random": random, "right": None, "measured": 0}
    right = None if usual[1] is None or changed[1] is None else (usual[1], changed[1])
    return {"loss": (usual[0], changed[0]), "loss_random": random, "right": right, "measured": usual[2]}


def _units(run: Run, options: Options) -> tuple[Unit, ...]:
    if options.heads:
        return random_heads(run.model, options.heads, options.seed)
    return parse_several(options.units) or tuple(most_variable(run, kinds(run)[0])[:1])


def _controls(run: Run, units: tuple[Unit, ...], options: Options) -> tuple[np.ndarray, np.ndarray]:
    """KL at the end of the text and the loss over the corpus for random units in place of the chosen ones."""
    moved, costs = [], []
    for number in range(CONTROLS):
        progress.tell(0.2 + 0.4 * number / CONTROLS)
        chosen = others(run.model, units, options.seed + number + 1)
        if not chosen:
            break
        held = values_for(run.model, chosen, options.way, options.seed)  # type: ignore[arg-type]
        with switched(run.model, held):
            after = run.model.record(run.vectors).logits
            if options.corpus and number < MEASURED_CONTROLS:
                costs.append(cost(run.model)[0])
        moved.append(float(divergence(run.logits[-1], after[-1])))
    return np.array(moved), np.array(costs)


METHOD = Method(
    name="ablate",
    title="Switch it off",
    question="What changes when a unit is switched off?",
    gives="ablation",
    needs=frozenset(),
    options=Options,
    source="Lakretz et al. 2019; Michel, Levy, Neubig 2019",
    signed=False,
    compute=compute,
    place=64,
    unfit=unfit,
    tasks=frozenset({"causal", "classify"}),
)
