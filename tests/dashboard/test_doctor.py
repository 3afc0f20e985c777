"""`python -m dashboard doctor`: each fault that is put in is found, said in a line, and told how to mend."""

import json
import shutil
import socket
from importlib import metadata
from pathlib import Path

import pytest

from dashboard import headless
from dashboard.__main__ import main
from dashboard.commands import doctor

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "assets" / "models" / "induction-2l"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A small installation: one model, the pins and the settings."""
    shutil.copytree(MODEL, tmp_path / "assets" / "models" / "induction-2l")
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    shutil.copytree(ROOT / ".streamlit", tmp_path / "dashboard" / ".streamlit")
    return tmp_path


def is_wrong(found, *said: str) -> None:
    """It is one finding that says so and says what to do."""
    one = found if isinstance(found, doctor.Finding) else next(iter(found))
    assert not one.fine and one.do
    assert one.in_words().startswith("WRONG" if one.needed else "note ")
    for part in said:
        assert part in one.in_words()


def test_this_installation_is_well(capsys):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert main(["doctor", "--port", str(port)]) == 0
    said = capsys.readouterr().out
    assert "WRONG" not in said and "Underhood can run" in said
    for part in (
        "Python",
        "packages",
        "models",
        "Port",
        "Memory",
        "Disk",
        "Jobs",
        "network",
        "A model opens",
    ):
        assert part in said


def test_a_fault_is_exit_code_1(capsys, monkeypatch):
    monkeypatch.setattr(doctor, "free_mb", lambda: 100.0)
    assert main(["doctor", "--quick", "--port", "70000"]) == 1
    said = capsys.readouterr().out
    assert "WRONG Port 70000" in said and "WRONG Memory: 0.1 GB" in said and "2 of" in said


def test_an_old_python_is_found():
    is_wrong(doctor.python((3, 10)), "Python 3.10", "install Python 3.11")
    assert doctor.python((3, 12)).fine


def test_packages_that_are_missing_or_others_are_found(copied):
    def version(name: str) -> str:
        if name == "plotly":
            raise metadata.PackageNotFoundError(name)
        return "9.9" if name == "numpy" else metadata.version(name) + "+cpu"

    wrong = {one.said for one in doctor.packages(copied, version)}
    assert any(said.startswith("plotly") and said.endswith("is missing") for said in wrong)
    assert any(said.startswith("numpy is 9.9, not ") for said in wrong)
    assert len(wrong) == 2
    is_wrong(doctor.packages(copied, version), "pip install -r requirements.txt")


def test_models_that_are_missing_or_damaged_are_found(copied):
    folder = copied / "assets" / "models" / "induction-2l"
    (whole,) = doctor.models(copied)
    assert whole.fine
    content = bytearray((folder / "weights.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "weights.safetensors").write_bytes(content)
    is_wrong(doctor.models(copied), "induction-2l/weights.safetensors is damaged", "restore")
    (folder / "weights.safetensors").unlink()
    is_wrong(doctor.models(copied), "induction-2l/weights.safetensors is missing")
    stage = json.loads((folder / "card.json").read_text())["snapshots"][0]["file"]
    (folder / stage).write_bytes(b"")
    assert any(stage in one.said for one in doctor.models(copied))
    (folder / "card.json").write_text("{")
    is_wrong(doctor.models(copied), "card.json cannot be read")
    shutil.rmtree(folder)
    is_wrong(doctor.models(copied), "No model")


def test_a_port_in_use_is_found():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        is_wrong(doctor.port(other.getsockname()[1]), "cannot be used", "--port")


def test_too_little_memory_or_disk_is_found():
    is_wrong(doctor.memory(500.0), "0.5 GB free", "--keep 1")
    is_wrong(doctor.disk(3.0), "0.0 GB free", "--work")
    assert doctor.memory(None).fine and doctor.memory(8000.0).fine and doctor.disk(8000.0).fine


def test_a_folder_that_cannot_be_written_is_found(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    is_wrong(doctor.folder(tmp_path / "file" / "jobs"), "cannot write", "--work")
    assert doctor.folder(tmp_path / "not" / "yet").fine


def test_settings_that_would_use_the_network_are_found(copied):
    path = copied / "dashboard" / ".streamlit" / "config.toml"
    text = path.read_text()
    assert doctor.alone(copied).fine
    path.write_text(text.replace("gatherUsageStats = false", "gatherUsageStats = true"))
    is_wrong(doctor.alone(copied), "statistics would be sent")
    path.write_text(text.replace('address = "127.0.0.1"', 'address = "0.0.0.0"'))
    is_wrong(doctor.alone(copied), "listens on 0.0.0.0")
    path.write_text("[")
    is_wrong(doctor.alone(copied), "cannot be read", "restore")


def test_no_chromium_and_no_playwright_are_notes(monkeypatch):
    monkeypatch.setattr(headless, "chromium_path", lambda: "/no/such/chromium")
    is_wrong(doctor.chromium(), "note", "no Chromium", "playwright install chromium")
    monkeypatch.setattr(doctor.util, "find_spec", lambda name: None)
    is_wrong(doctor.chromium(), "note", "Playwright is not installed", "pip install playwright")


def test_a_model_that_does_not_open_is_found(copied):
    is_wrong(doctor.opens(copied), "A model does not open")
