"""Text in, pieces out: spans give back every script; what is no text is refused."""

from pathlib import Path

import numpy as np
import pytest

from models.base import Tokens
from models.refusals import BadCheckpoint, BadText
from models.text import Cutter
from tests import tiny

TEXTS = {
    "plain": "the keys to the cabinet are on the table",
    "no letters": " \t  !?",
    "emoji": "the dog 👩‍👩‍👧 ran 👍🏽!",
    "arabic": "المفاتيح على الطاولة",
    "zero": "the\x00dog",
    "combining": "cafe\u0301 n\u0303",
    "newlines": "\n\nthe dog\r\nran\n",
    "chinese": "狗在桌子旁边",
    "like a mark": "<|start|> <mask> <pad>",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_spans_give_back_the_text(tmp_path: Path, text: str):
    tokens = tiny.cutter(tmp_path).cut(text)
    assert tuple(tokens.spans[0]) == (0, 0)
    assert tokens.shown[0] == ""
    end = 0
    for (start, stop), shown in zip(tokens.spans[1:], tokens.shown[1:], strict=True):
        # A piece begins where the last one ended, or inside the character that it shares with it.
        assert start == end or (stop == end and start < end)
        assert shown == text[start:stop] != ""
        end = int(stop)
    assert end == len(text)


def test_pieces_on_paper(tmp_path: Path):
    tokens = tiny.cutter(tmp_path).cut("the 👍")
    # "the", " ", then the emoji's four bytes, each of which shows the whole emoji at 4 to 5.
    assert tokens.shown == ("", "t", "he", " ", "👍", "👍", "👍", "👍")
    assert tokens.spans[3:].tolist() == [[3, 4]] + [[4, 5]] * 4
    assert tokens.words.tolist() == [0, 1, 1, 2, 2, 2, 2, 2]  # the space goes with what it stands before


def test_a_typed_mark_is_only_characters(tmp_path: Path):
    tokens = tiny.cutter(tmp_path).cut("<|start|>")
    assert tokens.ids[0] == tiny.start()
    assert tiny.start() not in tokens.ids[1:]


def test_pieces_say_what_they_are(tmp_path: Path):
    cutter = tiny.cutter(tmp_path)
    tokens = cutter.cut(" cabinet the")
    assert "".join(cutter.written(int(t)) for t in tokens.ids[1:]) == " cabinet the"
    assert cutter.written(tiny.start()) == "<|start|>"
    assert cutter.written(int(cutter.cut("👍").ids[1])) == "\ufffd"


def test_without_a_start_mark_the_first_piece_is_the_first_word(tmp_path: Path):
    path = tmp_path / "tokenizer.json"
    path.write_text(tiny.tokenizer(), encoding="utf-8")
    with_mark, without = tiny.cutter(tmp_path).cut("the dog"), Cutter(path, None).cut("the dog")
    np.testing.assert_array_equal(with_mark.ids[1:], without.ids)
    assert without.spans[0].tolist() == [0, 1]


def test_cutting_off_keeps_the_text_that_is_left(tmp_path: Path):
    tokens = tiny.cutter(tmp_path).cut("the cabinet")
    short = tokens.cut(3)
    assert (short.text, len(short), short.shown) == ("the", 3, ("", "t", "he"))


def test_marks_that_close_a_text_close_it_when_it_is_cut():
    spans = np.array([[0, 0], [0, 3], [3, 7], [7, 11], [11, 11]])
    tokens = Tokens(
        text="The dog ran", ids=np.array([5, 6, 7, 8, 9]), shown=("", "The", " dog", " ran", ""), spans=spans
    )
    short = tokens.cut(4)  # [CLS] The dog [SEP]
    assert (short.text, short.ids.tolist(), short.shown) == ("The dog", [5, 6, 7, 9], ("", "The", " dog", ""))
    assert short.spans.tolist() == [[0, 0], [0, 3], [3, 7], [7, 7]]
    assert tokens.cut(5).ids.tolist() == tokens.ids.tolist() and tokens.cut(1).ids.tolist() == [5]
    with pytest.raises(ValueError, match="read-only"):
        short.ids[0] = 3


def test_numbers_are_read_only(tmp_path: Path):
    tokens = tiny.cutter(tmp_path).cut("the")
    with pytest.raises(ValueError, match="read-only"):
        tokens.ids[0] = 3
    with pytest.raises(ValueError, match="read-only"):
        tokens.spans[0] = 3


@pytest.mark.parametrize(("text", "sentence"), [("", "no text yet"), ("dog \ud83d", "half a character")])
def test_what_is_no_text_is_refused(tmp_path: Path, text: str, sentence: str):
    with pytest.raises(BadText, match=sentence) as refusal:
        tiny.cutter(tmp_path).cut(text)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("written", ["", "{", "[]", '{"model": 5}'])
def test_a_broken_tokenizer_is_refused(tmp_path: Path, written: str):
    path = tmp_path / "tokenizer.json"
    path.write_text(written)
    with pytest.raises(BadCheckpoint, match=r"tokenizer\.json cannot be read"):
        Cutter(path, None)


def test_a_tokenizer_that_breaks_on_a_text_is_a_broken_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    cutter = tiny.cutter(tmp_path)
    monkeypatch.setattr(cutter, "_tokenizer", Panics())
    with pytest.raises(BadCheckpoint, match=r"tokenizer\.json cannot cut this text \(range end index 9\)"):
        cutter.cut("a dog")
    with pytest.raises(BadCheckpoint, match=r"tokenizer\.json has no text for piece 3"):
        cutter.written(3)


class PanicException(BaseException):
    """What a panic in Rust is in Python: no Exception."""


class Panics:
    def encode(self, *_: object, **__: object) -> None:
        raise PanicException("range end index\n9")

    decode = encode
