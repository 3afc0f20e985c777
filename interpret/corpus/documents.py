"""Texts from a file, one after the other: .txt (blank lines between), .csv, .jsonl or .parquet.

A file of any size is read in little memory: a line at a time, no line beyond `WIDEST` characters. Where no
column is named, the texts are in "text", or else in the column with the longest entries.
"""

import csv
import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from interpret.sentences import mended
from models.refusals import Refusal

LONGEST = 20_000  # characters kept of one text
WIDEST = 4_000_000  # characters of one line of a file
LOOKED_AT = 50  # rows by which a column is guessed
COLUMNS, NAME = 1_000, 200  # columns of a file at most, and characters of the name of one, or of a label
WORDS = 4  # in an entry of a column of texts, on average, at least
TEXT, LABEL = "text", "label"
Row = dict[str, Any]
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
Rows = Iterator[tuple[int, Row]]  # with the number of its line


class BadCorpus(Refusal):
    """A file that holds no texts that can be read, and where it fails."""


@dataclass(frozen=True)
class Document:
    """One text and, where the file gives one, its label."""

    text: str
    label: str = ""


def documents(path: Path, column: str = "", label: str = LABEL) -> Iterator[Document]:
    """The texts of a file, read as they are needed; empty ones are left out, long ones cut at `LONGEST`.

    Args:
        path: a file whose name ends in .txt, .csv, .jsonl or .parquet.
        column: where the texts are (not for .txt); guessed if it is empty.
        label: where their labels are, if the file has it.

    Raises:
        BadCorpus: no such file, an ending not known here, no such column or none that holds texts, a broken
            line (by number), or no text at all.
    """
    rows = _rows(path)
    if path.suffix != ".txt":
        column = column_of(path, column)
    found = 0
    for number, row in rows(path):
        text = row.get(column or TEXT)
        if text is None and path.suffix == ".jsonl":
            raise BadCorpus(f'{path.name}, line {number} has no "{column}": every line needs one.')
        if isinstance(text, str) and text.strip():
            found += 1
            yield Document(text.strip()[:LONGEST], _label(row, column, label))
    if not found:
        raise BadCorpus(f"{path.name}: there is no text in this file.")


def columns(path: Path) -> tuple[str, ...]:
    """The columns that a text could be in, of the first rows; a .txt has none."""
    if path.suffix == ".txt":
        return ()
    first = islice(_rows(path)(path), LOOKED_AT)
    found = (name for _, row in first for name, held in row.items() if isinstance(held, str))
    return tuple(dict.fromkeys(found))


def column_of(path: Path, asked: str = "") -> str:
    """The column the texts are in: the one asked for, "text", or the one with the longest entries."""
    first = first_rows(path)
    names = list(dict.fromkeys(str(name) for row in first for name in row))
    if asked in names or (not asked and TEXT in names):
        return asked or TEXT
    if not first:
        raise BadCorpus(f"{path.name}: there is no text in this file.")
    held = {name: [row[name] for row in first if isinstance(row.get(name), str)] for name in names}
    long = {n: sum(len(one.split()) for one in entries) / max(1, len(entries)) for n, entries in held.items()}
    if not asked and long and max(long.values()) >= (WORDS if len(names) > 1 else 0):
        return max(long, key=lambda name: long[name])
    shown = ", ".join(" ".join(name.split()) for name in names[:6])
    raise BadCorpus(
        f'{path.name} has no column "{asked or TEXT}" (it has {shown}): say which of them holds the texts.'
    )


def first_rows(path: Path) -> list[Row]:
    """The first rows of a file, by which its columns are told."""
    return [row for _, row in islice(_rows(path)(path), LOOKED_AT)]


def _rows(path: Path) -> Callable[[Path], Rows]:
    """What reads this kind of file."""
    kinds = {".txt": _plain, ".csv": _table, ".jsonl": _lines, ".parquet": _parquet}
    if path.suffix not in kinds:
        raise BadCorpus(f"{path.name}: give a file that ends in {', '.join(kinds)}.")
    if not path.is_file():
        raise BadCorpus(f"{path.name}: there is no such file.")
    return kinds[path.suffix]


def _label(row: Row, column: str, label: str) -> str:
    held = row.get(label) if column != label else None
    return "" if held is None else str(held)[:NAME]


def _bounded(path: Path, names: Collection[str]) -> None:
    """Refuses columns so many, or with names so long, that no page could offer them."""
    if len(names) > COLUMNS or max(map(len, names), default=0) > NAME:
        raise BadCorpus(
            f"{path.name} has {len(names):,} columns, and at most {COLUMNS:,} with names of up to {NAME} characters "
            "are read: keep those with texts and labels."
        )


def _read(path: Path, newline: str | None = None) -> Iterator[tuple[int, str]]:
    """The lines of a text file with their numbers; none is longer than `WIDEST`, none holds NUL."""
    with path.open(encoding="utf-8-sig", errors="replace", newline=newline) as file:
        number = 0
        while line := file.readline(WIDEST + 1):
            number += 1
            if len(line) > WIDEST:
                raise BadCorpus(
                    f"{path.name}, line {number} is longer than {WIDEST:,} characters: cut it into texts."
                )
            if "\0" in line:
                raise BadCorpus(
                    f"{path.name}, line {number} holds bytes that are no text: give a text file, in UTF-8."
                )
            yield number, line


def _plain(path: Path) -> Rows:
    held, size, number = [], 0, 0
    for number, line in _read(path):
        if line.strip():
            if size < LONGEST:
                held.append(line[:LONGEST])
            size += len(line)
        elif held:
            yield number, {TEXT: "".join(held)}
            held, size = [], 0
    if held:
        yield number, {TEXT: "".join(held)}


def _table(path: Path) -> Rows:
    csv.field_size_limit(WIDEST)
    reader = csv.DictReader((line for _, line in _read(path, "")), strict=True)
    try:
        _bounded(path, [name for name in reader.fieldnames or () if name])
        for row in reader:
            yield reader.line_num, {name: held for name, held in row.items() if isinstance(name, str)}
    except csv.Error as error:
        raise BadCorpus(f"{path.name}, line {reader.reader.line_num}: {error}; mend the line.") from None


def _lines(path: Path) -> Rows:
    for number, line in _read(path):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            raise BadCorpus(f"{path.name}, line {number} is not JSON: mend or remove it.") from None
        if not isinstance(entry, dict):
            raise BadCorpus(f"{path.name}, line {number} is no JSON object: every line needs to be one.")
        _bounded(path, entry)
        yield number, mended(entry) if _HALF.search(line) else entry


def _parquet(path: Path) -> Rows:
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            kept = [one.name for one in file.schema_arrow if not pyarrow.types.is_nested(one.type)]
            _bounded(path, kept)
            for batch in file.iter_batches(32, columns=kept):
                yield from enumerate(batch.to_pylist())
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError, OverflowError):
        raise BadCorpus(f"{path.name} is no readable Parquet file: restore it.") from None
