"""The small language of pairs, and every paradigm: seeded, minimal, in words that the models know."""

import re

import numpy as np
import pytest
from tokenizers import Tokenizer

import models
from interpret.grammar import templates
from interpret.grammar.paradigms import COUNT, SEED, chosen, paradigms, pools
from interpret.grammar.templates import BadTemplate, difference
from models.refusals import Refusal
from models.train import storyland

ENGLISH, STORYLAND = paradigms("english"), paradigms("storyland")
EVERY = [*ENGLISH.values(), *STORYLAND.values()]
POOLS = {"man": [("man", "men"), ("boy", "boys")], "be": [("is", "are")], "here": [("here",), ("there",)]}


def lines(template: str, count: int, seed: int = 1) -> list[tuple[str, str]]:
    return [(pair.good, pair.bad) for pair in templates.pairs([template], POOLS, seed, count)]


def test_a_line_writes_what_it_says():
    found = lines("the {man:s} and the {man:o} <be:s> {here}.", 2)
    one, other = ("man", "boys") if "man " in found[0][0] else ("boy", "men")
    assert re.fullmatch(f"The {one} and the {other} is (here|there)\\.", found[0][0])
    assert found[0][1] == found[0][0].replace(" is ", " are ")
    assert " are " in found[1][0]  # the second pair's subject is plural
    (marked,) = templates.pairs(["[No|The] {man:1} ^{be:1}^ {here}."], POOLS, 1, 1)
    assert (marked.good[:3], marked.bad[:4]) == ("No ", "The ")
    assert [
        half[slice(*part)] for half, part in zip((marked.good, marked.bad), marked.part or (), strict=True)
    ] == ["is"] * 2
    swapped = lines("[No|The] {man:2} that [the|no] {man=:2} <be:2>.", 1)
    assert swapped[0][0].split()[1] == swapped[0][0].split()[4]  # the same word once more
    ((good, bad),) = lines("{here} [{man:1} {be:1}|{be:1} {man:1}].", 1)
    assert sorted(good.rstrip(".").split()) == sorted(
        bad.rstrip(".").split()
    )  # both halves draw the same words


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{woman:s}", "There are no words called 'woman'"),
        ("{here:s}", "'(t?here)' has one form"),
        ("{be:s} {be:s}", "asks for more words called 'be' than there are"),
        ("the <be> man", "cannot be read from '<be> man' on"),
        ("{man:s} <be:s>", "cannot write 99 different pairs"),
    ],
)
def test_a_line_that_cannot_be_written_is_refused(line, said):
    with pytest.raises(BadTemplate, match=said):
        lines(line, 99)


def test_where_two_lists_differ():
    assert difference("abcde", "abXde") == (2, 3, 3)
    assert difference("abc", "abc") == (3, 3, 3)
    assert difference("aa", "aaa") == (2, 2, 3)


def test_there_are_enough_paradigms():
    assert len(ENGLISH) >= 20
    assert len(STORYLAND) >= 20
    assert len({paradigm.phenomenon for paradigm in ENGLISH.values()}) >= 9
    assert {p.between for p in ENGLISH.values() if not p.same} >= {0, 1, 2, 3, 4}
    assert all(paradigm.rule.endswith(".") for paradigm in EVERY)


@pytest.mark.parametrize("name", ENGLISH)
def test_english_pairs_differ_in_one_word_or_in_its_place(name):
    pairs = ENGLISH[name].pairs()
    assert len(set(pairs)) == COUNT
    for pair in pairs:
        good, bad = pair.good.split(" "), pair.bad.split(" ")
        one_word = len(good) == len(bad) and sum(a != b for a, b in zip(good, bad, strict=True)) == 1
        plain = [sorted(re.findall(r"\w+|[^\w\s]", half.lower())) for half in (pair.good, pair.bad)]
        assert one_word != (plain[0] == plain[1]), pair
        if pair.part is not None:  # what is compared is the same in both, and stands behind the difference
            assert pair.good[slice(*pair.part[0])] == pair.bad[slice(*pair.part[1])] != ""
            assert pair.part[0][0] >= difference(pair.good, pair.bad)[0]


@pytest.mark.parametrize("name", ["agreement_2", "self_gender", "story_agreement_1", "story_self"])
def test_pairs_come_from_a_seed(name):
    paradigm = {**ENGLISH, **STORYLAND}[name]
    assert paradigm.pairs(24) == paradigm.pairs(12) + paradigm.pairs(24)[12:]
    assert paradigm.pairs(12, SEED + 1) != paradigm.pairs(12)


def test_no_form_of_a_word_is_right_more_often_than_the_other():
    for paradigm in ENGLISH.values():
        critical = re.findall(r"<(\w+):(\w)>", " ".join(paradigm.templates))
        if not critical or not {letter for _, letter in critical} <= set("sgo"):
            continue
        firsts = {word[0] for word in pools("english")[critical[0][0]]}
        good = [_critical(pair) for pair in paradigm.pairs()]
        assert sum(word in firsts for word in good) == COUNT / 2, paradigm.name


def _critical(pair: templates.Pair) -> str:
    start, end, _ = difference(pair.good.split(" "), pair.bad.split(" "))
    return " ".join(pair.good.split(" ")[start:end]).strip(".?").lower()


def test_every_english_word_is_one_piece_of_the_shared_tokenizer():
    cutter = Tokenizer.from_file(str(models.folder("wiki-lstm") / "tokenizer.json"))
    words = {form for pool in pools("english").values() for word in pool for form in word}
    literal = re.sub(
        r"\{[^}]*\}|<[^>]*>|[\[\]|]", " ", " ".join(t for p in ENGLISH.values() for t in p.templates)
    )
    words |= set(re.findall(r"[A-Za-z]+", literal))
    spare = {word for word in words if len(cutter.encode(f" {word}").ids) != 1}
    assert spare <= {"beside"}  # a preposition, the same in both halves


@pytest.mark.parametrize("name", STORYLAND)
def test_storyland_itself_allows_the_good_half_and_forbids_the_bad_one(name):
    cutter = storyland.tokenizer()
    for pair in STORYLAND[name].pairs(8):
        good, bad = (cutter.encode(half).tokens for half in (pair.good, pair.bad))
        assert "<unk>" not in (*good, *bad)
        storyland.derive(good)
        with pytest.raises(storyland.NotAStory):
            storyland.derive(bad)


def test_an_unknown_world_or_paradigm_is_refused():
    with pytest.raises(Refusal, match="There is no world 'mars': choose one of english, storyland"):
        paradigms("mars")
    with pytest.raises(Refusal, match="There is no paradigm 'x' in english: choose of agreement_0"):
        chosen(("x",), "english")
    assert [p.name for p in chosen(("quote", "bracket"), "english")] == ["quote", "bracket"]


def test_longer_sentences_only_add_what_stands_in_between():
    lengths = [np.mean([len(p.good.split()) for p in ENGLISH[f"agreement_{k}"].pairs(40)]) for k in range(5)]
    same = [
        np.mean([len(p.good.split()) for p in ENGLISH[f"agreement_same_{k}"].pairs(40)]) for k in range(1, 5)
    ]
    assert lengths == [4, 7, 10, 13, 16]
    assert same == lengths[1:]
