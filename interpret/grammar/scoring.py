"""How likely a model finds each half of a minimal pair.

A model that writes: the log-probability of the sentence, token by token, behind its start mark. What both
halves begin with has the same probability in both and cancels out, so it is not computed: scores are given
what the halves share at the start.

A model that fills gaps: its pseudo-log-likelihood, each token hidden in turn and with it the later pieces
of its word, added up over the whole sentence. Source: Salazar et al. 2020,
https://arxiv.org/abs/1910.14659; hiding the later pieces: Kauf, Ivanova 2023,
https://arxiv.org/abs/2305.10588.

`word` compares only the one word in which the halves differ ("one prefix"): the same beginning, two ways to
go on (Warstadt et al. 2020, https://arxiv.org/abs/1912.00582, section 3).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.grammar.templates import Pair, difference
from interpret.run import hidden_tokens
from models.base import LanguageModel, Tokens
from models.refusals import BadText, Refusal

UNKNOWN = frozenset({"<unk>", "[UNK]", "<UNK>", "xxunk", "unk"})
TOKENS_AT_ONCE = 4096  # in one forward pass
ROWS_AT_ONCE = 512  # turned into logits together: they fit the processor's cache


class UnknownWords(Refusal):
    """A model knows none of the pairs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Scored:
    """N pairs as a model scored them, in nats. Pairs with words it does not know are left out.

    `kept` (N,) which of the pairs asked for these are. `good`, `bad` (N,). `differ` (N,): whether one word
    alone differs and the beginning is shared; where it is, `good_word`, `bad_word` (N,) are that word's
    scores, elsewhere 0. `same_length` (N,): both halves are as many tokens long. `where` (N,): which word
    of the good half (Tokens.words) is the first that differs.
    """

    kept: np.ndarray
    good: np.ndarray
    bad: np.ndarray
    differ: np.ndarray
    good_word: np.ndarray
    bad_word: np.ndarray
    same_length: np.ndarray
    where: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class _Half:
    """One sentence: its tokens, which of them are scored, and which belong to the word that differs."""

    tokens: Tokens
    places: np.ndarray
    word: np.ndarray  # places, none where more than one word differs
    at: int  # the first place that differs


def refuse_classifiers(model: LanguageModel) -> None:
    """Only models that give sentences a probability can be asked."""
    if model.card.task == "classify":
        raise Refusal(
            f"{model.card.name} names classes and gives sentences no probability: choose a model that writes "
            "or fills gaps."
        )


def readable(model: LanguageModel, pair: Pair) -> bool:
    """Whether the model knows all words of a pair and can tell its halves apart."""
    return _halves(model, pair, {}) is not None


def predicted(model: LanguageModel, tokens: Tokens) -> np.ndarray:
    """The places of a text whose tokens the model predicts; nothing predicts a first token."""
    of_text = np.flatnonzero(tokens.spans[:, 0] < tokens.spans[:, 1])
    return of_text if model.card.task == "masked" else of_text[of_text >= 1]


def score(model: LanguageModel, pairs: Sequence[Pair]) -> Scored:
    """Scores of both halves of every pair; refuses classifiers, and models that know none of the words."""
    refuse_classifiers(model)
    halves, kept = [], []
    unknown = dict[int, bool]()
    for number, pair in enumerate(pairs):
        found = _halves(model, pair, unknown)
        if found is not None:
            kept.append(number)
            halves += found
    if not kept:
        raise UnknownWords(
            f"{model.card.name} does not know the words of these sentences: choose a model of English or of "
            "Storyland."
        )
    nats = token_nats(model, [(half.tokens, half.places) for half in halves])
    whole = np.array([float(one.sum()) for one in nats]).reshape(-1, 2)
    word = np.array(
        [float(one[np.isin(half.places, half.word)].sum()) for one, half in zip(nats, halves, strict=True)]
    ).reshape(-1, 2)
    lengths = np.array([len(half.tokens) for half in halves]).reshape(-1, 2)
    differ = np.array([len(half.word) > 0 for half in halves]).reshape(-1, 2).min(1)
    return Scored(
        kept=np.array(kept), good=whole[:, 0], bad=whole[:, 1], differ=differ,
        good_word=word[:, 0], bad_word=word[:, 1], same_length=lengths[:, 0] == lengths[:, 1],
        where=np.array([int(half.tokens.words[half.at]) for half in halves[::2]]),
    )  # fmt: skip


def _halves(model: LanguageModel, pair: Pair, unknown: dict[int, bool]) -> tuple[_Half, _Half] | None:
    """Both halves ready to be scored; None if the model does not know a word, or cannot tell them apart."""
    try:
        good, bad = model.encode(pair.good), model.encode(pair.bad)
    except BadText:
        return None
    longest = model.card.context or max(len(good), len(bad))
    if max(len(good), len(bad)) > longest or np.array_equal(good.ids, bad.ids):
        return None
    for token in {*good.ids.tolist(), *bad.ids.tolist()} - unknown.keys():
        unknown[token] = model.shown(token).strip() in UNKNOWN
    if any(unknown[token] for tokens in (good, bad) for token in tokens.ids.tolist()):
        return None
    if pair.part is not None:
        halves = _part(model, good, pair.part[0]), _part(model, bad, pair.part[1])
        return halves if all(len(half.places) for half in halves) else None
    shared, *_ = difference(good.ids.tolist(), bad.ids.tolist())
    spans = _word_spans(pair)
    return _half(model, good, shared, spans and spans[0]), _half(model, bad, shared, spans and spans[1])


def _part(model: LanguageModel, tokens: Tokens, part: tuple[int, int]) -> _Half:
    """Of a sentence only the tokens of some characters."""
    places = predicted(model, tokens)
    starts, ends = tokens.spans[places].T
    inside = places[(starts < part[1]) & (ends > part[0])]
    return _Half(
        tokens=tokens,
        places=inside,
        word=np.array([], dtype=np.int64),
        at=int(inside[0]) if len(inside) else 0,
    )


def _word_spans(pair: Pair) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where the one word stands in which the halves differ; None if they differ in more."""
    good, bad = pair.good.split(" "), pair.bad.split(" ")
    start, end, other = difference(good, bad)
    if (end - start, other - start) != (1, 1):
        return None
    begins = len(" ".join(good[:start]))
    return (begins, begins + len(good[start]) + 1), (begins, begins + len(bad[start]) + 1)


def _half(model: LanguageModel, tokens: Tokens, shared: int, span: tuple[int, int] | None) -> _Half:
    places = predicted(model, tokens)
    if model.card.task == "causal":
        places = places[places >= shared]
    word = np.array([], dtype=np.int64)
    if span is not None:
        starts, ends = tokens.spans[places].T
        word = places[(starts < span[1]) & (ends > span[0]) & (places >= shared)]
    return _Half(tokens=tokens, places=places, word=word, at=min(shared, len(tokens) - 1))


Asked = Sequence[tuple[Tokens, np.ndarray]]


@torch.no_grad()
def token_nats(model: LanguageModel, asked: Asked) -> list[np.ndarray]:
    """For each text the log-probabilities (nats) of its tokens at the places asked for."""
    ask = _hidden if model.card.task == "masked" else _written
    found: list[np.ndarray | None] = [None] * len(asked)
    done, whole = 0, sum(len(tokens) ** (2 if model.card.task == "masked" else 1) for tokens, _ in asked)
    for some in batches(asked):
        progress.tell(done / whole)
        for number, nats in zip(some, ask(model, [asked[number] for number in some]), strict=True):
            found[number] = nats
        done += sum(len(asked[n][0]) ** (2 if model.card.task == "masked" else 1) for n in some)
    return [nats for nats in found if nats is not None]


def batches(asked: Asked) -> Iterator[list[int]]:
    """Texts of like length together; of one length only, so that none needs filling up."""
    order = sorted(range(len(asked)), key=lambda number: len(asked[number][0]))
    some: list[int] = []
    for number in order:
        length = len(asked[number][0])
        if some and (length != len(asked[some[0]][0]) or (len(some) + 1) * length > TOKENS_AT_ONCE):
            yield some
            some = []
        some.append(number)
    if some:
        yield some


def _written(model: LanguageModel, some: Asked) -> list[np.ndarray]:
    """Row t of the logits scores token t + 1. All texts are of one length."""
    ids = torch.tensor(np.stack([tokens.ids for tokens, _ in some]))
    states = model.states(model.embed(ids.flatten()).unflatten(0, ids.shape))
    texts = np.repeat(np.arange(len(some)), [len(places) for _, places in some])
    places = np.concatenate([places for _, places in some])
    found = _picked(model, states[texts, places - 1], ids[texts, places])
    return np.split(found, np.cumsum([len(places) for _, places in some])[:-1])


def _hidden(model: LanguageModel, some: Asked) -> list[np.ndarray]:
    """Each place is hidden in a copy of its text. All texts are of one length."""
    if model.mask is None:
        raise Refusal(f"{model.card.name} has no mask: it cannot guess a hidden word.")
    rows, places, wanted = [], [], []
    for tokens, asked in some:
        for place in asked.tolist():
            ids = tokens.ids.copy()
            ids[hidden_tokens(tokens, place)] = model.mask
            rows.append(ids)
            places.append(place)
            wanted.append(int(tokens.ids[place]))
    ids, found = torch.tensor(np.stack(rows)), []
    at_once = max(1, TOKENS_AT_ONCE // ids.shape[1])
    for start in range(0, len(ids), at_once):
        part = ids[start : start + at_once]
        states = model.states(model.embed(part.flatten()).unflatten(0, part.shape))
        at = torch.tensor(places[start : start + at_once])
        picked = states[torch.arange(len(part)), at]
        found.append(_picked(model, picked, torch.tensor(wanted[start : start + at_once])))
    return np.split(np.concatenate(found), np.cumsum([len(asked) for _, asked in some])[:-1])


def _picked(model: LanguageModel, states: Tensor, tokens: Tensor) -> np.ndarray:
    """The log-probability of one token in each of some states: (R, D), (R,) -> (R,)."""
    found = []
    for start in range(0, len(states), ROWS_AT_ONCE):
        logits = model.unembed(states[start : start + ROWS_AT_ONCE])
        wanted = tokens[start : start + ROWS_AT_ONCE, None]
        found.append(logits.gather(1, wanted)[:, 0].double() - logits.logsumexp(1).double())
    return torch.cat(found).numpy()
