"""kill -9 of the server in the middle of a question, under the eyes of a reader; and a reader who leaves."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard import headless
from dashboard.questions import QUESTIONS
from tests.browser.desk import Desk, settle
from tests.load.__main__ import served
from tests.load.crowd import traces
from tests.load.reader import Reader

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# A question that takes a core some 15 s: the grammar of a stage of a training, which nothing keeps.
LONG = {
    "model": "story-lstm", "text": "Sofia works behind the mill.", "with": "story-lstm", "with_stage": "1-percent",
}  # fmt: skip
PATIENCE = 90.0  # seconds, for a machine that is busy with something else
BUSY = 2.0  # CPU seconds of a server that is in the middle of it
IDLE = 0.1  # CPU seconds in a second of a server that nobody asks
AFTERWARDS = (
    4.0  # CPU seconds that a reader who left may still cost: what was in hand, and the end of the page
)


@pytest.fixture(autouse=True)
def forgetful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that have kept no finished rule of grammar from an earlier run."""
    monkeypatch.setenv("UNDERHOOD_CACHE", str(tmp_path / "cache"))


def until(happened: Callable[[], bool]) -> None:
    """Wait for something; fail when it does not happen."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def is_first(page: Page) -> bool:
    """Whether the first page answers for both sides.

    Streamlit's script in the browser sometimes forgets which page it was on when it loses the server early in a run.
    """
    asked = page.locator("h1.question", has_text=QUESTIONS[0].title)
    return asked.count() == 1 and page.locator(".answer", has_text="first guess").count() == 2


def test_a_page_finds_its_server_again_that_was_killed_in_the_middle_of_a_question(
    chrome: Browser, tmp_path: Path
):
    port, work = headless.free_port(), tmp_path / "work"
    url = f"http://localhost:{port}"
    desk = Desk(chrome=chrome, servers=[url])
    with served(tmp_path / "one.txt", work, port) as process:
        page = desk.open(f"{url}/grammar?{urlencode(LONG)}", settled=False)
        expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible(timeout=1000 * PATIENCE)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with served(tmp_path / "two.txt", work, port) as process:
        again = psutil.Process(process.pid)
        began = spent(again)

        def is_back() -> bool:
            """Without a hand on it: the new server computes for the same page, or has answered."""
            page.wait_for_timeout(250)
            computing = page.get_by_role("button", name="Stop", exact=True).count() == 1
            return is_first(page) or (computing and spent(again) - began > BUSY)

        until(is_back)
        assert "with_stage=1-percent" in page.url and "text=Sofia" in page.url, (
            "what was chosen is still chosen"
        )
        assert page.locator("[data-testid=stException]").count() == 0
        page.goto(f"{url}/?{urlencode({'model': 'story-lstm', 'text': LONG['text']})}")
        settle(page)
        expect(page.locator(".answer").first).to_contain_text("first guess")
        assert traces(tmp_path / "one.txt") == traces(tmp_path / "two.txt") == []
    desk.close()


def spent(process: psutil.Process) -> float:
    """CPU seconds of a process so far."""
    times = process.cpu_times()
    return times.user + times.system


def is_idle(process: psutil.Process) -> bool:
    """Whether nothing is computed for three seconds in a row."""
    for _ in range(3):
        before = spent(process)
        time.sleep(1.0)
        if spent(process) - before > IDLE:
            return False
    return True


def test_a_reader_who_leaves_in_the_middle_of_a_question_stops_costing(tmp_path: Path):
    port = headless.free_port()

    async def ask_and_leave(process: psutil.Process) -> float:
        reader = Reader(port)
        await reader.open()
        await reader.look("grammar", {**LONG, "with": ""})  # the page alone, whose answer is kept
        before = spent(process)
        await reader.ask("grammar", LONG)
        while spent(process) - before < BUSY:
            await asyncio.sleep(0.05)
        await reader.leave()
        return spent(process)

    with served(tmp_path / "log.txt", tmp_path / "work", port) as started, ThreadPoolExecutor(1) as thread:
        process = psutil.Process(started.pid)
        left = thread.submit(asyncio.run, ask_and_leave(process)).result(timeout=PATIENCE)
        until(lambda: is_idle(process))
        assert spent(process) - left < AFTERWARDS, "of the 15 s that it would have taken"
        assert traces(tmp_path / "log.txt") == []
