"""What the model would answer if each of its layers were the last one.

The states of a layer are put through the model's own last step (for transformers with the normalisation
before it), or through a map learned for that layer first. Every place of every layer then has guesses of its
own; the last row is the model's answer. The divergence is KL(p_last || p_layer). A model that fills gaps is
asked about each token with that token hidden.

Source: nostalgebraist 2020, https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru (logit lens); Belrose and
others 2023, https://arxiv.org/abs/2303.08112 (tuned lens).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.lens.readers import Lens, needed, read, readable
from interpret.method import Method
from interpret.results import Check, LayerGuesses
from interpret.run import Run, hide
from interpret.target import Target
from models.base import Card, LanguageModel
from models.early import packed_step, reads_before
from models.refusals import Refusal

KEPT = 5  # guesses of each cell
PART = 2**22  # numbers at once: layers are read in portions of places
ROWS, BLOCK = 4, 256  # rows looked at together, and words of which only the largest is looked at first


@dataclass(frozen=True, kw_only=True)
class Options:
    """`reader`: "logit" reads layers straight, "tuned" through learned maps. `watch`: words, " is| are"."""

    reader: str = "logit"
    watch: str = ""

    def __post_init__(self) -> None:
        if self.reader not in ("logit", "tuned"):
            raise Refusal("reader is logit or tuned")


@torch.no_grad()
def compute(run: Run, target: Target, options: Options) -> LayerGuesses:
    """First guesses, their probability, entropy, divergence and rank of the final one, layer by layer."""
    lens = needed(run.model) if options.reader == "tuned" else None
    every, about = _states(run)
    last = packed_step(run.model)
    final, watched = _final(last(every[-1])), _watched(run.model, options.watch)
    layers = [
        n for n in range(len(every)) if lens is not None or n == len(every) - 1 or readable(run.model, n)
    ]
    found: list[dict[str, Tensor]] = []
    for step, layer in enumerate(layers):
        progress.tell(step / len(layers))
        found.append(_portions(run.model, every[layer], layer, lens, final, watched, last))
    kept = {name: torch.stack([one[name] for one in found]) for name in found[0]}
    shown = {int(t): run.model.shown(int(t)) for t in kept["ids"].unique()}
    stays = (kept["rank"] == 1).flip(0).cumprod(0).sum(0)  # layers from the last down that agree with it
    notes = tuple(
        f"Layer {n} has {width} numbers a word and the last {run.model.card.widths[-1]}: it cannot be read "
        "straight. The tuned lens reads it."
        for n, width in enumerate(run.model.card.widths)
        if n not in layers
    )
    return LayerGuesses(
        method="lens", model=run.model.card.name, model_sha256=run.model.card.sha256, text=run.tokens.text,
        tokens=run.tokens.shown, spans=run.tokens.spans, words=run.tokens.words,
        asked=target.asked(run.model),
        values=kept["top"][..., 0].numpy(), unit="probability", signed=False,
        check=Check(
            name="last layer against the model's answer",
            says="Read off the last layer, each probability is the model's own; the largest gap is {}.",
            value=float((final.shares - _own(run, every[-1])).abs().max()), limit=1e-5,
        ),
        options={"reader": options.reader, "watch": options.watch}, notes=notes,
        layers=tuple(layers), probabilities=kept["top"].numpy(), rank=kept["rank"].numpy(),
        candidates=_named(kept["ids"], shown),
        entropy=kept["entropy"].numpy(), divergence=kept["divergence"].numpy(),
        decided=np.array([layers[len(layers) - int(count)] for count in stays]), asked_of=about,
        watched=tuple(run.model.shown(t) for t in watched),
        watched_logs=kept["watched"].numpy() if watched else None,
        watched_rank=kept["watched_rank"].numpy() if watched else None,
    )  # fmt: skip


def _named(ids: Tensor, shown: dict[int, str]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    return tuple(tuple(tuple(shown[t] for t in place) for place in layer) for layer in ids.tolist())


def _states(run: Run) -> tuple[list[Tensor], tuple[int, ...]]:
    """The states that say something about a token, L + 1 of (R, D_l), and which token each is about."""
    length = len(run.tokens)
    if run.model.card.task == "causal":
        return list(run.hidden), tuple(range(1, length + 1))
    places = np.flatnonzero(run.of_text).tolist()
    rows: list[list[Tensor]] = [[] for _ in run.hidden]
    for step, place in enumerate(places):
        progress.tell(0.9 * step / len(places))
        hidden = hide(run, place).hidden
        at = (place - 1) % length if reads_before(run.model) else place
        for layer, states in enumerate(hidden):
            rows[layer].append(states[at])
    return [torch.stack(layer) for layer in rows], tuple(places)


def _own(run: Run, last: Tensor) -> Tensor:
    """The model's own probabilities, from its logits where it gave them for this very question."""
    logits = run.logits if run.model.card.task == "causal" else run.model.unembed(last)
    return logits.softmax(-1)


def _portions(
    model: LanguageModel, hidden: Tensor, layer: int, lens: Lens | None, final: "_Final", watched: list[int],
    step: Callable[[Tensor], Tensor],
) -> dict[str, Tensor]:  # fmt: skip
    """What is kept of one layer; its scores are made for some places at a time and forgotten."""
    at_once = max(1, PART // final.shares.shape[-1])
    parts = []
    for start in range(0, len(hidden), at_once):
        logits = read(model, hidden[start : start + at_once], layer, lens, step)
        assert logits is not None
        for row in range(0, len(logits), ROWS):
            at = slice(start + row, min(start + row + ROWS, start + len(logits)))
            parts.append(_kept(logits[row : row + ROWS], final.of(at), watched))
    return {name: torch.cat([one[name] for one in parts]) for name in parts[0]}


@dataclass(frozen=True, eq=False)
class _Final:
    """The model's own answer at R places: probabilities (R, V), entropy in nats (R,), first guess (R,)."""

    shares: Tensor
    entropy: Tensor
    first: Tensor

    def of(self, at: slice) -> "_Final":
        return _Final(self.shares[at], self.entropy[at], self.first[at])


def _final(logits: Tensor) -> _Final:
    """Row by row as `_kept` does, so that the last layer is at no distance from itself."""
    shares, entropy = torch.empty_like(logits), logits.new_zeros(len(logits))
    for row in range(0, len(logits), ROWS):
        moved, raised, whole = _raised(logits[row : row + ROWS])
        shares[row : row + ROWS] = raised / whole[:, None]
        entropy[row : row + ROWS] = whole.log() - _products(shares[row : row + ROWS], moved)
    return _Final(shares, entropy, logits.argmax(-1))


def _raised(logits: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The scores less the highest one (R, V), e to them (R, V), and what those add up to (R,)."""
    moved = logits - logits.amax(-1, keepdim=True)
    raised = moved.exp()
    return moved, raised, raised.sum(-1)


def _products(shares: Tensor, scores: Tensor) -> Tensor:
    """Row by row the sum of products (R,); what has no share counts nothing, however low it scores."""
    found = torch.linalg.vecdot(shares, scores)
    if found.isfinite().all():
        return found
    return (shares * scores).nan_to_num(0.0).sum(-1)


def _kept(logits: Tensor, final: _Final, watched: list[int]) -> dict[str, Tensor]:
    """A few rows at a time, so that each pass finds them in the processor's cache."""
    moved, raised, whole = _raised(logits)
    total, seen = whole.log(), logits[:, watched]
    top = _largest(logits, min(KEPT, logits.shape[-1]))
    ranks = [1 + _above(logits, score) for score in seen.T]
    return {
        "top": raised.gather(-1, top.indices) / whole[:, None],
        "ids": top.indices,
        "rank": 1 + _above(logits, logits.gather(-1, final.first[:, None])[:, 0]),
        "entropy": ((total - _products(raised, moved) / whole) / math.log(2)).clamp(min=0.0),
        "divergence": (total - _products(final.shares, moved) - final.entropy).clamp(min=0.0),
        "watched": moved[:, watched] - total[:, None],
        "watched_rank": torch.stack(ranks, -1) if ranks else seen.long(),
    }


def _above(logits: Tensor, score: Tensor) -> Tensor:
    """How many score higher, (R,); counted in floats, which is quicker and exact up to 16 million."""
    higher = torch.empty_like(logits)
    return torch.gt(logits, score[:, None], out=higher).sum(-1).long()


def _largest(logits: Tensor, count: int) -> Any:
    """As `topk`, five times as fast: the largest few stand in the blocks that have the largest maxima."""
    rows, width = logits.shape
    whole = width // BLOCK * BLOCK
    if whole < 8 * BLOCK * count:
        return logits.topk(count, dim=-1)
    blocks = logits[:, :whole].view(rows, -1, BLOCK)
    best = blocks.amax(-1).topk(count, dim=-1).indices
    near = blocks.gather(1, best[..., None].expand(-1, -1, BLOCK)).flatten(1)
    near = torch.cat([near, logits[:, whole:]], dim=1)
    places = best[..., None] * BLOCK + torch.arange(BLOCK)
    places = torch.cat([places.flatten(1), torch.arange(whole, width).expand(rows, -1)], dim=1)
    found = near.topk(count, dim=-1)
    return torch.return_types.topk((found.values, places.gather(1, found.indices)))


def _watched(model: LanguageModel, written: str) -> list[int]:
    """The first piece of each word between bars; a word is looked for behind a space first."""
    found = []
    for word in dict.fromkeys(part.strip() for part in written.split("|") if part.strip()):
        tokens = model.encode(f"a {word}" if model.card.family != "ngram" else word)
        pieces = [int(i) for i, span in zip(tokens.ids, tokens.spans, strict=True) if span[0] >= 1]
        if pieces:
            found.append(pieces[0])
    return list(dict.fromkeys(found))[:8]


def _unfit(card: Card) -> str | None:
    if card.layers < 1 or card.family == "ngram":
        return f"{card.name} has no layers: it counts. Choose an LSTM or a transformer."
    return None


METHOD = Method(
    name="lens", title="Layer by layer", question="When did it decide?", gives="lens",
    needs=frozenset({"unembed"}), options=Options,
    source="nostalgebraist 2020; Belrose and others 2023", signed=False, compute=compute, place=60,
    unfit=_unfit, tasks=frozenset({"causal", "masked"}),
)  # fmt: skip
