"""Where the truth comes from: Storyland's grammar, labelled trees, and toys."""

import numpy as np
import pytest

from interpret import record
from interpret.league import storyland, toys, treebank
from interpret.league.cases import Asked, Case, judge
from interpret.target import at
from models.refusals import Refusal
from models.train.storyland import stories
from models.train.storyland_teller import Word
from tests.toys import TEXT, Toy, ToyClassifier


def word(text: str, *causes: int) -> Word:
    return Word(
        word=text, causes=causes, phenomenon="copied_name" if causes else "", attractors=0, logprob_nats=0.0
    )


def test_words_bound_to_the_cause_count_neither_way():
    # Mia(0) has a box(1). Mia(2, told again) and she(3, by 2) say the same; Tom(4) and box(5, by 1) do not.
    story = [
        word("Mia"),
        word("box"),
        word("Mia", 0),
        word("she", 2),
        word("Tom"),
        word("box", 1),
        word("Mia", 2),
    ]
    kept, true = storyland.candidates(story, 6)
    assert kept == [1, 2, 4, 5]  # not 0, which fixed the cause, nor 3, which the cause fixed
    assert [story[at].word for at, cause in zip(kept, true, strict=True) if cause] == ["Mia"]


def test_every_place_has_its_causes_among_the_candidates():
    seen = set()
    for story in stories(5, 30):
        for name, found in storyland.places(story.tokens).items():
            seen.add(name)
            for place in found:
                kept, true = storyland.candidates(story.tokens, place)
                assert {kept[at] for at in np.flatnonzero(true)} == set(story.tokens[place].causes)
                assert not true.all() and max(kept) < place
    assert seen == set(storyland.NAMES)


def test_a_tree_is_laid_upon_its_sentence_letter_by_letter():
    tree = "(1 (2 It) (1 (2 (2 is) (1 n't)) (1 (2 a) (4 (4 lovely) (2 film)))))"
    found = treebank.labelled(tree)
    assert found is not None
    assert found.text == "It isn't a lovely film"
    assert {found.text[a:b]: label for a, b, label in found.words} == {
        "It": 2, "is": 2, "n't": 1, "a": 2, "lovely": 4, "film": 2,
    }  # fmt: skip
    phrases = {found.text[a:b]: label for a, b, label in found.phrases}
    assert phrases["lovely film"] == 4 and phrases["isn't"] == 2
    assert found.text not in phrases


def test_a_word_has_the_label_of_its_part_furthest_from_neutral():
    spans = treebank.Labelled(
        text=" red dog ran", words=((0, 4, 4), (4, 8, 2), (8, 10, 2), (10, 12, 1)), phrases=()
    )
    run = record(ToyClassifier(), TEXT)
    groups, labels = treebank._words(run, spans)
    assert [group.tolist() for group in groups] == [[1], [2], [3]]
    assert labels.tolist() == [4, 2, 1]
    cases = {case.group: case for case in treebank._cases(run, spans)}
    assert set(cases) == {"praise", "blame", "which_way"}
    assert cases["blame"].against and [item.tolist() for item in cases["blame"].items] == [[2], [3]]
    assert cases["which_way"].true.tolist() == [True, False]


def test_blame_should_push_down():
    case = Case(
        group="blame",
        row=0,
        items=(np.array([0, 1]), np.array([2])),
        true=np.array([True, False]),
        against=True,
    )
    # pieces -2 and +1 add up to -1, below the other's 0.5: a hit with the sign, and by size too
    np.testing.assert_array_equal(case.judged(np.array([-2.0, 1.0, 0.5])), [[1, 1], [1, 1]])
    # +2 and -1 add up to +1: wrong way round, but the larger in size
    np.testing.assert_array_equal(case.judged(np.array([2.0, -1.0, 0.5])), [[0, 0], [1, 1]])
    # a method that knows no direction is asked for the size alone
    np.testing.assert_array_equal(case.judged(np.array([2.0, -1.0, 0.5]), directed=False), [[1, 1], [1, 1]])


def test_the_league_of_a_toy_worked_out_on_paper():
    """The word "dog" behind " red" and before it the start mark: logit(dog) = 2x - y of state x_t + x_(t-1)/2."""
    run = record(Toy(), " red ran dog")
    # embeddings: red (3, -1), ran (5, 1); state after ran = ran + red/2 + start/4
    # contributions to logit(dog): ran 2*5 - 1 = 9, red (2*3 + 1)/2 = 3.5, start (2*1 - 2)/4 = 0
    target = at(run, 3, measure="logit")
    items = (np.array([1]), np.array([2]))
    one = Asked(run=run, target=target, cases=(
        Case(group="ran", row=0, items=items, true=np.array([False, True])),
        Case(group="red", row=0, items=items, true=np.array([True, False])),
    ))  # fmt: skip
    judged, failed = judge([one], ["gradient_times_input", "leave_one_out"], {}, 0)
    assert failed == [] and judged.shape == (3, 2, 2, 2)
    assert judged[0, 0].tolist() == [[1, 1], [1, 1]] and judged[0, 1].tolist() == [[0, 0], [0, 0]]
    # left out: without ran the state is red + start/2: logit 7 + 0; without red: ran + start/2: 9; the text: 12.5.
    # so ran matters 5.5 and red 3.5
    assert judged[1, 0].tolist() == [[1, 1], [1, 1]]


def test_toys_answer_by_their_rule():
    run = {rule: record(toys.Planted(rule), "salt bread sugar river") for rule in toys.NAMES}
    assert {rule: float(one.logits[0, 1]) for rule, one in run.items()} == {
        "adds_up": 3.0,
        "either": 1.0,
        "both": 2.0,
    }
    alone = {rule: float(record(toys.Planted(rule), "salt bread").logits[0, 1]) for rule in toys.NAMES}
    assert alone == {"adds_up": 2.0, "either": 1.0, "both": 0.0}
    assert [tuple(one) for one in run["both"].tokens.spans] == [(0, 0), (0, 4), (5, 10), (11, 16), (17, 22)]


def test_without_the_trees_the_sentences_are_refused():
    with pytest.raises(Refusal, match="--data"):
        treebank.sentences("", 5, 0)
    with pytest.raises(Refusal, match="sst2/trees"):
        treebank.sentences("nowhere", 5, 0)
