"""Every page for every reader: axe-core finds nothing grave, pictures have words, fingers hit what they aim at."""

import pytest

from dashboard.questions import QUESTIONS
from tests.browser import everyone
from tests.browser.desk import settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = "The keys to the cabinet are here, said Anna."
MODELS = {  # where the first model would leave a part of the page empty
    "attention": "reviews-gpt", "lab": "sst-attention", "decided": "reviews-gpt", "reach": "reviews-gpt",
    "across-texts": "reviews-lstm-sentiment", "over-texts": "reviews-lstm-sentiment",
}  # fmt: skip
# Between them, these show every component and every kind of figure; the others are for `make axe`.
EVERYDAY = ("next", "write", "saliency", "attention", "across-texts", "anatomy", "stages", "factors")
PHONE = ("write", "saliency")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Some pages in every run; all of them with `--every-page` (`make axe`)."""
    every = [one.path for one in QUESTIONS]
    wide = metafunc.config.getoption("--every-page")
    if "view" in metafunc.fixturenames:
        metafunc.parametrize("view", every if wide else EVERYDAY)
    if "phone_view" in metafunc.fixturenames:
        metafunc.parametrize("phone_view", every if wide else PHONE)


def address(server, view: str) -> str:
    return server.address("" if view == "next" else view, text=TEXT, model=MODELS.get(view, "wiki-lstm"))


def test_axe_finds_nothing_grave(desk, server, view):
    page = desk.open(address(server, view))
    everyone.unfold(page)
    assert everyone.unexcused(everyone.grave(page)) == []
    assert everyone.nameless(page) == []
    assert everyone.unreachable(page) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    settle(page)
    assert (
        page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme") == "dark"
    )
    assert everyone.unexcused(everyone.grave(page, ["color-contrast", "link-in-text-block"])) == []


def test_a_finger_hits_what_it_aims_at(desk, server, phone_view):
    page = desk.open(address(server, phone_view), width=390, height=844, touch=True)
    everyone.unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert everyone.small(page) == []
    found = everyone.grave(page)
    assert everyone.unexcused(found) == []
    still_there = {(one.rule, one.widget) for one in found}
    assert still_there == set(everyone.KNOWN), "what Streamlit has mended needs no excuse"


def test_planted_faults_are_found(desk, server):
    page = desk.open(server.address("own"))
    page.evaluate("""() => document.querySelector('.question').insertAdjacentHTML('afterend',
      '<p style="color:#bbb;background:#fff">pale</p><img src="data:,"><canvas width="20" height="20"></canvas>'
      + '<button style="inline-size:20px;block-size:20px">x</button><i style="cursor:pointer">y</i>')""")
    found = everyone.unexcused(everyone.grave(page))
    assert any("color-contrast" in one for one in found) and any("image-alt" in one for one in found)
    assert [one.split(" ")[0] for one in everyone.nameless(page)] == ["img", "canvas"]
    assert any(one.endswith("20 x 20") for one in everyone.small(page))
    assert everyone.unreachable(page) == ["i."]
