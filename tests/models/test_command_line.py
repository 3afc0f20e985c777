"""`python -m models`: what is whole says so; what is not costs exit code 2 and one sentence."""

import json
from pathlib import Path

import pytest

import models
from models import catalog
from models.__main__ import main
from models.base import Card
from tests import tiny


class Entry:
    """A catalogue entry whose files lie in a test's own folder."""

    NAME, TITLE, PLACE = "tiny-lstm", "LSTM, three sentences", 1

    @staticmethod
    def load(folder: Path, stage: str | None = None):
        from models import lstm

        return lstm.load(folder, stage)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalog, "entries", lambda: {"tiny-lstm": Entry})
    monkeypatch.setattr(models, "ASSETS", tmp_path)
    return tiny.lstm_folder(tmp_path / "tiny-lstm")


def test_list_names_every_model(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    assert out.split()[:2] == ["tiny-lstm", "lstm"]
    assert "LSTM, three sentences" in out
    assert out.count("\n") == 1


def test_inspect_prints_the_card(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["inspect", "tiny-lstm"]) == 0
    assert Card.from_dict(json.loads(capsys.readouterr().out)) == models.card("tiny-lstm")


def test_inspect_looks_into_a_foreign_folder(folder: Path, capsys: pytest.CaptureFixture[str]):
    foreign = tiny.huggingface_folder(folder.parent / "foreign", "opt")
    assert main(["inspect", str(foreign)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["where"], said["heads"], said["widths"]) == (str(foreign), 3, [24, 24, 24])


def test_verify_says_whole_until_a_byte_changes(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["verify"]) == 0
    assert capsys.readouterr() == ("tiny-lstm: whole\n", "")
    raw = bytearray((folder / "weights.safetensors").read_bytes())
    raw[-3] ^= 1
    (folder / "weights.safetensors").write_bytes(raw)
    assert main(["verify", "tiny-lstm"]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error == (
        "tiny-lstm/weights.safetensors is not the file its card describes (sha256 differs): restore it.\n"
    )


@pytest.mark.parametrize("command", ["inspect", "verify"])
def test_an_unknown_model_is_one_sentence_and_code_2(
    folder: Path, capsys: pytest.CaptureFixture[str], command: str
):
    assert main([command, "no-such"]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("There is no model named 'no-such': choose one of tiny-lstm")
    assert error.count("\n") == 1


def test_an_absent_bundled_folder_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "card.json").unlink()
    assert main(["list"]) == 2
    assert capsys.readouterr() == ("", "tiny-lstm has no card.json: restore the folder.\n")


def test_an_unknown_command_is_code_2(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        main(["dance"])
    assert end.value.code == 2
    assert "dance" in capsys.readouterr().err
