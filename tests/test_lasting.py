"""What must go on working: licences, recorded weaknesses, lock files that name the same packages."""

import re
import subprocess
from email.message import Message
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import audit, licences

ROOT = Path(__file__).parents[1]


def pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE)
    return {licences.normal(package): version for package, version in found}


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def test_every_package_that_is_installed_may_stand_beside_ours():
    packages = licences.needed(licences.pinned(ROOT / name for name in licences.FILES))
    assert {"torch", "streamlit", "numba"} <= set(packages)  # numba is needed by umap-learn only
    assert licences.found_wrong(packages) == {}


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("MIT", True), ("Apache Software License", True), ("GPL-3.0-only", False), ("", False),
        ("GPL-3.0-only OR MIT", True), ("GPL-3.0-only AND MIT", False),
        ("(MIT OR GPL-2.0-only) AND BSD-3-Clause", True),
        ("MIT AND (GPL-2.0-only OR AGPL-3.0-only)", False), ("ISC License (ISCL)", True), ("Proprietary", False),
    ],
)  # fmt: skip
def test_of_or_one_licence_is_enough_and_of_and_both_are_needed(said, fine):
    assert licences.allowed(said) is fine


def test_a_package_under_other_terms_is_named_with_what_it_says():
    told = Message()
    told["Classifier"] = "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"
    package: Any = SimpleNamespace(metadata=told)
    assert licences.found_wrong({"theirs": package}) == {"theirs": "GNU General Public License v3 (GPLv3)"}


def told(*packages: dict[str, Any]) -> audit.Audit:
    return audit.read({"dependencies": list(packages)})


WEAK = {"name": "one", "version": "1.0", "vulns": [{"id": "PYSEC-1"}]}
SOUND = {"name": "two", "version": "2.0", "vulns": []}


def test_a_weakness_that_is_not_recorded_fails_and_one_that_is_does_not():
    assert audit.verdict(told(WEAK, SOUND), {})[0] == 1
    assert audit.verdict(told(WEAK, SOUND), {"one PYSEC-1": "not reachable from our code"})[0] == 0
    assert (
        audit.verdict(told(SOUND), {"one PYSEC-1": "not reachable from our code"})[0] == 1
    )  # a stale record


def test_an_index_that_knows_no_package_is_not_a_clean_bill():
    code, said = audit.verdict(told({"name": "one", "skip_reason": "not found"}), {})
    assert code == 2 and "Nothing was audited" in said[0]


def test_an_audit_that_cannot_run_says_why_and_fails_unless_told_not_to(capsys):
    assert audit.main(["/no/such/program"]) == 2
    assert "Nothing was audited" in capsys.readouterr().out
    assert audit.main(["/no/such/program", "--if-it-answers"]) == 0


@pytest.mark.parametrize("other", ["requirements-lowest.txt", "requirements-newest.txt"])
def test_each_lock_file_pins_every_direct_requirement(other):
    assert set(pins("requirements.txt")) <= set(pins(other))


def test_the_pins_lie_between_the_lowest_and_the_newest():
    low, own, high = (pins(f"requirements{end}.txt") for end in ("-lowest", "", "-newest"))
    assert all(numbers(low[name]) <= numbers(own[name]) <= numbers(high[name]) for name in own)
    assert any(low[name] != own[name] for name in own)


def test_what_the_other_versions_are_tested_with_is_there():
    done = subprocess.run(
        ["make", "--dry-run", "test-lowest"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    named = [word for word in done.stdout.split() if word.startswith("tests/")]
    assert len(named) > 10
    assert [word for word in named if not (ROOT / word).exists()] == []
