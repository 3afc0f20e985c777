"""The smallest change of the text that flips the model's answer, and what ready changes do to it.

The answer is the class of a classifier, or the first guess for the next word; with one contrast behind the text as
target it is the one of the two that is ahead. Words are deleted, or swapped for what a language model would rather
have in their place: all single changes are tried, then pairs, the most promising first, within a budget of texts,
then more words greedily, in the order of what each does alone (`interpret.counterfactual`). Beside these stand
ready changes (`interpret.word_lists`): he or she, one or many, names, is or is not. Every text that is reported was
cut into pieces anew and run alone. The fluency of a change is what it does to the log-probability per word (nats)
of the whole text, by a model that writes: a change that no writer would make costs much.

Source: Li, Monroe, Jurafsky 2016, https://arxiv.org/abs/1612.08220 (smallest deletion that flips); Wachter,
Mittelstadt, Russell 2018, https://arxiv.org/abs/1711.00399 (counterfactuals); Ross, Marasovic, Peters 2021,
https://arxiv.org/abs/2012.13985 (minimal edits, their fluency).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from interpret import progress
from interpret.counterfactual import Edits, Found, search
from interpret.editing import applied, edits_in_words, spots, token_starts
from interpret.flips import Answer, answer_of, fluency, leads
from interpret.method import Method
from interpret.results import Check, Counterfactuals
from interpret.run import Run, record
from interpret.sentences import bare
from interpret.swaps import words_instead
from interpret.target import Target
from interpret.word_lists import ready
from models.base import LanguageModel
from models.refusals import BadText, Refusal

KEPT, READY = 12, 24  # changes that are reported
Row = tuple[str, Edits]  # what kind of change it is, and the change


@dataclass(frozen=True, kw_only=True)
class Options:
    """`budget`: texts to try; `moves`: delete words, swap them, or both.

    `offered`: for each word (`interpret.editing.spots`) what may take its place, from another model; without it a
    model that writes is asked itself, and a classifier's words are only deleted.
    """

    budget: int = 600
    moves: str = "both"
    offered: Sequence[Sequence[str]] = ()

    def __post_init__(self) -> None:
        if self.moves not in ("both", "delete", "swap"):
            raise Refusal("moves must be both, delete or swap")
        if not 1 <= self.budget <= 100_000:
            raise Refusal("budget must lie between 1 and 100,000 texts")


def compute(run: Run, target: Target, options: Options) -> Counterfactuals:
    """The changes that matter, the smallest that flips first, with the lead of the old answer after each, (N,)."""
    tokens, text = run.tokens, run.tokens.text
    places = spots(text, tokens.spans, tokens.words)
    if len(places) < 2:
        raise Refusal("A text of one word has nothing to change but all of it: type more words.")
    answer, edits = answer_of(run, target), _edits(run, places, options)
    if not edits:
        raise Refusal(f"{run.model.card.name} offers no words to put in: allow words to be deleted.")

    def ask(wanted: Sequence[Edits]) -> np.ndarray:
        with progress.part(0.1, 0.7):
            return leads(run.model, answer, [applied(text, places, one) for one in wanted])

    found = search(edits, ask, options.budget)
    progress.tell(0.8)
    return _reported(run, target, options, answer, places, found)


def _edits(run: Run, places: list[tuple[int, int]], options: Options) -> list[tuple[int, str]]:
    """Every change of one word that is tried."""
    deleted = [(word, "") for word in range(len(places))] if options.moves != "swap" else []
    if options.moves == "delete":
        return deleted
    offered: Sequence[Sequence[str]] = options.offered
    if not offered and run.model.card.task == "causal":
        swaps, first = words_instead(run), token_starts(run.tokens.text, run.tokens.spans)
        offered = [[bare(piece) for piece, _ in swaps[first[start]]] for start, _ in places]
    swapped = [
        (word, new)
        for word, (news, place) in enumerate(zip(offered, places, strict=False))
        for new in news
        if new and new != run.tokens.text[slice(*place)]
    ]
    return deleted + swapped


def _rows(run: Run, places: list[tuple[int, int]], found: Found) -> list[Row]:
    """What is reported: the smallest, single changes by what they do, the ready ones, and each list at once."""
    nearest = [one for one in sorted(found.leads, key=lambda one: (found.leads[one], one)) if len(one) == 1]
    first = [found.smallest] if found.smallest else []
    kept = list(dict.fromkeys([*first, *nearest]))[:KEPT]
    rows: list[Row] = [("tried", one) for one in kept if np.isfinite(found.leads[one])]
    listed: dict[str, list[tuple[int, str]]] = {}
    for change in ready([run.tokens.text[start:end] for start, end in places]):
        listed.setdefault(change.name, []).append((change.word, change.new))
    for name, edits in listed.items():
        together: list[Edits] = [tuple(edits)] if len(edits) > 1 else []
        rows += [(name, one) for one in [*together, *((edit,) for edit in edits)][: READY // 4]]
    return rows


def _alone(model: LanguageModel, text: str | None) -> Tensor | None:
    """The row of logits that answers, (V,), of a text run by itself; None for one that the model does not take."""
    try:
        return record(model, text).logits[-1] if text else None
    except BadText:
        return None


def _reported(
    run: Run, target: Target, options: Options, answer: Answer, places: list[tuple[int, int]], found: Found
) -> Counterfactuals:
    """Every reported text, run alone."""
    text, model, tokens = run.tokens.text, run.model, run.tokens
    written = [(kind, edits, applied(text, places, edits)) for kind, edits in _rows(run, places, found)]
    rows = [_alone(model, new) for _, _, new in written]
    known = [
        (kind, edits, new)
        for (kind, edits, new), row in zip(written, rows, strict=True)
        if new and row is not None
    ]
    alone = [row for row in rows if row is not None]
    again = np.array([float(answer.lead(row[None])[0]) for row in alone])
    gaps = [
        abs(float(again[k]) - found.leads[edits])
        for k, (_, edits, _) in enumerate(known)
        if edits in found.leads
    ]
    flips = found.smallest is not None and bool(again[0] < 0)
    names = model.card.classes if model.card.task == "classify" else None
    say = names.__getitem__ if names else model.shown
    shares = [float(row.double().softmax(-1)[answer.token]) for row in alone]
    nats = None
    if model.card.task == "causal":
        before, *after = fluency(model, [text, *(new for _, _, new in known)])
        nats = np.array(after) - before
    return Counterfactuals(
        method="counterfactual", model=model.card.name, model_sha256=model.card.sha256, text=text,
        tokens=tokens.shown, spans=tokens.spans, words=tokens.words, asked=target.asked(model),
        values=again, unit="logits", signed=True,
        check=Check(
            name="run again", value=max(gaps, default=0.0), limit=1e-3, unit=" logits",
            says="Every text reported was run again by itself; the leads found in the search differ from that by "
            "up to {}.",
        ),
        options={"budget": options.budget, "moves": options.moves},
        lead=float(answer.lead(run.logits[-1:])[0]), share=float(run.logits[-1].double().softmax(-1)[answer.token]),
        answer=say(answer.token), rival="" if answer.rival < 0 else say(answer.rival),
        answers=tuple(say(answer.after(row)) for row in alone), shares=np.array(shares),
        changes=tuple(edits_in_words(text, places, edits) for _, edits, _ in known),
        kinds=tuple(kind for kind, _, _ in known), texts=tuple(new for _, _, new in known),
        sizes=np.array([len(edits) for _, edits, _ in known]), nats=nats, flips=flips, proved=flips and found.proved,
        tried=int(found.tried), singles=sum(len(one) == 1 for one in found.leads), pairs=found.pairs,
        pairs_tried=sum(len(one) == 2 for one in found.leads),
    )  # fmt: skip


METHOD = Method(
    name="counterfactual",
    title="Smallest change that flips",
    question="What small change would flip the answer?",
    gives="counterfactuals",
    needs=frozenset(),
    options=Options,
    source="Li, Monroe, Jurafsky 2016; Ross, Marasovic, Peters 2021",
    signed=True,
    compute=compute,
    tasks=frozenset({"causal", "classify"}),
)
