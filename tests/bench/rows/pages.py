"""What a reader waits for: the first page and pointing at things, in Chromium, by the clock.

No peer stands beside these: BertViz and Ecco fetch their scripts from other machines, which this bench has not, and
LIT's server does not start beside numpy 2. Bytes, and what a server must do again, are in the other rows.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from dashboard import headless
from tests.bench import attention
from tests.bench.rows import Asked
from tests.bench.rows.gradients import Nets
from tests.bench.saliency import SIZES
from tests.bench.table import Row
from tests.browser import strips
from tests.browser.test_speed import FRAMES, SENTENCE

PATIENCE_MS = 300_000
NO_PEER = "by the clock; no peer draws without a network"
DRAWN = "[data-testid^=stBidiComponent]"


def opened(browser: Browser, url: str, sight: str) -> tuple[float, Page]:
    """Milliseconds until something is to be seen, in a browser context without a cache."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(sight).first.wait_for(state="visible", timeout=PATIENCE_MS)
    return 1000 * (time.perf_counter() - started), page


def first_page(asked: Asked) -> Iterator[Row]:
    """The whole first page, and a text that is already in its address."""
    with _browser() as (browser, url):
        for what, address in {
            "first page, until its first picture": url,
            "saliency of a text in the address, until the strip": f"{url}/saliency?text=the+keys+to+the+cabinet",
        }.items():
            opened(browser, address, DRAWN)[1].context.close()  # the server has its model open from now on
            took = []
            for _ in range(asked.rounds):
                found, page = opened(browser, address, DRAWN)
                page.context.close()
                took.append(found)
            yield Row(what=what, ours=statistics.median(took), rounds=asked.rounds, note=NO_PEER)


def interaction(asked: Asked) -> Iterator[Row]:
    """Pointing at a word of a long text, and at a head of 144."""
    with _browser() as (browser, url):
        text = "+".join((SENTENCE * 14)[:1100].split())
        _, page = opened(browser, f"{url}/saliency?text={text}", DRAWN)
        headless.settle(page, PATIENCE_MS)
        strip = strips.strip(page, "saliency")
        strip.evaluate(FRAMES, 10)
        times = strip.evaluate(FRAMES, 60)
        for what, column in {"to the finished frame": 0, "the script alone": 1}.items():
            took = statistics.median(one[column] for one in times)
            yield Row(what=f"pointing at one of 200 words, {what}", ours=took, rounds=60, note=NO_PEER)
    nets = Nets(asked)
    model, heads = nets.models[0], SIZES[asked.size][0][2]
    known = {**model.card.__dict__, "heads": heads, "abilities": frozenset({"attention"}), "context": 1024}
    model.card = type(model.card)(**known)
    sent = attention.data(attention.record(model, attention.numbered(nets.ids)))
    for what, took in attention.drawn(sent, asked.rounds).items():
        yield Row(
            what=f"heads at {asked.tokens} tokens: {what}", ours=took, rounds=asked.rounds, note=NO_PEER
        )


@contextmanager
def _browser() -> Iterator[tuple[Browser, str]]:
    """A Chromium, and the address of a dashboard of its own."""
    flags = [*headless.FLAGS, *headless.sandbox_flags()]
    with (
        tempfile.TemporaryDirectory() as place,
        headless.dashboard(Path(place) / "log") as url,
        sync_playwright() as playwright,
    ):
        chrome = playwright.chromium.launch(executable_path=headless.chromium_path(), args=flags)
        yield chrome, url
        chrome.close()


ROWS = {"first_page": first_page, "interaction": interaction}
