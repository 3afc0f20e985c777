"""A finished training in the browser: light, dark and on a phone; its curves, its texts, and asking it."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.desk import ROOT, serve, settle
from tests.dashboard.test_training import NAME, folder_of_a_job

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LOOKS = (("light", 1280), ("dark", 1280), ("light", 390))
STROKES = (
    """(chart) => [...chart.querySelectorAll('.scatterlayer .js-line')].map((line) => line.style.stroke)"""
)


@pytest.fixture(scope="module")
def own_server(tmp_path_factory):
    """A dashboard whose readers' trainings lie in a folder of this test, one of them finished."""
    home = tmp_path_factory.mktemp("home")
    folder_of_a_job(home)
    patch = pytest.MonkeyPatch()
    patch.setenv("UNDERHOOD_WORK", str(home))
    yield from serve(ROOT, tmp_path_factory.mktemp("server") / "log.txt")
    patch.undo()


@pytest.fixture
def own_desk(desk, own_server):
    desk.servers.append(own_server.url)
    return desk


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_a_finished_training_is_whole_in_every_look(own_desk, own_server, theme, width):
    page = own_desk.open(own_server.address("train", job=NAME), theme=theme, width=width, touch=width < 500)
    expect(page.locator("p.answer")).to_contain_text("off by 0.31 nats")
    expect(page.locator(".stages tr")).to_have_count(4)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, "nothing sticks out"
    theme_file = (ROOT / ".streamlit" / "config.toml").read_text()
    for key, count in (("loss", 3), ("verbs", 3)):
        chart = page.locator(f".st-key-{key} .js-plotly-plot")
        strokes = chart.evaluate(STROKES)
        assert len(set(strokes)) == count
        assert all(_hex(stroke) in theme_file.lower() for stroke in strokes), "colours are the theme's"
    for legend in page.locator(".js-plotly-plot .legend").all():
        box = legend.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width, "the legend is whole"


def _hex(colour: str) -> str:
    """rgb(1, 2, 3) as #010203."""
    return "#" + "".join(
        f"{int(part):02x}" for part in colour.removeprefix("rgb(").removesuffix(")").split(",")
    )


def test_a_reader_asks_the_model_and_finds_it_again(own_desk, own_server):
    page = own_desk.open(own_server.address("train", job=NAME))
    page.get_by_role("button", name="Ask it what comes next").click()
    expect(page.locator("h1.question")).to_have_text("What comes next?")
    settle(page)
    expect(page.locator("p.meta")).to_contain_text("Your LSTM (3 min, seed 4)")
    page.reload()
    settle(page)
    expect(page.locator("p.meta")).to_contain_text("Your LSTM (3 min, seed 4)")
    stranger = own_desk.open(own_server.address())
    assert NAME not in json.dumps(stranger.content()) and "Your LSTM" not in stranger.content()
