"""Freed memory goes back to the system."""

import platform
import subprocess
import sys

import pytest
import torch

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


# One model, texts of ever new lengths: what is in use grows with what is kept of each.
SHAPES = """
import ctypes, os, random, sys
if sys.argv[1] == "tidy":
    from dashboard.server.memory import tidy
    tidy()
else:
    os.environ.update(ONEDNN_PRIMITIVE_CACHE_CAPACITY="1024", LRU_CACHE_CAPACITY="1024")
import torch
torch.set_num_threads(1)
class Info(ctypes.Structure):
    _fields_ = [(n, ctypes.c_size_t) for n in "a b c d mapped e f used g h".split()]
library = ctypes.CDLL(None)
library.mallinfo2.restype = Info
def used():
    now = library.mallinfo2()
    return (now.used + now.mapped) / 1e6
layer = torch.nn.Linear(512, 512)
with torch.no_grad():
    packed = torch.ops.mkldnn._reorder_linear_weight(layer.weight.clone(), None)
    def multiply(rows): torch.ops.mkldnn._linear_pointwise(torch.ones(rows, 512), packed, None, "none", [], "")
    multiply(1)
    begun = used()
    for rows in range(2, 402): multiply(rows)
print(round(used() - begun))
"""


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc" or not torch.backends.mkldnn.is_available(),
    reason="what is in use is asked of glibc, and it is oneDNN that remembers",
)
def test_not_every_shape_of_a_text_is_remembered():
    grown = {}
    for way in ("tidy", "leave"):
        done = subprocess.run(
            [sys.executable, "-c", SHAPES, way], cwd=ROOT, capture_output=True, text=True, check=True
        )
        grown[way] = float(done.stdout)
    assert grown["tidy"] < grown["leave"] / 3, grown
