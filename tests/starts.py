"""Whether the dashboard starts on what is installed here: `python -m tests.starts`, for an environment just made.

With `--bare` it fails where development packages are installed too, because then nothing is shown.
"""

import argparse
import json
import sys
import tempfile
import urllib.request
from importlib import util
from pathlib import Path

from dashboard import headless
from models import catalog, load

DEVELOPMENT = ("pytest", "playwright", "hypothesis", "ruff", "dask")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.starts", description=__doc__)
    parser.add_argument("--bare", action="store_true", help="fail where development packages are installed")
    asked = parser.parse_args(argv)
    extra = [name for name in DEVELOPMENT if util.find_spec(name)]
    if asked.bare and extra:
        sys.stderr.write(f"Not a bare environment: {', '.join(extra)} can be imported.\n")
        return 1
    name = next(iter(catalog.entries()))
    model = load(name)
    assert len(model.encode("the keys to the cabinet")) > 1
    with tempfile.TemporaryDirectory() as place, headless.dashboard(Path(place) / "log") as url:
        with urllib.request.urlopen(url, timeout=30) as answer:
            page = answer.read().decode()
        told = {
            "status": answer.status,
            "bytes": len(page),
            "html": 'id="root"' in page,
        }
    sys.stdout.write(json.dumps({"model": name, "without": DEVELOPMENT if not extra else [], **told}) + "\n")
    return 0 if told["html"] and told["status"] == 200 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
