"""Files that are there whole or not at all: written aside, synced, renamed, and known by their SHA-256."""

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from models.refusals import Refusal

SUMS = "sums.json"
ROWS = {"units": 2048, "texts": 128}  # in a group, which is read as a whole
MANY = 65_536


class NoRoom(Refusal):
    """The disk is full."""


def write_json(path: Path, value: Any) -> None:
    """Write a small file in one step."""
    write_text(path, json.dumps(value, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file in one step; a full disk is said (`NoRoom`) and leaves nothing."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        aside.write_text(text, encoding="utf-8")
        _sync(aside)
        aside.replace(path)
        _sync(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise NoRoom(_full(error)) from None


def _full(error: OSError) -> str:
    return f"The index cannot be written ({error.strerror}): make room and start it again."


def arrow(table: Mapping[str, list[Any] | np.ndarray]) -> Any:
    """A table for Parquet; an array (R, K) becomes a column of lists of K."""
    import pyarrow

    def column(held: list[Any] | np.ndarray) -> Any:
        if not isinstance(held, np.ndarray) or held.ndim == 1:
            return pyarrow.array(held)
        return pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(held.ravel()), held.shape[1])

    return pyarrow.table({name: column(held) for name, held in table.items()})


def arrays(table: Any) -> dict[str, np.ndarray]:
    """A table of Parquet as arrays: (R,), or (R, K) of a column of lists of K."""
    import pyarrow

    def array(column: Any) -> np.ndarray:
        whole = column.combine_chunks()
        if not pyarrow.types.is_fixed_size_list(whole.type):
            return whole.to_numpy(zero_copy_only=False)
        return whole.flatten().to_numpy(zero_copy_only=False).reshape(len(whole), -1)

    return {name: array(table.column(name)) for name in table.column_names}


def write_tables(
    folder: Path,
    tables: Mapping[str, Mapping[str, list[Any] | np.ndarray]],
    written: Mapping[str, Callable[[Path], None]] | None = None,
    level: int | None = None,
) -> bool:
    """Write tables as Parquet files of a new folder in one step; whether it was not there before.

    `written`: further files, by what writes them; `level`: how hard they are packed.
    """
    from pyarrow import parquet

    aside = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.tmp")
    try:
        aside.mkdir(parents=True)
        for name, table in tables.items():
            parquet.write_table(
                arrow(table), aside / f"{name}.parquet", compression="zstd", write_page_checksum=True,
                row_group_size=ROWS.get(name, MANY), compression_level=level,
            )  # fmt: skip
        for name, write in (written or {}).items():
            write(aside / f"{name}.parquet")
        sums = {}
        for file in sorted(aside.iterdir()):
            _sync(file)
            sums[file.name] = _sha256(file)
        (aside / SUMS).write_text(json.dumps(sums), encoding="utf-8")
        _sync(aside / SUMS)
        _sync(aside)
        aside.rename(folder)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        if folder.is_dir():
            return False  # another worker was first
        raise NoRoom(_full(error)) from None
    _sync(folder.parent)
    return True


def verified(folder: Path) -> dict[str, str] | None:
    """The digests of a folder's files if all are there and whole, else None."""
    try:
        sums = json.loads((folder / SUMS).read_text(encoding="utf-8"))
        whole = all(_sha256(folder / name) == digest for name, digest in sums.items())
    except (OSError, ValueError, AttributeError):
        return None
    return sums if whole and sums else None


def whole(folder: Path, name: str) -> bool:
    """Whether one file of a folder is as it was written."""
    try:
        sums = json.loads((folder / SUMS).read_text(encoding="utf-8"))
        return sums[name] == _sha256(folder / name)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def read_table(file: Path, columns: list[str] | None = None) -> Any:
    """A Parquet file, its page checksums verified."""
    from pyarrow import parquet

    return parquet.read_table(file, columns=columns, page_checksum_verification=True)


def drop(folder: Path) -> None:
    """Remove a folder that is not whole, or was left aside by a worker that was killed."""
    shutil.rmtree(folder, ignore_errors=True)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
