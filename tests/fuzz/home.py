"""A folder of models that readers may open, with something beside it that they may not."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from interpret import record
from interpret.results import NotFinite
from models import detect
from models.refusals import Refusal
from tests import families, tiny
from tests.fuzz.test_texts import is_whole, sentence

SAFE = "model.safetensors"
OPENED: list[str] = []  # files that Python opened while `_watched`
_watching: list[bool] = []


def _heard(event: str, given: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if event == "open":
        OPENED.append(os.fspath(given[0]) if isinstance(given[0], str | os.PathLike) else "")
    assert event not in ("os.system", "os.exec", "os.posix_spawn"), event


sys.addaudithook(_heard)


@contextmanager
def watched(secret: Path) -> Iterator[None]:
    """No file of the folder `secret` is opened inside."""
    OPENED.clear()
    _watching.append(True)
    try:
        yield
    finally:
        _watching.pop()
    assert not [path for path in OPENED if str(secret) in str(path)]


class Home:
    """A folder of models that readers may open, with something beside it that they may not."""

    def __init__(self, place: Path):
        self.root, self.secret, self.whole = place / "models", place / "secret", place / "whole"
        for folder in (self.root, self.secret, self.whole):
            folder.mkdir()
        (self.secret / "canary.json").write_text('{"canary": "tweet tweet"}')
        families.folder(self.whole / "gpt2", "gpt2")
        families.folder(self.whole / "bert-classifier", "bert-classifier")
        tiny.lstm_folder(self.whole / "ours")
        tiny.attention_folder(self.whole / "plain")
        raw = self.whole / "raw"
        raw.mkdir()
        lstm = torch.nn.ModuleDict({
            "encoder": torch.nn.Embedding(20, 6), "rnn": torch.nn.LSTM(6, 8, 2), "decoder": torch.nn.Linear(8, 20),
        })  # fmt: skip
        torch.save(lstm.state_dict(), raw / "lm.pth")
        (raw / "words.json").write_text(json.dumps(["<unk>", *"abcdefghijklmnopqrs"]))
        said = {"embedding": "encoder", "lstm": "rnn", "decoder": "decoder", "vocabulary": "words.json"}
        (raw / "lm.json").write_text(json.dumps({**said, "split": "characters", "unknown": "<unk>"}))
        for folder in (self.secret / "gpt2", self.secret / "raw"):
            shutil.copytree(self.whole / folder.name, folder)

    def fresh(self, name: str) -> Path:
        folder = self.root / "mine"
        shutil.rmtree(folder, ignore_errors=True)
        return Path(shutil.copytree(self.whole / name, folder))

    def is_held(self, where: str = "mine") -> None:
        """Looked at and, if it can be, opened and asked; or refused in a sentence."""
        with watched(self.secret):
            found = detect.preflight(where, root=self.root)
            for problem in (*found.problems, *found.warnings):
                sentence(ValueError(problem))
                assert "tweet" not in problem
            f"{found.architecture}{found.classes}{found.tokenizer}{found.family}".encode()
            if not found.can_open:
                assert found.problems
                return
            detect.views(found)
            try:
                model = detect.opened(where, root=self.root)
                tokens = model.encode("abc the dog").cut(12)
                is_whole(tokens, tokens.text, model.card.vocabulary)
                record(model, tokens)
                f"{model.card.name}{model.card.classes}{model.shown(0)}".encode()
            except (Refusal, NotFinite) as refusal:
                assert "tweet" not in sentence(refusal)
