"""A file that somebody hands over: which columns it has, and its first texts with their labels.

What is handed over is small (`MEGABYTES`, `MOST` texts, `MOST_LETTERS` characters) and may be hostile: its size
is looked at before it is opened, what it unpacks to before it is unpacked, and no name of its own leads anywhere.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interpret.corpus.documents import LABEL, BadCorpus, column_of, documents, first_rows
from interpret.text_sets import MOST, MOST_LETTERS

MEGABYTES = 5  # of the file
UNPACKED = 16  # megabytes that a Parquet file may unpack to
ROWS = 100_000  # of a Parquet file: a hundred thousand empty ones take no room
ENDINGS = ("txt", "csv", "jsonl", "parquet")
LABELS = (LABEL, "labels", "class", "sentiment", "category", "target")  # names by which labels are known
_EMPTY = re.compile(rb"\n(?:[ \t\r]*+\n){99,}+")  # lines without text are not gone through by the million
KINDS = 20  # different labels at most, where a column is only guessed


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Where the texts may be and where the labels; the first of each is the guess. A .txt has none."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]  # "" stands for none
    lines: bool  # of a .txt: whether its texts seem to be lines, not parts between blank lines


@dataclass(frozen=True, kw_only=True)
class Upload:
    """The texts of a file that were read, their labels, and what was left unread, in a sentence ("" if nothing)."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    left: str


def columns(name: str, held: bytes) -> Columns:
    """What a reader can choose from. Raises BadCorpus for a file that cannot be read."""
    with _placed(name, held) as path:
        if path.suffix == ".txt":
            return Columns(texts=(), labels=(), lines=not re.search(rb"\n[ \t\r]*\n[ \t\r]*\S", held))
        first = first_rows(path)
        names = list(dict.fromkeys(str(name) for row in first for name in row))
        if path.suffix == ".csv" and len(names) == 1 and re.search(r"[;\t]", names[0]):
            raise BadCorpus(
                f"{path.name}: its columns are parted by semicolons or tabs: save it with commas."
            )
        lettered = [n for n in names if sum(_has_letters(row.get(n)) for row in first) > len(first) / 2]
        try:
            text = column_of(path)
        except BadCorpus:
            if not lettered:
                raise
            text = max(lettered, key=lambda n: sum(len(str(row.get(n))) for row in first))
        texts = [text, *(n for n in names if n != text and any(isinstance(row.get(n), str) for row in first))]
        others = [n for n in names if n != text]
        known = [n for n in others if n.casefold() in LABELS]
        few = [n for n in others if n not in known and len({str(row.get(n)) for row in first}) <= KINDS]
        return Columns(texts=tuple(texts), labels=(*known, "", *few), lines=False)


def read(name: str, held: bytes, column: str = "", label: str = "", *, lines: bool = False) -> Upload:
    """The first texts of a file, as many as may be read at a time; `lines`: of a .txt each line is one.

    Raises:
        BadCorpus: too large, not to be read, or a broken line (by number).
    """
    found: list[tuple[str, str]] = []
    letters, left = 0, ""
    with _placed(name, held) as path:
        if path.suffix == ".txt":
            held = _EMPTY.sub(b"\n\n", held)
            path.write_bytes(re.sub(rb"\r\n?|\n", b"\n\n", held) if lines else held)
        for one in documents(path, column, label):
            letters += len(one.text)
            if len(found) == MOST or letters > MOST_LETTERS:
                left = (
                    f"Only the first {len(found):,} texts are read: at most {MOST:,} texts and {MOST_LETTERS:,} "
                    "characters at a time."
                )
                break
            found.append((one.text, one.label.strip()))
    texts, labels = zip(*found, strict=True)
    return Upload(texts=texts, labels=labels, left=left)


def _has_letters(held: object) -> bool:
    return isinstance(held, str) and any(letter.isalpha() for letter in held)


@contextmanager
def _placed(name: str, held: bytes) -> Iterator[Path]:
    """The file by itself in a folder that is gone afterwards, after what can be told without reading it."""
    ending = Path(name).suffix.lower().removeprefix(".")
    shown = re.sub(r"[^\w. -]", "_", Path(name).name)[-60:].lstrip(".") or "file"
    if ending not in ENDINGS:
        raise BadCorpus(f"{shown}: give a file that ends in {', '.join(ENDINGS)}.")
    if len(held) > MEGABYTES * 2**20:
        raise BadCorpus(
            f"{shown} has {len(held) / 2**20:,.1f} MB, and at most {MEGABYTES} MB are read here: take a part of it, or "
            "run `python -m interpret corpus index` over all of it."
        )
    if ending != "parquet":
        _is_text(shown, held)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{Path(shown).stem or 'file'}.{ending}"
        path.write_bytes(held)
        if ending == "parquet":
            _unpacks(path)
        yield path


def _is_text(shown: str, held: bytes) -> None:
    if held[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadCorpus(f"{shown} is written in UTF-16: save it as UTF-8.")
    try:
        held.decode("utf-8")
    except UnicodeDecodeError as error:
        line = held[: error.start].count(b"\n") + 1
        raise BadCorpus(f"{shown}, line {line} is not written in UTF-8: save the file as UTF-8.") from None


def _unpacks(path: Path) -> None:
    """Refuses a Parquet file that is small only because it is packed."""
    import pyarrow
    from pyarrow import parquet

    most = UNPACKED * 2**20
    try:
        about = parquet.read_metadata(path)
        if about.num_rows > ROWS:
            raise BadCorpus(f"{path.name} has {about.num_rows:,} rows, and at most {ROWS:,} are read here.")
        size = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
        if size <= most:
            size = _unpacked(path, 4 * most)  # what a file says of itself need not be so
            most *= 4
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError, OverflowError):
        raise BadCorpus(f"{path.name} is no readable Parquet file: restore it.") from None
    if size > most:
        raise BadCorpus(
            f"{path.name} unpacks to more than {UNPACKED} MB, which is the most that is read here."
        )


def _unpacked(path: Path, most: int) -> int:
    """Bytes that the columns to be read unpack to; counted a few rows at a time, and no further than `most`."""
    import pyarrow
    from pyarrow import parquet

    size = 0
    with parquet.ParquetFile(path) as file:
        kept = [one.name for one in file.schema_arrow if not pyarrow.types.is_nested(one.type)]
        for batch in file.iter_batches(8, columns=kept):
            size += batch.nbytes
            if size > most:
                break
    return size


__all__ = ["ENDINGS", "MEGABYTES", "Columns", "Upload", "columns", "read"]
