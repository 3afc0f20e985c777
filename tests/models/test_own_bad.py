"""Bad folders: the preflight refuses each with one sentence, and nothing of it is loaded or run."""

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

import models
from models import detect
from models.base import ABILITIES
from models.own import memory, weights
from models.own.report import Preflight
from models.refusals import BadCheckpoint
from tests import families, tiny

SAFE = "model.safetensors"


def cut_short(folder: Path) -> None:
    path = folder / SAFE
    path.write_bytes(path.read_bytes()[:-7])


def header(folder: Path, change: Callable[[dict[str, Any]], object], tail: int = 0) -> None:
    """Another header before the same numbers."""
    raw = (folder / SAFE).read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    said = json.loads(raw[8 : 8 + length])
    change(said)
    written = json.dumps(said).encode()
    (folder / SAFE).write_bytes(struct.pack("<Q", len(written)) + written + raw[8 + length :])


def long_header(folder: Path) -> None:
    (folder / SAFE).write_bytes(struct.pack("<Q", 1 << 60) + b"{}")


def fewer_rows(folder: Path) -> None:
    tensors = load_file(folder / SAFE)
    tensors["transformer.wte.weight"] = tensors["transformer.wte.weight"][:250].contiguous()
    save_file(tensors, folder / SAFE)


def larger_tokenizer(folder: Path) -> None:
    said = json.loads((folder / "tokenizer.json").read_text())
    said["model"]["vocab"]["zyx"] = 300
    (folder / "tokenizer.json").write_text(json.dumps(said))


def old_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    (folder / "merges.txt").write_text("")


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a folder that is no model": (lambda f: [p.unlink() for p in f.iterdir()], "mine is not a model"),
    "no weights": (lambda f: (f / SAFE).unlink(), "mine has no model.safetensors"),
    "cut short": (cut_short, "model.safetensors is cut short"),
    "a header that never ends": (long_header, "model.safetensors is broken or cut short"),
    "a shape that lies": (
        lambda f: header(f, lambda said: said["transformer.wpe.weight"].update(shape=[400, 24])),
        "shapes that do not fit its numbers",
    ),
    "tensors that overlap": (
        lambda f: header(f, lambda said: said["transformer.wpe.weight"].update(data_offsets=[0, 3840])),
        "overlap or leave gaps",
    ),
    "another kind of number": (
        lambda f: header(f, lambda said: said["transformer.wpe.weight"].update(dtype="F8_E4M3")),
        "holds numbers stored as F8_E4M3",
    ),
    "config.json is no JSON": (lambda f: (f / "config.json").write_text("{"), "not readable JSON"),
    "another vocabulary": (fewer_rows, "the weights hold 250 word vectors, but config.json says 300"),
    "another depth": (
        lambda f: families.change(f / "config.json", n_layer=5),
        "hold 3 layers, but config.json says 5",
    ),
    "no tokenizer": (lambda f: (f / "tokenizer.json").unlink(), "has no tokenizer.json"),
    "an old tokenizer": (old_tokenizer, "a tokenizer of the old form only"),
    "a broken tokenizer": (
        lambda f: (f / "tokenizer.json").write_text("[]"),
        "tokenizer.json cannot be read",
    ),
    "a larger tokenizer": (larger_tokenizer, "pieces up to number 300, but the model has vectors for 300"),
    "an unknown kind": (
        lambda f: families.change(f / "config.json", model_type="mine"),
        "of the kind 'mine'",
    ),
    "quantised": (
        lambda f: families.change(f / "config.json", quantization_config={}),
        "weights are quantised",
    ),
    "another task": (
        lambda f: families.change(f / "config.json", architectures=["GPT2ForTokenClassification"]),
        "has no output that can be explained here",
    ),
}


@pytest.mark.parametrize(("harm", "sentence"), HARMS.values(), ids=HARMS)
def test_a_bad_folder_is_refused_before_it_is_opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], object], sentence: str
):
    assert detect.preflight(folder).can_open
    harm(folder)
    found = detect.preflight(folder)
    assert sentence in found.problems[0]
    assert "\n" not in found.problems[0]
    assert not found.can_open
    monkeypatch.setattr(weights, "read", lambda _folder: pytest.fail("weights were read"))
    with pytest.raises(ValueError) as refusal:
        models.load(folder)
    assert str(refusal.value) == found.problems[0]


def test_a_masked_model_without_its_mask_piece_is_refused(made, tmp_path: Path):
    folder = Path(shutil.copytree(made("bert"), tmp_path / "mine"))
    (folder / "tokenizer_config.json").unlink()
    (folder / "tokenizer.json").write_text(tiny.tokenizer().replace("<mask>", "<hide>"))
    assert "has no mask piece" in detect.preflight(folder).problems[0]


def test_numbers_that_are_not_finite_are_refused_on_opening(folder: Path):
    tensors = load_file(folder / SAFE)
    tensors["transformer.wpe.weight"][2, 3] = torch.nan
    save_file(tensors, folder / SAFE)
    assert detect.preflight(folder).can_open  # no weight was looked at
    with pytest.raises(BadCheckpoint, match=r"wpe\.weight holds NaN"):
        models.load(folder)


def test_a_model_of_40_gb_is_refused_on_a_small_machine(folder: Path, monkeypatch: pytest.MonkeyPatch):
    numbers = 10**10  # in fp32: 40 GB, none of them on the disk
    written = json.dumps({
        "transformer.wte.weight": {"dtype": "F32", "shape": [300, 24], "data_offsets": [0, 28_800]},
        "transformer.h.2.mlp.c_fc.weight": {
            "dtype": "F32", "shape": [10**5, 10**5], "data_offsets": [28_800, 28_800 + 4 * numbers],
        },
    }).encode()  # fmt: skip
    with (folder / SAFE).open("wb") as file:
        file.write(struct.pack("<Q", len(written)) + written)
        file.truncate(8 + len(written) + 28_800 + 4 * numbers)
    monkeypatch.setattr(memory, "free", lambda: 8 * 10**9)
    found = detect.preflight(folder)
    assert found.bytes_on_disk > 40e9
    assert found.memory_mb is not None and found.memory_mb > 40_000
    assert "this machine has 8.0 GB left" in found.problems[-1]
    with pytest.raises(BadCheckpoint, match="of memory"):
        models.load(folder)
    monkeypatch.setattr(memory, "free", lambda: 10**12)
    assert detect.preflight(folder).can_open


def test_memory_by_hand():
    # 1,000 weights, 600 of them kept twice more: 2,200. One layer of width 10 between two states: 2 states of
    # 16 * 10, and 2 heads * 3 tables * 256: 1,856; logits 2 * 50: 1,956 for each of 256 tokens.
    size = memory.needed(parameters=1000, packed=600, widths=(10, 10), heads=2, vocabulary=50)
    assert size == round(1.2 * 4 * (2200 + 256 * 1956))
    left = memory.free()
    assert left is None or 10**6 < left < 10**14


def test_code_that_a_config_asks_for_is_not_run(folder: Path, tmp_path: Path):
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'written')!r}, 'w')\nclass C: ...\n")
    ids = torch.arange(5)
    model = models.load(folder)
    families.change(
        folder / "config.json", auto_map={"AutoConfig": "evil.C"}, _attn_implementation="evil/kernel",
        attn_implementation="evil/kernel", _attn_implementation_internal="evil/kernel",
    )  # fmt: skip
    found, again = detect.preflight(folder), models.load(folder)
    assert [warning.split(":")[0] for warning in found.warnings] == [
        "config.json asks for code of its own (auto_map)",
        "config.json asks for an attention of its own",
    ]
    assert torch.equal(again.logits(again.embed(ids)[None]), model.logits(model.embed(ids)[None]))
    assert not (tmp_path / "written").exists()


def test_what_a_file_says_of_itself_stays_on_one_line():
    found = Preflight(
        where="mine", kind="unknown", problems=("lm.json has no \n.weight.",), warnings=("a\u2028b",)
    )
    assert found.problems == ("lm.json has no  .weight.",) and found.warnings == ("a b",)
    assert str(BadCheckpoint("mine\r\nhas no card.json")) == "mine has no card.json"
    long = str(BadCheckpoint(f"{'9' * 5000} is no file: restore the folder."))
    assert len(long) == 1000 and long.startswith("999") and long.endswith("9 is no file: restore the folder.")


def test_whatever_a_card_can_lack_a_question_says_in_a_sentence():
    for lacking in ABILITIES:
        found = Preflight(
            where="mine", kind="underhood-checkpoint", task="causal",
            abilities=frozenset(ABILITIES) - {lacking},
        )  # fmt: skip
        said = [answer for answer in detect.views(found).values() if answer]
        assert all(one.endswith(".") for one in said)


def test_a_card_of_abilities_that_are_none_is_refused(tmp_path: Path):
    folder = tiny.lstm_folder(tmp_path / "mine")
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, "abilities": ["cells", "<script>"]}))
    with pytest.raises(BadCheckpoint, match="says nothing sensible of its abilities"):
        models.load(folder)
