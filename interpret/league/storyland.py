"""Places of Storyland's stories whose true causes the grammar has written beside them.

For each phenomenon at most one place a story, so that places of one phenomenon do not depend on each other.
Candidates are all words before the place. Words that are bound to the cause themselves, because they fixed it or
were fixed with it (an earlier telling of a copied name, a pronoun of the same girl), tell a model the same; they
count neither way and are left out. Asked about are only words that the model has learned to expect: it gives them
at least half of the probability that the grammar gives. Of a word it does not expect, no map could show why.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from interpret.league.cases import Asked, Case
from interpret.run import Run, record
from interpret.sentences import rounded
from interpret.target import Measure, Target
from models.base import LanguageModel
from models.refusals import Refusal
from models.train import storyland
from models.train.storyland_teller import Word

LONGEST, FEWEST = 60, 4  # words of a story that are read; words to choose from
LOOKED_AT, EACH = 400, 20  # stories at most; for each case of a kind
EXPECTED = float(np.log(2))  # nats by which the model may be more surprised than the grammar
NAMES = {
    "agreement": "Subject and verb",
    "agreement_apart": "Subject and verb, other nouns between",
    "pronoun": "Pronoun",
    "reflexive": "Himself, herself",
    "closing_quote": "Closing quote",
    "closing_bracket": "Closing bracket",
    "copied_name": "Name told again",
    "copied_thing": "Thing told again",
    "copied_place": "Place told again",
    "counted": "Number told again",
}


def is_storyland(model: LanguageModel) -> bool:
    """Whether the model has read Storyland."""
    return model.card.task == "causal" and model.card.trained_on.startswith("Storyland")


def asked(model: LanguageModel, count: int, seed: int, measure: Measure) -> tuple[list[Asked], str]:
    """Stories with up to `count` places of each phenomenon; and how many of those looked at it has learned.

    Stories that hold the rarest phenomena come first.
    """
    told = [story.tokens[:LONGEST] for story in storyland.stories(seed, min(LOOKED_AT, EACH * count))]
    at_hand = [places(story) for story in told]
    seen = {name: max(1, sum(name in found for found in at_hand)) for name in NAMES}
    order = sorted(range(len(told)), key=lambda n: -sum(1 / seen[name] for name in at_hand[n]))
    left, rng, found = dict.fromkeys(NAMES, count), np.random.default_rng(seed), []
    looked_at = learned = 0
    for number in order:
        wanted = {name: at for name, at in at_hand[number].items() if left[name] > 0}
        if not wanted:
            continue
        expected = set(_expected(model, told[number]))
        known = {name: [at for at in places if at in expected] for name, places in wanted.items()}
        looked_at += sum(len(at) for at in wanted.values())
        learned += sum(len(at) for at in known.values())
        chosen = {name: int(rng.choice(at)) for name, at in known.items() if at}
        for name in chosen:
            left[name] -= 1
        if chosen:
            found.append(_asked(model, told[number], chosen, measure))
    share = learned / max(1, looked_at)
    return found, (
        f"The model expects {rounded(share)} of {looked_at:,} such words as the grammar does (it gives them at least "
        "half of the grammar's probability); only these were asked about."
    )


def _expected(model: LanguageModel, story: Sequence[Word]) -> Iterator[int]:
    """The words of a story that the model expects about as much as the grammar does."""
    run = record(model, storyland.typed([word.word for word in story]))
    first = _first(run, [word.word for word in story])
    for at, word in enumerate(story):
        if first + at > 0:
            own = run.logits[first + at - 1].log_softmax(-1)[int(run.tokens.ids[first + at])]
            if float(own) >= word.logprob_nats - EXPECTED:
                yield at


def places(story: Sequence[Word]) -> dict[str, list[int]]:
    """The words of each phenomenon that have enough others to choose from."""
    found: dict[str, list[int]] = {}
    for at, word in enumerate(story):
        if word.phenomenon and len(candidates(story, at)[0]) >= FEWEST:
            name = "agreement_apart" if word.attractors else word.phenomenon
            found.setdefault(name, []).append(at)
    return found


def candidates(story: Sequence[Word], at: int) -> tuple[list[int], np.ndarray]:
    """The words before word `at` that count, (K,), and which of them are its causes, (K,) of bool."""
    causes = set(story[at].causes)
    origins = set().union(*(_origins(story, cause) for cause in causes))
    kept = [
        word for word in range(at)
        if word in causes or not ({word} | _origins(story, word)) & origins
    ]  # fmt: skip
    return kept, np.array([word in causes for word in kept], dtype=bool)


def _origins(story: Sequence[Word], at: int) -> set[int]:
    """Where the chains of causes behind a word begin; the word itself, if nothing fixed it."""
    if not story[at].causes:
        return {at}
    return set().union(*(_origins(story, cause) for cause in story[at].causes))


def _asked(model: LanguageModel, story: Sequence[Word], chosen: dict[str, int], measure: Measure) -> Asked:
    words = [word.word for word in story[: max(chosen.values()) + 1]]
    run = record(model, storyland.typed(words))
    first = _first(run, words)
    at = sorted(set(chosen.values()))
    target = _target(run, [first + word for word in at], measure)
    cases = []
    for name, word in chosen.items():
        kept, true = candidates(story, word)
        items = tuple(np.array([first + one]) for one in kept)
        cases.append(Case(group=name, row=at.index(word), items=items, true=true))
    rows = run.logits[target.positions].log_softmax(-1)
    own = -rows[np.arange(len(at)), list(target.tokens)]
    return Asked(
        run=run, target=target, cases=tuple(cases), model_nats=float(own.mean()),
        true_nats=-float(np.mean([story[word].logprob_nats for word in at])),
    )  # fmt: skip


def _first(run: Run, words: Sequence[str]) -> int:
    """Which token is the story's first word; refuses a model that cuts Storyland's words to pieces."""
    first = int(run.of_text.argmax())
    if len(run.tokens) - first != len(words):
        raise Refusal(
            f"{run.model.card.name} cuts Storyland's words to pieces, and their causes are known by words: "
            "choose story-lstm or story-gpt."
        )
    return first


def _target(run: Run, at: Sequence[int], measure: Measure) -> Target:
    tokens = tuple(int(run.tokens.ids[place]) for place in at)
    against: tuple[int, ...] = ()
    if measure == "contrast":
        best = run.logits[np.array(at) - 1].topk(2).indices.tolist()
        against = tuple(b if a == own else a for (a, b), own in zip(best, tokens, strict=True))
    return Target(measure=measure, places=tuple(at), tokens=tokens, against=against)
