"""Known weaknesses of the packages that are installed here, as pip-audit finds them: `make audit`.

`python -m tests.audit PIP_AUDIT [--if-it-answers]` runs that program on this environment. It asks the package index's
advisory service, so this needs a network. A finding that tests/audit.json does not record, with why it may stay, is a
failure; so is a record that no finding needs any more. Packages the service has never heard of (builds with a local
version) are counted. Where it knows none at all, nothing was audited: that is a failure too, unless `--if-it-answers`.
"""

import argparse
import json
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).with_name("audit.json")
PATIENCE_S = 300


@dataclass(frozen=True, kw_only=True)
class Audit:
    """Packages that were looked up, those the service does not know, and what it found: (package, advisory)."""

    known: int
    unknown: tuple[str, ...]
    found: frozenset[tuple[str, str]]


def read(told: dict[str, Any]) -> Audit:
    """What pip-audit wrote as JSON."""
    packages = told["dependencies"]
    return Audit(
        known=sum("skip_reason" not in one for one in packages),
        unknown=tuple(one["name"] for one in packages if "skip_reason" in one),
        found=frozenset((one["name"], weak["id"]) for one in packages for weak in one.get("vulns", ())),
    )


def verdict(audit: Audit, recorded: dict[str, str]) -> tuple[int, list[str]]:
    """Exit code and what is said; a record is named "package advisory"."""
    if not audit.known:
        return 2, [
            "Nothing was audited: the advisory service knows none of these packages, or does not answer."
        ]
    found = {f"{package} {advisory}" for package, advisory in audit.found}
    new, gone = sorted(found - set(recorded)), sorted(set(recorded) - found)
    said = [
        f"{one}: found and not recorded; update the package, or say in tests/audit.json why it may stay"
        for one in new
    ]
    said += [f"{one}: recorded in tests/audit.json, but no longer found; take it out" for one in gone]
    said.append(
        f"{audit.known} packages audited, {len(audit.unknown)} unknown to the service, {len(found)} findings."
    )
    return int(bool(new or gone)), said


def asked(program: str) -> Audit | str:
    """What pip-audit finds about this environment, or the last line of why it could not."""
    command = [
        program,
        "--path",
        sysconfig.get_path("purelib"),
        "--format",
        "json",
        "--progress-spinner",
        "off",
    ]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except (subprocess.TimeoutExpired, OSError) as fault:
        return str(fault)
    try:
        return read(json.loads(ended.stdout))
    except (ValueError, KeyError):
        return (ended.stderr.strip().splitlines() or ["it said nothing"])[-1]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument("program", help="where pip-audit is")
    parser.add_argument(
        "--if-it-answers", action="store_true", help="no failure where nothing could be audited"
    )
    chosen = parser.parse_args(argv)
    found = asked(chosen.program)
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    code, said = (
        verdict(found, recorded) if isinstance(found, Audit) else (2, [f"Nothing was audited: {found}"])
    )
    sys.stdout.write("\n".join(said) + "\n")
    return 0 if code == 2 and chosen.if_it_answers else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
