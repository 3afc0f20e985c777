"""Freed memory goes back to the system."""

import platform
import subprocess
import sys

import pytest

from tests.browser.desk import ROOT

# 200 MB in pieces of 64 kB, of which one in fifty stays: the others are free, and between those that stay.
CODE = """
import sys, threading, time
import psutil
from dashboard.server.memory import tidy
told = tidy(0.2) if sys.argv[1] == "tidy" else None
mb = lambda: psutil.Process().memory_info().rss / 1e6
begun, held = mb(), []
def work():
    made = [bytes([1]) * 65536 for _ in range(3200)]
    held.extend(made[::50])
thread = threading.Thread(target=work)
thread.start(); thread.join()
time.sleep(1)
print(told, round(mb() - begun))
"""


def left(way: str) -> tuple[str, float]:
    """What `tidy` said, and MB that the process has more than before."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, way], cwd=ROOT, capture_output=True, text=True, check=True
    )  # fmt: skip
    told, more = done.stdout.split()
    return told, float(more)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this C library keeps nothing back")
def test_what_is_free_goes_back_to_the_system():
    assert left("leave")[1] > 100
    told, more = left("tidy")
    assert told == "True"
    assert more < 50


def test_elsewhere_nothing_is_done(monkeypatch):
    from dashboard.server import memory

    monkeypatch.setattr(memory.sys, "platform", "darwin")
    assert memory.tidy() is False
