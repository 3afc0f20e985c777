"""Which weights a file or folder holds, read off headers; and, when they are wanted, the weights."""

import hashlib
import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from models import checkpoints
from models.refusals import BadCheckpoint

MOST = 1 << 40  # numbers along one axis
HEADER_LIMIT = 100_000_000  # bytes, as the format itself allows
SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
FLOATS = {"F64": "fp64", "F32": "fp32", "F16": "fp16", "BF16": "bf16"}
SAFE, BIN = "model.safetensors", "pytorch_model.bin"


@dataclass(frozen=True)
class Sketch:
    """A tensor that was not read."""

    kind: str  # in safetensors' words: F32, F16, BF16, I64, ...
    shape: tuple[int, ...]

    @property
    def numbers(self) -> int:
        return math.prod(self.shape)


@dataclass(frozen=True, kw_only=True)
class Held:
    """The weights of a model that was not opened."""

    tensors: Mapping[str, Sketch]
    size: int  # bytes on disk

    @property
    def numbers(self) -> int:
        return sum(sketch.numbers for sketch in self.tensors.values())

    @property
    def precision(self) -> str:
        """The kinds of numbers, most frequent first."""
        count: dict[str, int] = {}
        for sketch in self.tensors.values():
            count[sketch.kind] = count.get(sketch.kind, 0) + sketch.numbers
        kinds = sorted((kind for kind in count if kind in FLOATS), key=lambda kind: -count[kind])
        return ", ".join(FLOATS[kind] for kind in kinds) or "no floating point numbers"


def header(path: Path) -> dict[str, Sketch]:
    """The tensors of a safetensors file; refuses one that is broken, or shorter or longer than it says."""
    size = path.stat().st_size
    with path.open("rb") as file:
        begin = file.read(8)
        length = struct.unpack("<Q", begin)[0] if len(begin) == 8 else size
        if length > min(size - 8, HEADER_LIMIT):
            raise BadCheckpoint(f"{path.name} is broken or cut short: restore it.")
        try:
            said = json.loads(file.read(length))
            said.pop("__metadata__", None)
            found = {n: Sketch(str(e["dtype"]), tuple(map(int, e["shape"]))) for n, e in said.items()}
            places = sorted(tuple(map(int, entry["data_offsets"])) for entry in said.values())
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise BadCheckpoint(f"{path.name} has no readable header: restore it.") from None
    if any(size < 0 or size > MOST for sketch in found.values() for size in sketch.shape):
        raise BadCheckpoint(f"{path.name} has no readable header: restore it.")
    wrong = sorted({sketch.kind for sketch in found.values()} - set(SIZES))
    if wrong:
        kind = " ".join(wrong[0].split())[:40]
        raise BadCheckpoint(
            f"{path.name} holds numbers stored as {kind}, which is not opened here; give weights in fp32, fp16 or bf16."
        )
    end = 0
    for start, stop in places:
        if start != end or stop < start:
            raise BadCheckpoint(f"{path.name} has tensors that overlap or leave gaps: restore it.")
        end = stop
    if sum(sketch.numbers * SIZES[sketch.kind] for sketch in found.values()) != end:
        raise BadCheckpoint(f"{path.name} has shapes that do not fit its numbers: restore it.")
    if size != 8 + length + end:
        raise BadCheckpoint(
            f"{path.name} is cut short: it holds {size:,} bytes of {8 + length + end:,}; copy it again."
        )
    return found


def files(folder: Path) -> tuple[Path, ...]:
    """The weight files of a Hugging Face folder: safetensors in one file or several; else .bin files."""
    for single in (SAFE, BIN):
        if (folder / single).is_file():
            return (folder / single,)
        index = folder / f"{single}.index.json"
        if index.is_file():
            return tuple(folder / name for name in _parts(index))
    raise BadCheckpoint(f"{folder.name} has no {SAFE}: give a folder that `save_pretrained` wrote.")


def _parts(index: Path) -> list[str]:
    """The files an index names, which must lie beside it."""
    listed = checkpoints.read_json(index).get("weight_map")
    names = sorted(set(listed.values())) if isinstance(listed, dict) else []
    if not names or any(not isinstance(name, str) or Path(name).name != name for name in names):
        raise BadCheckpoint(f"{index.name} does not say which files hold the weights: restore it.")
    missing = [name for name in names if not (index.parent / name).is_file()]
    if missing:
        raise BadCheckpoint(
            f"{index.parent.name}: {len(missing)} of {len(names)} weight files are missing, such as "
            f"{missing[0]}."
        )
    return names


def held(folder: Path) -> Held:
    """What a Hugging Face folder holds, by its headers."""
    found: dict[str, Sketch] = {}
    parts = files(folder)
    for path in parts:
        mine = header(path) if path.suffix == ".safetensors" else _pickled(path)
        if twice := found.keys() & mine.keys():
            raise BadCheckpoint(f"{folder.name}: {min(twice)} stands in two files: restore the folder.")
        found |= mine
    return Held(tensors=found, size=sum(path.stat().st_size for path in parts))


def _pickled(path: Path) -> Mapping[str, Sketch]:
    from models.own import pickled

    found = pickled.outline(path)
    if found.foreign:
        raise BadCheckpoint(
            f"{path.name} asks for code ({found.foreign[0]}), none of which was run: give safetensors."
        )
    return found.tensors


def digest(folder: Path) -> str:
    """SHA-256 of the weights: of the file, or of the digests of several files."""
    found = [checkpoints.sha256(path) for path in files(folder)]
    return found[0] if len(found) == 1 else hashlib.sha256("".join(found).encode()).hexdigest()


def read(folder: Path) -> dict[str, Tensor]:
    """The weights of a Hugging Face folder as fp32, all finite."""
    from models.own import pickled

    tensors: dict[str, Tensor] = {}
    for path in files(folder):
        if path.suffix == ".safetensors":
            tensors |= checkpoints.read_tensors(path)
        else:
            tensors |= pickled.read(path, pickled.outline(path))
    return tensors
