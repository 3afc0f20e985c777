"""An index of a corpus as a job folder: planned once, done shard by shard, by whoever is there to do it.

    job.json        what is asked: model and its digest, the corpus' digest, texts a shard
    inputs/00000.jsonl   the texts of each shard
    shards/00000/        its tables (`interpret.corpus.shards`), with digests; there whole or not at all
    index/               the shards put together, when all are done
    progress.json        how far it is, for whoever looks

A killed job is started again by the same words: what is there and whole is kept, so nothing is lost or done
twice, and the index has the same digest. Two jobs on one folder: the second is refused.
"""

import contextlib
import fcntl
import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import models
from interpret.corpus import store
from interpret.corpus.documents import BadCorpus, Document
from interpret.corpus.merging import merged
from models.refusals import Refusal

SHARD = 32  # texts
VERSION = 2  # of the tables: an index made by other code is another index
JOB, PROGRESS, CANCEL = "job.json", "progress.json", "cancel"


class Busy(Refusal):
    """Another job works on the same folder."""


@dataclass(frozen=True)
class Spec:
    """What is asked; the same spec has the same id and comes to the same index."""

    model: str
    model_sha256: str
    corpus_sha256: str
    texts: int
    shard: int = SHARD
    version: int = VERSION

    @property
    def id(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    @property
    def shards(self) -> int:
        return -(-self.texts // self.shard)


@dataclass(frozen=True)
class Progress:
    """How far a job is."""

    done: int
    shards: int
    seconds_left: float | None

    def in_words(self) -> str:
        left = "" if self.seconds_left is None else f", about {self.seconds_left:.0f} s left"
        return f"{self.done} of {self.shards} shards done{left}"


def plan(folder: Path, model: str, texts: Iterator[Document], shard: int = SHARD) -> Spec:
    """Write the shards' inputs and what is asked; a folder planned for something else is refused.

    Inputs are written aside first, so that a folder in which another job works is never touched.
    """
    folder.mkdir(parents=True, exist_ok=True)
    aside, digest, count = folder / f".inputs.{uuid.uuid4().hex}.tmp", hashlib.sha256(), 0
    try:
        aside.mkdir()
        for number, held in enumerate(iter(lambda: list(islice(texts, shard)), [])):
            for document in held:
                digest.update(json.dumps([document.text, document.label]).encode())
            lines = "".join(json.dumps(asdict(document)) + "\n" for document in held)
            store.write_text(aside / f"{number:05}.jsonl", lines)
            count += len(held)
        if not count:
            raise BadCorpus("There is no text in this corpus: give a file with texts.")
        spec = Spec(model, models.card(model).sha256, digest.hexdigest(), count, shard)
        with _alone(folder):
            _take(folder, aside, spec)
    finally:
        store.drop(aside)
    return spec


def _take(folder: Path, aside: Path, spec: Spec) -> None:
    """Put planned inputs in their place, unless they are there."""
    if (folder / JOB).is_file():
        if read(folder) != spec:
            raise Busy(f"{folder.name} is an index of another corpus or model: give another folder.")
        return
    store.drop(folder / "inputs")
    aside.rename(folder / "inputs")
    store.write_json(folder / JOB, asdict(spec))


def read(folder: Path) -> Spec:
    """What a job folder asks; refuses a folder that is none."""
    try:
        said = json.loads((folder / JOB).read_text(encoding="utf-8"))
        spec = Spec(**{"version": 1, **said})
    except (OSError, ValueError, TypeError):
        raise Refusal(
            f"{folder.name} is no index: make one with `python -m interpret corpus index`."
        ) from None
    if spec.version != VERSION:
        raise Refusal(f"{folder.name} was made by another version of Underhood: make it again elsewhere.")
    return spec


def process(folder: str, number: int) -> int:
    """Do one shard, if it is not there and whole. What every engine calls; returns the shard's number."""
    import torch

    from interpret.corpus.shards import opened, tables

    home = Path(folder)
    spec, place = read(home), home / "shards" / f"{number:05}"
    if store.verified(place) is not None:
        return number
    store.drop(place)
    torch.set_num_threads(1)  # the same sums in the same order on every machine
    lines = (home / "inputs" / f"{number:05}.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [Document(**json.loads(line)) for line in lines]
    place.parent.mkdir(exist_ok=True)
    store.write_tables(place, tables(opened(spec.model), texts, number * spec.shard))
    return number


Engine = Callable[[str, list[int]], Iterator[int]]


def here(folder: str, numbers: list[int]) -> Iterator[int]:
    """Shards one after the other in this process."""
    for number in numbers:
        yield process(folder, number)


def run(
    folder: Path, engine: Engine = here, heard: Callable[[Progress], None] = lambda _: None
) -> dict[str, Any]:
    """Do what is missing, put it together, and return what `summary.json` says.

    Raises:
        Busy: another job works on this folder. Cancelled: someone wrote a file "cancel" into it.
    """
    spec = read(folder)
    with _alone(folder):
        (folder / CANCEL).unlink(missing_ok=True)
        for left in (folder / "shards").glob(".*.tmp"):
            store.drop(left)
        missing = [n for n in range(spec.shards) if store.verified(folder / "shards" / f"{n:05}") is None]
        done, started = spec.shards - len(missing), time.monotonic()
        _say(folder, Progress(done, spec.shards, None), heard)
        for count, _ in enumerate(engine(str(folder), missing), start=1):
            left = (time.monotonic() - started) / count * (len(missing) - count)
            _say(folder, Progress(done + count, spec.shards, round(left, 1)), heard)
            if (folder / CANCEL).exists() and count < len(missing):
                raise Refusal(
                    f"Stopped: {done + count} of {spec.shards} shards are kept. Start it again to go on."
                )
        return merged(folder, spec.shards, asdict(spec) | {"id": spec.id})


def progress(folder: Path) -> Progress:
    """How far the job in a folder is, from outside."""
    spec = read(folder)
    try:
        return Progress(**json.loads((folder / PROGRESS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Progress(0, spec.shards, None)


def cancel(folder: Path) -> None:
    """Ask the job in a folder to stop after the shard it is at."""
    read(folder)
    (folder / CANCEL).touch()


def _say(folder: Path, now: Progress, heard: Callable[[Progress], None]) -> None:
    store.write_json(folder / PROGRESS, asdict(now))
    heard(now)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Held while this process works on the folder; given back by the system even when it is killed."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy(f"Another job works on {folder.name}: wait for it, or give another folder.") from None
        yield
