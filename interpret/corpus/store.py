"""Files that are there whole or not at all: written aside, synced, renamed, and known by their SHA-256."""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.base import Refusal

SUMS = "sums.json"


class NoRoom(Refusal):
    """The disk is full."""


def write_json(path: Path, value: Any) -> None:
    """Write a small file in one step."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    aside.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    _sync(aside)
    aside.replace(path)
    _sync(path.parent)


def write_tables(folder: Path, tables: Mapping[str, Mapping[str, list[Any]]]) -> bool:
    """Write tables as Parquet files of a new folder in one step; whether it was not there before."""
    import pyarrow
    from pyarrow import parquet

    aside = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.tmp")
    try:
        aside.mkdir(parents=True)
        sums = {}
        for name, table in tables.items():
            file = aside / f"{name}.parquet"
            parquet.write_table(
                pyarrow.table(dict(table)), file, compression="zstd", write_page_checksum=True
            )
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
        raise NoRoom(
            f"The index cannot be written ({error.strerror}): make room and start it again."
        ) from None
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
