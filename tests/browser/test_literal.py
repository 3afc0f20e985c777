"""Streamlit itself draws labels made of others' words: they look as they were written, and nothing comes of them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import headless
from dashboard.literal import JOINER
from interpret.sentences import visible
from tests.browser.desk import ROOT, Server, free_port, wait_until_healthy
from tests.browser.labels import WORDS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LABELS = Path(__file__).with_name("labels.py")


@pytest.fixture
def labels(tmp_path: Path) -> Iterator[Server]:
    """A server that draws labels.py."""
    port, log = free_port(), tmp_path / "log.txt"
    command = [sys.executable, "-m", "streamlit", "run", str(LABELS), "--server.port", str(port)]
    with log.open("w") as file:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    server = Server(url=f"http://localhost:{port}", pid=process.pid, log=log)
    try:
        wait_until_healthy(server, process)
        yield server
    finally:
        headless.end(process)


def seen(text: str) -> str:
    """A text as one line of a label: without the invisible, white space of any kind alike."""
    return text.replace(JOINER, "").replace("\u00a0", " ").strip()


def test_labels_of_others_words_look_as_written(chrome, desk, labels):
    desk.servers.append(labels.url)
    page = desk.open(labels.address())
    wanted = ["".join(c if c == " " else visible(c) for c in word).strip() for word in WORDS]
    assert [seen(said) for said in page.locator(".st-key-pills button").all_inner_texts()] == wanted
    assert [seen(said) for said in page.locator(".st-key-row button").all_inner_texts()] == wanted
    buttons = [page.locator(f".st-key-button-{at} button") for at in range(len(WORDS))]
    assert [seen(button.inner_text()) for button in buttons] == wanted
    assert page.evaluate("window.hacked") is None
    made = (
        "a, img, strong, em, del, code, b, .katex, [role=img], [class*=stMarkdownColored], [class*=Shimmer]"
    )
    assert page.locator("[data-testid=stMain]").locator(made).count() == 0
    page.locator(".st-key-list [role=combobox]").click()
    options = page.get_by_role("option").all_inner_texts()
    assert options and options[0] == WORDS[0]  # a list is no Markdown at all
