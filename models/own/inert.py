"""Reads a pickled checkpoint without obeying it.

A pickle is a program that may call anything. Here every name it asks for becomes a stand-in that does
nothing, except the handful that describe a tensor; those become descriptions too. Like `child.py`, which
alone uses it, this file imports neither torch nor the rest of the project: its process starts at once.
"""

import math
import pickle  # noqa: TID251  only the parser: `find_class` below never returns anything that acts
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

PICKLE_LIMIT = 1 << 28  # bytes of pickle that are looked at
MAGIC = 0x1950A86A20F9469CFC6C  # with which torch began its files before 1.6
TYPES = {  # torch's storage: (name in safetensors, bytes per number)
    "DoubleStorage": ("F64", 8), "FloatStorage": ("F32", 4), "HalfStorage": ("F16", 2),
    "BFloat16Storage": ("BF16", 2), "LongStorage": ("I64", 8), "IntStorage": ("I32", 4),
    "ShortStorage": ("I16", 2), "CharStorage": ("I8", 1), "ByteStorage": ("U8", 1),
    "BoolStorage": ("BOOL", 1),
}  # fmt: skip


class Unreadable(Exception):
    """What is wrong with the file: the end of a sentence that begins with its name."""


@dataclass(frozen=True)
class Storage:
    """Numbers in the file, not read."""

    kind: str
    key: str
    numel: int


@dataclass(frozen=True)
class Sketch:
    """A tensor's description."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    @property
    def numel(self) -> int:
        return math.prod(self.shape)

    def checked(self) -> "Sketch":
        """Itself, if its numbers lie one behind the other inside their storage."""
        step = 1
        for size, stride in zip(reversed(self.shape), reversed(self.stride), strict=True):
            if size > 1 and stride != step:
                raise Unreadable("holds a tensor whose numbers do not lie one behind the other")
            step *= size
        if self.storage.kind not in TYPES:
            raise Unreadable(f"holds a {self.storage.kind}, which is not read here")
        if min((*self.shape, self.offset), default=0) < 0 or self.offset + self.numel > self.storage.numel:
            raise Unreadable("holds a tensor that reaches beyond its numbers")
        return self


class Inert:
    """Stands for any object: takes whatever it is given and does nothing with it."""

    said: tuple[str, str] = ("", "")  # what the pickle called it: module and name
    given: tuple[Any, ...]  # what it was made with
    state: dict[str, Any]  # its attributes
    items: list[Any]  # what was appended to it
    pairs: list[tuple[Any, Any]]  # what was put into it under a key

    def __new__(cls, *given: Any, **_: Any) -> "Inert":
        made = object.__new__(cls)
        made.__dict__.update(given=given, state={}, items=[], pairs=[])
        return made

    def __init__(self, *_: Any, **__: Any):
        pass

    def __setstate__(self, state: Any) -> None:
        for part in state if isinstance(state, tuple) else (state,):
            if isinstance(part, dict):
                self.state.update(part)

    def __call__(self, *given: Any, **_: Any) -> "Inert":
        return Inert(*given)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.pairs.append((key, value))

    def append(self, item: Any) -> None:
        self.items.append(item)

    add = append

    def extend(self, items: Any) -> None:
        self.items.extend(items)

    def __hash__(self) -> int:
        return id(self)


class Ordered(dict):
    """Stands for OrderedDict; state that is set on it is dropped."""

    def __setstate__(self, _: Any) -> None:
        pass


def _tensor(storage: Any, offset: Any, shape: Any, stride: Any, *_: Any) -> Any:
    whole = (offset, *shape, *stride)
    if not isinstance(storage, Storage) or not all(isinstance(number, int) for number in whole):
        raise Unreadable("describes a tensor in a way that is not read here")
    return Sketch(storage, offset, tuple(shape), tuple(stride))


def _first(given: Any, *_: Any) -> Any:
    return given


def _of_type(function: Any, _kind: Any, given: Any, *_: Any) -> Any:
    return _tensor(*given) if function is _tensor else _first(*given) if function is _first else Inert(*given)


def _made(kind: Any, *_: Any) -> Any:
    return kind() if isinstance(kind, type) and issubclass(kind, Inert | dict) else Inert(kind)


BUILDERS: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): Ordered,
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _first,
    ("torch._tensor", "_rebuild_from_type_v2"): _of_type,
    ("copy_reg", "_reconstructor"): _made,
    ("copyreg", "_reconstructor"): _made,
}


class Reader(pickle.Unpickler):
    """The parser of pickles, with nothing behind the names."""

    def __init__(self, file: BinaryIO):
        super().__init__(file)
        self.names: dict[tuple[str, str], Any] = {}

    def find_class(self, module: str, name: str, /) -> Any:
        asked = (module, name)
        if asked in BUILDERS:
            return BUILDERS[asked]
        if asked not in self.names:
            self.names[asked] = type("Inert", (Inert,), {"said": asked})
        return self.names[asked]

    def persistent_load(self, pid: Any) -> Any:
        kind = getattr(pid[1], "said", ("", "unknown"))[1]
        if not isinstance(pid[2], str) or not isinstance(pid[4], int):
            raise Unreadable("describes its numbers in a way that is not read here")
        return Storage(kind, pid[2], pid[4])


@dataclass
class Checkpoint:
    """What a file holds."""

    path: Path
    form: str  # zip | old | plain
    root: Any
    names: list[str]  # what it asked for and was not given
    places: dict[str, tuple[int, int]]  # storage: where its bytes begin in the file, and how many


def opened(path: Path) -> Checkpoint:
    """The file, parsed; refuses what is compressed, cut short or bigger inside than outside."""
    with path.open("rb") as file:
        begin = file.read(4)
        if begin == b"PK\x03\x04":
            return _zipped(path)
        if begin[:1] != b"\x80":
            raise Unreadable("is no checkpoint: neither torch nor pickle wrote it")
        file.seek(0)
        reader = Reader(file)
        root, form = reader.load(), "plain"
        if root == MAGIC:
            form = "old"
            for _ in range(2):
                Reader(file).load()  # the protocol, and the machine it was written on
            reader = Reader(file)
            root = reader.load()
    return Checkpoint(path, form, root, _asked(reader), {})


def _zipped(path: Path) -> Checkpoint:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise Unreadable("is compressed inside, which torch never does: it is not opened")
        if sum(member.file_size for member in members) > path.stat().st_size:
            raise Unreadable("says it is bigger inside than outside: it is not opened")
        pickles = [member for member in members if member.filename.endswith("data.pkl")]
        if len(pickles) != 1:
            raise Unreadable("is a zip file, but not one that torch wrote")
        if pickles[0].file_size > PICKLE_LIMIT:
            raise Unreadable("holds more than numbers: its description alone is over 256 MB")
        folder = pickles[0].filename.removesuffix("data.pkl")
        with archive.open(pickles[0]) as file:
            reader = Reader(file)  # type: ignore[arg-type]
            root = reader.load()
        if f"{folder}byteorder" in archive.namelist() and archive.read(f"{folder}byteorder") != b"little":
            raise Unreadable("was written by a machine that turns its bytes around")
    inside = {m.filename.removeprefix(f"{folder}data/"): m for m in members if f"{folder}data/" in m.filename}
    places = {key: (_start(path, member), member.file_size) for key, member in inside.items()}
    return Checkpoint(path, "zip", root, _asked(reader), places)


def _start(path: Path, member: zipfile.ZipInfo) -> int:
    """Where a stored member's bytes begin: behind its local header of 30 bytes, name and extra field."""
    with path.open("rb") as file:
        file.seek(member.header_offset + 26)
        name, extra = struct.unpack("<HH", file.read(4))
    return member.header_offset + 30 + name + extra


def _asked(reader: Reader) -> list[str]:
    storages = {("torch", kind) for kind in TYPES}
    return sorted(f"{module}.{name}" for module, name in reader.names if (module, name) not in storages)
