"""Storyland: its texts, its exact probabilities, its numbers and its lessons."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from models.refusals import Refusal
from models.text import Cutter
from models.train import storyland, storyland_lessons
from models.train import storyland_words as lexicon
from models.train.storyland import Story
from models.train.storyland_grammar import story
from models.train.storyland_teller import Choice, Draw, NotAStory, Teller, shares

NOUNS = (lexicon.THINGS, lexicon.PLACES, lexicon.ANIMALS)
SINGLE_NOUNS = {word for pairs in NOUNS for word in pairs.single.words}
PLURAL_NOUNS = {word for pairs in NOUNS for word in pairs.plural.words}
VERBS = [value for value in vars(lexicon).values() if isinstance(value, lexicon.Verbs)]
SINGLE_VERBS = {word for pairs in VERBS for word in pairs.single.words}
PLURAL_VERBS = {word for pairs in VERBS for word in pairs.plural.words}


@cache
def told(count: int = 400) -> tuple[Story, ...]:
    return tuple(storyland.stories(7, count))


# What a story is


def test_a_seed_is_a_text():
    first, again = ([storyland.text(s) for s in storyland.stories(3, 20)] for _ in range(2))
    assert first == again
    assert len({*first, *(storyland.text(s) for s in storyland.stories(4, 20))}) == 40
    assert storyland.text(next(storyland.stories(3, 1))) == first[0]


def test_the_vocabulary_is_closed_and_holds_500_to_1000_words():
    words = storyland.vocabulary()
    assert 500 <= len(words) <= 1000
    assert len(set(words)) == len(words)
    assert {word for s in told() for word in s.words} <= set(words)


def test_a_story_is_little():
    for s in told():
        assert 40 <= sum(any(map(str.isalpha, word)) for word in s.words) <= 120
        assert s.words[-1] == "."


def test_no_noun_is_a_verb_and_no_form_has_two_numbers():
    # the checks below read numbers off the words; they may, because no word stands for two things
    assert not (SINGLE_NOUNS | PLURAL_NOUNS) & (SINGLE_VERBS | PLURAL_VERBS)
    assert not SINGLE_NOUNS & PLURAL_NOUNS
    assert not SINGLE_VERBS & PLURAL_VERBS
    pools = [value for value in vars(lexicon).values() if isinstance(value, lexicon.Pool)]
    assert not (SINGLE_NOUNS | PLURAL_NOUNS) & {word for pool in pools for word in pool.words}


def test_text_is_written_as_people_type_it():
    told_apart = 'Mia says , " I am late ( here [ again ] ) . " " Where is the key ? " Tom asks .'
    written = 'Mia says, "I am late (here [again])." "Where is the key?" Tom asks.'
    assert storyland.typed(told_apart.split(" ")) == written


# Probabilities


def test_a_story_is_recovered_from_its_words_alone():
    for s in told()[:100]:
        assert storyland.derive(s.words) == s
        half = s.words[: len(s.words) // 2]
        assert storyland.derive(half).tokens == s.tokens[: len(half)]


def test_what_may_come_next_sums_to_1_and_holds_the_word_that_came():
    random = np.random.default_rng(5)
    for s in told()[:60]:
        for at in random.integers(0, len(s.words), 4):
            offered = storyland.next_words(s.words[:at])
            assert math.fsum(offered.values()) == pytest.approx(1, abs=1e-12)
            assert math.log(offered[s.words[at]]) == pytest.approx(s.tokens[at].logprob_nats, abs=1e-12)
        assert storyland.next_words(s.words) == {}


def test_no_offer_holds_a_word_twice_and_surprise_is_what_it_should_be():
    # Given all before it, a word costs -log p: in the mean H = sum(-p log p), with variance
    # sum(p log(p)^2) - H^2. Summed over many words, cost minus H is within 4.5 deviations of 0
    # if every word comes as often as its probability says.
    class Watched(Draw):
        expected = variance = 0.0

        def __call__(self, offer: Sequence[Choice]):
            p = np.array(list(shares(offer).values()))  # fails where a word is offered twice
            mean = -(p * np.log(p)).sum()
            self.expected += mean
            self.variance += (p * np.log(p) ** 2).sum() - mean**2
            return super().__call__(offer)

    cost = expected = variance = 0.0
    for seed in range(150):
        decide = Watched(np.random.default_rng((13, seed)))
        teller = Teller(decide)
        story(teller)
        cost -= sum(word.logprob_nats for word in teller.words)
        expected, variance = expected + decide.expected, variance + decide.variance
    assert abs(cost - expected) < 4.5 * math.sqrt(variance)
    assert expected > 10_000


def test_kinds_and_words_are_drawn_as_often_as_they_weigh():
    # Of choice k of every offer, and of rank k of every pool, the times it was drawn less the sum of its
    # probabilities is within 4.5 deviations of 0 over some ten thousand draws.
    surplus, variance = defaultdict(float), defaultdict(float)

    class Counted(Draw):
        def __call__(self, offer: Sequence[Choice]):
            choice, word = super().__call__(offer)
            total = sum(c.weight for c in offer)
            for k, c in enumerate(offer):
                count("choice", k, c is choice, c.weight / total)
            for rank, other in enumerate(choice.pool.words[:4]):
                if other not in choice.barred and len(choice.pool.words) > 1:
                    count("rank", rank, other == word, choice.pool.share(other, choice.barred))
            return choice, word

    def count(what: str, k: int, drawn: bool, p: float) -> None:
        surplus[what, k] += drawn - p
        variance[what, k] += p * (1 - p)

    for seed in range(250):
        story(Teller(Counted(np.random.default_rng((17, seed)))))
    assert len([key for key in surplus if variance[key] > 100]) > 8
    for key, found in surplus.items():
        assert abs(found) < 4.5 * math.sqrt(variance[key]) + 4, key


def test_a_word_comes_as_often_as_its_probability_says():
    first = Counter(s.words[0] for s in told())
    for name, share in list(storyland.next_words(()).items())[:6]:
        deviation = math.sqrt(len(told()) * share * (1 - share))
        assert abs(first[name] - len(told()) * share) < 4.5 * deviation
    joined = sum(s.words[1] == "and" for s in told()) / len(told())
    assert joined == pytest.approx(1 / 2.2, abs=4.5 * math.sqrt(0.25 / len(told())))


def test_entropy_is_the_same_whatever_the_seed():
    found = []
    for seed in (21, 22, 23):
        some = list(storyland.stories(seed, 250))
        found.append(sum(s.entropy_nats for s in some) / sum(len(s.tokens) for s in some))
    assert max(found) - min(found) < 0.05
    assert 1.3 < min(found) < max(found) < 1.9


def test_what_the_grammar_cannot_say_is_refused():
    words = ["Mia", "lives", "near", "the", "mill", "."]
    assert len(storyland.derive(words).tokens) == 6
    with pytest.raises(NotAStory, match="never says 'live' after Mia"):
        storyland.derive(["Mia", "live"])
    with pytest.raises(NotAStory, match="leave out what follows"):
        storyland.derive((*told()[0].words, "The"))


# As text, and as numbers


def test_every_story_survives_the_tokenizer(tmp_path: Path):
    (tmp_path / "tokenizer.json").write_text(storyland.tokenizer().to_str())
    cutter = Cutter(tmp_path / "tokenizer.json", start=0)
    assert cutter.size == len(storyland.vocabulary()) + 3
    for s in told()[:150]:
        tokens = cutter.cut(storyland.text(s))
        assert tokens.shown == ("", *s.words)
        assert tokens.ids[1:].tolist() == storyland_lessons.numbers(s.words)
    assert cutter.written(0) == "<|start|>"
    assert [cutter.written(n) for n in storyland_lessons.numbers(["Mia", "keys", ","])] == [
        " Mia",
        " keys",
        ",",
    ]
    foreign = cutter.cut("The zebra <unk> is 👍 old.")
    assert foreign.ids[1:].tolist() == [
        *storyland_lessons.numbers(["The"]), 1, 1, 1, 1, *storyland_lessons.numbers(["is"]), 1,
        *storyland_lessons.numbers(["old", "."]),
    ]  # fmt: skip


@pytest.mark.parametrize("attractors", range(5))
def test_a_minimal_pair_has_its_attractors_and_one_right_verb(attractors):
    pairs = list(storyland.agreement_pairs(3, 15, attractors))
    assert pairs == list(storyland.agreement_pairs(3, 15, attractors))
    for pair in pairs:
        words = storyland.tokenizer().encode(pair.prefix).tokens
        offered = storyland.next_words(words)
        assert pair.right in offered and pair.wrong not in offered
        last = storyland.derive([*words, pair.right]).tokens[-1]
        assert (last.phenomenon, last.attractors) == ("agreement", attractors)
        nouns = [word for word in words[last.causes[0] + 1 :] if word in SINGLE_NOUNS | PLURAL_NOUNS]
        assert len(nouns) == attractors
        assert {pair.right, pair.wrong} & SINGLE_VERBS and {pair.right, pair.wrong} & PLURAL_VERBS


@pytest.mark.parametrize(
    "ask",
    [
        lambda: storyland.stories(-1, 3),
        lambda: storyland.stories(1, -3),
        lambda: storyland.stories(1.5, 3),  # pyright: ignore[reportArgumentType]
        lambda: storyland.agreement_pairs(1, 2, 5),
        lambda: storyland.agreement_pairs(1, 2, -1),
        lambda: storyland.agreement_pairs(1, True, 1),
        lambda: storyland.other("keys"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_once(ask):
    with pytest.raises(Refusal):
        ask()


# As lessons


def test_rows_begin_with_a_story_and_go_on_with_the_next():
    known = storyland_lessons.endless(9)
    first, second = next(known), next(known)
    assert first[0] == second[0] == 0
    asked, wanted = next(storyland_lessons.batches(9, 2, 150))
    assert asked.shape == wanted.shape == (2, 150)
    assert asked[0].tolist() == [*first, *second][:150]
    assert (asked[:, 0] == 0).all() and (asked[:, 1:] == wanted[:, :-1]).all()


def grammar_itself(ids: torch.Tensor) -> torch.Tensor:
    """Logits (B, T, V) of a network that knows the grammar."""
    words = storyland.vocabulary()
    logits = torch.full((*ids.shape, len(words) + 3), -math.inf)
    for b, row in enumerate(ids.tolist()):
        so_far = [words[n - 3] for n in row[1:] if n != 2]
        for t in range(len(so_far) + 1):
            offered = storyland.next_words(so_far[:t])
            numbers = storyland_lessons.numbers(list(offered))
            logits[b, t, numbers] = torch.tensor(list(offered.values())).log()
    return logits


def test_the_grammar_measured_as_a_network_needs_its_own_entropy():
    kinds = [[word.phenomenon for word in s.tokens].count("copied_place") for s in told()]
    again = next(at for at, count in enumerate(kinds) if count)
    some = [*told()[:2], told()[again]]
    found = storyland_lessons.measure(grammar_itself, some, batch=2)
    assert found.tokens == sum(len(s.tokens) for s in some)
    assert found.nats == pytest.approx(found.grammar_nats, rel=1e-5)
    assert found.words == sum(len(storyland.text(s).split()) for s in some)
    assert found.places == found.found == sum(kinds[:2]) + kinds[again]
    said = storyland_lessons.described(found, [1.0, 0.5])
    assert "0.0 % more" in said and f"right in 100.0 % of {found.places} words" in said
    blind = storyland_lessons.measure(
        lambda ids: torch.zeros(*ids.shape, len(storyland.vocabulary()) + 3), some
    )
    assert (blind.places, blind.found) == (found.places, 0)


@pytest.mark.parametrize(("sign", "share"), [(1, 1.0), (-1, 0.0), (0, 0.0)])
def test_agreement_is_the_share_of_right_verbs(sign, share):
    def read(ids: torch.Tensor) -> torch.Tensor:
        return torch.nan_to_num(sign * grammar_itself(ids), nan=0.0, neginf=-99.0, posinf=99.0)

    assert storyland_lessons.agreement_accuracy(read, attractors=2, count=3) == share


@pytest.mark.parametrize("name", ["story_lstm", "story_gpt"])
def test_a_network_reads_from_empty_memory_whatever_it_read_before(name):
    from models.train import story_gpt, story_lstm

    torch.manual_seed(0)
    made = {"story_lstm": story_lstm.Network, "story_gpt": story_gpt.Decoder}[name]("tiny")
    read = storyland_lessons.reader(made)
    ids = torch.tensor([[0, 5, 9, 4], [0, 7, 8, 2]])
    first = read(ids)
    assert first.shape == (2, 4, storyland_lessons.size_of_vocabulary())
    read(ids.flip(0)[:1])
    torch.testing.assert_close(read(ids), first, atol=0, rtol=0)
    torch.testing.assert_close(read(ids[:, :2]), first[:, :2], atol=1e-5, rtol=1e-5)
    assert made.training
