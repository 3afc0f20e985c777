"""What one unit watches for: where it is strong in this text and in the bundled ones, and what it writes.

Colours are scaled by the unit's largest size over the texts behind it, so that a weak sentence looks weak. Its
correlation with features of the text (Pearson's r) stands beside the largest correlation that any unit of
the model has with the same feature shifted along the corpus: among thousands, some always seem to fit. What
it writes: one more of it, carried straight to the output without the last normalisation.

Source: Karpathy, Johnson, Li 2015, https://arxiv.org/abs/1506.02078; promoted words after Geva et al. 2022,
https://arxiv.org/abs/2203.14680.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from interpret.corpus.shipped import behind
from interpret.corpus.snippets import snippets
from interpret.method import Method
from interpret.results import Check, UnitCard
from interpret.run import Run
from interpret.target import Target
from interpret.units import SIGNED, column, kinds, most_variable, parse, shared, tracks, unfit, written_by

WORDS = 10  # promoted and suppressed ones


@dataclass(frozen=True, kw_only=True)
class Options:
    """`unit`: such as "neuron 3.512"; empty: the one that changes most on this text.

    `corpus`: the folder of an index of other texts (`python -m interpret corpus index`); empty: the bundled ones.
    """

    unit: str = ""
    corpus: str = ""


def compute(run: Run, target: Target, options: Options) -> UnitCard:
    """The unit's activation on each token (T,), and its card."""
    variable = most_variable(run, kinds(run)[0])
    unit = parse(options.unit) if options.unit.strip() else variable[0]
    values = column(run, unit)
    if unit.kind != variable[0].kind:
        variable = most_variable(run, unit.kind)
    index = behind(run.model, unit.kind, options.corpus)
    known, chance = index.unit(unit.kind, unit.layer, unit.index), index.chance(unit.kind)
    lowest = known.lowest if SIGNED[unit.kind] else ()
    highest, lowest, middling = snippets(run.model, index, known.highest, lowest, known.middling)
    up, down = _written(run, unit)
    return UnitCard(
        **shared(run, target, "unit", replace(options, corpus=Path(options.corpus).name)),
        values=values,
        unit="activation",
        signed=True,
        check=Check(
            name="largest correlation by chance",
            says="Of all units of this kind, the best has |r| = {} with a shifted feature: less is nothing.",
            value=float(chance.max()),
        ),
        address=str(unit),
        limit=known.limit,
        counts=known.counts,
        edges=known.edges,
        highest=highest,
        lowest=lowest,
        middling=middling,
        features=index.features,
        r=known.r,
        chance=chance,
        promoted=up,
        suppressed=down,
        variable=tuple(map(str, variable)),
        sizes=tuple(layer.shape[1] for layer in tracks(run, unit.kind)),
        corpus_tokens=known.count,
        corpus="these texts of yours" if options.corpus else "the bundled texts",
    )


def _written(run: Run, unit) -> tuple[tuple[tuple[str, float], ...], tuple[tuple[str, float], ...]]:
    """The words, or classes, that one more of the unit makes likelier and less likely, in logits."""
    logits = written_by(run.model, unit)
    if logits is None:
        return (), ()
    logits = (logits - logits.mean()).double().numpy()
    classes = run.model.card.classes
    order = np.argsort(-logits, kind="stable")
    count = min(WORDS, len(logits) // 2)

    def told(chosen: np.ndarray) -> tuple[tuple[str, float], ...]:
        return tuple((classes[k] if classes else run.model.shown(int(k)), float(logits[k])) for k in chosen)

    return told(order[:count]), told(order[::-1][:count])


METHOD = Method(
    name="unit",
    title="One unit",
    question="What does one unit watch for?",
    gives="unit",
    needs=frozenset(),
    options=Options,
    source="Karpathy, Johnson, Li 2015; Geva et al. 2022",
    signed=True,
    compute=compute,
    place=61,
    unfit=unfit,
)
