"""Tokens beside tokens: groups on paper, every token in one group and none too large; words against difflib."""

import difflib
import random

import numpy as np
import pytest

from interpret.results.alignment import Group, by_characters, by_words, ranges


def spans(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array(pairs, dtype=int).reshape(-1, 2)


def test_pieces_are_grouped_where_both_sides_cut():
    # "the cabinet:" as  the| cab|inet|:  and as  the| cabinet:
    one = spans((0, 0), (0, 3), (3, 7), (7, 11), (11, 12))
    other = spans((0, 3), (4, 12))
    assert by_characters(one, other) == [
        Group("deleted", (0, 1), (0, 0)),  # the start mark, which only the first side has
        Group("equal", (1, 2), (0, 1)),
        Group("equal", (2, 5), (1, 2)),
    ]


def test_white_space_that_one_side_leaves_out_goes_to_what_follows_and_at_the_end_to_what_is_before():
    letters = spans((0, 1), (1, 2), (2, 3), (3, 4))  # "a b " letter by letter
    words = spans((0, 1), (2, 3))
    assert by_characters(letters, words) == [
        Group("equal", (0, 1), (0, 1)),
        Group("equal", (1, 4), (1, 2)),
    ]


def test_bytes_of_one_character_stay_together_and_closing_marks_stand_apart():
    one = spans((0, 0), (0, 1), (0, 1), (1, 2), (2, 2))  # an emoji in two bytes, a letter, two marks
    other = spans((0, 0), (0, 1), (1, 2), (2, 2))
    assert by_characters(one, other) == [
        Group("equal", (0, 1), (0, 1)),
        Group("equal", (1, 3), (1, 2)),
        Group("equal", (3, 4), (2, 3)),
        Group("equal", (4, 5), (3, 4)),
    ]


def test_nothing_on_one_side_is_one_group_and_nothing_on_both_is_none():
    assert by_characters(spans(), spans()) == []
    assert by_characters(spans((0, 1), (1, 2)), spans()) == [Group("deleted", (0, 2), (0, 0))]


@pytest.mark.parametrize("seed", range(12))
def test_every_token_is_in_one_group_and_no_group_could_be_cut(seed):
    draw = random.Random(seed)
    length = draw.randint(1, 40)
    cuts = [sorted(draw.sample(range(1, length), draw.randint(0, length - 1))) for _ in range(2)]
    one, other = (spans(*zip([0, *cut], [*cut, length], strict=True)) for cut in cuts)
    found = by_characters(one, other)
    for side, tokens in (("one", one), ("other", other)):
        parts = [getattr(group, side) for group in found]
        assert [at for first, end in parts for at in range(first, end)] == list(range(len(tokens)))
    # both sides cover all characters, so the groups are cut exactly where both cut
    both = {0, length} | (set(cuts[0]) & set(cuts[1]))
    assert sorted({int(one[group.one[0], 0]) for group in found} | {length}) == sorted(both)


def test_words_are_equal_replaced_inserted_and_deleted():
    one, other = (
        ["the", "keys", "to", "the", "old", "cabinet", "are"],
        ["the", "key", "to", "the", "cabinet", "here", "is", "now"],
    )
    assert by_words(one, other) == [
        Group("equal", (0, 1), (0, 1)),
        Group("replaced", (1, 2), (1, 2)),
        Group("equal", (2, 3), (2, 3)),
        Group("equal", (3, 4), (3, 4)),
        Group("deleted", (4, 5), (4, 4)),
        Group("equal", (5, 6), (4, 5)),
        Group("inserted", (6, 6), (5, 6)),  # one word against three: the last ones replace each other
        Group("inserted", (6, 6), (6, 7)),
        Group("replaced", (6, 7), (7, 8)),
    ]
    assert by_words([], ["a"]) == [Group("inserted", (0, 0), (0, 1))]


@pytest.mark.parametrize("seed", range(12))
def test_words_agree_with_difflib(seed):
    """difflib looks for the longest run first and may find fewer equal words, never more; both rebuild the texts."""
    draw = random.Random(seed)
    one, other = ([draw.choice("abcdef") for _ in range(draw.randint(0, 25))] for _ in range(2))
    found = by_words(one, other)
    assert [one[at] for group in found for at in range(*group.one)] == one
    assert [other[at] for group in found for at in range(*group.other)] == other
    equal = [group for group in found if group.kind == "equal"]
    assert all(one[group.one[0]] == other[group.other[0]] for group in equal)
    theirs = difflib.SequenceMatcher(None, one, other, autojunk=False)
    assert len(equal) >= sum(block.size for block in theirs.get_matching_blocks())


@pytest.mark.parametrize("seed", range(8))
def test_one_edit_is_found_as_difflib_finds_it(seed):
    """Words that are all different leave one way only."""
    draw = random.Random(seed)
    one = [f"w{k}" for k in range(draw.randint(2, 20))]
    at, way = draw.randrange(len(one)), draw.choice(["replace", "delete", "insert"])
    other = [*one[:at], *([] if way == "delete" else ["new"]), *one[at + (way != "insert") :]]
    named = {"replaced": "replace", "deleted": "delete", "inserted": "insert"}
    (change,) = [group for group in by_words(one, other) if group.kind != "equal"]
    theirs = [op for op in difflib.SequenceMatcher(None, one, other).get_opcodes() if op[0] != "equal"]
    assert theirs == [(named[change.kind], *change.one, *change.other)]


def test_words_are_ranges_of_tokens():
    assert ranges(np.array([0, 1, 1, 2])) == [(0, 1), (1, 3), (3, 4)]
    assert ranges(np.array([], int)) == []
