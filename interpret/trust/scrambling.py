"""Is the map about the model? Scramble the model from the output down and see whether the map changes.

Part by part, output layer first, the weights are permuted (or drawn anew), all scrambled parts staying
scrambled, and the map is made again. Its rank correlation with the map of the trained model should fall
towards 0. A map that stays shows the text, whatever the model has learnt. To pass is necessary, not enough.

Source: Adebayo et al. 2018, https://arxiv.org/abs/1810.03292 (cascading randomisation).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from interpret import progress
from interpret.method import Method
from interpret.results import Check, Scrambling
from interpret.run import Run, record
from interpret.target import Target
from interpret.trust.agreement import rank_correlation
from interpret.trust.subject import Settings, Subject, asked_of, usable, word_scores
from models.refusals import Refusal
from models.scramble import Way, parts, scrambled

AS_TRAINED = "as trained"
FEW = 8  # words below which a rank correlation is mostly chance


@dataclass(frozen=True, kw_only=True)
class Options:
    """`seeds`: how many times all is scrambled; `way`: permuted or drawn; `limit`: flagged above it."""

    seeds: int = 2
    way: Way = "permuted"
    limit: float = 0.5

    def __post_init__(self) -> None:
        if not 1 <= self.seeds <= 20:
            raise Refusal("seeds must lie between 1 and 20")
        if self.way not in ("permuted", "drawn"):
            raise Refusal("way must be permuted or drawn")


def scrambling(
    run: Run,
    target: Target,
    names: Sequence[str] | None = None,
    options: Options | None = None,
    settings: Settings | None = None,
) -> Scrambling:
    """The named methods, or all that can serve; with `settings`, or their usual options.

    Raises CannotScramble for a model without weights; Refusal for fewer than two words, or if no map has
    ranks.
    """
    subject, options = Subject.of(run, target), options or Options()
    methods = usable(run, names)
    trained = [word_scores(subject, method, asked_of(method, settings)) for method in methods]
    flat = [m.name for m, row in zip(methods, trained, strict=True) if np.ptp(np.abs(row)) == 0]
    if flat:
        raise Refusal(f"All scores of {', '.join(flat)} are of one size: there are no ranks to compare.")
    stages = parts(run.model)
    found = np.full((2, options.seeds, len(methods), len(stages)), np.nan)  # sizes, signed
    for seed in range(options.seeds):
        for depth in range(len(stages)):
            done = (seed * len(stages) + depth) / (options.seeds * len(stages))
            with progress.part(done, 1 / (options.seeds * len(stages))):
                moved = _scrambled(subject, stages[: depth + 1], seed, options.way)
                for number, method in enumerate(methods):
                    pair = trained[number], word_scores(moved, method, asked_of(method, settings))
                    found[:, seed, number, depth] = _alike(*pair)
    defined = ~np.isnan(found[0]).all(axis=0)  # (M, S)
    sizes, signed = (_mean_of_known(part) for part in found)
    unmoved = (sizes[:, -1] > options.limit) & defined[:, -1]
    return Scrambling(
        **subject.shared(), method="scrambling", values=_with_first(sizes, 1.0), unit="rank correlation",
        signed=True, names=tuple(m.name for m in methods), titles=tuple(m.title for m in methods),
        stages=(AS_TRAINED, *stages), signed_values=_with_first(signed, 1.0),
        defined=_with_first(defined, True), unmoved=unmoved, limit=options.limit,
        check=Check(
            name="largest rank correlation after scrambling the whole model", value=float(sizes[:, -1].max()),
            limit=options.limit,
            says="The map of a scrambled model must be another one: the rank correlation is {}.",
        ),
        options=asdict(options), notes=_notes(methods, len(subject.groups), options),
    )  # fmt: skip


def _scrambled(subject: Subject, chosen: Sequence[str], seed: int, way: Way) -> Subject:
    """The same text and target in a scrambled copy of the model."""
    copied = scrambled(subject.run.model, chosen, seed, way)
    return Subject.of(record(copied, subject.run.tokens), subject.target)


def _alike(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Rank correlations by size and with signs; NaN, for this file's own use, where a map is constant."""
    pairs = ((np.abs(one), np.abs(other)), (one, other))
    found = [rank_correlation(*pair) for pair in pairs]
    return tuple(np.nan if rho is None else rho for rho in found)  # type: ignore[return-value]


def _mean_of_known(rows: np.ndarray) -> np.ndarray:
    """Means over seeds, (R, M, S) -> (M, S), of those that are known; 0 where none is."""
    known = ~np.isnan(rows)
    return np.where(known, rows, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)


def _with_first(rows: np.ndarray, first: float | bool) -> np.ndarray:
    return np.insert(rows, 0, first, axis=1)


def _notes(methods: Sequence[Method], words: int, options: Options) -> tuple[str, ...]:
    times = "once" if options.seeds == 1 else f"{options.seeds} times, and means are shown"
    notes = [f"Weights were {options.way}, {times}."]
    if words < FEW:
        notes.append(f"With {words} words two unrelated maps are often alike by chance: type more.")
    return tuple(notes)
