"""The README's pictures: whole pages, made by `make shots` and compared like the elements."""

from pathlib import Path

import pytest

from tests.browser.compare import fault, keep_failure
from tests.browser.desk import settle

pytestmark = [pytest.mark.browser, pytest.mark.shots, pytest.mark.timeout(300)]

PICTURES = Path(__file__).parents[2] / "assets" / "pictures"
TEXT = "I wanted to like this film, and the first half is not bad, but the ending was a great"
AGREEMENT = "The actors in this film"
PAGES = {
    "saliency-light": (
        "saliency",
        "light",
        {"model": "wiki-lstm", "method": "leave_one_out", "text": AGREEMENT},
    ),
    "next-words-dark": ("", "dark", {"model": "reviews-gpt", "text": TEXT}),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_readme_picture_is_what_the_page_shows(name, desk, server, mode, written, pytestconfig):
    view, theme, choices = PAGES[name]
    page = desk.open(server.address(view, **choices), theme=theme, width=1280, height=800)
    settle(page)
    shot = page.screenshot(animations="disabled", caret="hide")
    path = PICTURES / f"{name}.png"
    if pytestconfig.getoption("--update-shots"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(shot)
        written.append(str(path.relative_to(PICTURES.parents[1])))
        return
    assert path.is_file(), f"{path.name} is missing: make shots"
    wrong = fault(path.read_bytes(), shot, mode)
    if wrong:
        keep_failure(name, path.read_bytes(), shot)
    assert wrong is None, wrong


def test_the_readme_shows_them():
    readme = (PICTURES.parents[1] / "README.md").read_text(encoding="utf-8")
    for name in PAGES:
        assert f"assets/pictures/{name}.png" in readme
