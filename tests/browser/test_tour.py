"""The README's one-minute tour: a walk through the pages as an animated picture, made by `make shots`."""

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.desk import settle
from tests.browser.test_readme_pictures import PICTURES

TOUR = PICTURES / "tour.webp"
SIZE = (960, 600)
HOLD_S = 4.0
LARGEST = 2_500_000  # bytes: a README should open quickly
KEYS = "The keys to the old cabinet"
FILM = "I wanted to like this film, and the first half is not bad, but the ending was a great"
CAPTION = """(said) => {
  const box = document.createElement("div")
  box.textContent = said
  box.style.cssText = "position: fixed; inset: auto 0 0 0; z-index: 9999999; padding: 0.9rem 2rem; background: #312e81;"
    + "color: white; font: 600 1.5rem/1.3 'Source Sans', sans-serif; text-align: center"
  document.body.append(box)
}"""


@dataclass(frozen=True)
class Scene:
    """One page, what is done on it before the picture, and what stands under it."""

    said: str
    view: str
    choices: dict[str, str]
    point: str = ""  # at what the pointer stands
    to: str = ""  # the section that is scrolled to
    theme: str = "light"


SCENES = (
    Scene("What comes next? Its guesses, and how sure it is", "", {"model": "wiki-lstm", "text": KEYS}),
    Scene(
        "What surprised it? Taller words were harder to guess",
        "",
        {"model": "reviews-gpt", "text": FILM},
        to=".st-key-surprise",
    ),
    Scene(
        "Which words led to this one?",
        "saliency",
        {"model": "wiki-lstm", "method": "leave_one_out", "text": KEYS},
    ),
    Scene(
        "Point at any word to ask about that one",
        "saliency",
        {"model": "reviews-gpt", "method": "gradient_x_input", "text": FILM},
        point=".st-key-saliency .word >> nth=11",
    ),
    Scene(
        "Can the map be trusted? The evidence is beside it",
        "saliency",
        {"model": "reviews-gpt", "method": "leave_one_out", "text": FILM},
        to="h2.section >> nth=0",
    ),
    Scene("Where does it look? All heads at once", "attention", {"model": "story-gpt"}),
    Scene("Is attention an explanation?", "lab", {"model": "sst-attention"}),
    Scene("Has it learned grammar?", "grammar", {"model": "story-lstm"}),
    Scene("When did it decide? Its guess, layer by layer", "decided", {"model": "reviews-gpt", "text": FILM}),
    Scene("Which words does it think alike?", "words", {"model": "wiki-lstm"}),
    Scene("What does the LSTM remember? Gates and cells", "memory", {"model": "wiki-lstm", "text": KEYS}),
    Scene("What if a unit is off?", "ablate", {"model": "story-lstm"}),
    Scene("What differs? Two models on one text", "compare", {"model": "reviews-lstm", "text": FILM}),
    Scene(
        "What would it write? The tree of its choices",
        "write",
        {"model": "reviews-gpt", "text": "The film was"},
    ),
    Scene("Stories, tours and lessons for a class", "stories", {}, theme="dark"),
)


def frame(desk, server, scene: Scene) -> Image.Image:
    """One picture of the tour."""
    page: Page = desk.open(
        server.address(scene.view, **scene.choices), theme=scene.theme, width=1280, height=800
    )
    if scene.to:
        page.locator(scene.to).first.scroll_into_view_if_needed()
        page.locator(scene.to).first.evaluate("(place) => place.scrollIntoView({ block: 'start' })")
    settle(page)
    if scene.point:
        page.locator(scene.point).first.hover()
    page.evaluate(CAPTION, scene.said)
    shot = page.screenshot(animations="disabled", caret="hide")
    page.context.close()
    return Image.open(io.BytesIO(shot)).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)


@pytest.mark.browser
@pytest.mark.shots
@pytest.mark.timeout(600)
def test_the_tour_is_made_with_the_other_pictures(desk, server, written, pytestconfig):
    if not pytestconfig.getoption("--update-shots"):
        pytest.skip("the tour is made by make shots")
    first, *rest = [frame(desk, server, scene) for scene in SCENES]
    first.save(
        TOUR, save_all=True, append_images=rest, duration=int(HOLD_S * 1000), loop=0, quality=60, method=6
    )
    written.append(str(TOUR.relative_to(Path(__file__).parents[2])))


def test_the_tour_lasts_a_minute_and_the_readme_shows_it():
    with Image.open(TOUR) as tour:
        assert tour.size == SIZE
        assert getattr(tour, "n_frames", 1) == len(SCENES)
    assert 45 <= len(SCENES) * HOLD_S <= 75
    assert TOUR.stat().st_size < LARGEST
    assert f"assets/pictures/{TOUR.name}" in (PICTURES.parents[1] / "README.md").read_text(encoding="utf-8")
