"""Texts from a file, one after the other: .txt (blank lines between), .csv, .jsonl or .parquet."""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.base import Refusal

LONGEST = 20_000  # characters kept of one text
TEXT, LABEL = "text", "label"


class BadCorpus(Refusal):
    """A file that holds no texts that can be read, and where it fails."""


@dataclass(frozen=True)
class Document:
    """One text and, where the file gives one, its label."""

    text: str
    label: str = ""


def documents(path: Path) -> Iterator[Document]:
    """The texts of a file, read as they are needed; empty ones are left out, long ones cut at `LONGEST`.

    Raises:
        BadCorpus: no such file, an ending not known here, no column "text", or a broken line (by number).
    """
    kinds = {".txt": _plain, ".csv": _table, ".jsonl": _lines, ".parquet": _parquet}
    if path.suffix not in kinds:
        raise BadCorpus(f"{path.name}: give a file that ends in {', '.join(kinds)}.")
    if not path.is_file():
        raise BadCorpus(f"{path.name}: there is no such file.")
    for found in kinds[path.suffix](path):
        if found.text.strip():
            yield Document(found.text[:LONGEST], found.label)


def _plain(path: Path) -> Iterator[Document]:
    held: list[str] = []
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.strip():
                held.append(line)
            elif held:
                yield Document("".join(held).strip())
                held = []
    if held:
        yield Document("".join(held).strip())


def _table(path: Path) -> Iterator[Document]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        try:
            names = list(reader.fieldnames or [])
            column = _column(path, names)
            for row in reader:
                yield Document(row[column] or "", (row.get(LABEL) or "") if LABEL in names else "")
        except csv.Error as error:
            raise BadCorpus(f"{path.name}, line {reader.line_num}: {error}; mend the line.") from None


def _lines(path: Path) -> Iterator[Document]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                raise BadCorpus(f"{path.name}, line {number} is not JSON: mend or remove it.") from None
            if not isinstance(entry, dict) or not isinstance(entry.get(TEXT), str):
                raise BadCorpus(f'{path.name}, line {number} has no "{TEXT}": every line needs one.')
            yield Document(entry[TEXT], str(entry.get(LABEL, "")))


def _parquet(path: Path) -> Iterator[Document]:
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            names = file.schema_arrow.names
            columns = [_column(path, names), *([LABEL] if LABEL in names else [])]
            for batch in file.iter_batches(256, columns=columns):
                for row in batch.to_pylist():
                    yield Document(str(row[columns[0]] or ""), str(row.get(LABEL, "") or ""))
    except (pyarrow.ArrowException, OSError):
        raise BadCorpus(f"{path.name} is no readable Parquet file: restore it.") from None


def _column(path: Path, names: list[str]) -> str:
    if TEXT in names:
        return TEXT
    if len(names) == 1:
        return names[0]
    raise BadCorpus(
        f'{path.name} has no column "{TEXT}" (it has {", ".join(names[:6])}): name one of them so.'
    )
