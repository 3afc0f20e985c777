"""Storyland's causes: read off the words alone, and by telling the story again with one word changed."""

from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from models.train import storyland
from models.train import storyland_words as lexicon
from models.train.storyland import Story
from models.train.storyland_grammar import story
from models.train.storyland_teller import Choice, Draw, Teller

NOUNS = (lexicon.THINGS, lexicon.PLACES, lexicon.ANIMALS)
SINGLE_NOUNS = {word for pairs in NOUNS for word in pairs.single.words}
PLURAL_NOUNS = {word for pairs in NOUNS for word in pairs.plural.words}
VERBS = [value for value in vars(lexicon).values() if isinstance(value, lexicon.Verbs)]
SINGLE_VERBS = {word for pairs in VERBS for word in pairs.single.words}
PLURAL_VERBS = {word for pairs in VERBS for word in pairs.plural.words}
WOMEN, MEN = set(lexicon.SHE.words), set(lexicon.HE.words)
SHE, HE = {"she", "her", "herself"}, {"he", "him", "his", "himself"}
IT, THEY = {"it", "itself"}, {"they", "them", "their", "themselves"}


@cache
def told(count: int = 400) -> tuple[Story, ...]:
    return tuple(storyland.stories(7, count))


def each_word(phenomenon: str):
    """Every word of this phenomenon: the story's words, its index and its record."""
    found = [(s.words, i, t) for s in told() for i, t in enumerate(s.tokens) if t.phenomenon == phenomenon]
    assert len(found) > 50, f"too few of {phenomenon!r} to say anything"
    return found


# What fixes a word


def test_causes_stand_before_what_they_fix():
    for s in told():
        for i, token in enumerate(s.tokens):
            assert all(0 <= cause < i for cause in token.causes)
            assert bool(token.causes) == bool(token.phenomenon)
            assert not token.attractors or token.phenomenon == "agreement"


def test_what_is_opened_is_closed_by_the_word_that_says_so():
    for s in told():
        opened: list[int] = []
        for i, (word, token) in enumerate(zip(s.words, s.tokens, strict=True)):
            closes = word in ")]" or (word == '"' and any(s.words[at] == '"' for at in opened))
            if closes:
                assert s.words[opened[-1]] + word in ("()", "[]", '""')
                assert token.causes == (opened.pop(),)
                assert token.phenomenon == ("closing_quote" if word == '"' else "closing_bracket")
            elif word in '(["':
                assert not token.causes
                opened.append(i)
            assert len(opened) <= 3
        assert not opened
    assert any("[" in s.words for s in told())


def is_plural(words: Sequence[str], causes: tuple[int, ...]) -> bool:
    first, *rest = causes
    if rest:  # Mia and Tom
        assert words[rest[0]] == "and"
        return True
    word = words[first]
    return word in PLURAL_NOUNS or word.lower() in THEY or word in lexicon.SPEAKERS


def test_verbs_agree_with_their_subject_whatever_stands_between():
    seen = Counter()
    for words, i, token in each_word("agreement"):
        plural = is_plural(words, token.causes)
        if token.word == "am":
            assert words[token.causes[0]] == "I"
            continue
        assert (token.word in PLURAL_VERBS) == plural
        assert (token.word in SINGLE_VERBS) != plural
        between = words[token.causes[-1] + 1 : i]
        others = SINGLE_NOUNS | WOMEN | MEN if plural else PLURAL_NOUNS
        assert token.attractors == sum(word in others for word in between)
        seen[token.attractors] += 1
    assert set(seen) == {0, 1, 2, 3, 4}


def root(s: Sequence[storyland.Word], at: int) -> tuple[int, ...]:
    """Where a being was named: from pronoun to pronoun back to a noun or a name."""
    while s[at].phenomenon == "pronoun":
        if len(s[at].causes) > 1:
            return s[at].causes
        at = s[at].causes[0]
    return (at,)


def test_a_pronoun_can_mean_one_being_only():
    seen = Counter()
    for s in told():
        for i, token in enumerate(s.tokens):
            if token.phenomenon not in ("pronoun", "reflexive"):
                continue
            word, words = token.word.lower(), s.words
            start = max((at for at in range(i) if words[at] in ".?!"), default=-1) + 1
            first, *rest = token.causes
            means = token.causes if rest else root(s.tokens, first)
            if word in SHE | HE:
                met = {name for name in words[:i] if name in (WOMEN if word in SHE else MEN)}
                if token.phenomenon == "reflexive" and len(met) > 1:  # its own sentence's subject is meant
                    met = {name for name in words[start:i] if name in met}
                assert met == {words[means[0]]}
            else:
                nouns = PLURAL_NOUNS if word in THEY else SINGLE_NOUNS
                fitting = [(at,) for at in range(start, i) if words[at] in nouns]
                if word in THEY:
                    names = WOMEN | MEN
                    triples = [(at, at + 1, at + 2) for at in range(start, i - 2)]
                    fitting += [
                        t for t in triples
                        if words[t[0]] in names and words[t[1]] == "and" and words[t[2]] in names
                    ]  # fmt: skip
                assert fitting == [means]
            seen[word] += 1
    assert set(seen) == SHE | HE | IT | THEY


@pytest.mark.parametrize("phenomenon", ["copied_name", "copied_place"])
def test_what_is_copied_is_the_same_word(phenomenon):
    for words, i, token in each_word(phenomenon):
        cause = token.causes[0]
        assert token.word == words[cause]
        assert (
            phenomenon != "copied_name" or token.word not in words[cause + 1 : i]
        )  # the last time it was told


def test_a_thing_is_found_where_it_was_put_last():
    things = {*lexicon.THINGS.single.words, *lexicon.THINGS.plural.words}
    places = lexicon.IN_PLACE.rank
    for words, i, token in each_word("copied_place"):
        if token.word not in SINGLE_NOUNS:
            continue  # the preposition two words before, looked at together with its noun
        at = max(at for at in range(i - 2) if words[at] in things)
        told_of = [j for j in range(at) if words[j] == words[at]]
        starts = [j + 1 + (words[j + 1] in ("is", "are")) for j in told_of]
        last = [j for j in starts if words[j] in places and words[j + 1] == "the"][-1]
        assert words[last : last + 3] == words[i - 2 : i + 1]
        assert token.causes == (last + 2,)


def test_a_count_is_repeated_or_one_fewer_after_one_left():
    for words, _, token in each_word("counted"):
        before = lexicon.COUNTS[words[token.causes[0]].lower()]
        assert lexicon.COUNTS[token.word] == before - (len(token.causes) - 1)
        assert [words[at] for at in token.causes[1:]] in ([], ["One"])


# What would have been


class CannotBe(Exception):
    """The story does not go on the same way behind the change."""


class Written:
    """Remembers every decision as a kind and a rank, so that it can be taken again on other words."""

    def __init__(self, decide):
        self.decide, self.decisions = decide, []

    def __call__(self, offer: Sequence[Choice]):
        choice, word = self.decide(offer)
        self.decisions.append((choice.kind, choice.pool.rank[word]))
        return choice, word


class Again:
    """Takes remembered decisions, all but one."""

    def __init__(self, decisions):
        self.decisions = iter(decisions)

    def __call__(self, offer: Sequence[Choice]):
        kind, rank = next(self.decisions)
        for choice in offer:
            if choice.kind == kind and rank < len(choice.pool.words):
                word = choice.pool.words[rank]
                if word not in choice.barred:
                    return choice, word
        raise CannotBe


def descend(s: Story, at: int) -> set[int]:
    """Every word that `at` fixes, at once or by way of others."""
    found = {at}
    for i, token in enumerate(s.tokens):
        if found & set(token.causes):
            found.add(i)
    return found - {at}


def otherwise(count: int, change):
    """Stories with one decision changed: the story, what it became, where, and the places that differ."""
    for seed in range(count):
        decide = Written(Draw(np.random.default_rng((11, seed))))
        teller = Teller(decide)
        story(teller)
        before = Story(tokens=tuple(teller.words))
        for at, decision in enumerate(decide.decisions):
            changed = change(*decision)
            if changed is None:
                continue
            other = Teller(Again([*decide.decisions[:at], changed, *decide.decisions[at + 1 :]]))
            try:
                story(other)
            except CannotBe:
                continue
            after = tuple(word.word for word in other.words)
            differ = {i for i, (a, b) in enumerate(zip(before.words, after, strict=True)) if a != b}
            yield before, after, at, differ - {at}


def test_another_number_changes_its_verbs_and_pronouns_and_nothing_else():
    def flip(kind, rank):
        one, _, rest = kind.partition(" ")
        names = {"single": "plural", "plural": "single"}
        return (f"{names[one]} {rest}".strip(), rank) if one in names and rest != "be" else None

    seen = Counter()
    for before, _, at, differ in otherwise(120, flip):
        assert differ == descend(before, at)
        seen.update(before.tokens[i].phenomenon for i in differ)
        seen["attractor"] += not differ
    assert seen["agreement"] > 50 and seen["attractor"] > 50 and seen["pronoun"] > 5


@pytest.mark.parametrize("step", [1, 2])
def test_another_name_changes_its_copies_and_the_other_gender_its_pronouns(step):
    # names alternate by gender, so the next rank is the other gender and the one after it the same
    seen = Counter()
    for before, _, at, differ in otherwise(
        150, lambda kind, rank: (kind, rank + step) if kind == "new" else None
    ):
        fixed = descend(before, at)
        assert differ <= fixed
        for i in fixed:
            token = before.tokens[i]
            gendered = token.word.lower() in SHE | HE
            assert (i in differ) == (token.phenomenon == "copied_name" or (gendered and step == 1)), token
        seen.update(before.tokens[i].phenomenon for i in differ)
    assert seen["copied_name"] > 50
    assert (seen["pronoun"] > 10) == (seen["reflexive"] > 1) == (step == 1)


def test_another_place_and_another_count_change_what_is_told_of_them_later():
    def shift(kind, rank):
        return (kind, rank + 1) if kind in ("in place", "place", "gather") else None

    seen = Counter()
    for before, after, at, differ in otherwise(200, shift):
        wanted = {
            i for i in descend(before, at) if before.tokens[i].phenomenon in ("copied_place", "counted")
        }
        assert differ == wanted
        for i in differ:
            seen[before.tokens[i].phenomenon] += 1
            if before.tokens[i].phenomenon == "counted":
                assert lexicon.COUNTS[after[i]] == lexicon.COUNTS[before.words[i]] + 1
    assert seen["copied_place"] > 50 and seen["counted"] > 10
