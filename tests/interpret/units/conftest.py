"""A few texts instead of the bundled ones, and a run of each family."""

from pathlib import Path

import pytest

import models
from interpret import record, units_corpus
from interpret.run import Run
from interpret.units_corpus import Passage
from tests import tiny

PASSAGES = tuple(Passage(text=text) for text in tiny.SENTENCES)


@pytest.fixture(autouse=True)
def few_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units_corpus, "_english", lambda: PASSAGES)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return record(tiny.lstm_model(tmp_path), tiny.TEXT)


@pytest.fixture
def gpt_run(tmp_path: Path) -> Run:
    return record(models.load(tiny.huggingface_folder(tmp_path, "gpt2")), tiny.TEXT)
