"""Paths stay inside the folder that the operator named."""

from pathlib import Path

import pytest

from models import detect
from models.own.confined import OutOfBounds, confined
from tests import tiny


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "config.json").write_text("{}")
    made = tmp_path / "models"
    (made / "mine").mkdir(parents=True)
    (made / "mine" / "config.json").write_text("{}")
    (made / "again").symlink_to(made / "mine")
    (made / "out").symlink_to(tmp_path / "secret")
    (made / "file").symlink_to(tmp_path / "secret" / "config.json")
    (made / "circle").symlink_to(made / "circle")
    (made / "holds").mkdir()
    (made / "holds" / "config.json").symlink_to(tmp_path / "secret" / "config.json")
    return made


@pytest.mark.parametrize("path", ["mine", "./mine", "again", "mine/config.json", "nothing-yet"])
def test_what_is_inside_may_be_named(root: Path, path: str):
    assert confined(path, root).is_relative_to(root.resolve())
    assert confined(root / path, root) == confined(path, root)


@pytest.mark.parametrize(
    "path",
    ["..", "../secret", "mine/../../secret", "mine/../mine", "/etc/passwd", "/etc/nothing-there", "out",
     "file", "out/config.json", "circle", "mine\0", "x" * 5000],
)  # fmt: skip
def test_what_is_outside_is_refused_and_not_told_of(root: Path, path: str):
    with pytest.raises(OutOfBounds, match="is not inside the folder of models"):
        confined(path, root)
    found = detect.preflight(path, root=root)
    assert (found.kind, len(found.problems)) == ("unknown", 1)
    with pytest.raises(ValueError, match="not inside"):
        detect.opened(path, root=root)


def test_a_folder_that_holds_a_link_to_elsewhere_is_refused(root: Path):
    with pytest.raises(OutOfBounds, match="holds a link to a place outside"):
        confined("holds", root)


def test_a_vocabulary_that_is_a_link_to_elsewhere_is_not_read(root: Path):
    from models.own import vocabulary

    (root / "vocab.json").symlink_to(root.parent / "secret" / "config.json")
    with pytest.raises(OutOfBounds):
        vocabulary.beside(root / "lm.pth", root)


def test_a_model_inside_is_opened_by_its_name(root: Path):
    tiny.huggingface_folder(root / "tiny-gpt2", "gpt2")
    assert detect.opened("tiny-gpt2", root=root).card.name == "tiny-gpt2"
