"""Does the map foretell what the model does, and does it hold still? Infidelity and max-sensitivity.

Infidelity: words fade at random (each, with probability `share`, by a random part of its vector), and the
map's sum over what faded is compared with what the explained number really lost: the mean squared difference.
For a model that is a straight line, gradient times input misses by nothing. Max-sensitivity: the largest
change of the map, as a share of its length, when every input vector moves by at most `radius` of its size. A
map that is constant is perfectly steady: steady is not right.

Source: Yeh et al. 2019, https://arxiv.org/abs/1901.09392, as captum.metrics computes them. Ours differ in
that a map is over words: what fades is a word's presence, from 1 to 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from interpret.method import Method
from interpret.results import Check, Fidelity
from interpret.run import Run
from interpret.target import Target
from interpret.trust.removal import AT_ONCE
from interpret.trust.subject import Settings, Subject, asked_of, usable, with_vectors, word_scores
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`samples` of fading words, each fading with probability `share`; `moves` of vectors by `radius`."""

    samples: int = 100
    share: float = 0.3
    moves: int = 8
    radius: float = 0.02
    seed: int = 0

    def __post_init__(self) -> None:
        if self.samples < 2 or self.moves < 1 or not 0 < self.share <= 1 or not 0 < self.radius <= 1:
            raise Refusal("at least 2 samples and 1 move are needed, share and radius between 0 and 1")


def fidelity(
    run: Run,
    target: Target,
    names: Sequence[str] | None = None,
    options: Options | None = None,
    settings: Settings | None = None,
) -> Fidelity:
    """The named methods, or all that can serve, for one number; with `settings`, or their usual options.

    Raises Refusal: fewer than two words, or a number that fading words do not move.
    """
    subject, options = Subject.of(run, target), options or Options()
    methods = usable(run, names)
    used = [asked_of(method, settings) for method in methods]
    scores = [word_scores(subject, m, s) for m, s in zip(methods, used, strict=True)]
    nothing = infidelity(subject, np.zeros(len(subject.groups)), options)
    if nothing == 0:
        raise Refusal("Fading words do not move this number at all: explain another one.")
    unexplained = np.array([infidelity(subject, row, options, scaled=True) / nothing for row in scores])
    sensitivities = [sensitivity(subject, m, s, options) for m, s in zip(methods, used, strict=True)]
    return Fidelity(
        **subject.shared(), method="fidelity", unit=f"{target.unit} squared", signed=False,
        names=tuple(m.name for m in methods), titles=tuple(m.title for m in methods),
        values=np.array([infidelity(subject, row, options) for row in scores]),
        unexplained=unexplained, sensitivity=np.array(sensitivities), moves=float(np.sqrt(nothing)),
        check=Check(
            name="smallest share left unexplained", value=100 * float(unexplained.min()), unit=" %",
            says=f"{'This map' if len(methods) == 1 else 'The best of these maps'} leaves {{}} of what fading words "
            "do unexplained.",
        ),
        options=asdict(options), notes=_notes(methods),
    )  # fmt: skip


def infidelity(subject: Subject, scores: np.ndarray, options: Options, *, scaled: bool = False) -> float:
    """Mean squared miss of a map (K,), in the target's unit squared; `scaled`: times what suits it best."""
    from captum.metrics import infidelity as measured

    made = torch.Generator().manual_seed(options.seed)

    def fade(there: Tensor) -> tuple[Tensor, Tensor]:
        parts = torch.rand(there.shape, generator=made, dtype=there.dtype)
        chosen = torch.rand(there.shape, generator=made, dtype=there.dtype) < options.share
        gone = parts * chosen
        return gone, there - gone

    found = measured(
        presence(subject), fade, torch.ones(1, len(scores), dtype=torch.float64),
        torch.from_numpy(np.asarray(scores, dtype=np.float64))[None],
        n_perturb_samples=options.samples, normalize=scaled,
    )  # fmt: skip
    return max(0.0, float(found[0]))  # the normalised one is a difference, which may round below 0


def presence(subject: Subject) -> Callable[[Tensor], Tensor]:
    """The explained number as a function of how far each word is there, (B, K) from 0 to 1 -> (B,)."""

    @torch.no_grad()
    def number(there: Tensor) -> Tensor:
        total = torch.zeros(len(there), dtype=torch.float64)
        for run, target in subject.asked:
            factors = torch.ones(len(there), len(run.tokens))
            for word, group in enumerate(subject.groups):
                factors[:, torch.from_numpy(group)] = there[:, word, None].to(factors.dtype)
            step = max(1, AT_ONCE // len(run.tokens))
            for start in range(0, len(there), step):
                vectors = run.vectors * factors[start : start + step, :, None]
                states = run.model.states(vectors)[:, target.positions]
                total[start : start + step] += target.scores(run.model.unembed(states)).double().sum(1)
        return total

    return number


def sensitivity(subject: Subject, method: Method, settings: object, options: Options) -> float:
    """The largest change of a method's map, as a share of its length, when input vectors move a little."""
    from captum.metrics import sensitivity_max

    made = torch.Generator().manual_seed(options.seed)
    vectors = torch.stack([run.vectors for run, _ in subject.asked])[None]  # (1, P, T, D)
    radius = options.radius * float(subject.run.vectors.square().mean().sqrt())

    def move(given: Tensor) -> Tensor:
        return given + (2 * torch.rand(given.shape, generator=made) - 1) * radius

    def explain(given: Tensor | tuple[Tensor]) -> Any:
        if isinstance(given, tuple):  # as captum asks about the vectors themselves
            return (explain(given[0]),)
        return torch.from_numpy(np.stack([_scores_at(subject, method, settings, one) for one in given]))

    return float(sensitivity_max(explain, vectors, perturb_func=move, n_perturb_samples=options.moves)[0])


def _scores_at(subject: Subject, method: Method, settings: object, vectors: Tensor) -> np.ndarray:
    """A method's word scores with other input vectors, (P, T, D): one text for each place asked about."""
    total = np.zeros(len(subject.groups))
    for (run, target), moved in zip(subject.asked, vectors, strict=True):
        with torch.enable_grad():
            found = method.compute(with_vectors(run, moved), target, settings)
        total += subject.by_word(found.values)
    return total


def _notes(methods: Sequence[Method]) -> tuple[str, ...]:
    unsigned = ", ".join(method.title for method in methods if not method.signed)
    if not unsigned:
        return ()
    return (f"Maps without a sign ({unsigned}) say how much, not in which direction: expect them to miss.",)
