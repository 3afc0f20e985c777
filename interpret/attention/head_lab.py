"""One head of a transformer in the experimenter's hand: other weights in its place, and what becomes of the answer.

The answer is the distribution at the end of the text: of the next token, or of the classes. Everything behind
the head is computed anew; all other weights come out as they come out.

Source: Jain, Wallace 2019, https://arxiv.org/abs/1902.10186, section 4.2, there for classifiers that pool once;
here for each head.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.attention.maps import looks_back, square
from interpret.attention.subject import NotForTheLab, jsd, tvd
from interpret.run import Run
from models.observed import changing

STARTS, STEPS, RATE = 3, 60, 0.1
AIM, PRICE = 0.8, 0.5  # of epsilon: where answers begin to be pulled back, and how hard
SPREAD = 1.0  # of the starting logits
HALVINGS = 10  # on the way from the model's own weights to what was found


@dataclass(frozen=True, eq=False)
class Heads:
    """A text through a transformer, its attention (L, H, T, T) and its answer (K,)."""

    run: Run
    attention: Tensor
    answer: Tensor
    back: bool  # whether no token sees a later one

    def answers(self, layer: int, head: int, maps: Tensor) -> Tensor:
        """(B, T, T) weights of one head (both from 0) -> (B, K) probabilities; differentiable."""

        def put(at: int, weights: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
            if at != layer:
                return weights, values
            rows = torch.arange(weights.shape[1]) == head
            return torch.where(rows[None, :, None, None], maps[:, None], weights), values

        with changing(put, self.run.model.card.layers):
            return self.asked(self.run.vectors.expand(len(maps), -1, -1))

    def asked(self, vectors: Tensor) -> Tensor:
        """(B, T', D) input vectors -> (B, K) probabilities at the end."""
        model = self.run.model
        return model.unembed(model.states(vectors)[:, -1]).softmax(-1)

    @property
    def seen(self) -> Tensor:
        """Which tokens each can see, (T, T)."""
        length = self.attention.shape[-1]
        every = torch.ones(length, length, dtype=torch.bool)
        return every.tril() if self.back else every


@torch.no_grad()
def heads(run: Run) -> Heads:
    """A run ready for experiments on its heads; refuses models that fill gaps, and single tokens."""
    square(run)
    if run.model.card.task == "masked":
        raise NotForTheLab(
            f"{run.model.card.name} answers for each gap anew: choose a model that writes the next word, or a "
            "classifier."
        )
    if len(run.tokens) < 3:
        raise NotForTheLab("Two tokens leave nothing to shuffle: type a sentence.")
    return at_the_end(run)


def at_the_end(run: Run) -> Heads:
    """Any run whose every token asks, with what stands in its last row of answers."""
    return Heads(run, torch.from_numpy(square(run)), run.logits[-1].softmax(-1), looks_back(run))


def divergence(maps: Tensor, own: Tensor, seen: Tensor) -> Tensor:
    """Mean Jensen-Shannon divergence of the rows of (..., T, T) with a choice, in nats."""
    free = seen.sum(-1) > 1
    return jsd(maps, own)[..., free].mean(-1)


@dataclass(frozen=True, eq=False)
class Other:
    """Other weights of a head (T, T), how far they are (nats, mean of rows), and how far they move the answer."""

    attention: Tensor
    distance: float
    moved: float


def adversary(
    subject: Heads, layer: int, head: int, epsilon: float, seed: int, *, starts: int = STARTS, steps: int = STEPS
) -> Other:  # fmt: skip
    """Weights as far as possible from the head's own whose answer is within `epsilon` (total variation).

    Adam on the logits of each row, from several starts; each step's weights are judged, and from each start the
    furthest that keep the bound are kept. From starts that never keep it one goes back towards the model's own
    weights until the bound holds. All is checked afterwards by a pass of its own.
    """
    own, seen = subject.attention[layer, head], subject.seen
    made = torch.Generator().manual_seed(seed)
    logits = (SPREAD * torch.randn(starts, *own.shape, generator=made)).requires_grad_(True)
    adam = torch.optim.Adam([logits], lr=RATE, amsgrad=True)
    best = own.expand(starts, -1, -1).clone()
    far = torch.zeros(starts)
    given = best
    for step in range(steps):
        progress.tell(step / steps)
        with torch.enable_grad():
            given = logits.masked_fill(~seen, -torch.inf).softmax(-1)
            moved = tvd(subject.answers(layer, head, given), subject.answer)
            apart = divergence(given, own, seen)
            over = (moved / max(epsilon, 1e-6) - AIM).relu()
            (logits.grad,) = torch.autograd.grad((PRICE * over - apart).sum(), logits)
        better = (moved.detach() <= epsilon) & (apart.detach() > far)
        best[better], far[better] = given.detach()[better], apart.detach()[better]
        adam.step()
    return _furthest(subject, layer, head, torch.cat((best, given.detach())), epsilon)


@torch.no_grad()
def _furthest(subject: Heads, layer: int, head: int, found: Tensor, epsilon: float) -> Other:
    """The furthest of (B, T, T), each taken back towards the head's own weights until the bound holds."""
    own = subject.attention[layer, head]
    low, high = torch.zeros(len(found)), torch.ones(len(found))
    share = torch.ones(len(found))
    for _ in range(HALVINGS):
        mixed = own + share[:, None, None] * (found - own)
        keeps = tvd(subject.answers(layer, head, mixed), subject.answer) <= epsilon
        low, high = torch.where(keeps, share, low), torch.where(keeps, high, share)
        share = torch.where(low == 1, low, (low + high) / 2)
    mixed = torch.cat((own[None], own + low[:, None, None] * (found - own)))
    moved = tvd(subject.answers(layer, head, mixed), subject.answer)
    far = divergence(mixed, own, subject.seen)
    at = int(far.masked_fill(moved > epsilon, -1.0).argmax())
    return Other(mixed[at], max(0.0, float(far[at])), float(moved[at]))


@torch.no_grad()
def moves(subject: Heads, layer: int, head: int, others: Tensor) -> Tensor:
    """How far each of (B, T, T) weights moves the answer, (B,)."""
    return tvd(subject.answers(layer, head, others), subject.answer)


def shuffled(own: Tensor, back: bool, made: torch.Generator) -> Tensor:
    """Each row (T, T) in a random order among the tokens it sees."""
    other = own.clone()
    for query in range(len(own)):
        seen = query + 1 if back else len(own)
        other[query, :seen] = own[query, torch.randperm(seen, generator=made)]
    return other


def answering_row(run: Run) -> Tensor:
    """Which tokens' last states the answer is read from, as shares (T,): one token, or several alike.

    By the slope of the answer by the last layer's states, whatever head stands behind them.
    """
    from models.attending import blocks, results_of

    kept: list[Tensor] = []

    def keep(out: Tensor) -> None:
        kept.append(out)

    leaf = run.vectors[None].clone().requires_grad_(True)
    with torch.enable_grad(), results_of(blocks(run.model)[-1], keep):
        answer = run.model.unembed(run.model.states(leaf)[:, -1])[0].log_softmax(-1).max()
        (slope,) = torch.autograd.grad(answer, kept[-1])
    size = slope[0].norm(dim=-1)
    reads = (size > 1e-6 * size.max()).double()
    return reads / reads.sum()


def gradients(subject: Heads) -> Tensor:
    """Sizes of gradient times input of the likeliest answer's probability, (T,); all weights held as they were."""
    model, held = subject.run.model, subject.attention

    def hold(at: int, weights: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        return held[at][None].to(weights.dtype), values

    leaf = subject.run.vectors[None].clone().requires_grad_(True)
    with torch.enable_grad(), changing(hold, model.card.layers):
        share = subject.asked(leaf)[0, int(subject.answer.argmax())]
        (slope,) = torch.autograd.grad(share, leaf)
    return (slope * leaf)[0].sum(-1).abs().detach()


@torch.no_grad()
def left_out(subject: Heads, at: np.ndarray) -> Tensor:
    """How far the answer moves (total variation) without each of the tokens `at`, (len(at),)."""
    vectors, places = subject.run.vectors, torch.arange(len(subject.run.vectors))
    others = torch.stack([places[places != int(place)] for place in at])
    return tvd(subject.asked(vectors[others]), subject.answer)
