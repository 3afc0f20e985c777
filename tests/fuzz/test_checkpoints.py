"""Damaged and hostile models: looked at and opened, or refused in one sentence; nothing runs, nothing else is read."""

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import detect
from models.own import pickled
from models.refusals import Refusal
from tests.fuzz.amount import cases
from tests.fuzz.home import SAFE, Home, watched
from tests.fuzz.hostile import JSON, JUNK, PIECE, damaged
from tests.fuzz.test_texts import sentence


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


def bytes_of(home: Home, name: str, file: str) -> bytes:
    return (home.whole / name / file).read_bytes()


@st.composite
def changed(draw: st.DrawFn, whole: Any) -> Any:
    """JSON with some of its values, at any depth, gone or replaced."""
    said = json.loads(json.dumps(whole))
    for _ in range(draw(st.integers(1, 3))):
        part = said
        while True:
            names = list(part) if isinstance(part, dict) else list(range(len(part)))
            if not names:
                break
            name = draw(st.sampled_from(names))
            if isinstance(part[name], dict | list) and part[name] and draw(st.booleans()):
                part = part[name]
                continue
            if isinstance(part, dict) and draw(st.integers(0, 5)) == 0:
                del part[name]
            else:
                part[name] = draw(st.one_of(JUNK, JSON, st.just(str(part[name])), st.just([part[name]])))
            break
    return said


def spelled(value: Any) -> bytes:
    return json.dumps(value).encode()


FILES = [
    ("gpt2", "config.json"), ("bert-classifier", "config.json"), ("ours", "card.json"), ("ours", "config.json"),
    ("plain", "card.json"), ("plain", "config.json"),
    ("gpt2", "tokenizer.json"), ("raw", "lm.json"), ("raw", "words.json"),
    ("bert-classifier", "tokenizer_config.json"),
]  # fmt: skip
HELD = [
    ("gpt2", SAFE), ("bert-classifier", SAFE), ("ours", "weights.safetensors"), ("plain", "weights.safetensors"),
]  # fmt: skip


@cases(220, seconds=5.0)
@given(st.data())
def test_any_settings_are_read_or_refused(home: Home, data: st.DataObject):
    name, file = data.draw(st.sampled_from(FILES))
    folder = home.fresh(name)
    whole = bytes_of(home, name, file)
    way = data.draw(st.sampled_from(["changed", "changed", "changed", "damaged", "any"]))
    if way == "changed":
        written = spelled(data.draw(changed(json.loads(whole))))
    else:
        written = data.draw(damaged(whole)) if way == "damaged" else spelled(data.draw(JSON))
    (folder / file).write_bytes(written)
    home.is_held("mine/lm.pth" if name == "raw" else "mine")


@cases(160, seconds=5.0)
@given(st.data())
def test_any_weights_are_read_or_refused(home: Home, data: st.DataObject):
    name, file = data.draw(st.sampled_from(HELD))
    folder = home.fresh(name)
    whole = bytes_of(home, name, file)
    length = struct.unpack("<Q", whole[:8])[0]
    head, numbers = whole[8 : 8 + length], whole[8 + length :]
    way = data.draw(st.sampled_from(["changed", "changed", "damaged head", "damaged", "cut", "doubled"]))
    if way == "changed":
        head = spelled(data.draw(changed(json.loads(head))))
    elif way == "damaged head":
        head = data.draw(damaged(head))
    elif way == "doubled":  # the same name twice, with other places
        entry = '"transformer.wte.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},'
        head = head.replace(b"{", b"{" + entry.encode(), 1)
    written = struct.pack("<Q", len(head)) + head + numbers
    if way == "damaged":
        written = data.draw(damaged(whole))
    (folder / file).write_bytes(
        written[: data.draw(st.integers(0, len(written)))] if way == "cut" else written
    )
    home.is_held()


@cases(14, seconds=20.0)
@given(st.data())
def test_any_pickle_is_read_or_refused(home: Home, data: st.DataObject):
    folder = home.fresh("raw")
    whole = bytes_of(home, "raw", "lm.pth")
    if data.draw(st.booleans()):
        with zipfile.ZipFile(folder / "lm.pth") as archive:
            held = {member: archive.read(member) for member in archive.namelist()}
        with zipfile.ZipFile(folder / "lm.pth", "w") as archive:
            for member, content in held.items():
                archive.writestr(
                    member, data.draw(damaged(content)) if member.endswith("data.pkl") else content
                )
    else:
        some = st.binary(max_size=200).map(b"\x80\x02".__add__)
        (folder / "lm.pth").write_bytes(data.draw(st.one_of(damaged(whole), some)))
    home.is_held("mine/lm.pth")


CODE = (
    b"cos\nsystem\n(S'touch {canary}'\ntR.",
    b"\x80\x02c__builtin__\neval\nX%c\x00\x00\x00%sq\x01\x85R.",
    b"csubprocess\nPopen\n((S'touch'\nS'{canary}'\nltR.",
    b'cbuiltins\nexec\n(S\'open("{canary}", "w")\'\ntR.',
    b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x0ctouch canary\x85R.",
)


@pytest.mark.parametrize("payload", CODE, ids=["system", "eval", "popen", "exec", "posix"])
@pytest.mark.parametrize("ending", [".pth", ".pkl", ".bin"])
def test_code_in_a_pickle_does_not_run(home: Home, tmp_path: Path, payload: bytes, ending: str):
    canary = tmp_path / "canary"
    folder = home.fresh("raw")
    for path in folder.iterdir():
        path.unlink()
    (folder / f"lm{ending}").write_bytes(payload.replace(b"{canary}", str(canary).encode()))
    before = set(Path.cwd().iterdir())
    home.is_held()
    assert not canary.exists() and set(Path.cwd().iterdir()) == before


def link(path: Path, to: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(to)


def listed(folder: Path, name: str) -> None:
    """An index that says the weights are in another file."""
    tensors = json.loads((folder / SAFE).read_bytes()[8:].split(b"}}")[0] + b"}}")
    (folder / SAFE).unlink()
    index = {
        "metadata": {},
        "weight_map": dict.fromkeys((one for one in tensors if one != "__metadata__"), name),
    }
    (folder / f"{SAFE}.index.json").write_text(json.dumps(index))


def card_file(folder: Path, name: str) -> None:
    """A card whose stage is a file elsewhere."""
    card = json.loads((folder / "card.json").read_text())
    card["snapshots"] = [{"name": "early", "file": name, "sha256": "0" * 64}]
    (folder / "card.json").write_text(json.dumps(card))


def raw_file(folder: Path, name: str) -> None:
    said = json.loads((folder / "lm.json").read_text())
    (folder / "lm.json").write_text(json.dumps({**said, "vocabulary": name}))


OUTSIDE: dict[str, tuple[str, Callable[[Path, Path], object]]] = {
    "an index to the folder above": ("gpt2", lambda f, s: listed(f, "../../secret/gpt2/model.safetensors")),
    "an index to anywhere": ("gpt2", lambda f, s: listed(f, str(s / "gpt2" / SAFE))),
    "an index with a way back": ("gpt2", lambda f, s: listed(f, "x/../../../secret/gpt2/model.safetensors")),
    "weights that are a link": ("gpt2", lambda f, s: link(f / SAFE, s / "gpt2" / SAFE)),
    "settings that are a link": ("gpt2", lambda f, s: link(f / "config.json", s / "gpt2" / "config.json")),
    "a tokenizer that is a link": ("gpt2", lambda f, s: link(f / "tokenizer.json", s / "gpt2" / "tokenizer.json")),
    "a stage of the training elsewhere": ("ours", lambda f, s: card_file(f, "../../secret/canary.json")),
    "a stage of the training anywhere": ("ours", lambda f, s: card_file(f, str(s / "canary.json"))),
    "words elsewhere": ("raw", lambda f, s: raw_file(f, "../../secret/raw/words.json")),
    "words anywhere": ("raw", lambda f, s: raw_file(f, str(s / "raw" / "words.json"))),
    "words that are a link": ("raw", lambda f, s: link(f / "words.json", s / "raw" / "words.json")),
    "a description that is a link": ("raw", lambda f, s: link(f / "lm.json", s / "raw" / "lm.json")),
}  # fmt: skip


@pytest.mark.parametrize("way", OUTSIDE)
def test_nothing_outside_the_folder_is_read(home: Home, way: str):
    name, done = OUTSIDE[way]
    folder = home.fresh(name)
    done(folder, home.secret)
    home.is_held()
    if name == "raw":
        home.is_held("mine/lm.pth")


PATHS = st.one_of(
    st.sampled_from([
        "..", "../secret", "../secret/gpt2", "mine/../../secret", "mine/%2e%2e", "/etc/passwd", "//etc/passwd", ".", "",
        "mine\x00", "mine/\x00/x", "~", "~root", "mine//", "./mine", "MINE", "mine/.", "\\\\host\\share", "C:\\x",
        "a" * 5000, "/".join("a" * 200 for _ in range(40)), "con", "mine\n", "\udcff", "mine/config.json/x",
    ]),
    PIECE,
    st.lists(st.sampled_from(["..", ".", "mine", "secret", "gpt2", "/", "", "models"]), max_size=7).map("/".join),
)  # fmt: skip


@cases(100, seconds=3.0)
@given(st.data())
def test_no_path_leads_out_of_the_folder(home: Home, data: st.DataObject):
    begins = data.draw(st.sampled_from(["", f"{home.root}/", f"{home.secret}/"]))
    where = begins + data.draw(PATHS)
    if not (home.root / "mine").exists():
        home.fresh("gpt2")
    with watched(home.secret):
        found = detect.preflight(where, root=home.root)
        assert not found.problems or all(
            "tweet" not in sentence(ValueError(problem)) for problem in found.problems
        )
        assert found.can_open == (found.kind != "unknown" and not found.problems)


def test_what_is_absent_and_what_is_forbidden_are_told_alike(home: Home):
    said = [detect.preflight(f"../secret/{name}", root=home.root).problems[0] for name in ("gpt2", "absent")]
    assert said[0].replace("gpt2", "") == said[1].replace("absent", "")


def test_the_child_that_reads_pickles_is_bounded(home: Home, tmp_path: Path):
    deep = tmp_path / "deep.pkl"
    deep.write_bytes(b"\x80\x02" + b"]" * 200_000 + b"a" * 199_999 + b".")
    try:
        assert not pickled.outline(deep).tensors
    except Refusal as refusal:
        sentence(refusal)
