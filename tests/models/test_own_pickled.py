"""Pickled files: what is in them is told, nothing they say is done."""

import ast
import os
import pickle  # noqa: TID251  to write what must not be obeyed
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from models import detect
from models.own import child, inert, pickled
from models.refusals import BadCheckpoint

ROOT = Path(__file__).parents[2]


class Bomb:
    """Unpickled by a reader that obeys, it writes a file."""

    def __init__(self, target: Path):
        self.target = target

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.target}",)


def tensors() -> dict[str, torch.Tensor]:
    made = torch.Generator().manual_seed(1)
    shapes = {"encoder.weight": (20, 8), "rnn.weight_ih_l0": (32, 8), "rnn.weight_hh_l0": (32, 8)}
    return {name: torch.randn(shape, generator=made) for name, shape in shapes.items()}


# What is told


@pytest.mark.parametrize("old", [False, True], ids=["zip", "before torch 1.6"])
@pytest.mark.parametrize("wrapper", [None, "model", "state_dict"])
def test_an_outline_is_what_the_file_holds(tmp_path: Path, wrapper: str | None, old: bool):
    path, held = tmp_path / "some.pth", tensors()
    torch.save({wrapper: held} if wrapper else held, path, _use_new_zipfile_serialization=not old)
    found = pickled.outline(path)
    assert found.form == ("old" if old else "zip")
    assert {name: sketch.shape for name, sketch in found.tensors.items()} == {
        name: tuple(tensor.shape) for name, tensor in held.items()
    }
    assert {sketch.kind for sketch in found.tensors.values()} == {"F32"}
    assert (found.foreign, found.learner, found.vocab) == ((), False, None)
    read = pickled.read(path, found)
    assert read.keys() == held.keys()
    assert all(torch.equal(read[name], tensor) for name, tensor in held.items())


@pytest.mark.parametrize("kind", ["float64", "float16", "bfloat16", "int64", "int32", "uint8", "bool"])
def test_every_kind_of_number_is_copied_bit_by_bit(tmp_path: Path, kind: str):
    from safetensors.torch import load_file

    whole = torch.arange(60).reshape(5, 12).to(getattr(torch, kind))
    held = {"all": whole, "part": whole[2:4], "again": whole, "one": whole[0, 3], "none": whole[:0]}
    torch.save(held, tmp_path / "some.pth")
    found = pickled.convert(tmp_path / "some.pth", tmp_path / "out.safetensors")
    written = load_file(tmp_path / "out.safetensors")
    assert found.shared == {"again": "all"}
    assert written.keys() == held.keys() - {"again"}
    assert all(
        torch.equal(written[name], held[name]) and written[name].dtype == held[name].dtype for name in written
    )


def test_a_pickled_list_is_a_vocabulary(tmp_path: Path):
    (tmp_path / "itos.pkl").write_bytes(pickle.dumps(["xxunk", "the", "dog"]))
    assert pickled.outline(tmp_path / "itos.pkl").vocab == ("xxunk", "the", "dog")


# What is not done


@pytest.mark.parametrize("form", ["zip", "old", "plain"])
def test_a_bomb_stays_inert(tmp_path: Path, form: str):
    target, path = tmp_path / "written", tmp_path / "bomb.pth"
    held = {"model": tensors(), "more": Bomb(target)}
    if form == "plain":
        path.write_bytes(pickle.dumps([Bomb(target)]))
    else:
        torch.save(held, path, _use_new_zipfile_serialization=form == "zip")
    found = detect.preflight(path)
    assert not found.can_open
    with pytest.raises(BadCheckpoint):
        detect.opened(path)
    outline = pickled.outline(path)
    assert outline.foreign == ("posix.system",)
    if form == "zip":
        pickled.convert(path, tmp_path / "out.safetensors")
    assert not target.exists()
    if form == "plain":
        pickle.loads(path.read_bytes())
        assert target.exists()  # it is a bomb


def test_a_bomb_in_a_raw_lstm_is_told_by_name(tmp_path: Path):
    torch.save({"model": tensors(), "more": Bomb(tmp_path / "written")}, tmp_path / "some.pth")
    (tmp_path / "some.json").write_text(
        '{"embedding": "encoder", "lstm": "rnn", "vocabulary": ["a"], "decoder": null}'
    )
    assert (
        "some.pth asks for code (posix.system), none of which was run."
        in detect.preflight(tmp_path / "some.pth").problems
    )
    assert not (tmp_path / "written").exists()


@pytest.mark.parametrize("asked", [("builtins", "eval"), ("os", "system"), ("torch.hub", "load"), ("a", "b")])
def test_every_name_is_answered_with_a_stand_in(tmp_path: Path, asked: tuple[str, str]):
    import io

    found = inert.Reader(io.BytesIO()).find_class(*asked)
    assert issubclass(found, inert.Inert)
    assert found.said == asked
    assert isinstance(found("touch"), inert.Inert)


def test_no_file_of_the_project_obeys_a_pickle():
    """Every torch.load says weights_only=True, and the only unpickler is the inert one."""
    faults = []
    for folder in ("models", "interpret", "dashboard"):
        for path in (ROOT / folder).rglob("*.py"):
            faults += [f"{path.relative_to(ROOT)}:{fault}" for fault in obeying(path.read_text())]
    assert faults == ["models/own/inert.py:pickle"]


def obeying(source: str) -> list[str]:
    """What in a source could run a pickle."""
    faults = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load":
            said = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            faults += [] if said.get("weights_only") == "True" else ["torch.load"]
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None)]
            faults += ["pickle" for name in names if name in ("pickle", "cloudpickle", "joblib", "dill")]
        if isinstance(node, ast.keyword) and node.arg == "trust_remote_code":
            faults.append("trust_remote_code")
        if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).split(".")[-1] in (
            "load_learner", "load_pickle",
        ):  # fmt: skip
            faults.append("load_learner")
    return faults


@pytest.mark.parametrize(
    "planted",
    ["import pickle", "from pickle import loads", "torch.load(p)", "torch.load(p, weights_only=False)",
     "m(p, trust_remote_code=True)", "learner.load_learner(p)"],
)  # fmt: skip
def test_a_planted_fault_is_found(planted: str):
    assert len(obeying(planted)) == 1


# What is refused


def squeezed(path: Path) -> None:
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in parts.items():
            new.writestr(name, part)


def bigger_inside(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    entry = raw.rindex(b"PK\x01\x02")  # the last entry of the directory: sizes at 20 and 24
    struct.pack_into("<II", raw, entry + 20, 1 << 31, 1 << 31)
    path.write_bytes(raw)


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def spread(path: Path) -> None:
    torch.save({"encoder.weight": torch.ones(1).expand(1 << 15, 1 << 15)}, path)  # 4 bytes that say 4 GB


def no_pickle(path: Path) -> None:
    path.write_bytes(b"GIF89a")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def far_memo(path: Path) -> None:
    path.write_bytes(b"\x80\x02]r\xff\xff\xff\x7f.")  # an empty list, to be kept at place 2,147,483,647


REFUSED = {
    "compressed": (squeezed, "compressed inside"),
    "bigger inside than outside": (bigger_inside, "bigger inside than outside"),
    "cut short": (half, "broken or cut short"),
    "a few bytes that say they are many": (spread, "do not lie one behind the other"),
    "not a pickle": (no_pickle, "is no checkpoint"),
    "empty": (empty, "is no checkpoint"),
    "more memory than it may have": (far_memo, "needs more memory"),
}


@pytest.mark.parametrize(("harm", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_harmed_file_is_refused_in_one_sentence(tmp_path: Path, harm: Any, sentence: str):
    path = tmp_path / "some.pth"
    torch.save(tensors(), path)
    assert len(pickled.outline(path).tensors) == 3
    harm(path)
    found = detect.preflight(path)
    assert len(found.problems) == 1
    assert found.problems[0].startswith("some.pth ")
    assert sentence in found.problems[0]
    assert "\n" not in found.problems[0]


def test_a_file_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    torch.save(tensors(), tmp_path / "some.pth")
    monkeypatch.setattr(pickled, "SECONDS", 0.001)
    with pytest.raises(BadCheckpoint, match="took more than"):
        pickled.outline(tmp_path / "some.pth")


def test_the_child_needs_nothing_but_python():
    for module in (child, inert):
        tree = ast.parse(Path(str(module.__file__)).read_text())
        names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and not n.level}
        assert not {name.split(".")[0] for name in names} & {"torch", "numpy", "models", "fastai"}
