"""Would the map be the same tomorrow? Made again with other seeds, other baselines, and after small edits.

A method that samples is run with other seeds, one that starts from a blank text with its other blanks, and
every method on texts that mean the same (a doubled space, a capital, a full stop added). Scores are compared
on the words that both texts share. Steady is not right: a map that ignores the model is perfectly steady.

Source: Alvarez-Melis, Jaakkola 2018, https://arxiv.org/abs/1806.08049 (robustness of explanations).
"""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, get_args, get_type_hints

import numpy as np

from interpret import progress
from interpret.method import Method
from interpret.results import Check, Stability
from interpret.run import Run
from interpret.target import Target
from interpret.trust.agreement import rank_correlation
from interpret.trust.edits import Edit, edited, edits
from interpret.trust.faithfulness import ranking
from interpret.trust.subject import Settings, Subject, asked_of, usable, word_scores
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`seeds`: how many other seeds a method that samples is run with; `edited`: whether texts are edited."""

    seeds: int = 4
    edited: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.seeds <= 100:
            raise Refusal("seeds must lie between 0 and 100")


def stability(
    run: Run, target: Target, name: str, options: Options | None = None, settings: Settings | None = None
) -> Stability:
    """One method's map of one number after each small change.

    Raises Refusal: nothing can be changed here, the map is constant, or there are fewer than two words.
    """
    subject, options = Subject.of(run, target), options or Options()
    (method,) = usable(run, [name])
    usual = asked_of(method, settings)
    first = word_scores(subject, method, usual)
    if np.ptp(first) == 0:
        raise Refusal(f"“{method.title}” gives every word the same score here: no rank can change.")
    changes, rows, skipped = ["as shown"], [first], []
    for other, said in _settings(method, usual, options):
        try:
            rows.append(word_scores(subject, method, other))
        except Refusal:  # a model without a filling piece has no such blank text
            skipped.append(said)
            continue
        changes.append(said)
    tried = list(edits(subject)) if options.edited else []
    for number, edit in enumerate(tried):
        with progress.part(number / len(tried), 1 / len(tried)):
            found = _after(subject, edit, method, usual)
        if found is None:
            skipped.append(edit.name)
            continue
        changes.append(edit.name)
        rows.append(found)
    if len(rows) < 2:
        raise Refusal(f"Nothing small can be changed here for “{method.title}”: choose another text.")
    tops = np.array([ranking(row, method.signed)[0] for row in rows])
    moved = float((tops[1:] != tops[0]).mean())
    return Stability(
        **subject.shared(), method="stability", values=np.stack(rows), changes=tuple(changes),
        unit=_unit(target, method), signed=method.signed, names=(method.name,), titles=(method.title,),
        correlations=_correlations(rows), same_top=tops == tops[0],
        check=Check(
            name="share of small changes after which another word comes first", value=100 * moved, unit=" %",
            says="After {} of the small changes another word comes first.",
        ),
        options=asdict(options), notes=_notes(skipped),
    )  # fmt: skip


def _settings(method: Method, usual: Any, options: Options) -> list[tuple[Any, str]]:
    """The method's options with another seed or baseline, and what to call each."""
    found: list[tuple[Any, str]] = []
    names = {field.name for field in fields(method.options)}
    if "seed" in names:
        found += [(replace(usual, seed=usual.seed + n), f"seed {usual.seed + n}")
                  for n in range(1, options.seeds + 1)]  # fmt: skip
    if "baseline" in names:
        choices = get_args(get_type_hints(method.options)["baseline"])
        found += [(replace(usual, baseline=b), f"baseline {b}") for b in choices if b != usual.baseline]
    return found


def _after(subject: Subject, edit: Edit, method: Method, usual: Any) -> np.ndarray | None:
    """The map after an edit, on the words of the text as it was, (K,)."""
    found = edited(subject, edit)
    if found is None:
        return None
    moved, which = found
    return word_scores(moved, method, usual)[which]


def _correlations(rows: list[np.ndarray]) -> np.ndarray:
    """Spearman between any two, (N, N); refused if a map became constant."""
    found = np.eye(len(rows))
    for a in range(len(rows)):
        for b in range(a):
            rho = rank_correlation(rows[a], rows[b])
            if rho is None:
                raise Refusal("After a small change every word has the same score: nothing can be compared.")
            found[a, b] = found[b, a] = rho
    return found


def _unit(target: Target, method: Method) -> str:
    return target.unit if method.signed else "the method's own unit"


def _notes(skipped: list[str]) -> tuple[str, ...]:
    if not skipped:
        return ()
    return (
        f"Left out (not seen by the model, or words are cut otherwise, or impossible): {', '.join(skipped)}.",
    )
