"""Training text from its public home, with the library that downloads it played by a stand-in."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from models.train import hub, recipes, sst
from models.train.learning import Settings
from models.train.shakespeare_chars import text
from models.train.text import NoData, wikitext

TREES = ["(4 (2 A) (3 (3 (3 fine) (2 film)) (2 .)))", "(2 (2 It) (2 (2 plays) (2 .)))", "(0 (0 Dull) (2 .))"]
PARTS = ("train", "validation", "test")
HELD: dict[str, Any] = {
    "Salesforce/wikitext": {part: {"text": [" = Keys = \n", " the keys . \n"]} for part in PARTS},
    "stanfordnlp/sst": {part: {"ptb_tree": TREES} for part in PARTS},
    "karpathy/tiny_shakespeare": {part: {"text": [f"{part}\n"]} for part in PARTS},
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that the stand-in was asked for."""
    names: list[str] = []

    def load_dataset(name: str, *_: str, **__: str) -> Any:
        names.append(name)
        if name not in HELD:
            raise ConnectionError
        return HELD[name]

    monkeypatch.setitem(sys.modules, "datasets", SimpleNamespace(load_dataset=load_dataset))
    return names


def test_sets_arrive_as_recipes_read_them(tmp_path: Path, asked: list[str]):
    home = hub.fetch(tmp_path, ("wikitext-2", "sst2", "tinyshakespeare"))
    assert wikitext(home, "valid").texts == ("= Keys =\nthe keys.",)
    assert sst.sentences(home, "dev") == [("A fine film.", 1), ("Dull.", 0)]  # "It plays." is neutral
    positive, negative = ("fine", "fine film", "fine film.", "A fine film."), ("Dull", "Dull.")
    assert sst.known_phrases(home) == dict.fromkeys(positive, 1) | dict.fromkeys(negative, 0)
    assert text(Settings(data=home, work=tmp_path)) == "train\nvalidation\ntest\n"
    assert asked == ["Salesforce/wikitext", "stanfordnlp/sst", "karpathy/tiny_shakespeare"]
    hub.fetch(tmp_path, ("sst2",))
    assert len(asked) == 3  # what is there stays


def test_a_set_that_does_not_come_is_said_and_leaves_nothing_behind(tmp_path: Path, asked: list[str]):
    with pytest.raises(NoData, match=r"did not give imdb \(ConnectionError\): give --data a local folder"):
        hub.fetch(tmp_path, ("imdb",))
    assert not (tmp_path / "data" / "imdb").exists() and asked == ["stanfordnlp/imdb"]


def test_without_the_library_the_sentence_names_the_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(NoData, match=r"with tinyshakespeare/, or install the package 'datasets'"):
        hub.fetch(tmp_path, ("tinyshakespeare",))


def test_every_recipe_asks_for_sets_that_can_be_had():
    import importlib

    for name in recipes.known():
        recipe = importlib.import_module(f"models.train.{name.replace('-', '_')}")
        assert set(recipe.NEEDS_DATA) <= set(hub.SETS), name
