"""`python -m dashboard [--port N]`: open the dashboard.

`python -m dashboard doctor` says what is wrong with an installation, `python -m dashboard snapshot VIEW` draws a page
into a file; each has its own --help.
"""

import argparse
import importlib
import os
import pkgutil
import socket
import sys
import threading
from pathlib import Path

from dashboard import commands

COMMANDS = [module.name for module in pkgutil.iter_modules(commands.__path__)]
ROOT = Path(__file__).resolve().parents[1]


def warm() -> None:
    """Import what the first page needs while the server starts and the reader's browser finds it."""
    from dashboard import shelf

    shelf.get_ready()


def main(argv: list[str] | None = None) -> int:
    """Answer a command, or hand over to Streamlit; exit code 2 and one sentence when that cannot be."""
    argv = sys.argv[1:] if argv is None else argv
    if argv and argv[0] in COMMANDS:
        code, said = importlib.import_module(f"dashboard.commands.{argv[0]}").answer(argv[1:])
        print(said, file=sys.stderr if code == 2 else sys.stdout)
        return code
    parser = argparse.ArgumentParser(prog="python -m dashboard", description=__doc__)
    parser.add_argument("--port", type=int, default=8501, help="where to listen (8501)")
    parser.add_argument(
        "--work", type=Path, help="folder for the models that readers train (one among the temporary files)"
    )
    parser.add_argument(
        "--models-dir", type=Path, help="folder that readers may open models of their own from"
    )
    parser.add_argument("--keep", type=int, default=8, help="models kept in memory at a time (8)")
    asked = parser.parse_args(argv)
    if not 1 <= asked.port <= 65535:
        print(f"Port {asked.port} does not exist: choose one from 1024 to 65535.", file=sys.stderr)
        return 2
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", asked.port))
        except OSError:
            print(
                f"Port {asked.port} is in use: stop what runs there or choose another with --port.",
                file=sys.stderr,
            )
            return 2
    if asked.models_dir and not asked.models_dir.is_dir():
        print(f"There is no folder {asked.models_dir}: give --models-dir one that is there.", file=sys.stderr)
        return 2
    if asked.models_dir:
        os.environ["UNDERHOOD_MODELS"] = str(asked.models_dir.resolve())
    os.environ["UNDERHOOD_KEPT"] = str(max(1, asked.keep))
    if asked.work:
        os.environ["UNDERHOOD_WORK"] = str(asked.work.resolve())
    os.chdir(ROOT)  # Streamlit reads .streamlit/config.toml from here
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from streamlit.web import cli

    threading.Thread(target=warm, daemon=True).start()

    print(f"Underhood: http://localhost:{asked.port}  (Ctrl+C stops it)", flush=True)
    sys.argv = ["streamlit", "run", str(ROOT / "dashboard" / "app.py"), "--server.port", str(asked.port)]
    return cli.main(standalone_mode=False) or 0


if __name__ == "__main__":
    sys.exit(main())
