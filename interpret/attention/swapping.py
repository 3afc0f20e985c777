"""Other attention in the place of the model's own: shuffled, made to differ, or an exact twin.

Shuffled: the same weights in random order. An adversary: as far away as possible (Jensen-Shannon divergence)
while the answer moves by at most epsilon; several starts, by Adam on logits, and whatever breaks the bound
afterwards is thrown away, so that only the model's own weights may be left. Sources: Jain, Wallace 2019,
https://arxiv.org/abs/1902.10186, sections 4.2.1 and 4.2.2.

A twin: weights that give exactly the same output, with as little as possible where the model's own have
much. A linear programme: minimise own . a, subject to a V = own V, sum a = 1, a >= 0; V are the values, or
for a classifier what they do to its logits. It follows from Brunner et al. 2020,
https://arxiv.org/abs/1908.04211: with more words than V has columns the weights are not determined by the
output.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from interpret.attention.subject import Subject, jsd, tvd

STARTS, STEPS, RATE = 5, 500, 0.01
AIM, PRICE = 0.01, 500.0  # the authors' relaxation: answers are pulled below a distance of 0.01
SPREAD = 3.0  # of the starting logits
ALIKE = 1e-6  # by which a twin's output may differ, relative to its size


@torch.no_grad()
def shuffles(subject: Subject, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """`count` random orders of the weights, (N, T), and how far each moves the answer, (N,)."""
    made = torch.Generator().manual_seed(seed)
    orders = torch.stack([torch.randperm(len(subject), generator=made) for _ in range(count)])
    mixed = subject.attention[orders]
    return mixed, tvd(subject.answers(mixed), subject.answer)


@dataclass(frozen=True, eq=False)
class Found:
    """Other weights (T,), how far they are (nats), and how far they move the answer."""

    attention: Tensor
    distance: float
    moved: float


def adversary(
    subject: Subject, epsilon: float, seed: int, *, starts: int = STARTS, steps: int = STEPS
) -> Found:
    """The weights furthest from the model's own whose answer is within `epsilon`."""
    return adversaries([subject], epsilon, [seed], starts=starts, steps=steps)[0]


def adversaries(
    subjects: Sequence[Subject],
    epsilon: float,
    seeds: Sequence[int],
    *,
    starts: int = STARTS,
    steps: int = STEPS,
) -> list[Found]:
    """`adversary` for several texts side by side; none of them knows of the others."""
    longest = max(len(one) for one in subjects)
    own = torch.stack([pad(one.attention, (0, longest - len(one))) for one in subjects])[:, None]  # (N, 1, T)
    offers = torch.stack([pad(one.offers, (0, 0, 0, longest - len(one))) for one in subjects])  # (N, T, K)
    answer = torch.stack([one.answer for one in subjects])[:, None]
    inside = torch.stack([torch.arange(longest) < len(one) for one in subjects])[:, None]
    begun = [
        SPREAD * torch.randn(starts, len(one), generator=torch.Generator().manual_seed(seed))
        for one, seed in zip(subjects, seeds, strict=True)
    ]
    logits = torch.stack([pad(start, (0, longest - start.shape[1])) for start in begun]).requires_grad_(True)
    adam = torch.optim.Adam([logits], lr=RATE, amsgrad=True)
    for _ in range(steps):
        with torch.enable_grad():
            given = logits.masked_fill(~inside, -torch.inf).softmax(-1)
            far = jsd(given, own).mean(-1)
            over = (tvd((given @ offers).softmax(-1), answer) - AIM).relu().mean(-1)
            apart = jsd(given[:, :, None], given[:, None]).mean((-1, -2))
            (logits.grad,) = torch.autograd.grad((PRICE * over - far - apart).sum(), logits)
        adam.step()
    return [
        _furthest(one, logits.detach()[number, :, : len(one)].softmax(-1), epsilon)
        for number, one in enumerate(subjects)
    ]


@torch.no_grad()
def _furthest(subject: Subject, given: Tensor, epsilon: float) -> Found:
    """Of these weights (N, T) and the model's own the furthest that keep the bound."""
    candidates = torch.cat((subject.attention[None], given))
    moved = tvd(subject.answers(candidates), subject.answer)
    far = jsd(candidates, subject.attention).masked_fill(moved > epsilon, -1.0)
    best = int(far.argmax())  # the model's own is first: never nothing
    return Found(candidates[best], max(0.0, float(far[best])), float(moved[best]))


def twin(own: Tensor, values: Tensor) -> Tensor | None:
    """Other weights (T,) with the same output `own @ values` (T, C); None where there are none.

    Raises:
        RuntimeError: the programme could not be solved.
    """
    from scipy.optimize import linprog

    start, rows = own.double().numpy(), values.double().numpy()
    size = np.abs(rows).max(axis=0)
    rows = rows[:, size > 0] / size[size > 0]
    columns, sizes, _ = np.linalg.svd(np.column_stack([rows, np.ones(len(start))]), full_matrices=False)
    kept = columns[:, sizes > 1e-9 * sizes[0]]  # the same constraints without repetitions
    if kept.shape[1] >= len(start):
        return None
    seen = linprog(start, A_eq=kept.T, b_eq=kept.T @ start, bounds=(0, None), method="highs",
                   options={"primal_feasibility_tolerance": 1e-10})  # fmt: skip
    if seen.x is None:
        raise RuntimeError(seen.message)
    other = np.maximum(seen.x, 0)
    return torch.from_numpy(other / other.sum())


def same(own: Tensor, other: Tensor, values: Tensor) -> float:
    """By how much two rows of weights give different outputs, relative to the larger size of the values."""
    moved = (own.double() - other.double()) @ values.double()
    return float(moved.abs().max() / values.double().abs().max().clamp(min=1e-12))


def shown_twin(own: Tensor, other: Tensor) -> tuple[float, float]:
    """How far a twin is: total variation and Jensen-Shannon divergence (nats)."""
    return float(tvd(own.double(), other)), float(jsd(own.double(), other))


def classifier_twin(subject: Subject) -> Tensor | None:
    """A twin with the same logits up to what all classes share: the same probabilities exactly."""
    offers = subject.offers
    return twin(subject.attention, offers - offers.mean(-1, keepdim=True))
