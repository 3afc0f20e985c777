"""What the model would answer if each of its layers were the last one.

The states of a layer are put through the model's own last step (for transformers with the normalisation
before it), or through a map learned for that layer first. Every place of every layer then has guesses of its
own; the last row is the model's answer. The divergence is KL(p_last || p_layer). A model that fills gaps is
asked about each token with that token hidden.

Source: nostalgebraist 2020, https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru (logit lens); Belrose and
others 2023, https://arxiv.org/abs/2303.08112 (tuned lens).
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.lens.readers import Lens, needed, read, readable
from interpret.method import Method
from interpret.results import Check, LayerGuesses
from interpret.run import Run, hide
from interpret.target import Target
from models.base import Card, LanguageModel, Refusal
from models.early import reads_before

KEPT = 5  # guesses of each cell
PART = 2**24  # numbers at once: layers are read in portions of places


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
    final = run.model.unembed(every[-1]).log_softmax(-1)
    first, watched = final.argmax(-1), _watched(run.model, options.watch)
    layers = [
        n for n in range(len(every)) if lens is not None or n == len(every) - 1 or readable(run.model, n)
    ]
    found: list[dict[str, Tensor]] = []
    for step, layer in enumerate(layers):
        progress.tell(step / len(layers))
        found.append(_portions(run.model, every[layer], layer, lens, final, first, watched))
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
            value=float((final.exp() - _own(run, every[-1])).abs().max()), limit=1e-5,
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
    model: LanguageModel, hidden: Tensor, layer: int, lens: Lens | None, final: Tensor, first: Tensor,
    watched: list[int],
) -> dict[str, Tensor]:  # fmt: skip
    """What is kept of one layer; its probabilities are made for some places at a time and forgotten."""
    at_once = max(1, PART // final.shape[-1])
    parts = []
    for start in range(0, len(hidden), at_once):
        part = slice(start, start + at_once)
        logits = read(model, hidden[part], layer, lens)
        assert logits is not None
        parts.append(_kept(logits.log_softmax(-1), final[part], first[part], watched))
    return {name: torch.cat([one[name] for one in parts]) for name in parts[0]}


def _kept(logs: Tensor, final: Tensor, first: Tensor, watched: list[int]) -> dict[str, Tensor]:
    top = logs.topk(min(KEPT, logs.shape[-1]), dim=-1)
    shares = logs.exp()
    seen = logs[:, watched]
    return {
        "top": top.values.exp(),
        "ids": top.indices,
        "rank": 1 + (logs > logs.gather(-1, first[:, None])).sum(-1),
        "entropy": -(shares * logs).nan_to_num(0.0).sum(-1) / math.log(2),
        "divergence": (final.exp() * (final - logs)).nan_to_num(0.0).sum(-1).clamp(min=0.0),
        "watched": seen,
        "watched_rank": 1 + (logs[:, None] > seen[..., None]).sum(-1),
    }


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
