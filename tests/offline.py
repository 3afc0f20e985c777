"""A guard for programs of their own: nothing but this machine can be reached, and every try is noted.

`environment(folder)` makes any Python started with it refuse other machines' addresses and names from its first line
on. A library that swallows the refusal is found out all the same: `tries(folder)` holds it, with where it came from.
"""

import os
import sys
from pathlib import Path

from tests.conftest import LOCAL

ROOT = Path(__file__).parents[1]
NOTES = "tries.txt"
GUARD = '''"""Read by Python before anything else."""

import pathlib
import socket
import traceback

LOCAL, NOTES = {local!r}, pathlib.Path({notes!r})


def near(host):
    host = host.decode() if isinstance(host, bytes) else host
    return not host or str(host).startswith(LOCAL) or host == socket.gethostname()


def refused(told):
    came = [f"{{frame.filename}}:{{frame.lineno}}" for frame in traceback.extract_stack()[-8:-2]]
    with NOTES.open("a") as notes:
        notes.write(f"{{told}} from {{' < '.join(reversed(came))}}\\n")
    raise OSError(f"no network here: {{told}}")


def guarded(name):
    real = getattr(socket.socket, name)

    def checked(self, *given):
        address = given[-1]
        if isinstance(address, tuple) and not near(address[0]):
            refused(f"{{name}} {{address[0]}}")
        return real(self, *given)

    setattr(socket.socket, name, checked)


for name in ("connect", "connect_ex", "sendto"):
    guarded(name)


def looked_up(real, name):
    def checked(host, *given, **named):
        if not near(host):
            refused(f"{{name}} {{host}}")
        return real(host, *given, **named)

    setattr(socket, name, checked)


for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
    looked_up(getattr(socket, name), name)
'''


def environment(folder: Path) -> dict[str, str]:
    """What to start a Python with; nothing tells libraries that they are offline."""
    (folder / "sitecustomize.py").write_text(
        GUARD.format(local=LOCAL, notes=str(folder / NOTES)), encoding="utf-8"
    )
    known = {name: value for name, value in os.environ.items() if "OFFLINE" not in name}
    path = os.pathsep.join([str(folder), str(ROOT)])
    return known | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "UNDERHOOD_CACHE": str(folder / "cache")}


def tries(folder: Path) -> str:
    """What was tried, a line each."""
    notes = folder / NOTES
    return notes.read_text(encoding="utf-8") if notes.exists() else ""


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
