"""The preflight: what a folder holds is said before a weight is read, and what is bad is refused by it."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

import models
from models import detect
from models.__main__ import main
from models.refusals import BadCheckpoint
from tests import families, tiny

SAFE = "model.safetensors"


# What is said


@pytest.mark.parametrize("name", families.FAMILIES)
def test_the_preflight_says_what_opening_shows(made, name: str):
    found, card = detect.preflight(made(name)), models.load(made(name)).card
    assert found.problems == ()
    for said in ("family", "task", "widths", "heads", "vocabulary", "context", "classes", "parameters"):
        assert getattr(found, said) == getattr(card, said), said
    assert found.abilities == card.abilities
    assert found.tied == (
        None if card.task == "classify" else families.network(name).config.tie_word_embeddings
    )
    assert (found.kind, found.precision) == ("hugging-face-folder", "fp32")
    assert found.bytes_on_disk == (made(name) / SAFE).stat().st_size
    assert found.tokenizer.endswith(" pieces, fits")


def test_no_weight_is_read_and_it_is_quick(made, monkeypatch: pytest.MonkeyPatch):
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a weight was read")

    for place in ("models.checkpoints.load_file", "torch.load", "models.own.weights.read"):
        monkeypatch.setattr(place, never)
    begun = time.perf_counter()
    assert detect.preflight(made("gpt2")).can_open
    assert detect.preflight(made("bert-classifier")).can_open
    assert time.perf_counter() - begun < 3
    with pytest.raises(BadCheckpoint, match="AssertionError"):
        models.load(made("gpt2"))


def sharded(folder: Path, ending: str) -> None:
    """The weights in two files and an index."""
    tensors = load_file(folder / SAFE)
    (folder / SAFE).unlink()
    names, single = sorted(tensors), "model.safetensors" if ending == ".safetensors" else "pytorch_model.bin"
    where = {}
    for number, part in enumerate((names[::2], names[1::2]), start=1):
        file = f"{Path(single).stem}-0000{number}-of-00002{ending}"
        held = {name: tensors[name] for name in part}
        save_file(held, folder / file) if ending == ".safetensors" else torch.save(held, folder / file)
        where |= dict.fromkeys(part, file)
    (folder / f"{single}.index.json").write_text(json.dumps({"weight_map": where}))


@pytest.mark.parametrize("form", ["one .bin", "two .safetensors", "two .bin"])
def test_weights_in_other_files_give_the_same_logits(folder: Path, form: str):
    ids = torch.arange(9)
    whole = models.load(folder)
    expected = whole.logits(whole.embed(ids)[None])
    if form == "one .bin":
        torch.save(load_file(folder / SAFE), folder / "pytorch_model.bin")
        (folder / SAFE).unlink()
    else:
        sharded(folder, form.removeprefix("two "))
    found, model = detect.preflight(folder), models.load(folder)
    assert (found.problems, found.parameters) == ((), model.card.parameters)
    assert torch.equal(model.logits(model.embed(ids)[None]), expected)


def test_a_part_that_is_missing_is_refused(folder: Path):
    sharded(folder, ".safetensors")
    next(folder.glob("model-00002*")).unlink()
    assert "1 of 2 weight files are missing" in detect.preflight(folder).problems[0]


def test_an_index_that_names_a_file_elsewhere_is_refused(folder: Path):
    sharded(folder, ".safetensors")
    families.change(
        folder / "model.safetensors.index.json", weight_map={"wte.weight": "../mine/model.safetensors"}
    )
    assert "does not say which files" in detect.preflight(folder).problems[0]


def test_progress_is_told(folder: Path):
    told: list[float] = []
    models.load(folder, progress=lambda share, _what: told.append(share))
    assert (told[0], told[-1], told) == (0.0, 1.0, sorted(told))


def test_a_kind_that_was_never_tried_says_so(folder: Path):
    families.change(folder / "config.json", model_type="gptj")
    found = detect.preflight(folder)
    assert (found.abilities, found.can_open) == (None, True)
    assert "has not been tried here" in found.warnings[0]
    answers = detect.views(found)
    assert answers["Which words led to this one?"] is None
    assert "opening it will show" in str(answers["Where does it look?"])


# Which questions it will answer


def test_views_follow_from_task_and_abilities(made):
    gpt, judge = (detect.views(detect.preflight(made(name))) for name in ("gpt2", "bert-classifier"))
    kept = "What changed while it learned?"
    assert {question for question, why in gpt.items() if why} == {
        "Which words push a class?", "What does the LSTM remember?", kept,
    }  # fmt: skip
    assert judge["Which words push a class?"] is None and "no cells" in str(
        gpt["What does the LSTM remember?"]
    )
    assert judge["Where does it look?"] is None
    assert "writes no words" in str(judge["Has it learned grammar?"])
    lstm = detect.Preflight(
        where="x",
        kind="raw-lstm",
        family="lstm",
        task="causal",
        abilities=frozenset({"gradients", "unembed", "cells", "gates"}),
    )
    assert {question for question, why in detect.views(lstm).items() if why} == {
        "Where does it look?", "Is attention an explanation?", "Which words push a class?", kept,
    }  # fmt: skip
    ours = replace(lstm, kind="underhood-checkpoint")
    assert detect.views(ours)[kept] is None
    broken = detect.Preflight(where="x", kind="unknown", problems=("It is cut short.",))
    assert set(detect.views(broken).values()) == {"It is cut short."}


# The command line


def test_inspect_prints_the_preflight(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["inspect", str(folder)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["kind"], said["layers"], said["heads"]) == ("hugging-face-folder", 3, 4)
    assert said["can_open"] and said["views"]["Where does it look?"] is None
    (folder / SAFE).write_bytes((folder / SAFE).read_bytes()[:-7])
    assert main(["inspect", "mine", "--models-dir", str(folder.parent)]) == 2
    out, error = capsys.readouterr()
    assert not json.loads(out)["can_open"]
    assert "cut short" in error and error.count("\n") == 1


def test_a_checkpoint_of_ours_opens_by_its_path(tmp_path: Path):
    folder = tiny.lstm_folder(tmp_path / "ours")
    found, model = detect.preflight(folder), models.load(folder)
    assert (found.kind, found.widths, found.abilities) == (
        "underhood-checkpoint", model.card.widths, model.card.abilities,
    )  # fmt: skip
    (folder / "weights.safetensors").write_bytes(b"")
    assert "broken or cut short" in detect.preflight(folder).problems[0]
