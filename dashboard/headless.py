"""A dashboard of its own on a free port, and a page of it in a browser that draws the same every time."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--font-render-hinting=none", "--disable-lcd-text",
    "--force-color-profile=srgb", "--hide-scrollbars",
]  # fmt: skip
PATIENCE_S = 120  # for the server to answer, on a busy machine

SETTLED = """() => {
  const app = document.querySelector('[data-testid=stApp]')
  if (!app || app.dataset.testConnectionState !== 'CONNECTED') return false
  if (app.dataset.testScriptState !== 'notRunning') return false
  const busy = '[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]'
  if (document.querySelector(busy)) return false
  const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
  if (charts.some((chart) => !chart.querySelector('.main-svg'))) return false
  const strips = [...document.querySelectorAll('[data-testid^=stBidiComponent]')]
  const empty = (host) => host.shadowRoot && !host.shadowRoot.querySelector('.root > *, .copy')
  if (strips.some((strip) => [strip, ...strip.querySelectorAll('*')].some(empty))) return false
  return document.fonts.status === 'loaded'
}"""
STILL = """() => new Promise((done) => {
  const length = () => document.documentElement.innerHTML.length
  const before = length()
  setTimeout(() => done(before === length()), 120)
})"""
# What Streamlit draws for an exception on the server, and for one in a component's script.
BROKEN = "[data-testid=stException], [data-testid=stErrorElementStack]"
# What belongs to Streamlit and not to the view.
HIDE = (
    "[data-testid=stMainMenu], [data-testid=stStatusWidget], [data-testid=stToolbar],"
    " [data-testid=stSidebarCollapseButton],"
    " [data-testid=stHeader] { visibility: hidden !important }"
)
MISSING = (
    "Pictures need Playwright and a Chromium: python -m pip install playwright, then python -m playwright install "
    "chromium (or set CHROME to a Chromium that is there)."
)


class NoBrowser(Exception):
    """There is no browser to draw with; the message says what to install."""


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def chromium_path() -> str | None:
    """$CHROME, else the first Chromium on the PATH that answers; None means Playwright's own."""
    if os.environ.get("CHROME"):
        return os.environ["CHROME"]
    for name in NAMES:
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return None


def sandbox_flags() -> list[str]:
    """Chromium refuses to sandbox what root starts."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def answers(url: str) -> bool:
    """Whether a dashboard answers there."""
    try:
        with urllib.request.urlopen(url + "/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def end(process: subprocess.Popen) -> None:
    """End a dashboard, by force if it does not listen."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


@contextmanager
def dashboard(log: Path, *options: str) -> Iterator[str]:
    """A dashboard of this folder, started with these options, that listens until the block ends; its address.

    Raises:
        NoBrowser: It did not start; the message ends with what it said.
    """
    port = free_port()
    url = f"http://localhost:{port}"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard", "--port", str(port), *options],
            cwd=ROOT, stdout=file, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        until = time.monotonic() + PATIENCE_S
        while not answers(url):
            if process.poll() is not None or time.monotonic() > until:
                said = " ".join(log.read_text(errors="replace").split())[-300:]
                raise NoBrowser(
                    f"The dashboard did not start: ask python -m dashboard doctor. It said: {said}"
                )
            time.sleep(0.1)
        yield url
    finally:
        end(process)


def settle(page: Any, patience_ms: float = 60_000) -> str | None:
    """Wait until nothing on a page is going to change by itself; the pointer is out of the way.

    Args:
        page: A page of Playwright.
        patience_ms: For each of its states.

    Returns:
        What broke on the page, None if nothing did.
    """
    page.wait_for_timeout(210)  # a widget's debounce
    for _ in range(200):
        page.wait_for_function(SETTLED, timeout=patience_ms)
        if page.evaluate(STILL) and page.evaluate(SETTLED):
            break
    page.mouse.move(1, 1)
    broken = page.locator(BROKEN)
    return broken.first.inner_text() if broken.count() else None
