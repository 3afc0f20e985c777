"""A file handed over: columns guessed, labels found, and whatever is wrong with it said in a sentence."""

import io
import json

import pytest

from interpret.corpus import uploads
from interpret.corpus.documents import BadCorpus
from interpret.text_sets import MOST

CSV = b'id,review,stars\n1,"A warm, funny film about sisters",1\n2,A dull and lifeless film it was,0\n'


def parquet(**table) -> bytes:
    import pyarrow
    from pyarrow import parquet as files

    held = io.BytesIO()
    files.write_table(pyarrow.table(table), held, compression="zstd")
    return held.getvalue()


def test_columns_of_a_table_are_guessed_and_can_be_chosen():
    about = uploads.columns("mine.csv", CSV)
    assert about.texts[0] == "review" and "stars" in about.labels and about.labels[0] == ""
    named = CSV.replace(b"stars", b"Sentiment")
    assert uploads.columns("mine.csv", named).labels[0] == "Sentiment"
    found = uploads.read("mine.csv", CSV, "review", "stars")
    assert found.texts == ("A warm, funny film about sisters", "A dull and lifeless film it was")
    assert found.labels == ("1", "0") and found.left == ""
    assert uploads.read("mine.csv", CSV, "review").labels == ("", "")


def test_every_kind_of_file_gives_the_same_texts():
    texts, labels = ("one good film here", "two bad films there"), ("good", "bad")
    lines = "".join(
        json.dumps({"words": t, "label": name}) + "\n" for t, name in zip(texts, labels, strict=True)
    )
    given = {
        "a.csv": (
            "words,label\n" + "".join(f"{t},{name}\n" for t, name in zip(texts, labels, strict=True))
        ).encode(),
        "b.jsonl": lines.encode(),
        "c.parquet": parquet(words=texts, label=labels),
        "d.CSV": b"\xef\xbb\xbfwords,label\r\none good film here,good\r\ntwo bad films there,bad\r\n",
    }
    for name, held in given.items():
        about = uploads.columns(name, held)
        assert (about.texts[0], about.labels[0]) == ("words", "label"), name
        found = uploads.read(name, held, "words", "label")
        assert (found.texts, found.labels) == (texts, labels), name


def test_a_plain_text_is_cut_at_lines_or_at_blank_lines():
    assert uploads.columns("a.txt", b"one\ntwo\nthree").lines
    assert not uploads.columns("a.txt", b"one\ntwo\n \nthree").lines
    assert uploads.columns("a.txt", b"one\ntwo\n\n").lines, "a blank line at the end parts nothing"
    assert uploads.read("a.txt", b"one\r\ntwo\n\nthree", lines=True).texts == ("one", "two", "three")
    assert uploads.read("a.txt", b"one\ntwo\n\nthree").texts == ("one\ntwo", "three")


def test_short_texts_can_be_chosen_though_no_column_seems_to_hold_texts():
    about = uploads.columns("a.csv", b"id,tweet\n1,great\n2,awful\n")
    assert about.texts[0] == "tweet"


def test_only_so_many_texts_are_read_and_the_rest_is_said():
    found = uploads.read("a.txt", b"good film\n" * (MOST + 5), lines=True)
    assert len(found.texts) == MOST and "Only the first 1,000 texts are read" in found.left


@pytest.mark.parametrize(
    ("name", "held", "said"),
    [
        ("a.exe", b"MZ", "give a file that ends in txt, csv, jsonl, parquet"),
        ("a", b"x", "give a file that ends in"),
        ("a.csv", b"id,score\n1,2\n3,4\n", 'has no column "text"'),
        ("a.csv", b"text;label\ngood film;1\n", "parted by semicolons or tabs: save it with commas"),
        ("a.csv", b'text,label\n"an open quote,1\n', "line"),
        ("a.csv", "text\ncaf\u00e9\n".encode("latin-1"), "line 2 is not written in UTF-8"),
        ("a.csv", "text\ngood\n".encode("utf-16"), "UTF-16: save it as UTF-8"),
        ("a.csv", b"text\ngood\x00film\n", "line 2 holds bytes that are no text"),
        ("a.csv", b"", "there is no text in this file"),
        ("a.txt", b" \n\n ", "there is no text in this file"),
        ("a.jsonl", b'{"text": "good"}\n{"text": \n', "line 2 is not JSON"),
        ("a.jsonl", b'{"text": "good"}\n[1]\n', "line 2 is no JSON object"),
        ("a.jsonl", b'{"text": "good"}\n{"other": "x"}\n', 'line 2 has no "text"'),
        ("a.jsonl", b"[" * 100_000, "line 1 is not JSON"),
        ("a.parquet", b"PAR1 and no more", "no readable Parquet file"),
        ("a.csv", b"text\n" + b"x" * (uploads.MEGABYTES * 2**20), "at most 5 MB are read here"),
        ("a.csv", b"text\n" + b"x" * 4_500_000, "longer than 4,000,000 characters"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_one_sentence(name, held, said):
    with pytest.raises(BadCorpus, match=said) as refusal:
        about = uploads.columns(name, held)
        uploads.read(name, held, next(iter(about.texts), ""), lines=about.lines)
    assert "\n" not in str(refusal.value) and "/tmp" not in str(refusal.value)


def test_a_file_that_is_small_only_because_it_is_packed_is_refused():
    held = parquet(text=[str(n) * 40_000 for n in range(600)])
    assert len(held) < uploads.MEGABYTES * 2**20
    with pytest.raises(BadCorpus, match="unpacks to more than 16 MB"):
        uploads.columns("a.parquet", held)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", "/etc/x.txt", "..txt", "<b>bold</b>.txt", "a\nb.txt"]
)
def test_a_name_leads_nowhere(name):
    assert uploads.read(name, b"good film", lines=True).texts == ("good film",)


def test_a_formula_is_text_like_any_other():
    assert uploads.read("a.csv", b"text\n=cmd()\n", "text").texts == ("=cmd()",)
