"""Two sides beside each other: sums on paper, sums that are kept, no difference from itself, flips, refusals."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import models
from interpret import explain, record
from interpret.results import NotFinite
from interpret.results.comparison import Side, laid
from interpret.results.comparison_words import SAME
from interpret.results.sides import classes, next_tokens, of_head, of_layers, of_scores, of_surprise
from interpret.target import parse
from models.refusals import Refusal

TEXT = "The keys to the old wooden cabinet"


def side(text: str, pieces: list[str], values: Sequence[float], told: str = "", name: str = "a") -> Side:
    """A text cut into pieces, each a word of its own unless it begins without a space."""
    spans, at = [], 0
    for piece in pieces:
        at = text.index(piece, at)
        spans.append((at, at + len(piece)))
        at += len(piece)
    words = np.cumsum([k > 0 and piece[0] == " " for k, piece in enumerate(pieces)])
    return Side(
        name=name, model=name, text=text, spans=np.array(spans), words=words, values=np.array(values, float),
        known=np.ones(len(pieces), dtype=bool), told=tuple(told.split()) or ("",) * len(pieces),
    )  # fmt: skip


def test_pieces_are_added_up_to_what_both_sides_share():
    one = side("the cabinet is", ["the", " cab", "inet", " is"], [1, 8, 4, 2], "a b c d")
    other = side("the cabinet is", ["the", " cabinet", " is"], [3, 7, 2], "a x d", name="b")
    found = laid(one, other, "surprise")
    assert found.shown[0] == found.shown[1] == ("the", "cabinet", "is")
    assert found.values.tolist() == [[1, 12, 2], [3, 7, 2]]  # 8 + 4
    assert found.difference.tolist() == [2, -5, 0]
    assert found.flipped.tolist() == [False, True, False]  # b and x
    assert found.apart() == [1, 0]
    said = found.in_words()
    assert "a is surprised by 5.00 bits a word, b by 4.00; b expected 1 of 3 words better" in said
    assert "“cabinet”: 12.00 and 7.00 bits" in said and "at 1 of 3 places" in said
    json.dumps(found.to_json(), allow_nan=False)


def test_words_of_two_texts_stand_beside_each_other():
    one = side("the keys are", ["the", " keys", " are"], [1, -2, 3])
    other = side("the old key are", ["the", " old", " key", " are"], [1, 5, 2, -3], name="b")
    found = laid(one, other, "saliency", signed=True, unit="nats")
    # one word against two: the last ones replace each other
    assert found.kinds == ("equal", "inserted", "replaced", "equal")
    assert found.values.tolist() == [[1, 0, -2, 3], [1, 5, 2, -3]]
    assert found.known.tolist() == [[True, False, True, True], [True] * 4]
    assert found.difference.tolist() == [0, 0, 4, -6]
    assert found.flipped.tolist() == [False, False, True, True]
    assert [found.name(at) for at in (1, 2)] == ["old", "keys → key"]


def test_a_sign_that_is_next_to_nothing_does_not_flip():
    one, other = (side("a b", ["a", " b"], numbers) for numbers in ([100, 1], [100, -1]))
    assert not laid(one, other, "saliency", signed=True).flipped.any()  # 1 of 100 is less than 2 of 100
    two, more = (side("a b", ["a", " b"], numbers) for numbers in ([100, 2], [100, -2]))
    assert laid(two, more, "saliency", signed=True).flipped.tolist() == [False, True]


def test_of_layers_a_group_has_the_number_of_its_first_token():
    one = side("cabinet is", ["cab", "inet", " is"], [0.5, 1, 0.25], "x y z")
    other = side("cabinet is", ["cabinet", " is"], [0.75, 0.25], "x w", name="b")
    found = laid(one, other, "layers")
    assert found.values.tolist() == [[0.5, 0.25], [0.75, 0.25]]
    assert found.flipped.tolist() == [False, True]


def test_an_unsigned_side_flips_where_its_largest_moves():
    one, other = (side("a b c", ["a", " b", " c"], numbers) for numbers in ([3, 1, 2], [1, 1, 2]))
    assert laid(one, other, "attention").flipped.tolist() == [True, False, True]


SIDES = {
    "surprise": lambda run: of_surprise(explain(run, "next_words")),
    "saliency": lambda run: of_scores(explain(run, "gradient_times_input", parse(run, "next"))),
    "layers": lambda run: of_layers(explain(run, "lens")),
}


@pytest.mark.parametrize("what", SIDES)
@pytest.mark.parametrize("words", [True, False])
def test_nothing_is_lost_and_a_side_does_not_differ_from_itself(what, words):
    make: Any = SIDES[what]
    one, same, other = (
        make(record(models.load(name), TEXT)) for name in ("wiki-lstm", "wiki-lstm", "shakespeare-chars")
    )
    found = laid(one, other, what, words=words)
    assert len(found.shown[0]) == (8 if words else len(one.values)), (
        "a mark and seven words; letters cut everywhere"
    )
    if what != "layers":  # sums over groups are sums over tokens
        np.testing.assert_allclose(found.values.sum(1), found.totals, rtol=1e-9)
    itself = laid(one, same, what, words=words)
    assert not itself.difference.any() and not itself.flipped.any() and itself.in_words() == SAME


def test_next_tokens_and_what_is_shared():
    one, other = (explain(record(models.load(n), TEXT), "next_shares") for n in ("wiki-lstm", "reviews-lstm"))
    found = next_tokens(one, other, ("a", "b"))
    by_id = [dict(zip(f.candidate_ids.tolist(), f.values.tolist(), strict=True)) for f in (one, other)]
    assert found.shared == pytest.approx(sum(min(by_id[0][at], by_id[1][at]) for at in by_id[0]))
    at = found.shown[0].index(other.candidates[0])
    assert found.values[:, at] == pytest.approx([row[int(other.candidate_ids[0])] for row in by_id])
    assert next_tokens(one, one, ("a", "b")).in_words() == SAME
    letters = explain(record(models.load("shakespeare-chars"), TEXT), "next_shares")
    with pytest.raises(Refusal, match="different vocabularies"):
        next_tokens(one, letters, ("a", "b"))


def test_classes_flip():
    model = models.load("reviews-lstm-sentiment")
    good, bad = (
        explain(record(model, text), "classes")
        for text in ("A wonderful film, I loved it.", "A terrible film, I hated it.")
    )
    found = classes(good, bad, ("first", "second"))
    assert found.flipped.all() and "the answer flips" in found.in_words()
    assert "the same answer" not in found.in_words()


def test_a_head_that_is_not_there_and_numbers_that_are_none_are_refused():
    run = record(models.load("induction-2l"), "ba na ba")
    maps = explain(run, "attention")
    query = len(run.tokens) - 1
    looks = of_head(maps, 1, 0, query)
    np.testing.assert_allclose(looks.values, maps.values[0, 0, query])
    with pytest.raises(Refusal, match=r"no head 9\.0"):
        of_head(maps, 9, 0, query)
    broken = side("a b", ["a", " b"], [1.0, float("nan")])
    with pytest.raises(NotFinite):
        laid(broken, broken, "saliency", signed=True)
