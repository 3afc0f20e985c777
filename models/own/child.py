"""The process in which pickled checkpoints are read: little memory, little time, nothing but standard Python.

It prints an outline of a file (names and shapes of its weights, vocabulary, classes) as JSON, and on request
copies the weights byte by byte into a safetensors file. `pickled.py` starts it.
"""

import contextlib
import json
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from .inert import TYPES, Checkpoint, Inert, Sketch, Unreadable, opened

MEMORY = 1 << 30  # bytes this process may take
SECONDS = 60  # of processor time


def inside(thing: Any) -> Iterator[Any]:
    """What an object holds, one step down."""
    if isinstance(thing, Inert):
        yield from (thing.given, thing.state, thing.items)
        yield from (value for _, value in thing.pairs)
    elif isinstance(thing, dict):
        yield from thing.values()
    elif isinstance(thing, list | tuple):
        yield from thing


def every(root: Any, name: str) -> Iterator[Inert]:
    """All stand-ins for objects of a class, wherever they are."""
    waiting, seen = [root], set()
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, str | bytes | int | float):
            continue
        seen.add(id(thing))
        if isinstance(thing, Inert) and thing.said[1] == name:
            yield thing
        waiting += inside(thing)


def tensors(root: Any) -> dict[str, Sketch]:
    """The weights by the names a state dict has for them."""
    if isinstance(root, dict):
        for wrapper in ("model", "state_dict"):
            if isinstance(root.get(wrapper), dict):
                root = root[wrapper]
        return {str(name): value.checked() for name, value in root.items() if isinstance(value, Sketch)}
    found: dict[str, Sketch] = {}
    waiting = [("", root.state.get("model", root))] if isinstance(root, Inert) else []
    while waiting:
        path, module = waiting.pop()
        if not isinstance(module, Inert) or path.count(".") > 40:
            continue
        for part in ("_parameters", "_buffers"):
            held = module.state.get(part)
            for name, value in held.items() if isinstance(held, dict) else ():
                if isinstance(value, Sketch):
                    found[f"{path}{name}"] = value.checked()
        held = module.state.get("_modules")
        below = [(f"{path}{n}.", m) for n, m in held.items()] if isinstance(held, dict) else []
        waiting += reversed(below)  # the last one is looked at next: the order of a state dict
    return found


def words(thing: Any) -> list[str] | None:
    """A list of words or class names, whatever it is wrapped in."""
    for _ in range(6):
        if isinstance(thing, list | tuple) and thing and all(isinstance(w, str | int | float) for w in thing):
            return [str(word) for word in thing]
        if not isinstance(thing, Inert):
            return None
        wrapped = thing.state.get("items", thing.items or None)
        thing = thing.given[0] if wrapped is None and thing.given else wrapped
    return None


def outline(found: Checkpoint) -> dict[str, Any]:
    """What the file holds, as JSON can say it."""
    root = found.root
    said: dict[str, Any] = {"form": found.form, "asked": found.names[:200], "learner": False}
    sketches = tensors(root)
    if found.form == "zip":
        for sketch in sketches.values():
            _place(sketch, found.places)
    first: dict[Sketch, str] = {}
    said["shared"] = {n: first[t] for n, t in sketches.items() if first.setdefault(t, n) != n}
    said["tensors"] = {n: [TYPES[t.storage.kind][0], *t.shape] for n, t in sketches.items()}
    if isinstance(root, Inert):
        said["learner"] = root.said[1].endswith("Learner")
        found_words = [words(thing.state.get("vocab")) for thing in every(root, "Numericalize")]
        found_classes = [words(thing.state.get("vocab")) for thing in every(root, "Categorize")]
        said["vocab"] = max(filter(None, found_words), key=len, default=None)
        said["classes"] = next(filter(None, found_classes), None)
        cut = [rule for tokenizer in every(root, "Tokenizer") for rule in tokenizer.state.get("rules") or ()]
        said["rules"] = [getattr(rule, "said", ("", "?"))[1] for rule in dict.fromkeys(cut)]
        pieces = (*every(root, "SentencePieceTokenizer"), *every(root, "SubwordTokenizer"))
        said["sentencepiece"] = bool(pieces)
    elif isinstance(root, list | tuple):
        both = [words(part) for part in root] if len(root) == 2 else []
        said["vocab"], said["classes"] = both if both and all(both) else (words(root), None)
    return said


def convert(found: Checkpoint, out: Path) -> None:
    """Copy the weights into a safetensors file, in chunks; of those that share their numbers, the first."""
    first: dict[Sketch, str] = {}
    for name, sketch in tensors(found.root).items():
        first.setdefault(sketch, name)
    sketches = {name: sketch for sketch, name in first.items()}
    if found.form != "zip" or not sketches:
        raise Unreadable("holds no weights that could be copied")
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, sketch in sketches.items():
        kind, size = TYPES[sketch.storage.kind]
        start, end = end, end + sketch.numel * size
        header[name] = {"dtype": kind, "shape": list(sketch.shape), "data_offsets": [start, end]}
    written = json.dumps(header).encode()
    written += b" " * (-len(written) % 8)
    with found.path.open("rb") as source, out.open("wb") as target:
        target.write(struct.pack("<Q", len(written)) + written)
        for sketch in sketches.values():
            _copy(source, target, sketch, found.places)


def _place(sketch: Sketch, places: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """Where in the file a tensor's bytes begin, and how many they are."""
    begin, held = places.get(sketch.storage.key, (0, 0))
    size = TYPES[sketch.storage.kind][1]
    if (sketch.offset + sketch.numel) * size > held:
        raise Unreadable("is cut short: it holds fewer numbers than it describes")
    return begin + sketch.offset * size, sketch.numel * size


def _copy(source: BinaryIO, target: BinaryIO, sketch: Sketch, places: dict[str, tuple[int, int]]) -> None:
    begin, left = _place(sketch, places)
    source.seek(begin)
    while left:
        chunk = source.read(min(left, 1 << 22))
        if not chunk:
            raise Unreadable("is cut short")
        target.write(chunk)
        left -= len(chunk)


def bounded(path: Path) -> None:
    """Take away this process's right to much memory, time or disk, where the system knows how."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        disk = 4 * path.stat().st_size + (1 << 24)  # weights that share their numbers are written one by one
        resource.setrlimit(resource.RLIMIT_FSIZE, (disk, disk))


def main(path: str, out: str | None = None) -> int:
    """Print the outline of a file; with `out`, also copy its weights there. Exit code 3 and why, if not."""
    bounded(Path(path))
    try:
        found = opened(Path(path))
        said = json.dumps(outline(found))
        if out is not None:
            convert(found, Path(out))
    except Unreadable as why:
        sys.stderr.write(str(why))
        return 3
    except MemoryError:
        sys.stderr.write("needs more memory to be read than a checkpoint should")
        return 3
    except Exception as error:  # noqa: BLE001  a hostile file may raise anything at all
        sys.stderr.write(f"is broken or cut short ({type(error).__name__})")
        return 3
    sys.stdout.write(said)
    return 0
