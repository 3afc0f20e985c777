"""Element pictures, light, dark and on a phone: taken twice, and compared with tests/shots."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dashboard.headless import HIDE
from tests.browser.compare import PIXELS, SHOTS, STEP, Mode, drop_failure, fault, keep_failure, pixels, unlike
from tests.browser.desk import Desk, Server, settle

pytestmark = [pytest.mark.browser, pytest.mark.shots, pytest.mark.timeout(300)]

TEXT = "The keys to the old wooden cabinet are on the table, and Anna, who lost her ring, looks for them."
RIGHT_TO_LEFT = {
    "arabic": "ذهب الولد إلى المدرسة، ثم قرأ كتابًا in English.", "hebrew": "הילד הלך לבית הספר today בבוקר.",
}  # fmt: skip
OF_OTHER_LETTERS = {
    "chinese": "我今天去学校，看了一部很好的电影。", "hindi": "मैं विद्यालय जाता हूँ और फ़िल्म देखता हूँ।",
    "emoji": "My 👨\u200d👩\u200d👧 saw 🇫🇷🇩🇪 and said 👍🏽 ❤️!",
}  # fmt: skip
MODELS = ("wiki-lstm", "reviews-gpt")
DESK_PX, PHONE_PX = 1280, 390
TALL_PX = 2600  # nothing scrolls: a place between two pixels would smooth edges otherwise
LOOKS = (("light", DESK_PX), ("dark", DESK_PX), ("light", PHONE_PX))


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page as one reader sees it."""

    view: str
    model: str
    theme: str
    width: int
    method: str | None = None
    word: int | None = None
    text: str = TEXT
    tall: int = TALL_PX


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One element on a page."""

    name: str
    place: Place
    selector: str
    click: str | None = None  # what opens it
    height_px: int = TALL_PX  # at most

    @property
    def stem(self) -> str:
        at = self.place
        return f"{self.name}-{at.model}-{at.theme}-{at.width}"


def saliency_pictures() -> Iterator[Picture]:
    for model in MODELS:
        for theme, width in LOOKS:
            for sign, method in (("signed", "leave_one_out"), ("unsigned", "gradient_norm")):
                place = Place(view="saliency", model=model, theme=theme, width=width, method=method, word=9)
                yield Picture(name=f"saliency-{sign}", place=place, selector=".st-key-saliency")
                if (model, width, sign) != ("wiki-lstm", DESK_PX, "signed"):
                    continue
                yield Picture(name="check", place=place, selector=".check >> nth=0")
                yield Picture(
                    name="notes",
                    place=replace(place, tall=3200),
                    selector="[data-testid=stHorizontalBlock]:has(.note) >> nth=-1",
                )
                yield Picture(name="sidebar", place=place, selector="[data-testid=stSidebar]", height_px=720)
                yield Picture(
                    name="card", place=place, selector="[data-testid=stPopoverBody]",
                    click="[data-testid=stPopoverButton]:has-text('About')",
                )  # fmt: skip


def next_pictures() -> Iterator[Picture]:
    for model in MODELS:
        for theme, width in LOOKS:
            place = Place(view="", model=model, theme=theme, width=width)
            yield Picture(name="surprise", place=place, selector=".st-key-surprise")
            if model == "wiki-lstm":
                yield Picture(name="next", place=place, selector=".st-key-next")
                yield Picture(name="bits", place=place, selector=".st-key-bits")


def anatomy_pictures() -> Iterator[Picture]:
    for model in MODELS:
        for theme, width in LOOKS:
            place = Place(view="anatomy", model=model, theme=theme, width=width, tall=5000)
            yield Picture(name="parts", place=place, selector=".st-key-parts")
            if model == "wiki-lstm":
                yield Picture(name="merges", place=place, selector=".st-key-merges")
                yield Picture(name="cell", place=place, selector=".heat")
            elif width == DESK_PX:
                columns = "[data-testid=stHorizontalBlock]:has(.heat)"
                yield Picture(name="attention", place=place, selector=columns)


def script_pictures(texts: dict[str, str]) -> Iterator[Picture]:
    """The text in the colours of its surprise; where its letters have no fonts, test_scripts.py measures."""
    for name, text in texts.items():
        for theme, width in LOOKS:
            place = Place(view="", model="reviews-gpt", theme=theme, width=width, text=text)
            yield Picture(name=f"surprise-{name}", place=place, selector=".st-key-surprise")


PICTURES = [*saliency_pictures(), *next_pictures(), *anatomy_pictures(), *script_pictures(RIGHT_TO_LEFT)]
LETTERED = [*script_pictures(OF_OTHER_LETTERS)]  # with fonts of their own


class Album:
    """The pages being looked at: the same place twice, each in a fresh context."""

    def __init__(self, desk: Desk, server: Server):
        self.desk, self.server = desk, server
        self.place: Place | None = None
        self.pages: list[Page] = []

    def turn_to(self, place: Place) -> list[Page]:
        if place != self.place:
            self.close()
            address = self.server.address(
                place.view, model=place.model, text=place.text, method=place.method, word=place.word
            )
            phone = place.width == PHONE_PX
            look = {"theme": place.theme, "width": place.width, "touch": phone, "height": place.tall}
            self.pages = [self.desk.open(address, **look) for _ in range(2)]
            self.place = place
        return self.pages

    def close(self) -> None:
        self.place, self.pages = None, []
        faults = self.desk.close()
        assert not faults, faults


@pytest.fixture(scope="module")
def album(chrome: Browser, server: Server) -> Iterator[Album]:
    made = Album(Desk(chrome=chrome, servers=[server.url]), server)
    yield made
    made.close()


def take(page: Page, picture: Picture) -> bytes:
    """The picture of one element; what had to be opened for it is closed again."""
    if picture.click:
        page.locator(picture.click).first.click()
        settle(page)
    element = page.locator(picture.selector)
    assert element.count() == 1, f"{element.count()} elements are {picture.selector}"
    box = element.bounding_box()
    assert box and box["y"] + min(box["height"], picture.height_px) <= picture.place.tall
    box["height"] = min(box["height"], picture.height_px)
    shot = page.screenshot(animations="disabled", caret="hide", style=HIDE, clip=box)
    if picture.click:
        page.keyboard.press("Escape")
        settle(page)
    return shot


@pytest.fixture(scope="module")
def lettered_album(lettered: Browser, server: Server) -> Iterator[Album]:
    made = Album(Desk(chrome=lettered, servers=[server.url]), server)
    yield made
    made.close()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.stem)
def test_a_picture_is_the_expected_one_twice(picture, album, mode, written, pytestconfig):
    compare(picture, album, mode, written, pytestconfig)


@pytest.mark.parametrize("picture", LETTERED, ids=lambda picture: picture.stem)
def test_letters_that_need_fonts_are_the_expected_ones(picture, lettered_album, mode, written, pytestconfig):
    compare(picture, lettered_album, mode, written, pytestconfig)


def compare(
    picture: Picture, album: Album, mode: Mode, written: list[str], pytestconfig: pytest.Config
) -> None:
    pages = album.turn_to(picture.place)
    first, second = (take(page, picture) for page in pages)
    for _ in range(3):  # a page on a busy machine may still be drawing
        if same(first, second):
            break
        pages[0].wait_for_timeout(1000)
        first, second = (take(page, picture) for page in pages)
    path = SHOTS / f"{picture.stem}.png"
    if not same(first, second):
        keep_failure(picture.stem, first, second)
        pytest.fail(f"{picture.stem}: two pictures of one run differ; see tests/shots/failed")
    if pytestconfig.getoption("--update-shots"):
        renew(path, first, written)
    check(path, first, mode)


def same(one: bytes, other: bytes) -> bool:
    """Whether two pictures agree; a pixel cut in half at an edge may come out one way or the other."""
    a, b = pixels(one), pixels(other)
    return a.shape == b.shape and int(unlike(a, b, STEP).sum()) <= PIXELS


def renew(path: Path, shot: bytes, written: list[str]) -> None:
    if path.exists() and same(path.read_bytes(), shot):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(shot)
    written.append(path.name)


def check(path: Path, shot: bytes, mode: Mode) -> None:
    if not path.exists():
        keep_failure(path.stem, None, shot)
        pytest.fail(f"{path.name} is missing: look at tests/shots/failed and run `make shots`")
    found = fault(path.read_bytes(), shot, mode)
    if found:
        keep_failure(path.stem, path.read_bytes(), shot)
        pytest.fail(f"{path.name}: {found}; see tests/shots/failed ({mode.in_words()})")
    drop_failure(path.stem)


def test_every_expected_picture_belongs_to_a_test(pytestconfig, written):
    stems = [picture.stem for picture in (*PICTURES, *LETTERED)]
    assert len(stems) == len(set(stems))
    left = [path for path in SHOTS.glob("*.png") if path.stem not in stems]
    if pytestconfig.getoption("--update-shots"):
        for path in left:
            path.unlink()
            written.append(f"{path.name} (removed)")
        left = []
    assert left == []
