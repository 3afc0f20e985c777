"""The comparer is shown planted faults: a check that can only pass is no check."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from tests.browser import compare
from tests.browser.compare import Machine, Mode

STRICT, LENIENT = Mode(strict=True, why=""), Mode(strict=False, why="")
HERE = Machine(chromium=156, platform="linux-x86_64", fonts="0a")


def page(width: int = 200, height: int = 100) -> np.ndarray:
    """White paper with a few lines of writing."""
    paper = np.full((height, width, 3), 255, dtype=np.uint8)
    paper[10 : height - 10 : 12, 5 : width - 5 : 2] = 30
    return paper


def png(picture: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "png")
    return out.getvalue()


def test_the_same_picture_has_no_fault():
    assert compare.fault(png(page()), png(page()), STRICT) is None
    assert compare.fault(png(page()), png(page()), LENIENT) is None


def test_a_strict_comparison_finds_thirteen_pixels_and_forgives_twelve():
    for count, found in ((12, None), (13, "13 pixels differ (limit 12)")):
        changed = page()
        changed[50, :count] = (200, 0, 0)
        assert compare.fault(png(page()), png(changed), STRICT) == found


def test_a_strict_comparison_forgives_the_rounding_of_a_colour():
    rounded = page()
    rounded[40:60] -= 8  # of 255, in every pixel of a fifth of the picture
    assert compare.fault(png(page()), png(rounded), STRICT) is None
    rounded[40:60] -= 1
    assert compare.fault(png(page()), png(rounded), STRICT) is not None


def test_a_strict_comparison_finds_another_size():
    found = compare.fault(png(page()), png(page(height=101)), STRICT)
    assert found == "it is 200 x 101 pixels, expected 200 x 100"


def test_a_lenient_comparison_forgives_letters_that_moved():
    moved = np.roll(page(), 1, axis=1)
    assert compare.fault(png(page()), png(moved), STRICT) is not None
    assert compare.fault(png(page()), png(moved), LENIENT) is None


def test_a_lenient_comparison_finds_a_block_of_another_colour_and_a_part_that_is_gone():
    coloured = page()
    coloured[:25, :100] = (184, 50, 0)  # an eighth of the picture
    assert "another colour" in str(compare.fault(png(page()), png(coloured), LENIENT))
    assert "expected 200 x 100" in str(compare.fault(png(page()), png(page(height=60)), LENIENT))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (Machine(chromium=157, platform="linux-x86_64", fonts="0a"), "chromium is 157"),
        (Machine(chromium=156, platform="darwin-arm64", fonts="0a"), "platform is darwin-arm64"),
        (Machine(chromium=156, platform="linux-x86_64", fonts="ff"), "fonts is ff"),
    ],
)
def test_another_machine_is_compared_leniently_and_the_report_says_why(other, said):
    mode = Mode.between(other, HERE)
    assert not mode.strict
    assert said in mode.in_words() and "lenient" in mode.in_words()


def test_the_machine_of_the_pictures_is_compared_strictly(tmp_path):
    HERE.write(tmp_path / "baseline.json")
    assert json.loads((tmp_path / "baseline.json").read_text())["chromium"] == 156
    assert Mode.between(HERE, Machine.read(tmp_path / "baseline.json")).strict
    assert not Mode.between(HERE, Machine.read(tmp_path / "none.json")).strict


def test_a_failure_leaves_three_pictures(tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "FAILED", tmp_path)
    compare.keep_failure("strip", png(page()), png(page(height=120)))
    kept = {path.name: compare.pixels(path.read_bytes()).shape[1::-1] for path in tmp_path.iterdir()}
    assert kept == {
        "strip-expected.png": (200, 100),
        "strip-actual.png": (200, 120),
        "strip-diff.png": (200, 120),
    }
    compare.drop_failure("strip")
    assert not list(tmp_path.iterdir())
