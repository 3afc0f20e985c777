"""From pairs and their scores to an answer: over all paradigms, for the pairs of one, for two sentences."""

import datetime
from collections.abc import Sequence

import numpy as np

from interpret import progress
from interpret.grammar.paradigms import COUNT, SEED, WORLDS, Paradigm, chosen, paradigms
from interpret.grammar.resumed import Counts, digest, finished
from interpret.grammar.resumed import count as count_of
from interpret.grammar.scoring import (
    UnknownWords,
    predicted,
    readable,
    refuse_classifiers,
    score,
    token_nats,
)  # fmt: skip
from interpret.grammar.templates import Pair
from interpret.results import Check, Grammar, MinimalPairs, SentencePair
from interpret.results.grammar import NO_TEXT, unlike_length
from interpret.wording import words_of
from models.base import LanguageModel, Tokens
from models.refusals import Refusal

PROBED = 4  # pairs of each paradigm by which a model's world is told
MASKED_COUNT = (
    40  # pairs a paradigm for models that read a sentence once for each word, unless asked for more
)


def world_of(model: LanguageModel) -> str:
    """The world whose words the model knows; refuses a model that knows neither's."""
    refuse_classifiers(model)
    for world in WORLDS:
        some = [
            pair
            for paradigm in paradigms(world).values()
            if not paradigm.cut
            for pair in paradigm.pairs(PROBED)
        ]
        if sum(readable(model, pair) for pair in some) > len(some) / 2:
            return world
    raise Refusal(
        f"{model.card.name} knows neither the words of English nor those of Storyland: choose another "
        f"model, or give "
        "pairs in its own words with --pairs."
    )


def usual_count(model: LanguageModel) -> int:
    """How many pairs of each paradigm are asked unless the reader says otherwise."""
    return MASKED_COUNT if model.card.task == "masked" else COUNT


def judge(
    model: LanguageModel, asked: Sequence[Paradigm] = (), *, world: str | None = None,
    count: int | None = None,
    seed: int = SEED,
) -> Grammar:  # fmt: skip
    """How often the model prefers the good half, for each paradigm; all of its world if none is named.

    Raises:
        Refusal: a classifier, or a model that knows none of the words.
    """
    refuse_classifiers(model)
    world = world or world_of(model)
    asked, count = asked or chosen((), world), count or usual_count(model)
    found = _counts(model, [_pairs(paradigm, count, seed) for paradigm in asked])
    kept = [row for row, one in enumerate(found) if one.n]  # those of which at least one pair is known
    if not kept:
        raise UnknownWords(
            f"{model.card.name} does not know the words of these sentences: choose a model of English or of "
            "Storyland."
        )
    lost = [paradigm.title for at, paradigm in enumerate(asked) if at not in kept]
    notes = (
        [f"Left out, because {model.card.name} does not know their words: {', '.join(lost)}."] if lost else []
    )
    if model.card.task == "masked":
        notes.append("This model sees both sides of every word, and is scored by hiding each word in turn.")
    known, counted = [asked[row] for row in kept], [found[row] for row in kept]
    n = np.array([one.n for one in counted])
    right = np.array([one.right for one in counted])
    same_length = np.array([one.same_length for one in counted]) / n
    return Grammar(
        method="grammar", model=model.card.name, model_sha256=model.card.sha256, world=world,
        names=tuple(p.name for p in known), titles=tuple(p.title for p in known),
        phenomena=tuple(p.phenomenon for p in known), values=right / n,
        right=right, n=n, word_right=np.array([one.word_right for one in counted]),
        asked_for=np.array([one.asked_for for one in counted]), word_n=np.array([one.word_n for one in counted]),
        same_length=same_length, between=np.array([-1 if p.between is None else p.between for p in known]),
        same=np.array([p.same for p in known]), seed=seed, made=datetime.date.today().isoformat(),
        seconds=sum(one.seconds for one in found), check=unlike_length(same_length, n), notes=tuple(notes),
        options={"count": count, "seed": seed}, **NO_TEXT,
    )  # fmt: skip


def _pairs(paradigm: Paradigm, count: int, seed: int) -> list[Pair]:
    """One rule's pairs; who no longer waits for them need not have the next ones made."""
    progress.tell(0.0)
    return list(paradigm.pairs(count, seed))


def _counts(model: LanguageModel, sets: Sequence[Sequence[Pair]]) -> list[Counts]:
    """Each rule's counts; those that were finished before are not asked again."""
    keys = [digest(model, pairs) for pairs in sets]
    found = [finished(key) for key in keys]
    missing = [row for row, one in enumerate(found) if one is None]
    work = np.array([len(sets[row]) for row in missing], dtype=float)
    starts = np.concatenate([[0.0], np.cumsum(work)]) / max(1.0, work.sum())
    for row, start, end in zip(missing, starts, starts[1:], strict=False):
        with progress.part(float(start), float(end - start)):
            progress.tell(0.0)
            found[row] = count_of(model, sets[row], keys[row])
    return [one for one in found if one is not None]


def pairs_of(model: LanguageModel, paradigm: Paradigm, count: int, seed: int) -> MinimalPairs:
    """Both scores of every pair of one paradigm."""
    pairs = paradigm.pairs(count, seed)
    scored = score(model, pairs)
    kept = [pairs[number] for number in scored.kept]
    return MinimalPairs(
        method="minimal_pairs", model=model.card.name, model_sha256=model.card.sha256, paradigm=paradigm.name,
        title=paradigm.title, rule=paradigm.rule, good=tuple(p.good for p in kept),
        bad=tuple(p.bad for p in kept),
        values=scored.good - scored.bad, good_nats=scored.good, bad_nats=scored.bad,
        left_out=len(pairs) - len(kept), where=scored.where, compared=tuple(map(_compared, kept)),
        check=unlike_length(scored.same_length, np.ones(len(kept))),
        options={"paradigm": paradigm.name, "count": count, "seed": seed},
        **{**NO_TEXT, "unit": "nats", "signed": True},
    )  # fmt: skip


def _compared(pair: Pair) -> str:
    """What alone is compared in a pair; empty for the whole sentence."""
    return pair.good[slice(*pair.part[0])] if pair.part is not None else ""


def side_by_side(model: LanguageModel, first: str, second: str) -> SentencePair:
    """Two sentences of the reader's own, word by word."""
    refuse_classifiers(model)
    if first.strip() == second.strip():
        raise Refusal("The two sentences are the same: change a word in one of them.")
    tokens = [model.encode(sentence.strip()) for sentence in (first, second)]
    for one in tokens:
        if model.card.context is not None and len(one) > model.card.context:
            raise Refusal(
                f"{model.card.name} takes {model.card.context} tokens: shorten “{one.text[:30]} …”."
            )
    places = [predicted(model, one) for one in tokens]
    nats = token_nats(model, list(zip(tokens, places, strict=True)))
    shown, bits = zip(*(_by_word(*each) for each in zip(tokens, places, nats, strict=True)), strict=True)
    columns = _aligned(*shown)
    values = np.array(
        [[0.0 if at is None else row[at] for at in side] for side, row in zip(columns, bits, strict=True)]
    )
    words = tuple(
        tuple("" if at is None else row[at] for at in side) for side, row in zip(columns, shown, strict=True)
    )
    total = np.array([one.sum() for one in nats])
    return SentencePair(
        method="sentence_pair", model=model.card.name, model_sha256=model.card.sha256, values=values,
        sentences=(tokens[0].text, tokens[1].text), words_shown=(words[0], words[1]), nats=total,
        differs=np.array([one != other for one, other in zip(*words, strict=True)]),
        check=Check(
            name="words add up to sentences", value=float(np.abs(values.sum(1) * np.log(2) + total).max()),
            says="The words' surprises add up to the whole sentences' to within {} nats.", limit=1e-6,
        ),
        notes=_lengths(tokens), options={"first": first, "second": second},
        **{**NO_TEXT, "unit": "bits", "text": first.strip()},
    )  # fmt: skip


def _by_word(tokens: Tokens, places: np.ndarray, nats: np.ndarray) -> tuple[list[str], np.ndarray]:
    """A sentence's words as shown, and the surprise of each in bits."""
    sums = np.bincount(tokens.words[places], weights=-nats / np.log(2), minlength=int(tokens.words[-1]) + 1)
    words = words_of(tokens.text, tokens.spans, tokens.words)
    there = [at for at, word in enumerate(words) if word.shown]  # the start mark shows nothing
    return [words[at].shown for at in there], sums[there]


def _aligned(first: list[str], second: list[str]) -> tuple[list[int | None], list[int | None]]:
    """Which word of each sentence stands in each column: equal words side by side, others one for one."""
    from difflib import SequenceMatcher

    left: list[int | None] = []
    right: list[int | None] = []
    for _, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        wide = max(b - a, d - c)
        left += [a + k if a + k < b else None for k in range(wide)]
        right += [c + k if c + k < d else None for k in range(wide)]
    return left, right


def _lengths(tokens: Sequence[Tokens]) -> tuple[str, ...]:
    one, other = (len(each) for each in tokens)
    if one == other:
        return ()
    return (
        f"The sentences have {one} and {other} tokens; the shorter one has it easier, whatever the "
        f"model knows.",
    )


def from_pairs(name: str, pairs: Sequence[Pair]) -> Paradigm:
    """Pairs from elsewhere as a paradigm."""
    return Paradigm(name=name, title=name, phenomenon=name, rule="", written=tuple(pairs))
