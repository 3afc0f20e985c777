"""`make bench`: one table of what this costs, ours beside every peer's and the bound, in one run.

`python -m tests.bench [--quick] [--only NAME,NAME] [--rounds 3] [--json FILE] [--readme]`, and
`python -m tests.bench growth` for how it grows. Peers are optional: `make bench-peers` makes an environment that sees
them beside this project's packages. A peer that is missing, or fails, is a line that says so.
"""

import argparse
import dataclasses
import json
import sys
from pathlib import Path

import torch

from tests.bench import growth, table
from tests.bench.rows import Asked, erasure, gradients, heads, layers, pages, parts

README = Path(__file__).parents[2] / "README.md"
ROWS = {
    **gradients.ROWS, **erasure.ROWS, **layers.ROWS, **heads.ROWS, **parts.ROWS, **pages.ROWS,
}  # fmt: skip


def lines(name: str, asked: Asked) -> list[table.Row]:
    """The lines of one name; one that breaks off says why and leaves the others be."""
    found: list[table.Row] = []
    try:
        found.extend(ROWS[name](asked))
    except Exception as fault:  # noqa: BLE001  the table of an hour must not be lost to its last line
        why = f"broke off: {type(fault).__name__}: {' '.join(str(fault).split())[:160]}"
        found.append(table.Row(what=name, note=why))
    return found


def main(argv: list[str]) -> int:
    if argv[:1] == ["growth"]:
        return growth.main(argv[1:])
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="tiny networks: whether everything runs, not how fast"
    )
    parser.add_argument("--only", default=",".join(ROWS), help=f"some of: {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=64, help="half prompt, half generated")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument(
        "--readme", action="store_true", help=f"write the table between {table.START} in the README"
    )
    asked = parser.parse_args(argv)
    wanted = asked.only.split(",")
    if unknown := sorted(set(wanted) - set(ROWS)):
        parser.error(f"--only: there is no {', '.join(unknown)}; choose among {', '.join(ROWS)}.")
    torch.set_num_threads(asked.threads)
    began, rows, about = table.load(), [], ""
    for name in wanted:
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows += lines(name, Asked(quick=asked.quick, rounds=asked.rounds, tokens=asked.tokens))
        about = table.about(began, asked.threads)
        if asked.json:  # after each name, so that a run that is ended leaves what it has
            kept = {"about": about, "rows": [dataclasses.asdict(row) for row in rows]}
            asked.json.write_text(json.dumps(kept, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    print(table.plain(rows), about, sep="\n\n")
    if asked.readme:
        page = README.read_text(encoding="utf-8")
        README.write_text(table.between(page, table.markdown(rows, about)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
