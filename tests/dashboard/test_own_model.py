"""A reader's own model through the page: looked at, opened, used; refused with a sentence."""

import json

import pytest

from dashboard import shelf
from dashboard.questions import QUESTIONS
from models import detect
from models.worker import TooBusy
from tests import tiny
from tests.dashboard.conftest import lines_to_copy, texts


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder the operator opened to readers, with one small transformer in it."""
    tiny.huggingface_folder(tmp_path / "mine" / "small", "gpt2")
    monkeypatch.setenv("UNDERHOOD_MODELS", str(tmp_path / "mine"))
    return tmp_path / "mine"


def look(opened, where: str):
    page = opened("own_model")
    return page.text_input(key="own_where").set_value(where).run()


def test_a_model_is_looked_at_opened_and_asked(opened, folder):
    page = look(opened, "small")
    assert not page.exception
    written = texts(page)
    assert "GPT2LMHeadModel" in written and "writes the next word" in written
    next(button for button in page.button if button.label == "Open it").click().run()
    assert not page.exception
    assert page.session_state["model"].startswith("own-")
    assert "first guess" in texts(page)
    assert "small" in page.selectbox(key="model").options
    before, call = shelf.opening(page.session_state["model"])
    (written,) = [block for block in lines_to_copy(page) if "explain(" in block]
    assert before in written and call == "load('small', root=FOLDER)" in written
    assert str(folder) not in written, "where the operator keeps the folder is not shown"
    exec(written.replace('Path("models")', f"Path({str(folder)!r})"), {})
    assert "small" not in opened().selectbox(key="model").options, "another reader does not see it"


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("nothing-here", "There is no file or folder"),
        ("../..", "is not inside the folder of models"),
        ("broken", "truncated|cut short|broken"),
    ],
)
def test_what_cannot_be_opened_is_said(opened, folder, where, said):
    import re

    if where == "broken":
        tiny.huggingface_folder(folder / "broken", "gpt2")
        file = folder / "broken" / "model.safetensors"
        file.write_bytes(file.read_bytes()[:-100])
    page = look(opened, where)
    assert not page.exception
    assert re.search(said, texts(page)), texts(page)[-1500:]
    assert not [button for button in page.button if button.label == "Open it"]


def test_without_a_folder_nothing_of_this_machine_is_open(opened, monkeypatch):
    monkeypatch.delenv("UNDERHOOD_MODELS", raising=False)
    page = look(opened, "/etc")
    assert "No folder is open to readers" in texts(page)
    assert shelf.models_dir() is None


def test_names_of_files_are_text_and_no_markup(opened, folder):
    tiny.huggingface_folder(folder / "<b>x", "gpt2")
    settings = json.loads((folder / "<b>x" / "config.json").read_text())
    settings["architectures"] = ["<script>alert(1)</script>"]
    (folder / "<b>x" / "config.json").write_text(json.dumps(settings))
    assert "<script>" not in texts(look(opened, "<b>x"))


NO_MODEL = {"Train one yourself", "Open a model of your own", "Where to begin?"}  # pages that ask no model


def test_the_preflight_tells_of_every_page_that_asks_a_model(opened, folder):
    assert {one.title for one in detect.QUESTIONS} == {one.title for one in QUESTIONS} - NO_MODEL
    written = texts(look(opened, "small"))
    assert all(one.title in written for one in detect.QUESTIONS)
    assert "It is no LSTM: it has no cells and no gates." in written
    assert "Only what it has become is in these files" in written
    assert "0.0 million" not in written


def test_what_cannot_be_opened_is_said_once(opened, folder):
    (folder / "small" / "tokenizer.json").unlink()
    assert texts(look(opened, "small")).count("without it text cannot be cut") == 1


def test_of_many_models_those_not_used_longest_are_closed_and_forgotten(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(shelf, "REMEMBERED", 3)
    monkeypatch.setattr(shelf, "_own", {})
    monkeypatch.setattr(shelf, "_used", {})
    folder = tiny.lstm_folder(tmp_path / "mine")
    names = [f"own-number-{number}" for number in range(5)]
    for name in names[:3]:
        shelf.adopt(name, f"Mine {name[-1]}", folder)
    first = shelf.worker(names[0])
    assert first.ask(lambda model: model.card.vocabulary) == tiny.VOCABULARY
    second = shelf.worker(names[1])
    second.ask(lambda model: model.card.vocabulary)
    assert shelf.own([names[0]]) == {names[0]: "Mine 0"}  # its reader is still there
    shelf.adopt(names[3], "Mine 3", folder)
    assert set(shelf.own(names)) == {names[0], names[2], names[3]}
    with pytest.raises(TooBusy, match="closed"):
        second.submit(lambda model: None)
    with pytest.raises(shelf.Refusal, match="no longer open here: open it again"):
        shelf.card(names[1])
    assert first.ask(lambda model: model.card.vocabulary) == tiny.VOCABULARY, "one in use stays open"
    page = opened(model=names[1], text="A film")
    assert not page.exception and "is no longer open: it made place" in texts(page)
    for number in range(20):
        shelf.adopt(f"own-further-{number}", "Mine", folder)
    assert len(shelf._own) == len(shelf._used) == 3
