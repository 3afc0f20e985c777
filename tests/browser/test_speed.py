"""How fast a page answers: pointing at a word, the first page, and what the first page does not load.

Only the script's time is a limit here: it does not depend on what else the machine does. Frames and
pages are measured, held to a limit that grows with what a fixed piece of work takes just then, and printed.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

import plotly
import pytest

from tests.browser import strips
from tests.browser.desk import ROOT, settle
from tests.layers import HEAVY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

SENTENCE = "the old man said that the film was not so bad and the people in the town went to see it "
SCRIPT_MS, FRAME_MS, PAGE_S = 2.0, 16.0, 3.0
ROUNDS = 60
# One frame: paint the words for another target, then wait until style, layout and drawing are done.
# A message posted in an animation frame arrives right after the browser has drawn it.
FRAMES = """async (root, rounds) => {
  const strip = root.__underhood
  const frame = (index) => new Promise((done) => requestAnimationFrame(() => {
    const start = performance.now()
    const channel = new MessageChannel()
    channel.port1.onmessage = () => done([performance.now() - start, strip.lastPaintMs])
    strip.lookAt(index)
    channel.port2.postMessage(0)
  }))
  const known = strip.cells.map((_, i) => i).filter((i) => i > strip.cells.length / 4)
  const times = []
  for (let i = 0; i < rounds; i++) times.push(await frame(known[(i * 37) % known.length]))
  strip.lookAt(null)
  return times
}"""


# A fixed piece of work, by the clock: what else the machine does lengthens it just as it lengthens a page.
WORK = """import time
start = time.perf_counter()
sum(i * i for i in range(3_000_000))
print(time.perf_counter() - start)"""
WORK_S = 0.14  # on the machine of the README, idle, two at a time as server and browser are
LIBRARY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
LIBRARY_S = (
    1.6  # there, too: a new browser window reads and runs this file; the first page takes 1.6 times as long
)


def allowance() -> float:
    """How many times slower than the idle machine of the README this one is right now, at least 1."""
    at_once = [
        subprocess.Popen([sys.executable, "-c", WORK], stdout=subprocess.PIPE, text=True) for _ in "12"
    ]
    return max(1.0, *(float(one.communicate()[0]) / WORK_S for one in at_once))


def drawing_allowance(desk) -> float:
    """The same for the browser: how much longer than there an empty page takes to read and run Plotly (4.5 MB)."""
    start = time.monotonic()
    context = desk.chrome.new_context()
    context.new_page().add_script_tag(path=LIBRARY)
    took = time.monotonic() - start
    context.close()
    return max(1.0, took / LIBRARY_S)


@pytest.mark.parametrize("model", ["wiki-lstm", "reviews-gpt"])
def test_pointing_repaints_256_tokens_within_a_frame(desk, server, measured, model):
    page = desk.open(server.address("saliency", model=model, text=(SENTENCE * 14)[:1100]))
    strip = strips.strip(page, "saliency")
    strip.evaluate(FRAMES, 10)  # warm up
    times = strip.evaluate(FRAMES, ROUNDS)
    frame_ms = statistics.median(frame for frame, _ in times)
    script_ms = statistics.median(script for _, script in times)
    words, slow = strips.state(page, "saliency")["words"], allowance()
    measured.append(
        f"{model}, {words} words: script {script_ms:.2f} ms, frame {frame_ms:.1f} ms (medians of"
        f" {ROUNDS}; limits {SCRIPT_MS:g} and {FRAME_MS:g} ms, load {slow:.1f} x)"
    )
    assert words > 200
    assert script_ms <= SCRIPT_MS
    assert frame_ms <= FRAME_MS * 2 * slow


def test_a_real_pointer_repaints_as_fast(desk, server, measured):
    page = desk.open(server.address("saliency", text=(SENTENCE * 14)[:1100]))
    count, times = strips.state(page, "saliency")["words"], []
    for index in range(count // 2, count, 9):
        strips.word(page, "saliency", index).hover()
        now = strips.state(page, "saliency")
        assert now["shown"] == index
        times.append(now["ms"])
    script_ms = statistics.median(times)
    measured.append(f"real pointer: script {script_ms:.2f} ms (median of {len(times)})")
    assert script_ms <= SCRIPT_MS


def test_the_first_page_is_there_within_three_seconds(desk, server, measured):
    desk.open(server.address())  # now the server has its model open
    times, allowed = [], PAGE_S * allowance()
    for _ in range(5):  # each in a browser window that has nothing of it yet
        allowed = max(allowed, PAGE_S * drawing_allowance(desk))
        start = time.monotonic()
        page = desk.open(server.address(), settled=False)
        page.locator(".st-key-surprise .word").first.wait_for()
        page.locator(".st-key-next .main-svg").first.wait_for()
        times.append(time.monotonic() - start)
        settle(page)
        if times[-1] <= PAGE_S:
            break
    allowed = max(allowed, PAGE_S * allowance())
    measured.append(
        f"first page in a new browser window: {min(times):.1f} s"
        f" (limit {PAGE_S:g} s, here and now {allowed:.1f} s)"
    )
    assert min(times) <= allowed


def test_the_first_page_asks_for_nothing_it_does_not_draw(desk, server):
    """Streamlit would load 1.6 MB to colour lines of code, and 0.5 MB for tables."""
    page = desk.open(server.address())
    asked = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert any("PlotlyChart" in name for name in asked)
    assert not [name for name in asked if "SyntaxHighlighter" in name or "DataFrame." in name]


def test_the_first_page_loads_no_heavy_library():
    """The page is drawn by a fresh interpreter, which then says what it has imported."""
    code = (
        "import sys; from streamlit.testing.v1 import AppTest;"
        "page = AppTest.from_file('dashboard/app.py', default_timeout=100).run();"
        "assert not page.exception, page.exception;"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
