"""Reading texts from files: each kind, the column they are in, and what is no file of texts."""

import tracemalloc
from itertools import islice
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from interpret.corpus.documents import WIDEST, BadCorpus, Document, column_of, documents

LONG = "a sentence of more than four words"


def written(folder: Path, name: str, held: str) -> Path:
    (folder / name).write_text(held, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize(
    ("name", "held", "sentence"),
    [
        ("a.csv", "one,two\n1,2\n", r'no column "text" \(it has one, two\): say which of them holds'),
        ("a.csv", f'text,n\n"{LONG}",1\n"open,2\n', "line 3: unexpected end of data; mend the line"),
        ("a.csv", "text,n\n", "there is no text in this file"),
        ("a.jsonl", '{"text": "fine"}\n{broken\n', "line 2 is not JSON"),
        ("a.jsonl", '{"text": "fine"}\n[1]\n', "line 2 is no JSON object"),
        ("a.jsonl", '{"text": "fine"}\n\n{"title": "x"}\n', 'line 3 has no "text"'),
        ("a.jsonl", '{"title": "fine", "n": 1}\n', 'no column "text"'),
        ("a.txt", "One.\n\nTwo \0 more\n", "line 3 holds bytes that are no text"),
        ("a.txt", "\n\n", "there is no text in this file"),
        ("a.parquet", "no parquet", "no readable Parquet"),
        ("a.docx", "x", "ends in .txt, .csv"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(tmp_path, name, held, sentence):
    with pytest.raises(BadCorpus, match=sentence):
        list(documents(written(tmp_path, name, held)))
    with pytest.raises(BadCorpus, match="there is no such file"):
        list(documents(tmp_path / "nowhere.txt"))


def test_a_column_is_asked_for_or_guessed_by_how_long_its_entries_are(tmp_path):
    file = written(tmp_path, "a.csv", f"id,review,sentiment\nr1,{LONG},positive\nr2,{LONG} too,negative\n")
    assert column_of(file) == "review"
    assert [one.text for one in documents(file)] == [LONG, f"{LONG} too"]
    assert [one.text for one in documents(file, "sentiment")] == ["positive", "negative"]
    with pytest.raises(BadCorpus, match='no column "body"'):
        list(documents(file, "body"))
    table = pyarrow.table({"n": [1, 2], "said": [LONG, None]})
    parquet.write_table(table, tmp_path / "a.parquet")
    assert list(documents(tmp_path / "a.parquet")) == [Document(LONG)]


def test_a_file_of_two_gigabytes_is_read_a_text_at_a_time(tmp_path):
    file = written(tmp_path, "large.txt", "\n\n".join(f"{LONG} {n}." for n in range(500)) + "\n\n")
    with file.open("r+b") as held:
        held.truncate(2 * 2**30)  # a hole: it takes no room on the disk
    tracemalloc.start()
    try:
        found = [one.text for one in islice(documents(file), 500)]
        with pytest.raises(BadCorpus, match=r"large.txt, line 1001 (is longer than|holds bytes)"):
            list(documents(file))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found[-1] == f"{LONG} 499."
    assert most < 12 * WIDEST, "a line too long is never held as a whole"


@pytest.mark.parametrize("name", ["large.csv", "large.jsonl"])
def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path, name):
    file = written(tmp_path, name, f'text\n"{LONG}"\n' if name.endswith("csv") else f'{{"text": "{LONG}"}}\n')
    with file.open("ab") as held:
        held.write(b"x" * (WIDEST + 10))
    with pytest.raises(BadCorpus, match=r"line \d is longer than 4,000,000 characters"):
        list(documents(file))
