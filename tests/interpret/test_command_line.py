"""`python -m interpret`: the same numbers as the library; what is wrong costs code 2 and one sentence."""

import csv
import json
from pathlib import Path

import pytest

from interpret import explain, record
from interpret.__main__ import main
from models import checkpoints
from tests import tiny
from tests.interpret.loops import TEXT

KEYS = {"schema", "method", "model", "model_sha256", "text", "tokens", "spans", "target", "dims"}
KEYS |= {"values", "unit", "signed", "check", "options"}
METHODS = ["next_words", "gradient_norm", "gradient_times_input", "integrated_gradients", "leave_one_out"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny.huggingface_folder(tmp_path / "tiny", "gpt2")


def ask(folder: Path, method: str, *more: str, text: str = TEXT) -> int:
    return main([method, "--model", str(folder), "--text", text, *more])


@pytest.mark.parametrize("method", METHODS)
def test_prints_the_librarys_numbers(folder: Path, capsys: pytest.CaptureFixture[str], method: str):
    import models

    assert ask(folder, method) == 0
    out, error = capsys.readouterr()
    assert error == ""
    read = json.loads(out)
    assert set(read) >= KEYS
    expected = explain(record(models.load(folder), TEXT), method)
    assert read == json.loads(json.dumps(expected.to_json()))
    assert (read["schema"], read["method"], read["model"], read["text"]) == (1, method, "tiny", TEXT)
    assert read["model_sha256"] == checkpoints.sha256(folder / "model.safetensors")


def test_target_measure_and_options_arrive(folder: Path, capsys: pytest.CaptureFixture[str]):
    more = ["--target", "2-4", "--measure", "logit", "--option", "steps=3", "--option", "tolerance=0.5"]
    assert ask(folder, "integrated_gradients", *more) == 0
    read = json.loads(capsys.readouterr().out)
    assert (read["target"]["places"], read["target"]["measure"]) == ([2, 3, 4], "logit")
    assert read["target"]["summed"] is True
    assert (read["options"]["steps"], read["options"]["tolerance"]) == (3, 0.5)
    assert (read["dims"], read["unit"]) == (["token"], "logits")


def test_out_writes_json_or_a_table(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    text = "=the keys 👍"
    assert ask(folder, "gradient_norm", "--out", str(tmp_path / "a.json"), text=text) == 0
    assert ask(folder, "gradient_norm", "--out", str(tmp_path / "a.csv"), text=text) == 0
    assert capsys.readouterr() == ("", "")
    read = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert read["text"] == text
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    width = len(read["tokens"])
    assert len(rows) == len(read["values"]) * width
    assert float(rows[2 * width + 1]["score"]) == pytest.approx(read["values"][2][1])
    assert rows[1]["shown"] == "'="  # a spreadsheet would take it for a formula


WRONG = {
    "method": (["gradients"], "There is no method 'gradients': choose one of"),
    "model": (["next_words", "--model", "no-such"], "There is no model named 'no-such': choose one"),
    "target": (["next_words", "--target", "soon"], "'soon' is no target: write every"),
    "place": (["next_words", "--target", "99"], "There is no token 99: this text has tokens 1 to"),
    "word": (["next_words", "--target", "next:elephant"], "'elephant' is not one piece"),
    "measure": (["next_words", "--measure", "score"], "There is no measure 'score': choose one"),
    "option": (["gradient_norm", "--option", "steps=3"], "gradient_norm has no option"),
    "number": (["integrated_gradients", "--option", "steps=x"], "--option steps=x: steps takes a num"),
    "ending": (["next_words", "--out", "a.xml"], "--out a.xml: name a file that ends in .json"),
    "place to write": (["next_words", "--out", "/no/such/place/a.json"], "/no/such/place/a.json: "),
    "text": (["next_words", "--text", ""], "There is no text yet"),
    "half a character": (["next_words", "--text", "dog \ud83d"], "The text holds half a character"),
    "long text": (["next_words", "--text", "!" * 40], "This text has 41 tokens and tiny takes 40"),
}


@pytest.mark.parametrize(("words", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
):
    method, *more = words
    assert ask(folder, method, *more) == 2  # of an option given twice the last one counts
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith(sentence)
    assert error.count("\n") == 1


def test_a_changed_checkpoint_is_said_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tiny.huggingface_folder(tmp_path / "tiny", "gpt2")
    (folder / "model.safetensors").write_bytes(b"short")
    assert ask(folder, "next_words") == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("model.safetensors is broken or cut short")
    assert error.count("\n") == 1


def test_a_missing_argument_is_code_2(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        main(["next_words", "--text", "the"])
    assert end.value.code == 2
    assert "--model" in capsys.readouterr().err


OPTIONS = {
    "shapley_sampling": {"permutations": 4, "absent": "zero", "unit": "token", "exact": 0, "seed": 3},
    "kernel_shap": {"samples": 64, "absent": "mean", "unit": "word", "exact": 0, "seed": 3},
    "lime": {"samples": 64, "width": 0.5, "absent": "removed", "unit": "word", "exact": 0, "seed": 3},
    "smooth_grad": {"level": 0.5, "samples": 4, "seed": 3},
    "gradient_shap": {"baseline": "words", "samples": 4, "seed": 3},
    "integrated_gradients": {"baseline": "pad", "steps": 2, "tolerance": 0.5, "most_steps": 4},
}


@pytest.mark.parametrize("method", OPTIONS)
def test_every_option_of_a_method_arrives(folder: Path, capsys: pytest.CaptureFixture[str], method: str):
    more = [part for name, value in OPTIONS[method].items() for part in ("--option", f"{name}={value}")]
    assert ask(folder, method, "--target", "next", *more) == 0
    read = json.loads(capsys.readouterr().out)
    assert read["options"] == OPTIONS[method]
    assert ("standard_error" in read) == (method != "integrated_gradients")
    if "standard_error" in read:
        assert len(read["standard_error"]) == len(read["tokens"])
