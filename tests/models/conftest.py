"""Folders of models as a reader would bring them, made once for all tests of this package."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import families


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A family's folder, made once; whoever changes it copies it first."""
    folders: dict[str, Path] = {}

    def one(name: str) -> Path:
        if name not in folders:
            folders[name] = families.folder(tmp_path_factory.mktemp("folders") / name, name)
        return folders[name]

    return one


@pytest.fixture
def folder(made: Callable[[str], Path], tmp_path: Path) -> Path:
    """A GPT-2 of one's own to do harm to."""
    return Path(shutil.copytree(made("gpt2"), tmp_path / "mine"))
