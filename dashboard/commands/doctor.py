"""`python -m dashboard doctor`: what is wrong with this installation, a line for each part, and what to do about it.

Exit code 0 when the dashboard can run, 1 when something it needs is wrong. Nothing is changed and nothing is sent.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from dashboard import headless

ROOT = Path(__file__).resolve().parents[2]
PYTHON = (3, 11)
NEEDS_MB = {"memory": 2000, "disk": 500}  # the first page with the largest bundled model; readers' trainings
INSTALL = "run: python -m pip install -r requirements.txt (make run does it)"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found out about one part: `fine`, or wrong; what is not `needed` may be wrong."""

    fine: bool
    said: str
    do: str = ""
    needed: bool = True

    def in_words(self) -> str:
        """One line."""
        mark = "ok   " if self.fine else ("WRONG" if self.needed else "note ")
        return f"{mark} {self.said}" + (f": {self.do}." if not self.fine and self.do else ".")


def answer(argv: list[str]) -> tuple[int, str]:
    """All lines, and 1 if something needed is wrong."""
    parser = argparse.ArgumentParser(prog="python -m dashboard doctor", description=__doc__)
    parser.add_argument("--port", type=int, default=8501, help="the port the dashboard will listen on (8501)")
    parser.add_argument("--work", type=Path, help="the folder for trainings, as given to python -m dashboard")
    parser.add_argument("--quick", action="store_true", help="do not open a model")
    asked = parser.parse_args(argv)
    found = [
        python(sys.version_info[:2]), *packages(ROOT), *models(ROOT), port(asked.port), memory(free_mb()),
        disk(shutil.disk_usage(ROOT).free / 1e6), folder(asked.work or work_folder()), alone(ROOT), chromium(),
    ]  # fmt: skip
    if not asked.quick and all(one.fine or not one.needed for one in found):
        found.append(opens(ROOT))
    wrong = sum(not one.fine and one.needed for one in found)
    end = f"{wrong} of {len(found)} parts are wrong." if wrong else "Underhood can run: python -m dashboard"
    return int(wrong > 0), "\n".join([*(one.in_words() for one in found), end])


def python(version: tuple[int, ...]) -> Finding:
    """Whether this Python is new enough."""
    wanted = ".".join(map(str, PYTHON))
    do = f"install Python {wanted} or newer and make the environment anew (make PYTHON=python{wanted} run)"
    return Finding(fine=version >= PYTHON, said=f"Python {'.'.join(map(str, version))}", do=do)


def packages(root: Path, version: Callable[[str], str] = metadata.version) -> Iterator[Finding]:
    """Whether every pinned package is there at its version; a line for each that is not, else one for all."""
    pins = re.findall(
        r"^([\w.-]+)==(\S+)", (root / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    wrong = []
    for name, wanted in pins:
        try:
            here = version(name).split("+")[0]  # "+cpu" names a build
        except metadata.PackageNotFoundError:
            here = None
        if here != wanted:
            said = f"{name} is {here}, not {wanted}" if here else f"{name} {wanted} is missing"
            wrong.append(Finding(fine=False, said=said, do=INSTALL))
    yield from wrong or [Finding(fine=True, said=f"{len(pins)} packages at their pinned versions")]


def models(root: Path) -> Iterator[Finding]:
    """Whether the bundled models are there and are the files their cards describe."""
    cards = sorted((root / "assets" / "models").glob("*/card.json"))
    if not cards:
        yield Finding(
            fine=False, said="No model is in assets/models", do="get the repository again, with its assets"
        )
        return
    faults = [fault for card in cards for fault in _faults(card)]
    for fault in faults:
        yield Finding(fine=False, said=fault, do="restore it (git checkout -- assets/models)")
    if not faults:
        yield Finding(fine=True, said=f"{len(cards)} models, each with the digest on its card")


def _faults(card: Path) -> Iterator[str]:
    name = card.parent.name
    try:
        known = json.loads(card.read_text(encoding="utf-8"))
        wanted = {"weights.safetensors": known["sha256"], "tokenizer.json": known["tokenizer_sha256"]}
        wanted |= {kept["file"]: kept["sha256"] for kept in known.get("snapshots", ())}
    except (OSError, ValueError, KeyError, TypeError):
        yield f"{name}/card.json cannot be read"
        return
    for file, digest in wanted.items():
        path = card.parent / file
        if not path.is_file():
            yield f"{name}/{file} is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield f"{name}/{file} is damaged (another sha256 than on its card)"


def port(number: int) -> Finding:
    """Whether the dashboard may listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except (OSError, OverflowError):
            return Finding(
                fine=False,
                said=f"Port {number} cannot be used",
                do="stop what runs there, or give --port another",
            )
    return Finding(fine=True, said=f"Port {number} is free")


def free_mb() -> float | None:
    """Memory that is free, in megabytes; None where the system does not say."""
    try:
        said = Path("/proc/meminfo").read_text(encoding="ascii")
        return int(re.findall(r"MemAvailable:\s+(\d+)", said)[0]) / 1000
    except (OSError, IndexError):
        return None


def memory(mb: float | None) -> Finding:
    """Whether a model and the page have room."""
    if mb is None:
        return Finding(fine=True, said="Memory: this system does not say how much is free")
    do = f"close other programs ({NEEDS_MB['memory'] / 1000:.0f} GB are wanted), or keep fewer models with --keep 1"
    return Finding(fine=mb >= NEEDS_MB["memory"], said=f"Memory: {mb / 1000:.1f} GB free", do=do)


def disk(mb: float) -> Finding:
    """Whether trainings and indexes have room."""
    said = f"Disk: {mb / 1000:.1f} GB free"
    return Finding(
        fine=mb >= NEEDS_MB["disk"], said=said, do=f"free {NEEDS_MB['disk']} MB, or give --work another"
    )


def work_folder() -> Path:
    """Where trainings are kept unless --work says otherwise."""
    given = os.environ.get("UNDERHOOD_WORK")
    return Path(given) if given else Path(tempfile.gettempdir())


def folder(path: Path) -> Finding:
    """Whether jobs can write their folder."""
    above = next((one for one in (path, *path.absolute().parents) if one.exists()), path)
    try:
        with tempfile.NamedTemporaryFile(dir=above):
            return Finding(fine=True, said=f"Jobs can write in {path}")
    except OSError as error:
        why = error.strerror or str(error)
        return Finding(
            fine=False, said=f"Jobs cannot write in {path} ({why})", do="give --work a folder of your own"
        )


def alone(root: Path) -> Finding:
    """Whether the server listens to this machine only and calls nobody."""
    do = "restore .streamlit/config.toml and the link to it in dashboard/"
    try:
        import tomllib  # a Python too old for it is told above

        kept = tomllib.loads((root / "dashboard" / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    except (ImportError, OSError, ValueError):
        return Finding(fine=False, said="dashboard/.streamlit/config.toml cannot be read", do=do)
    server, browser = kept.get("server", {}), kept.get("browser", {})
    if browser.get("gatherUsageStats") is not False:
        return Finding(fine=False, said="Usage statistics would be sent", do=do)
    if server.get("address") != "127.0.0.1":
        said = f"The server listens on {server.get('address', 'every address')}"
        return Finding(
            fine=False,
            needed=False,
            said=said,
            do="anyone there can use it; keep 127.0.0.1 unless you mean it",
        )
    return Finding(fine=True, said="No network is needed, and only this machine is listened to")


def chromium() -> Finding:
    """Whether snapshots can be drawn; the dashboard does without."""
    do = "only `snapshot` and the browser tests need them. " + headless.MISSING.rstrip(".")
    if util.find_spec("playwright") is None:
        return Finding(fine=False, needed=False, said="Playwright is not installed", do=do)
    path = headless.chromium_path() or _own_chromium()
    if path is None or not Path(path).exists():
        return Finding(fine=False, needed=False, said="There is no Chromium", do=do)
    return Finding(fine=True, said=f"Snapshots are drawn by {Path(path).name}")


def _own_chromium() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        return started.chromium.executable_path


def opens(root: Path) -> Finding:
    """Whether a small model opens and answers, in a process of its own."""
    command = ["-m", "interpret", "next_words", "--model", "induction-2l", "--text", "a"]
    done = subprocess.run([sys.executable, *command], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return Finding(fine=True, said="A model opens and answers")
    last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
    return Finding(fine=False, said=f"A model does not open ({last[:200]})", do=INSTALL)
