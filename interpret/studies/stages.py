"""What each stage of a model's training makes of a text: surprise, next words, heads that find repetitions.

Small models are kept with the weights they had along their training. Each of those reads the text as the
finished model does; nothing is trained anew. Prefix matching: the share of attention that a head, at a token
that stood in the text before, pays to what followed it then; the mean over such tokens.

Source: Olsson and others 2022, https://arxiv.org/abs/2209.11895, for what such a replay can show.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import models
from interpret import progress
from interpret.attention import roles
from interpret.methods import next_words
from interpret.results import Asked, Check, NextWords, Replay
from interpret.results.replay import stage_named
from interpret.run import Run, record
from interpret.study import Study
from interpret.target import every
from models.base import Card, LanguageModel
from models.refusals import Refusal

MOST, EACH = 8, 3  # candidates shown, and how many of each stage's first guesses
REPEATED = 3  # tokens that stood before, for prefix matching to say anything
LONGEST = 256


@dataclass(frozen=True, kw_only=True)
class Options:
    """`text` to read; `place`: what `models.load` takes for the model, its name if none is given."""

    text: str
    place: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise Refusal("There is no text yet: type a sentence.")


def compute(model: LanguageModel, options: Options) -> Replay:
    """Every stage's forward pass over the text, then the finished model's."""
    kept = sorted(model.card.snapshots, key=lambda stage: stage["tokens_seen"])
    place = options.place or model.card.name
    tokens = model.encode(options.text).cut(min(LONGEST, model.card.context or LONGEST))
    runs: list[Run] = []
    for number, stage in enumerate(kept):
        progress.tell(number / (len(kept) + 1))
        runs.append(record(models.load(f"{place}@{stage['name']}"), tokens))
    runs.append(record(model, tokens))
    return replayed(runs, kept, options)


def replayed(runs: list[Run], kept: list[dict], options: Options) -> Replay:
    """The record of runs over one text, the last by the finished model, whose card has the curve."""
    card, tokens = runs[-1].model.card, runs[-1].tokens
    passes: list[NextWords] = [
        next_words.compute(run, every(run), next_words.Options(top=10)) for run in runs
    ]
    chosen = _candidates(passes)
    shares = np.array([run.logits[-1].double().softmax(-1).numpy()[chosen] for run in runs])
    heads, matching = _matching(runs)
    worst = max((found.check for found in passes), key=lambda check: check.value)
    losses = [*(stage["held_out_loss_nats"] for stage in kept), card.held_out_loss_nats]
    means = [float(found.surprise.mean()) for found in passes]
    best = int(np.argmin(means))
    notes = ()
    if best < len(passes) - 1:
        then = stage_named(kept[best]["name"])
        notes = (f"{then[0].upper()}{then[1:]} it was less surprised by this text than it is now.",)
    return Replay(
        method="stages", model=card.name, model_sha256=card.sha256, text=tokens.text, tokens=tokens.shown,
        spans=tokens.spans, words=tokens.words,
        asked=Asked(measure="probability", places=(), tokens=(), shown=()),
        values=np.array([found.surprise for found in passes]), unit="bits", signed=False,
        check=Check(
            name=worst.name, value=worst.value, limit=worst.limit,
            says="At every stage and place the probabilities of all pieces add up to 1; they miss it by {}.",
        ),
        options=asdict(options), notes=notes, stages=(*(stage["name"] for stage in kept), ""),
        tokens_seen=np.array([*(stage["tokens_seen"] for stage in kept), card.tokens_seen or 0]),
        losses=np.array(losses, dtype=float),
        curve=np.array([[point["tokens"], point["held_out_nats"]] for point in card.curve], dtype=float),
        passes=tuple(passes), candidates=tuple(runs[-1].model.shown(int(token)) for token in chosen),
        shares=shares, heads=heads, matching=matching,
    )  # fmt: skip


def _candidates(passes: list[NextWords]) -> np.ndarray:
    """What the model expects now, and what its stages expected: token numbers, (K,)."""
    now = passes[-1].candidate_ids[-1]
    then = [token for found in passes[:-1] for token in found.candidate_ids[-1][:EACH]]
    return np.array(list(dict.fromkeys([*now[:EACH], *then, *now]))[:MOST])


def _matching(runs: list[Run]) -> tuple[tuple[tuple[int, int], ...], np.ndarray | None]:
    """Which heads there are, and how each looks behind earlier places of a token at each stage, (S, N)."""
    tokens = runs[-1].tokens
    marks = tuple(np.flatnonzero(tokens.spans[:, 0] == tokens.spans[:, 1]).tolist())
    wanted = roles.places("induction", tokens.ids, tokens.shown, marks)
    wanted &= ~np.eye(len(tokens), dtype=bool)  # a token said twice in a row is behind itself
    asks = wanted.any(axis=1)
    looked = [run.attention.numpy() for run in runs if run.attention is not None]
    if not looked or asks.sum() < REPEATED:
        return (), None
    paid = [(weights * wanted).sum(-1)[..., asks].mean(-1) for weights in looked]  # (L, H) each
    layers, heads = paid[0].shape
    named = tuple((layer + 1, head + 1) for layer in range(layers) for head in range(heads))
    return named, np.array([one.ravel() for one in paid])


def unfit(card: Card) -> str | None:
    """Models that were kept only as they are now."""
    if card.snapshots:
        return None
    kept = [name for name in models.names() if _has_stages(models.folder(name))]
    return f"{card.name} was kept only as it is now: choose one of {', '.join(kept)}."


def _has_stages(folder: Path) -> bool:
    from models import checkpoints

    return bool(checkpoints.read_card(folder).snapshots)


STUDY = Study(
    name="stages", title="Stages of a training", question="What changed while it learned?", gives="replay",
    needs=frozenset(), options=Options, source="Olsson and others 2022", signed=False, compute=compute,
    place=62, tasks=frozenset({"causal"}), unfit=unfit,
)  # fmt: skip
