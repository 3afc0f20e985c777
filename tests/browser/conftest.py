"""One server and one browser for all browser tests; what the summary at the end says."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser import fonts
from tests.browser.compare import Machine, Mode, this_platform
from tests.browser.desk import FLAGS, ROOT, Desk, Server, chromium_path, serve

# A few letters of the kinds a picture holds: the fonts that come with Streamlit, and those of the machine.
FONTS = """async () => {
  const canvas = new OffscreenCanvas(400, 40)
  const pen = canvas.getContext('2d')
  pen.font = '20px sans-serif'
  pen.fillText('Model ▸ ⏎ ␣ − → “p” 0123456789', 4, 26)
  const { data } = pen.getImageData(0, 0, 400, 40)
  let digest = 0
  for (const value of data) digest = (Math.imul(digest, 31) + value) >>> 0
  return digest.toString(16).padStart(8, '0')
}"""

LARGEST = 2_000_000  # bytes of a page that stands alone
LOG = pytest.StashKey[Path]()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Server]:
    pytestconfig.stash[LOG] = tmp_path_factory.mktemp("server") / "log.txt"
    yield from serve(ROOT, pytestconfig.stash[LOG])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Put what the dashboard said last beside a failure."""
    report = yield
    log = item.config.stash.get(LOG, None)
    if report.failed and log and log.exists():
        last = log.read_text(errors="replace").splitlines()[-30:]
        report.sections.append(("the dashboard's log", "\n".join(last)))
    return report


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def launch_arguments() -> list[str]:
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [*FLAGS, *as_root]


@pytest.fixture(scope="session")
def chrome(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=launch_arguments())
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def lettered(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser that can also draw Chinese, Hindi and emoji."""
    if reason := fonts.missing():
        pytest.skip(reason)
    own = str(fonts.settings(tmp_path_factory.mktemp("fonts")))
    environment: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": own}
    browser = playwright.chromium.launch(
        executable_path=chromium_path(), args=launch_arguments(), env=environment
    )
    yield browser
    browser.close()


@pytest.fixture
def desk(chrome: Browser, server: Server) -> Iterator[Desk]:
    """Pages for one test. A script error, a failed request or one to elsewhere fails the test."""
    made = Desk(chrome=chrome, servers=[server.url])
    yield made
    faults = made.close()
    assert not faults, faults


@pytest.fixture
def alone(chrome: Browser):
    """Opens a saved page from the disk, in a browser without a network."""
    context = chrome.new_context(offline=True, viewport={"width": 1000, "height": 800})
    asked: list[str] = []
    faults: list[str] = []

    def open_file(path: Path) -> Page:
        assert path.stat().st_size < LARGEST
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield open_file
    context.close()
    assert all(url.startswith(("file:", "blob:", "data:")) for url in asked), asked
    assert not faults, faults


@pytest.fixture(scope="session")
def machine(chrome: Browser) -> Machine:
    """What this browser is, as far as it decides how a page is drawn."""
    page = chrome.new_page()
    letters = page.evaluate(FONTS)
    page.close()
    major = int(chrome.version.split(".")[0])
    return Machine(chromium=major, platform=this_platform(), fonts=letters)


MODE = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def mode(machine: Machine, pytestconfig: pytest.Config) -> Mode:
    """How pictures are compared in this run; the summary at the end says it."""
    if pytestconfig.getoption("--update-shots"):
        machine.write()
    found = Mode.between(machine, Machine.read())
    pytestconfig.stash[MODE] = found.in_words()
    return found


WRITTEN = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def written(pytestconfig: pytest.Config) -> list[str]:
    """The expected pictures that `--update-shots` changed."""
    pytestconfig.stash[WRITTEN] = []
    return pytestconfig.stash[WRITTEN]


MEASURED = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def measured(pytestconfig: pytest.Config) -> list[str]:
    """Sentences with measured times, for the summary at the end."""
    return pytestconfig.stash.setdefault(MEASURED, [])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    said = config.stash.get(MODE, None)
    if said:
        terminalreporter.section("expected pictures")
        terminalreporter.line(f"Compared: {said}")
    if config.stash.get(MEASURED, []):
        terminalreporter.section("speed in the browser")
        for line in config.stash[MEASURED]:
            terminalreporter.line(line)
    changed = config.stash.get(WRITTEN, [])
    if config.getoption("--update-shots"):
        terminalreporter.section("tests/shots")
        terminalreporter.line(f"Written: {', '.join(changed) if changed else 'nothing changed'}")
