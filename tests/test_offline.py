"""Nothing is fetched while Underhood runs: its programs and pages, with every other machine out of reach.

The browser's own requests are watched by tests/browser/desk.py.
"""

import subprocess
from pathlib import Path

import pytest

from tests import offline

pytestmark = pytest.mark.timeout(600)
TEXT = "the keys to the old cabinet"
PAGES = ("next_words", "saliency", "attention", "decided", "words", "unit", "own_model")
WALK = """
import sys
from streamlit.testing.v1 import AppTest

for view in sys.argv[2:]:
    page = AppTest.from_file("dashboard/app.py", default_timeout=300)
    page.query_params["text"] = sys.argv[1]
    page.run()
    if view != "next_words":
        page = page.switch_page(f"views/{view}.py").run()
    assert not page.exception, (view, page.exception)
    assert page.get("html"), view
    print("opened", view)
"""


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        offline.python(*arguments), cwd=offline.ROOT, env=offline.environment(folder), capture_output=True,
        text=True, check=False, timeout=580,
    )  # fmt: skip


def test_a_try_is_refused_and_noted_even_where_it_is_swallowed(tmp_path):
    swallowed = """
import socket, urllib.request
for address in ("http://192.0.2.1/", "http://example.org/"):
    try:
        urllib.request.urlopen(address, timeout=5)
    except OSError as fault:
        print(fault)
with socket.create_server(("127.0.0.1", 0)) as here:
    socket.create_connection(here.getsockname()).close()
print("this machine answers")
"""
    ended = ran(tmp_path, "-c", swallowed)
    assert "this machine answers" in ended.stdout, ended.stderr
    assert "no network here" in ended.stdout
    noted = offline.tries(tmp_path).splitlines()
    assert len(noted) == 2
    assert "192.0.2.1" in noted[0] and "example.org" in noted[1]


def test_the_command_line_asks_nobody(tmp_path):
    ended = ran(tmp_path, "-m", "interpret", "saliency", "--model", "reviews-gpt", "--text", TEXT, "--target", "next",
                "--methods", "gradient_times_input,leave_one_out", "--json")  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert '"leave_one_out"' in ended.stdout
    assert offline.tries(tmp_path) == ""


def test_the_main_pages_ask_nobody(tmp_path):
    ended = ran(tmp_path, "-c", WALK, TEXT, *PAGES)
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert [line.split()[1] for line in ended.stdout.splitlines() if line.startswith("opened")] == list(PAGES)
    assert offline.tries(tmp_path) == ""
