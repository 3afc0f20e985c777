"""What is explained: scores worked out on paper, every written form, every refusal."""

import math
from pathlib import Path

import pytest
import torch

from interpret import record
from interpret.target import BadTarget, Target, at, every, parse, span, token_of
from tests import tiny
from tests.toys import toy_run

# Three rows of logits; the first is the logarithm of 1, 2 and 5: probabilities 1/8, 2/8 and 5/8.
LOGITS = torch.tensor([[[1.0, 2.0, 5.0], [1.0, 1.0, 2.0], [3.0, 4.0, 9.0]]]).log()


@pytest.mark.parametrize(
    ("measure", "against", "expected"),
    [
        ("logit", (), [math.log(5), math.log(1), math.log(4)]),
        ("log-prob", (), [math.log(5 / 8), math.log(1 / 4), math.log(4 / 16)]),
        ("probability", (), [5 / 8, 1 / 4, 4 / 16]),
        ("contrast", (0, 2, 2), [math.log(5 / 1), math.log(1 / 2), math.log(4 / 9)]),
    ],
)
def test_scores_on_paper(measure: str, against: tuple[int, ...], expected: list[float]):
    target = Target(measure=measure, places=(1, 2, 3), tokens=(2, 0, 1), against=against)  # type: ignore[arg-type]
    assert target.scores(LOGITS)[0].tolist() == pytest.approx(expected)
    assert target.rows([2, 0]).scores(LOGITS[:, [2, 0]])[0].tolist() == pytest.approx(
        [expected[2], expected[0]]
    )


def test_scores_of_several_texts_stay_apart():
    target = Target(measure="probability", places=(1, 2), tokens=(1, 2))
    both = torch.cat((LOGITS[:, :2], LOGITS[:, 1:]))
    # text 1: 2/8 and 2/4; text 2: 1/4 and 9/16
    assert target.scores(both).flatten().tolist() == pytest.approx([2 / 8, 2 / 4, 1 / 4, 9 / 16])


@pytest.mark.parametrize(
    ("measure", "unit"),
    [("logit", "logits"), ("log-prob", "nats"), ("probability", "probability")],
)
def test_units(measure: str, unit: str):
    assert Target(measure=measure, places=(1,), tokens=(0,)).unit == unit  # type: ignore[arg-type]


def test_a_contrast_is_in_logits():
    assert Target(measure="contrast", places=(1,), tokens=(0,), against=(1,)).unit == "logits"


def test_the_token_at_place_p_is_scored_by_the_logits_before_it():
    run = toy_run()
    target = every(run, "logit")
    assert target.places == (1, 2, 3, 4)
    assert target.positions.tolist() == [0, 1, 2, 3]
    # red after <s>: 5; dog after red: 7; ran after dog: 12.25; then the model's guess, red: 10.875
    assert target.tokens == (1, 2, 3, 1)
    assert target.scores(run.logits[None])[0].tolist() == [5.0, 7.0, 12.25, 10.875]
    assert every(run, "logit", following=False).places == (1, 2, 3)


def test_a_contrast_of_every_token_is_with_the_best_other_one():
    run = toy_run()
    target = every(run, "contrast")
    # after <s> red and ran lead with 5 each; after red: dog 7, red 3.5; after dog: ran, red; then red, dog
    assert target.against == (3, 1, 1, 2)
    # 5 - 5; 7 - 3.5; 12.25 - 7.75; 10.875 - 6.75
    assert target.scores(run.logits[None])[0].tolist() == [0.0, 3.5, 4.5, 4.125]


def test_a_token_that_is_not_the_best_guess_is_set_against_the_best():
    # after red the model would say dog (7); the text says ran (-3.5)
    run = toy_run(" red ran")
    target = parse(run, "2", "contrast")
    assert (target.tokens, target.against) == ((3,), (2,))
    assert target.scores(run.logits[None, 1:2]).tolist() == [[-10.5]]


FORMS = {
    "every": Target(measure="logit", places=(1, 2, 3, 4), tokens=(1, 2, 3, 1)),
    "next": Target(measure="logit", places=(4,), tokens=(1,)),
    "2": Target(measure="logit", places=(2,), tokens=(2,)),
    "2-3": Target(measure="logit", places=(2, 3), tokens=(2, 3), summed=True),
    "3-3": Target(measure="logit", places=(3,), tokens=(3,), summed=True),
    "next:dog": Target(measure="logit", places=(4,), tokens=(2,)),
    "1:ran": Target(measure="logit", places=(1,), tokens=(3,)),
    "next:dog/ran": Target(measure="contrast", places=(4,), tokens=(2,), against=(3,)),
    "2:/dog": Target(measure="contrast", places=(2,), tokens=(2,), against=(2,)),
    "2:red/dog": Target(measure="contrast", places=(2,), tokens=(1,), against=(2,)),
}


@pytest.mark.parametrize(("written", "expected"), FORMS.items(), ids=FORMS)
def test_every_written_form(written: str, expected: Target):
    assert parse(toy_run(), written, "logit") == expected


def test_a_measure_reaches_the_target():
    assert parse(toy_run(), "2-3", "probability").measure == "probability"
    assert parse(toy_run(), "2", "contrast").against == (1,)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("never", "'never' is no target: write every, next, 5, 5-7"),
        ("", "is no target"),
        ("2-", "is no target"),
        ("1-2-3", "is no target"),
        ("1-2:dog", "is no target"),
        ("-1", "is no target"),
        ("0", "There is no token 0: this text has tokens 1 to 4"),
        ("5", "There is no token 5: this text has tokens 1 to 4"),
        ("0:dog", "There is no token 0"),
        ("5:dog", "There is no token 5"),
        ("5:dog/ran", "There is no token 5"),
        ("3-2", "A span lies between tokens 1 and 3"),
        ("0-2", "A span lies between tokens 1 and 3"),
        ("2-4", "A span lies between tokens 1 and 3"),
    ],
)
def test_what_is_no_target_is_refused(written: str, sentence: str):
    with pytest.raises(BadTarget, match=sentence) as refusal:
        parse(toy_run(), written)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"measure": "score"}, "There is no measure 'score': choose one of logit, log-prob"),
        ({"places": ()}, "at least one place"),
        ({"places": (1, 2)}, "one token for each place"),
        ({"places": (0,)}, "Places run from 1"),
        ({"against": (1,)}, "only a contrast"),
        ({"measure": "contrast"}, "A contrast"),
        ({"measure": "contrast", "against": (1, 2)}, "for each token"),
    ],
)
def test_a_target_that_does_not_fit_together_is_refused(wrong: dict, sentence: str):
    with pytest.raises(BadTarget, match=sentence):
        Target(**{"measure": "logit", "places": (1,), "tokens": (2,), **wrong})


def test_a_token_outside_the_vocabulary_is_refused():
    with pytest.raises(BadTarget, match="Token 4 is not in this model's vocabulary of 4"):
        at(toy_run(), 2, 4)
    with pytest.raises(BadTarget, match="Token 9"):
        at(toy_run(), 2, 1, measure="contrast", against=9)
    with pytest.raises(BadTarget, match="Token -1"):
        at(toy_run(), 2, -1)
    with pytest.raises(BadTarget, match="Token -1"):
        at(toy_run(), 2, 1, measure="contrast", against=-1)


def test_one_token_alone_has_only_what_follows_it():
    run = toy_run(" dog", start=False)
    assert every(run).places == (1,)
    with pytest.raises(BadTarget, match="One token alone has nothing before it"):
        every(run, following=False)
    with pytest.raises(BadTarget, match="A span lies"):
        span(run, 1, 1)


def test_a_word_is_looked_up_as_it_stands_inside_a_text(tmp_path: Path):
    model = tiny.lstm_model(tmp_path)
    assert model.shown(token_of(model, "cabinet")) == " cabinet"
    assert model.shown(token_of(model, "!")) == "!"
    with pytest.raises(BadTarget, match="'elephant' is not one piece of this model's vocabulary"):
        token_of(model, "elephant")
    with pytest.raises(BadTarget, match="'elephant' is not one piece"):
        parse(record(model, "the"), "next:cabinet/elephant")


def test_a_target_in_words():
    run = toy_run()
    assert every(run).asked(run.model).in_words() == "the log-probability of each token"
    assert parse(run, "next:dog/ran").asked(run.model).in_words() == (
        "the lead (logit difference) of “dog” over “ran”"
    )
    assert span(run, 1, 2, "probability").asked(run.model).in_words() == "the probability of “red dog”"
