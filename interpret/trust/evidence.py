"""Evidence by name, as pages and links ask for it: about one number, for some methods.

`settings` are the methods' own options, by name; further options are those of the kind of evidence.
"""

from collections.abc import Sequence
from typing import Any

from interpret.results import Agreement, Completeness, Curves, Fidelity, Scrambling, Stability
from interpret.run import Run
from interpret.target import Target
from interpret.trust import completeness as adding_up
from interpret.trust import faithfulness, fidelity, scrambling, stability
from interpret.trust.agreement import agreement
from interpret.trust.subject import Settings, maps
from models.refusals import Refusal


def _made(kind: Any, options: dict[str, Any]) -> Any:
    """The options of one kind of evidence; refuses those it does not have."""
    unknown = sorted(set(options) - set(kind.__dataclass_fields__))
    if unknown:
        raise Refusal(
            f"There is no option {', '.join(unknown)}: choose of {', '.join(kind.__dataclass_fields__)}."
        )
    return kind(**options)


def _removal(
    run: Run, target: Target, methods: Sequence[str], settings: Settings | None = None, **options: Any
) -> Curves:
    made = _made(faithfulness.Options, options)
    return faithfulness.curves(run, target, maps(run, target, methods, settings), made)


def _agreement(
    run: Run, target: Target, methods: Sequence[str], settings: Settings | None = None
) -> Agreement:
    return agreement(run, target, maps(run, target, methods, settings))


def _scrambling(
    run: Run, target: Target, methods: Sequence[str], settings: Settings | None = None, **options: Any
) -> Scrambling:
    return scrambling.scrambling(run, target, methods, _made(scrambling.Options, options), settings)


def _stability(
    run: Run, target: Target, methods: Sequence[str], settings: Settings | None = None, **options: Any
) -> Stability:
    return stability.stability(run, target, methods[0], _made(stability.Options, options), settings)


def _fidelity(
    run: Run, target: Target, methods: Sequence[str], settings: Settings | None = None, **options: Any
) -> Fidelity:
    return fidelity.fidelity(run, target, methods, _made(fidelity.Options, options), settings)


def _completeness(run: Run, target: Target, methods: Sequence[str] = (), **options: Any) -> Completeness:
    return adding_up.completeness(run, target, _made(adding_up.Options, options))


EVIDENCE = {
    "faithfulness": _removal,
    "agreement": _agreement,
    "scrambling": _scrambling,
    "stability": _stability,
    "fidelity": _fidelity,
    "completeness": _completeness,
}
