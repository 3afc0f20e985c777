"""Which licences come with the packages that are installed: `python -m tests.licences`.

Walks from the direct requirements through everything they need, reads what each package says of itself (no network),
and fails on a licence that is not allowed, or that nobody has looked at. What a package does not say clearly is
decided once in KNOWN, with where it was read.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FILES = ("requirements.txt", "requirements-cluster.txt")
# Terms under which code may be used beside ours (Apache-2.0), as SPDX names them, in lower case.
ALLOWED = frozenset({
    "apache-2.0", "mit", "mit-0", "mit-cmu", "bsd", "bsd-2-clause", "bsd-3-clause", "0bsd", "isc", "psf-2.0",
    "python-2.0", "cnri-python", "unlicense", "zlib", "hpnd", "mpl-2.0", "cc0-1.0", "bsl-1.0",
    "apache-2.0 with llvm-exception",
})  # fmt: skip
# As packages write them in words.
WORDS = {
    "apache software license": "apache-2.0", "apache license 2.0": "apache-2.0", "apache 2.0": "apache-2.0",
    "apache license, version 2.0": "apache-2.0", "apache license": "apache-2.0", "apache": "apache-2.0",
    "apache software license 2.0": "apache-2.0", "apache license version 2.0": "apache-2.0", "apache2": "apache-2.0",
    "mit license": "mit", "the mit license": "mit", "bsd license": "bsd", "bsd 3-clause": "bsd-3-clause",
    "bsd 3-clause license": "bsd-3-clause", "3-clause bsd license": "bsd-3-clause", "new bsd": "bsd-3-clause",
    "bsd-3": "bsd-3-clause", "python software foundation license": "psf-2.0", "psf": "psf-2.0",
    "isc license (iscl)": "isc", "mozilla public license 2.0 (mpl 2.0)": "mpl-2.0",
    "the unlicense (unlicense)": "unlicense",
    "historical permission notice and disclaimer (hpnd)": "hpnd",
    "bsd 2-clause license": "bsd-2-clause", "apache 2.0 license": "apache-2.0",
}  # fmt: skip
KNOWN = {
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",  # "Dual License"; the LICENSE file in its wheel names both
}


def normal(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(paths: Iterable[Path]) -> Iterator[str]:
    """Names of the direct requirements."""
    for path in paths:
        yield from re.findall(r"^([\w.-]+)==", path.read_text(encoding="utf-8"), re.MULTILINE)


def needed(names: Iterable[str]) -> dict[str, metadata.Distribution]:
    """These packages and all that they need and that is installed, by name; extras of others are left out."""
    found: dict[str, metadata.Distribution] = {}
    left = [normal(name) for name in names]
    while left:
        name = left.pop()
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or Python, or an extra
        for line in found[name].requires or ():
            if "extra ==" not in line:
                left.append(normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]))
    return found


def terms(package: metadata.Distribution) -> str:
    """What a package says its licence is: the SPDX expression, else its classifiers, else its first line."""
    told: Any = package.metadata
    if told.get("License-Expression"):
        return str(told["License-Expression"])
    kinds = [
        one.rpartition("::")[2].strip()
        for one in told.get_all("Classifier") or ()
        if one.startswith("License")
    ]
    kinds = [one for one in kinds if one != "OSI Approved"]
    return " AND ".join(kinds) or (str(told.get("License") or "").strip().splitlines() or [""])[0]


def allowed(expression: str) -> bool:
    """Whether every part that has to be kept is allowed: of "A OR B" one is enough, of "A AND B" both are needed."""
    parts = re.split(r"\s+AND\s+", expression.strip())
    return all(any(_one(choice) for choice in re.split(r"\s+OR\s+", part)) for part in parts)


def _one(licence: str) -> bool:
    name = licence.strip()
    if name.startswith("(") or name.endswith(")"):
        known = name.lower() in WORDS
        name = name if known else name.strip("()")
    name = WORDS.get(name.lower(), name.lower())
    return name in ALLOWED


def found_wrong(packages: dict[str, metadata.Distribution]) -> dict[str, str]:
    """Packages under terms that are not allowed or not known, with what they say."""
    told = {name: KNOWN.get(name) or terms(package) for name, package in packages.items()}
    return {name: said or "nothing" for name, said in sorted(told.items()) if not allowed(said)}


def main() -> int:
    packages = needed(pinned(ROOT / name for name in FILES))
    wrong = found_wrong(packages)
    for name, said in wrong.items():
        sys.stdout.write(
            f"{name}: {said}: not among the allowed licences; look at it, then say so in tests/licences.py\n"
        )
    sys.stdout.write(f"{len(packages)} packages, {len(wrong)} to look at.\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
