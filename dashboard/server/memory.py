"""Memory that answers needed for a moment goes back to the system.

The C library (glibc) keeps freed memory in heaps, up to eight a core, for the threads that may want it again. With
a class of thirty, half a gigabyte lay there after ten minutes and none of it was in use. So there are few heaps, and
their free pages are given back every so often. With another C library nothing is done, and nothing is needed.

oneDNN, which multiplies for torch, keeps a program for every shape it has met, up to a thousand of each of two kinds,
15 MB a text of a new length (reviews-gpt, with its evidence); making them anew costs 5 % of computing at most.
"""

import ctypes
import os
import sys
import threading
import time

HEAPS = 2
EVERY = 15.0  # seconds
ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
PROGRAMS = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "16", "LRU_CACHE_CAPACITY": "8"}  # read when torch is loaded


def tidy(every: float = EVERY) -> bool:
    """Begin to keep memory small, before other threads begin; whether this system's C library helps."""
    for name, most in PROGRAMS.items():
        os.environ.setdefault(name, most)
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if not hasattr(library, "mallopt") or not hasattr(library, "malloc_trim"):
        return False
    library.mallopt(ARENA_MAX, HEAPS)

    def give_back() -> None:
        while True:
            time.sleep(every)
            library.malloc_trim(0)

    threading.Thread(target=give_back, name="memory", daemon=True).start()
    return True
