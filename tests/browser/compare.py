"""Two pictures, and whether they are the same: strictly on the baseline's machine, leniently elsewhere."""

import io
import json
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from pixelmatch.contrib.PIL import pixelmatch

SHOTS = Path(__file__).parents[1] / "shots"
FAILED = SHOTS / "failed"
BASELINE = SHOTS / "baseline.json"

# Strict. A wrong digit is about 40 pixels, a word in a wrong colour about 700; a difference of
# 8/255 is what another processor's rounding may do to a colour.
STEP, PIXELS = 8, 12
# Lenient. Other fonts and other smoothing move letters: compare the means of 4 x 4 pixels.
COARSE_STEP, COARSE_SHARE, BLOCK = 64, 0.10, 4
SIZE_SHARE, SIZE_PX = 0.05, 32


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What decides how a page is drawn, to the pixel."""

    chromium: int  # the major version
    platform: str
    fonts: str  # digest of a few letters drawn with the fonts of this machine

    @classmethod
    def read(cls, path: Path = BASELINE) -> "Machine | None":
        """The machine the expected pictures were taken on; None if there are none."""
        return cls(**json.loads(path.read_text())) if path.exists() else None

    def write(self, path: Path = BASELINE) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")


def this_platform() -> str:
    return f"{platform.system()}-{platform.machine()}".lower()


@dataclass(frozen=True, kw_only=True)
class Mode:
    """How pictures are compared in this run, and why so."""

    strict: bool
    why: str

    @classmethod
    def between(cls, here: Machine, baseline: Machine | None) -> "Mode":
        """Strict where everything that decides how a page is drawn is the baseline's."""
        if baseline is None:
            return cls(strict=False, why="there is no tests/shots/baseline.json")
        wanted = asdict(baseline)
        other = [
            f"{name} is {value}, the pictures were taken with {wanted[name]}"
            for name, value in asdict(here).items()
            if value != wanted[name]
        ]
        if other:
            return cls(strict=False, why="; ".join(other))
        return cls(
            strict=True, why=f"Chromium {here.chromium}, {here.platform} and its fonts are the baseline's"
        )

    def in_words(self) -> str:
        if self.strict:
            return f"strict (at most {PIXELS} pixels off by more than {STEP}/255): {self.why}"
        return f"lenient (sizes, and at most {COARSE_SHARE:.0%} of the picture of another colour): {self.why}"


def pixels(png: bytes) -> np.ndarray:
    """A picture as (H, W, 3), 0 to 255."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(np.int16)


def unlike(expected: np.ndarray, actual: np.ndarray, step: int) -> np.ndarray:
    """(H, W): where two pictures of one size differ by more than `step` in a channel."""
    return np.abs(expected - actual).max(axis=-1) > step


def fault(expected_png: bytes, actual_png: bytes, mode: Mode) -> str | None:
    """What is different, in one sentence; None if the pictures count as the same."""
    expected, actual = pixels(expected_png), pixels(actual_png)
    return (_strict if mode.strict else _lenient)(expected, actual)


def _strict(expected: np.ndarray, actual: np.ndarray) -> str | None:
    if expected.shape != actual.shape:
        return _sizes(expected, actual)
    count = int(unlike(expected, actual, STEP).sum())
    return f"{count} pixels differ (limit {PIXELS})" if count > PIXELS else None


def _lenient(expected: np.ndarray, actual: np.ndarray) -> str | None:
    for axis in (0, 1):
        allowed = max(SIZE_PX, SIZE_SHARE * expected.shape[axis])
        if abs(expected.shape[axis] - actual.shape[axis]) > allowed:
            return _sizes(expected, actual)
    height, width = (min(expected.shape[axis], actual.shape[axis]) for axis in (0, 1))
    off = unlike(_coarse(expected[:height, :width]), _coarse(actual[:height, :width]), COARSE_STEP)
    share = float(off.mean())
    return (
        f"{share:.0%} of it has another colour (limit {COARSE_SHARE:.0%})" if share > COARSE_SHARE else None
    )


def _sizes(expected: np.ndarray, actual: np.ndarray) -> str:
    (high, wide), (high_now, wide_now) = expected.shape[:2], actual.shape[:2]
    return f"it is {wide_now} x {high_now} pixels, expected {wide} x {high}"


def _coarse(picture: np.ndarray) -> np.ndarray:
    """Means over blocks of 4 x 4 pixels; what does not fill a block is left out."""
    height, width = (size // BLOCK * BLOCK for size in picture.shape[:2])
    blocks = picture[:height, :width].reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3)
    return blocks.mean(axis=(1, 3))


def keep_failure(name: str, expected_png: bytes | None, actual_png: bytes) -> None:
    """Leave expected, actual and difference where a reader can look at them."""
    FAILED.mkdir(parents=True, exist_ok=True)
    (FAILED / f"{name}-actual.png").write_bytes(actual_png)
    if expected_png is None:
        return
    (FAILED / f"{name}-expected.png").write_bytes(expected_png)
    both = [Image.open(io.BytesIO(png)).convert("RGBA") for png in (expected_png, actual_png)]
    size = (max(p.width for p in both), max(p.height for p in both))
    whole = [Image.new("RGBA", size, "#808080") for _ in both]
    for page, picture in zip(whole, both, strict=True):
        page.paste(picture, (0, 0))
    shown = Image.new("RGBA", size)
    pixelmatch(whole[0], whole[1], shown, threshold=0.05, includeAA=True)
    shown.save(FAILED / f"{name}-diff.png")


def drop_failure(name: str) -> None:
    """Remove what an earlier failure left."""
    for kind in ("expected", "actual", "diff"):
        (FAILED / f"{name}-{kind}.png").unlink(missing_ok=True)
