"""Files handed over: their texts within bounds of time and memory, or one sentence; saved views; lessons; pairs."""

import io
import json
import time
import tracemalloc
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.choices.saved import SCHEMA, read_saved
from dashboard.questions import QUESTIONS
from interpret.corpus import uploads
from interpret.corpus.documents import BadCorpus
from interpret.grammar import files
from models.refusals import Refusal
from tests.fuzz.amount import cases
from tests.fuzz.hostile import JSON, JUNK, PIECE, damaged, texts
from tests.fuzz.payloads import EVERY
from tests.fuzz.test_texts import sentence

PAGES = {"", *(page.path for page in QUESTIONS[1:])}
NAMES = st.one_of(
    st.sampled_from(["a.csv", "a.jsonl", "a.txt", "a.parquet"]), PIECE, PIECE.map(lambda n: f"{n}.csv")
)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4
ZIP = b"PK\x03\x04" + bytes(200)


def cell(value: Any) -> str:
    return '"' + str(value).replace('"', '""') + '"'


TABLES = st.lists(st.lists(JUNK.map(cell), min_size=1, max_size=5).map(",".join), max_size=12).map(
    "\r\n".join
)
RECORD = st.dictionaries(st.one_of(st.sampled_from(["text", "label"]), PIECE), JUNK, max_size=4)
LINES = st.lists(st.one_of(JSON, RECORD).map(json.dumps), max_size=8).map("\n".join)
WRITTEN = st.one_of(texts(3000), TABLES, LINES).map(lambda text: text.encode("utf-8", "surrogatepass"))


@cache
def parquets() -> tuple[bytes, ...]:
    """Small Parquet files of the kinds that people write, with columns that hold no texts."""
    import datetime
    import decimal

    import pyarrow
    from pyarrow import parquet

    rows = 7
    odd: dict[str, list[Any]] = {
        "text": [f"a text of some words, number {n}" for n in range(rows)],
        "label": ["good", "bad", None, "good", "bad", "=1", "<b>"],
        "when": [datetime.datetime(2026, 1, 1, n) for n in range(rows)],
        "sum": [decimal.Decimal(n) for n in range(rows)],
        "list": [[n] * n for n in range(rows)],
        "bytes": [bytes([255, n]) for n in range(rows)],
        "struct": [{"a": n} for n in range(rows)],
    }
    found = []
    for packing in ("none", "zstd", "snappy"):
        for names in (("text", "label"), tuple(odd)):
            held = io.BytesIO()
            parquet.write_table(pyarrow.table({name: odd[name] for name in names}), held, compression=packing)
            found.append(held.getvalue())
    return tuple(found)


def is_read(name: str, held: bytes, label: str | None = None) -> None:
    """All of a file's texts as a page would take them, or a sentence."""
    started = time.perf_counter()
    try:
        about = uploads.columns(name, held)
        column = about.texts[0] if about.texts else ""
        labels = about.labels[0] if about.labels and label is None else label or ""
        found = uploads.read(name, held, column, labels, lines=about.lines)
    except BadCorpus as refusal:
        sentence(refusal)
    else:
        assert 0 < len(found.texts) == len(found.labels) <= uploads.MOST
        for shown in (*about.texts, *about.labels, *found.texts, *found.labels, found.left):
            shown.encode()
        assert all(len(shown) <= 200 for shown in (*about.labels, *found.labels))
    assert time.perf_counter() - started < 20


@cases(180, seconds=3.0)
@given(
    NAMES, st.one_of(WRITTEN, WRITTEN.flatmap(damaged), st.binary(max_size=300), st.sampled_from([PNG, ZIP]))
)
def test_any_file_is_read_or_refused(name: str, held: bytes):
    is_read(name, held)


@cases(150, seconds=3.0)
@given(st.data())
def test_a_damaged_parquet_file_is_read_or_refused(data: st.DataObject):
    is_read("a.parquet", data.draw(damaged(data.draw(st.sampled_from(parquets())))))


def saved(page: Any, choices: Any, schema: Any = SCHEMA) -> bytes:
    return json.dumps({"view": {"schema": schema, "page": page, "choices": choices}}).encode()


CHOSEN = st.dictionaries(
    st.one_of(st.sampled_from(["text", "model", "word", "method"]), PIECE), JUNK, max_size=5
)
SOME_PAGE = st.sampled_from(sorted(PAGES))
SAVED = st.one_of(
    JSON.map(lambda record: json.dumps(record).encode()),
    st.builds(saved, st.one_of(SOME_PAGE, JUNK), st.one_of(CHOSEN, JUNK), st.one_of(st.just(SCHEMA), JUNK)),
    st.builds(saved, SOME_PAGE, st.dictionaries(st.sampled_from(["text", "word"]), texts(500))),
)


@cases(150, seconds=1.0)
@given(st.one_of(SAVED, SAVED.flatmap(damaged), WRITTEN))
def test_any_saved_view_names_a_page_or_is_refused(content: bytes):
    try:
        page, given_choices = read_saved(content, PAGES)
    except ValueError as refusal:
        sentence(refusal)
        return
    assert page in PAGES
    for name, value in given_choices.items():
        (name + value).encode()


REGION = st.fixed_dictionaries({"region_number": st.one_of(st.integers(0, 3), JUNK), "content": JUNK})
CONDITION = st.fixed_dictionaries(
    {"condition_name": st.sampled_from(["a", "b"]), "regions": st.lists(REGION, max_size=3)}
)
ITEM = st.fixed_dictionaries({"item_number": JUNK, "conditions": st.lists(CONDITION, max_size=2)})
FORMULA = st.sampled_from(
    ["(1;%a%) < (2;%b%)", "(9;%a%) > (1;%b%)", "x", "(1" + " " * 9000, "(" + "9" * 5000]
)
SUITE = {
    "items": st.lists(ITEM, max_size=3),
    "predictions": st.lists(st.fixed_dictionaries({"formula": FORMULA}), max_size=2),
    "meta": st.one_of(st.just({"name": "mine"}), JSON),
}
PAIR = st.fixed_dictionaries({"sentence_good": JUNK, "sentence_bad": JUNK, "UID": JUNK})
PAIRS = st.one_of(
    LINES,
    st.lists(PAIR.map(json.dumps), max_size=4).map("\n".join),
    st.fixed_dictionaries({"items": JSON, "predictions": JSON, "meta": JSON}).map(json.dumps),
    st.fixed_dictionaries(SUITE).map(json.dumps),
)


@cases(100, seconds=1.0)
@given(st.one_of(PAIRS, texts(2000)))
def test_any_file_of_pairs_is_read_or_refused(written: str):
    try:
        found = files.parsed(written, "mine.json")
    except Refusal as refusal:
        sentence(refusal)
        return
    for paradigm in found:
        "".join(
            (paradigm.name, paradigm.phenomenon, paradigm.rule, *(p.good + p.bad for p in paradigm.written))
        ).encode()


def nulls(rows: int) -> bytes:
    import pyarrow
    from pyarrow import parquet

    held = io.BytesIO()
    empty = pyarrow.array([None], pyarrow.string()).take(pyarrow.array([0] * 100_000))
    with parquet.ParquetWriter(held, pyarrow.schema([("text", pyarrow.string())])) as file:
        for _ in range(rows // 100_000):
            file.write_table(pyarrow.table({"text": empty}), row_group_size=100_000)
    return held.getvalue()


def one_text_many_times() -> bytes:
    import pyarrow
    from pyarrow import parquet

    held = io.BytesIO()
    words = pyarrow.DictionaryArray.from_arrays(
        pyarrow.array([0] * 5000), pyarrow.array(["many words " * 300_000])
    )
    parquet.write_table(pyarrow.table({"text": words}), held, compression="zstd", store_schema=False)
    return held.getvalue()


def lists_of_zeros() -> bytes:
    import pyarrow
    from pyarrow import parquet

    held, count = io.BytesIO(), 2_000_000
    zeros = pyarrow.array([0] * count)
    lists = pyarrow.ListArray.from_arrays(pyarrow.array([0, *[count] * 1]), zeros)
    table = pyarrow.table({"text": ["a text of some words"] * 16, "x": pyarrow.concat_arrays([lists] * 16)})
    parquet.write_table(table, held, compression="zstd")
    return held.getvalue()


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "ten million rows of nothing": ("a.parquet", lambda: nulls(10_000_000)),
    "one text of 3 MB 5,000 times": ("a.parquet", one_text_many_times),
    "lists of two million zeros": ("a.parquet", lists_of_zeros),
    "two million columns": ("a.csv", lambda: b"a," * 1_500_000 + b"text\n" + b"x\n" * 60),
    "one name of two million letters": ("a.csv", lambda: b"a" * 2_000_000 + b",text\nx,y z a b c d\n"),
    "one label of two million letters": ("a.csv", lambda: b"label,text\n" + b"a" * 2_000_000 + b",y z a b c d\n"),
    "five million line ends": ("a.txt", lambda: b"\n" * 5_000_000),
    "five million blanks": ("a.txt", lambda: b"\n" + b" " * 5_000_000),
    "brackets a million deep": ("a.jsonl", lambda: b"[" * 1_000_000),
    "a number of a million figures": ("a.jsonl", lambda: b'{"text": ' + b"9" * 1_000_000 + b"}"),
    "a million names": ("a.jsonl", lambda: json.dumps({f"n{n}": 0 for n in range(300_000)}).encode()),
    "half characters": ("a.jsonl", lambda: b'{"text": "one \\ud800 text of words", "label": "\\udfff"}\n' * 4),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_file_that_would_fill_memory_or_time_does_neither(bomb: str):
    name, made = BOMBS[bomb]
    held = made()
    assert len(held) <= uploads.MEGABYTES * 2**20
    tracemalloc.start()
    try:
        is_read(name, held)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200e6, f"{peak / 1e6:.0f} MB"


def test_formulas_and_markup_come_back_as_they_were():
    held = "".join(
        json.dumps({"text": f"{one} and more words", "label": one}) + "\n" for one in EVERY
    ).encode()
    found = uploads.read("a.jsonl", held, "text", "label")
    for text, one in zip(found.texts, EVERY, strict=True):
        clean = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in one)
        assert text == f"{clean} and more words".strip()
