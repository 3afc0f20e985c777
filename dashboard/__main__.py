"""`python -m dashboard [--port N]`: open the dashboard.

`python -m dashboard doctor` says what is wrong with an installation, `python -m dashboard snapshot VIEW` draws a page
into a file; each has its own --help. `--public` serves a class; SECURITY.md says how.
"""

import importlib
import os
import pkgutil
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
    """Answer a command, or serve the dashboard; exit code 2 and one sentence when that cannot be."""
    argv = sys.argv[1:] if argv is None else argv
    if argv and argv[0] in COMMANDS:
        code, said = importlib.import_module(f"dashboard.commands.{argv[0]}").answer(argv[1:])
        print(said, file=sys.stderr if code == 2 else sys.stdout)
        return code
    from dashboard.server.login import NoDoor
    from dashboard.server.options import arguments, serving

    asked = arguments(__doc__).parse_args(argv)
    try:
        how = serving(asked)
    except NoDoor as fault:
        print(fault, file=sys.stderr)
        return 2
    os.chdir(ROOT)  # Streamlit reads .streamlit/config.toml from here
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import pandas  # noqa: F401  whole before any page asks for it: Streamlit looks into one that a thread still imports

    from dashboard.server import application
    from dashboard.server.memory import tidy

    tidy()
    threading.Thread(target=warm, daemon=True).start()
    print(*how.said, sep="\n", flush=True)
    application(how.doors).run(config=how.settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
