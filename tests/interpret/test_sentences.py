"""Text into what can be seen and said of it."""

import pytest

from interpret.sentences import (
    bare,
    harmless,
    in_powers,
    marked,
    mended,
    named,
    nth,
    percent,
    rounded,
    two_figures,
    writable,
)


@pytest.mark.parametrize(
    ("token", "said", "label", "can_be_written"),
    [
        (" on", "“on”", "on", True),
        ("…hedral", "“…hedral”", "…hedral", True),
        ("\n", "a new line", "(new line)", True),
        (" ", "a space", "(space)", True),
        ("<unk>", "a word it does not know", "(word it does not know)", False),
        ("<|start|>", "the end of the text", "(end of the text)", False),
        ("\ufffd", "part of a character", "(part of a character)", False),
        ("\u200f", "a right-to-left mark", "(right-to-left mark)", True),
        (" \u200d", "a zero width joiner", "(zero width joiner)", True),
        ("\u3000", "an ideographic space", "(ideographic space)", True),
        ("\x85", "an unseen mark", "(unseen mark)", True),
        ("\u200e\u200f", "unseen marks", "(unseen marks)", True),
        ("a\u200db", "“a\u200db”", "a\u200db", True),
        ("", "the end of the text", "(end of the text)", False),
    ],
)
def test_guesses_are_said_in_words(token, said, label, can_be_written):
    assert (named(token), bare(token), writable(token)) == (said, label, can_be_written)


@pytest.mark.parametrize(
    ("token", "before", "shown"),
    [("hedral", "The cat", "…hedral"), (" sat", "The cat", " sat"), (".", "The cat", "."), ("A", "", "A"),
     ("on", "sat ", "on"), ("5", "in 199", "…5")],
)  # fmt: skip
def test_dots_stand_before_what_goes_on_with_a_word(token, before, shown):
    assert marked(token, before) == shown


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (1.0, "100"),
        (0.314, "31"),
        (0.0314, "3.1"),
        (0.00314, "0.31"),
        (0.0, "0.00"),
        (1e-6, "less than 0.01"),
    ],
)
def test_two_figures_of_a_probability(share, written):
    assert percent(share) == f"{written}\u00a0%"


@pytest.mark.parametrize(
    ("written", "said"),
    [("0.0001", "0.0001"), ("1e-09", "10⁻⁹"), ("2.1e-06", "2.1\u00a0×\u00a010⁻⁶"), ("1e+12", "10¹²")],
)
def test_powers_of_ten_as_people_write_them(written, said):
    assert in_powers(written) == said


def test_shares_in_a_column_have_as_many_decimals_and_a_true_minus():
    assert (rounded(0.314), rounded(-0.0314, 1), rounded(1)) == ("31\u00a0%", "−3.1\u00a0%", "100\u00a0%")


def test_places_are_counted_as_people_count():
    assert [nth(number) for number in (1, 22, 13, 112, 1204)] == ["1st", "22nd", "13th", "112th", "1,204th"]


def test_half_characters_become_one_sign_and_whole_ones_stay():
    assert mended({"a": ["\ud800x", "\U0001f600", 3]}) == {"a": ["\ufffdx", "\U0001f600", 3]}


def test_no_cell_begins_a_formula():
    for begin in "=+-@\t\r\n＝＋－＠":
        assert harmless(f"{begin}1") == f"'{begin}1"
    assert harmless(-1) == -1 and harmless("a=1") == "a=1"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1141.4, "1,100"),
        (2.72, "2.7"),
        (9.96, "10"),
        (0.000314, "0.00031"),
        (0.0000055, "5.5\u00a0×\u00a010⁻⁶"),
        (1, "1"),
        (0, "0"),
        (-14.2, "-14"),
    ],
)
def test_two_figures_as_people_write_them(value, said):
    assert two_figures(value) == said
