"""A crowd of readers on one server, what they saw, and the same questions asked again by one reader alone."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from websockets.exceptions import ConnectionClosed

from tests.load.reader import Page, Reader
from tests.load.visits import Visit, mark, sittings

PATIENCE = 180.0  # seconds after which an answer does not come any more


@dataclass(kw_only=True)
class Seen:
    """What the crowd saw."""

    first: list[float] = field(default_factory=list)  # seconds from a new session to its first element
    answer: list[float] = field(default_factory=list)  # seconds to the page's answer, of every visit
    whole: list[float] = field(default_factory=list)  # to the whole page, with all its evidence
    mistakes: list[str] = field(default_factory=list)
    kept: list[list[tuple[Visit, Page]]] = field(default_factory=list)  # sittings to be had again alone
    memory: list[tuple[float, float]] = field(default_factory=list)  # seconds, MB of the server
    load: list[float] = field(default_factory=list)  # processes that ran or waited on this machine
    by_view: dict[str, list[float]] = field(default_factory=dict)
    waits: list[tuple[float, str]] = field(default_factory=list)  # seconds to each answer, and what was asked


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How many readers, for how long, and how they behave."""

    port: int
    pid: int
    readers: int
    seconds: float
    think: tuple[float, float]
    seed: int
    keep: int  # sittings had again alone
    leave: float = 0.05  # how often a reader closes the window in the middle of an answer and comes again


async def crowd(plan: Plan) -> Seen:
    """Let the readers read, and note what they saw."""
    seen = Seen()
    end = time.monotonic() + plan.seconds
    watching = asyncio.create_task(_watch(plan, seen))
    try:
        await asyncio.gather(*(_read(plan, number, seen, end) for number in range(plan.readers)))
    finally:
        watching.cancel()
    return seen


async def _read(plan: Plan, number: int, seen: Seen, end: float) -> None:
    lots = random.Random(f"{plan.seed} reader {number}")
    others = [mark(plan.seed, other) for other in range(plan.readers) if other != number]
    await asyncio.sleep(lots.uniform(0, plan.think[1]))
    for visits in sittings(plan.seed, number):
        if time.monotonic() > end:
            break
        had: list[tuple[Visit, Page]] = []
        visit = visits[0]
        try:
            reader = await _opened(plan.port)
            for visit in visits:
                if had and lots.random() < plan.leave:
                    await reader.ask(visit.view, dict(visit.choices))
                    await asyncio.sleep(lots.uniform(0, 1))
                    break
                page = await reader.look(visit.view, dict(visit.choices), PATIENCE)
                _note(seen, visit, page, not had, others)
                had.append((visit, page))
                await asyncio.sleep(lots.uniform(*plan.think))
                if time.monotonic() > end:
                    break
            await reader.leave()
        except (TimeoutError, OSError, ConnectionClosed) as error:
            seen.mistakes.append(f"{visit}: {type(error).__name__} {error}")
        seen.kept.append(had)
        if len(seen.kept) > plan.keep:
            seen.kept.pop(lots.randrange(len(seen.kept)))


async def _opened(port: int) -> Reader:
    reader = Reader(port)
    await reader.open()
    return reader


def _note(seen: Seen, visit: Visit, page: Page, new: bool, others: list[str]) -> None:
    if new:
        seen.first.append(page.first)
    seen.answer.append(page.answer)
    seen.whole.append(page.whole)
    seen.by_view.setdefault(visit.view, []).append(page.whole)
    seen.waits.append((page.answer, str(visit)))
    seen.mistakes += [f"{visit}: {fault}" for fault in page.faults]
    text = page.text()
    seen.mistakes += [f"{visit}: the word of another reader, {other}" for other in others if other in text]
    if not any(kind == "html" for kind, _ in page.shown):
        seen.mistakes.append(f"{visit}: an empty page")


async def _watch(plan: Plan, seen: Seen) -> None:
    process, began = psutil.Process(plan.pid), time.monotonic()
    while True:
        seen.memory.append((time.monotonic() - began, process.memory_info().rss / 1e6))
        seen.load.append(psutil.getloadavg()[0])
        await asyncio.sleep(2)


async def alone(port: int, kept: list[list[tuple[Visit, Page]]]) -> list[str]:
    """Each sitting had again, one after the other: what differs."""
    found = []
    for had in kept:
        reader = await _opened(port)
        for visit, page in had:
            again = await reader.look(visit.view, dict(visit.choices), PATIENCE)
            found += [f"{visit}: {said}" for said in differences(page, again)]
        await reader.leave()
    return found


def differences(page: Page, again: Page) -> list[str]:
    """Where two showings of one page differ."""
    if [kind for kind, _ in page.shown] != [kind for kind, _ in again.shown]:
        return [f"{len(page.shown)} elements among others, {len(again.shown)} alone"]
    pairs = zip(page.shown, again.shown, strict=True)
    return [f"{kind}: {_where(one, two)}" for (kind, one), (_, two) in pairs if one != two]


def _where(one: Any, two: Any) -> str:
    left, right = str(one), str(two)
    at = next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))
    return f"…{left[max(0, at - 30) : at + 40]}… and alone …{right[max(0, at - 30) : at + 40]}…"


def traces(log: Path) -> list[str]:
    """What a server's log says of errors."""
    lines = log.read_text(errors="replace").splitlines()
    return [
        f"the server's log: {line.strip()[:150]}" for line in lines if "Traceback" in line or "Error:" in line
    ]
