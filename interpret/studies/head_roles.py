"""What does each head do? Roles found on this very model, each with its threshold and an example.

Every head's mean share of attention is measured on kinds of places: the token before, behind, the token
itself, other places of the same word, punctuation and marks, in bundled texts in the model's own language;
earlier places of the same token ("duplicate") and what stood behind them ("induction"), in random tokens
said three times. The role is the one whose threshold is passed furthest; a head that passes none is "near"
or "even" by how it spreads its weights, or unclassified. "Copying" asks what the head's finding does to the
answer: the rank of the looked-at token among all words that it would raise, from -1 (always last) over 0
(chance) to 1 (first).

Source: Clark et al. 2019, https://arxiv.org/abs/1906.04341; Olsson et al. 2022,
https://arxiv.org/abs/2209.11895 (prefix matching, with 20 tokens said 3 times); thresholds are ours: 0.5,
0.7 for marks, 0.9 for even.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import torch

from interpret import progress
from interpret.attention.maps import sinks, square
from interpret.attention.roles import MEASURES, ON_REPEATS, ON_TEXTS, REACH, Tally, places, role, threshold
from interpret.attention.texts import corpus, repeated
from interpret.results.attention import NOTHING, HeadRoles
from interpret.results.base import Check
from interpret.run import Run, record
from interpret.sentences import percent, visible
from interpret.study import Study
from models.attending import NotTakenApart, attention_layers
from models.base import LanguageModel, Tokens
from models.early import last_norm

REPEATS = 4  # rows of random tokens


@dataclass(frozen=True, kw_only=True)
class Options:
    """`texts`: how many bundled texts at most; `seed`: of the random tokens."""

    texts: int = 24
    seed: int = 0

    def __post_init__(self) -> None:
        if self.texts < 1:
            raise ValueError("texts are 1 or more")


def compute(model: LanguageModel, options: Options) -> HeadRoles:
    """Scores (L, H, S) over the texts; refuses models that ask once."""
    texts = corpus(model, options.texts)
    runs: list[tuple[Run, tuple[str, ...]]] = []
    for number, run in enumerate(_runs(model, texts, options.seed)):
        progress.tell(0.9 * number / (len(texts) + REPEATS))
        runs.append((run, ON_REPEATS if number >= len(texts) else ON_TEXTS))
    first = square(runs[0][0])
    tally = Tally((first.shape[0], first.shape[1]))
    for run, measures in runs:
        attention = square(run).astype(np.float64)
        tally.add(attention, run.tokens.ids, run.tokens.shown, sinks(run), measures)
        if measures is ON_TEXTS:
            tally.look(attention, sinks(run))
    values, chance = tally.scores()
    near, even = tally.spread()
    roles = tuple(
        tuple(
            role(
                {**dict(zip(MEASURES, values[at, h], strict=True)), "near": near[at, h], "even": even[at, h]}
            )
            for h in range(values.shape[1])
        )
        for at in range(values.shape[0])
    )
    per_row = max(tally.asked, 1)
    return HeadRoles(
        method="head_roles", model=model.card.name, model_sha256=model.card.sha256, text="",
        tokens=(), spans=np.zeros((0, 2), int), words=np.zeros(0, int), asked=NOTHING, values=values,
        unit="mean share of attention", signed=False, options=asdict(options), measures=MEASURES,
        thresholds=np.array([threshold(m) for m in MEASURES]), chance=chance, roles=roles,
        entropy=tally.entropy / per_row, even_entropy=tally.even_entropy / per_row,
        distance=np.divide(tally.distance, tally.mass, out=np.zeros(tally.shape), where=tally.mass > 1e-9),
        offsets=tally.offsets / per_row, offset_names=tuple(f"{o:+d}" for o in range(-REACH, REACH + 1)),
        proofs=_proofs(runs, roles), copying=copying([run for run, m in runs if m is ON_REPEATS]),
        texts=len(texts), check=Check(
            name="rows", value=max(float(np.abs(square(r).sum(-1) - 1).max()) for r, _ in runs), limit=1e-4,
            says=f"Over {len(texts)} texts and {REPEATS} rows of random tokens, rows miss 1 by at most {{}}.",
        ),
    )  # fmt: skip


def _runs(model: LanguageModel, texts: list[Tokens], seed: int) -> Iterator[Run]:
    for tokens in texts:
        yield record(model, tokens)
    for number in range(REPEATS):
        yield record(model, random_tokens(model, seed + number))


def random_tokens(model: LanguageModel, seed: int) -> Tokens:
    """Random tokens said three times, as a text with places of its own for each."""
    ids = repeated(model, seed).numpy()
    known = [model.shown(int(piece)).strip() for piece in ids]
    ends = np.cumsum([len(word) + 1 for word in known])
    spans = np.stack([ends - [len(word) + 1 for word in known], ends - 1], -1)
    marks = np.array([not word.isalpha() for word in known])
    spans[marks] = 0
    return Tokens(text=" ".join(known), ids=ids, shown=tuple(f" {word}" for word in known), spans=spans)


def copying(runs: list[Run]) -> np.ndarray | None:
    """How far what heads find makes the looked-at token likelier, (L, H), -1 to 1; 0 is chance.

    Each token's offer to a head goes through the last norm's scale and the output layer; where does the token
    itself rank among the vocabulary? None for models that do not write on, or cannot be taken apart.
    """
    found = np.zeros(square(runs[0]).shape[:2])
    model = runs[0].model
    if model.card.task != "causal":
        return None
    norm = last_norm(model)
    for run in runs:
        try:
            layers = attention_layers(model, run.vectors, run.hidden)
        except NotTakenApart:
            return None
        at = [place for place in range(len(run.tokens)) if place not in sinks(run)]
        own = torch.from_numpy(run.tokens.ids[at])[:, None]
        for number, layer in enumerate(layers):
            with torch.no_grad():
                offers = layer.found[:, at]
                raised = offers if norm is None else norm(offers) - norm(torch.zeros_like(offers))
                logits = model.unembed(raised) - model.unembed(torch.zeros_like(raised))
                mine = logits.gather(-1, own.expand(len(logits), -1, -1))
                below = (logits < mine).double().mean((-1, -2))
            found[number] += (2 * below - 1).numpy() / len(runs)
    return found


def _proofs(
    runs: list[tuple[Run, tuple[str, ...]]], roles: tuple[tuple[str, ...], ...]
) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """For each head the place where its role (or its strongest look) is seen best, as a sentence."""
    return tuple(
        tuple((_proof(runs, layer, head, given),) for head, given in enumerate(row))
        for layer, row in enumerate(roles)
    )


def _proof(runs: list[tuple[Run, tuple[str, ...]]], layer: int, head: int, given: str) -> str:
    best: tuple[float, Run, int, int] | None = None
    for run, measures in runs:
        if (given in ON_REPEATS) != (measures is ON_REPEATS):
            continue
        weights = square(run)[layer, head].copy()
        if given in MEASURES:
            weights *= places(given, run.tokens.ids, run.tokens.shown, sinks(run))
        else:
            weights[:, list(sinks(run))] = 0
        weights[list(sinks(run))] = 0
        query, key = np.unravel_index(int(weights.argmax()), weights.shape)
        if best is None or weights[query, key] > best[0]:
            best = (float(weights[query, key]), run, int(query), int(key))
    if best is None or best[0] == 0:
        return "No place in the texts shows it."
    share, run, query, key = best
    around = run.tokens.shown[max(0, min(query, key) - 3) : max(query, key) + 2]
    said = "".join(around) if any(" " in token for token in around) else " ".join(around)
    looked = "the start of the text" if key in sinks(run) else f"“{visible(run.tokens.shown[key])}”"
    where = said if len(said) < 90 else f"{said[:40]} … {said[-40:]}"
    return f"In “{where.strip()}”, “{visible(run.tokens.shown[query])}” gives {looked} {percent(share)}."


STUDY = Study(
    name="head_roles", title="Roles of heads", question="What does each head do?", gives="head-roles",
    needs=frozenset({"attention"}), options=Options, source="Clark et al. 2019; Olsson et al. 2022",
    signed=False, compute=compute, place=50,
    unfit=lambda card: (
        f"{card.name} looks once, from nowhere in the text, so its one head has no role." if card.heads == 1 else None
    ),
)  # fmt: skip
