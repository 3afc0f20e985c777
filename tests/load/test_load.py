"""A small crowd on one server sees what each of them would see alone; and the measuring sees what is planted."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from dashboard import headless
from tests.load.__main__ import served, share, slope, table
from tests.load.crowd import Plan, Seen, alone, crowd, differences, traces
from tests.load.reader import Page, Reader
from tests.load.visits import mark, sittings


def run(look: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: in this one Playwright keeps a loop of events once a browser test has run."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, look).result()


PAGE = Page(
    first=0.1, answer=0.3, whole=0.5, size=9, shown=(("html", "<p>8.9</p>"), ("text", "a")), faults=()
)


@pytest.mark.slow
def test_six_readers_at_once_see_what_each_would_see_alone(tmp_path: Path):
    ports, logs = [headless.free_port() for _ in range(2)], [tmp_path / "many.txt", tmp_path / "one.txt"]
    with (
        served(logs[0], tmp_path / "work", ports[0]) as process,
        served(logs[1], tmp_path / "other", ports[1]),
    ):
        plan = Plan(
            port=ports[0], pid=process.pid, readers=6, seconds=12, think=(0.2, 1.0), seed=5, keep=4, leave=0.1
        )
        seen = run(crowd(plan))
        apart = run(alone(ports[1], seen.kept))
    assert [*seen.mistakes, *apart, *map(traces, logs)] == [[], []]
    assert len(seen.whole) >= 6 and all(a <= w for a, w in zip(seen.answer, seen.whole, strict=True))
    assert min(seen.answer) < min(seen.whole)  # an answer is there before the page has ended
    assert len(seen.first) >= 6 and len(seen.kept) <= 4 and seen.memory
    assert "mistakes                0" in table(seen, [])


@pytest.mark.slow
def test_a_page_has_its_choices_after_another_with_like_ones(tmp_path: Path):
    """Streamlit gives None for a choice that the page before offered under the same name, with other options."""

    async def walk(port: int) -> list[str]:
        reader = Reader(port)
        await reader.open()
        asked = {"model": "wiki-lstm", "text": "The town lies on the bank"}
        views = ("write", "saliency", "compare", "saliency", "ablate", "lab", "factors", "write")
        faults = [fault for view in views for fault in (await reader.look(view, asked)).faults]
        await reader.leave()
        return faults

    port = headless.free_port()
    with served(tmp_path / "log.txt", tmp_path / "work", port):
        assert run(walk(port)) == []


def test_what_differs_from_the_page_alone_is_found():
    assert differences(PAGE, replace(PAGE, first=9.0)) == []
    other = replace(PAGE, shown=(("html", "<p>8.8</p>"), ("text", "a")))
    assert differences(PAGE, other) == ["html: …<p>8.9</p>… and alone …<p>8.8</p>…"]
    assert differences(PAGE, replace(PAGE, shown=PAGE.shown[:1])) == ["2 elements among others, 1 alone"]


def test_an_error_in_the_log_is_found(tmp_path: Path):
    log = tmp_path / "log.txt"
    log.write_text("Underhood: http://localhost\nTraceback (most recent call last):\nValueError: x\n")
    assert len(traces(log)) == 2


def test_another_readers_text_is_found():
    from tests.load import crowd as of

    visit, seen = next(sittings(1, 0))[0], Seen()
    of._note(seen, visit, replace(PAGE, shown=(("html", f"… {mark(1, 3)} …"),)), True, [mark(1, 3)])
    assert seen.mistakes == [f"{visit}: the word of another reader, {mark(1, 3)}"]


def test_every_reader_has_a_word_and_the_same_seed_the_same_visits():
    assert len({mark(1, reader) for reader in range(200)}) == 200
    one, two = (list(islice(sittings(1, 3), 20)) for _ in range(2))
    assert one == two != list(islice(sittings(2, 3), 20))
    assert all(mark(1, 3) in dict(visit.choices)["text"] for visits in one for visit in visits)


def test_percentiles_and_growth_on_paper():
    assert share(list(range(100)), 0.95) == 95 and share([2.0], 0.5) == 2.0
    assert slope([(t, 100 + t / 6) for t in range(0, 100, 2)]) == pytest.approx(10.0)
    assert slope([]) == 0.0


def test_a_page_that_never_comes_is_a_mistake_and_not_a_hang():
    async def look() -> None:
        async def silent(socket) -> None:
            await socket.recv()
            await socket.wait_closed()

        import websockets

        async with websockets.serve(
            silent, "127.0.0.1", 0, subprotocols=[websockets.Subprotocol("streamlit")]
        ) as server:
            reader = Reader(next(iter(server.sockets)).getsockname()[1])
            await reader.open()
            with pytest.raises(TimeoutError):
                await reader.look("next", {}, patience=0.2)
            await reader.leave()

    run(look())
