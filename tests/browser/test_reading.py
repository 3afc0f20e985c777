"""What a reader does: point, keep, walk, tap, go on with a word, choose, and take the numbers away."""

import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from models.catalog import entries
from tests.browser import strips
from tests.browser.desk import settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = "The old man said that the film was not bad at all"
WORDS = 1 + 12 + 1  # the start mark, the words, and the model's own next word


def chosen(page: Page) -> dict[str, str]:
    """What the address says."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def wait_for_address(page: Page, **wanted: str | None) -> None:
    for name, value in wanted.items():
        if value is None:
            page.wait_for_url(lambda url, name=name: name not in parse_qs(urlsplit(url).query))
        else:
            page.wait_for_url(
                lambda url, name=name, value=value: parse_qs(urlsplit(url).query).get(name) == [value]
            )


# Pointing


@pytest.mark.parametrize("view", ["saliency", "surprise"])
def test_pointing_at_a_word_recolours_and_sends_nothing(desk, server, view):
    page = desk.open(server.address("saliency" if view == "saliency" else "", text=TEXT))
    wire = desk.seen(page)
    box = strips.strip(page, view)
    box.scroll_into_view_if_needed()
    before = strips.state(page, view)
    assert before["words"] == WORDS - (view == "surprise")
    page.wait_for_timeout(300)
    wire.forget()
    looks = []
    for index in (4, 7, 10):
        strips.word(page, view, index).hover()
        now = strips.state(page, view)
        assert now["shown"] == index
        looks.append((tuple(strips.colours(page, view)), box.locator(".readout").inner_text()))
    assert now["paints"] >= before["paints"] + 3
    assert len({said for _, said in looks}) == 3
    # Saliency: each word has causes of its own. Surprise: the colours belong to the text.
    assert len({colours for colours, _ in looks}) == (3 if view == "saliency" else 1)
    page.mouse.move(1, 1)
    assert strips.state(page, view)["shown"] == before["shown"]
    page.wait_for_timeout(500)
    assert wire.quiet(), f"{len(wire.sent)} messages sent, {len(wire.received)} received"


# Keeping


def test_a_click_keeps_a_word_and_the_address_opens_the_same_view_again(desk, server):
    page = desk.open(
        server.address("saliency", text=TEXT, model="reviews-gpt", method="gradient_norm", measure="logit")
    )
    strips.word(page, "saliency", 6).click()
    wait_for_address(page, word="6")
    settle(page)
    assert strips.state(page, "saliency")["pin"] == 6
    assert strips.word(page, "saliency", 6).get_attribute("aria-pressed") == "true"
    kept, colours = chosen(page), strips.colours(page, "saliency")
    given = {"model": "reviews-gpt", "method": "gradient_norm", "measure": "logit"}
    assert kept.items() >= {"text": TEXT, "word": "6", **given}.items()

    other = desk.open(page.url)
    assert strips.state(other, "saliency")["pin"] == 6
    assert strips.colours(other, "saliency") == colours
    assert strips.typed(other) == TEXT
    assert chosen(other) == kept
    assert strips.choice(other, "model") == entries()["reviews-gpt"].TITLE
    assert "logit" in strips.choice(other, "measure")
    pressed = other.locator(".st-key-method [aria-checked=true], .st-key-method [kind$=Active]")
    assert pressed.inner_text().strip() == "Gradient norm"
    assert other.locator(".answer").all_inner_texts() == page.locator(".answer").all_inner_texts()


def test_a_second_click_lets_go(desk, server):
    page = desk.open(server.address("saliency", text=TEXT, word=5))
    assert strips.state(page, "saliency")["pin"] == 5
    strips.word(page, "saliency", 5).click()
    wait_for_address(page, word=None)
    assert strips.state(page, "saliency")["pin"] is None


def test_the_share_link_is_the_address(desk, server):
    page = desk.open(server.address("saliency", text=TEXT, word=3))
    page.get_by_test_id("stPopoverButton").filter(has_text="Share").click()
    settle(page)
    link = page.locator("[data-testid=stPopoverBody] pre.code").inner_text()
    assert urlsplit(link).path == urlsplit(page.url).path
    assert parse_qs(urlsplit(link).query) == parse_qs(urlsplit(page.url).query)


# Keys and fingers


@pytest.mark.parametrize("view", ["saliency", "surprise"])
def test_arrow_keys_walk_and_escape_lets_go(desk, server, view):
    page = desk.open(server.address("saliency" if view == "saliency" else "", text=TEXT))
    strips.word(page, view, 5).click()
    wait_for_address(page, word="5")
    settle(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert strips.state(page, view)["shown"] == 7
    page.keyboard.press("ArrowLeft")
    assert strips.state(page, view)["shown"] == 6
    assert strips.state(page, view)["pin"] == 5
    page.keyboard.press("Space")
    wait_for_address(page, word="6")
    settle(page)
    page.keyboard.press("Escape")
    wait_for_address(page, word=None)
    assert strips.state(page, view)["pin"] is None
    page.keyboard.press("End")
    assert strips.state(page, view)["shown"] == WORDS - 1 - (view == "surprise")


def test_a_tap_keeps_a_word_on_a_phone(desk, server):
    page = desk.open(server.address("saliency", text=TEXT), width=390, height=844, touch=True)
    target = strips.word(page, "saliency", 7)
    target.scroll_into_view_if_needed()
    target.tap()
    wait_for_address(page, word="7")
    settle(page)
    assert strips.state(page, "saliency")["pin"] == 7
    strips.word(page, "saliency", 4).tap()
    wait_for_address(page, word="4")
    assert page.evaluate("document.documentElement.scrollWidth") == 390  # nothing to scroll sideways


# Going on with a word


def test_a_piece_is_put_behind_the_text(desk, server):
    page = desk.open(server.address(text=TEXT, word=3))
    offered = [pill.inner_text().strip() for pill in strips.pills(page).all()]
    piece = next(piece for piece in offered if piece.isalpha())
    strips.pills(page).nth(offered.index(piece)).click()
    expect(page.locator(".st-key-text textarea")).not_to_have_value(TEXT)
    settle(page)
    assert strips.typed(page).startswith(TEXT)
    assert strips.typed(page)[len(TEXT) :].strip() == piece
    kept = chosen(page)
    assert kept["text"] == strips.typed(page)
    assert "word" not in kept  # it belonged to the text before
    assert strips.state(page, "surprise")["words"] >= WORDS - 1


def test_a_bar_is_put_behind_the_text(desk, server):
    page = desk.open(server.address(text=TEXT))
    bar = page.locator(".st-key-next .bars .point").nth(1)
    bar.scroll_into_view_if_needed()
    bar.click(force=True)
    expect(page.locator(".st-key-text textarea")).not_to_have_value(TEXT)
    settle(page)
    assert strips.typed(page).startswith(TEXT)
    once = strips.typed(page)
    page.wait_for_timeout(500)
    assert strips.typed(page) == once  # one click, one piece


# Choosing


def test_an_example_replaces_the_text(desk, server):
    page = desk.open(server.address("saliency", text=TEXT, word=3))
    strips.choose(page, "example", "A film that disappoints")
    expect(page.locator(".st-key-text textarea")).to_have_value(re.compile("^I wanted to like"))
    settle(page)
    assert strips.state(page, "saliency")["pin"] is None
    assert strips.strip(page, "saliency").locator(".word").nth(2).inner_text().startswith("wanted")


def test_the_browsers_back_button_brings_the_earlier_text_back(desk, server):
    page = desk.open(server.address("", text="The first text", model="wiki-lstm"))
    box = page.locator(".st-key-text textarea")
    strips.write(page, "The second text")
    expect(page).to_have_url(re.compile("second"))
    settle(page)
    page.go_back()
    expect(box).to_have_value("The first text")
    settle(page)
    words = strips.strip(page, "surprise").locator(".word")
    assert words.nth(2).inner_text().startswith("first"), "the picture went back too"
    assert "second" not in page.url


def test_the_first_page_has_an_address_of_its_own_too(desk, server):
    page = desk.open(server.address("next", model="reviews-gpt", text="The keys to the"))
    page.get_by_role("heading", name="What comes next?").wait_for()
    page.wait_for_url(lambda url: "/next" not in url)
    assert page.get_by_label("Text", exact=True).input_value() == "The keys to the"
    assert chosen(page)["model"] == "reviews-gpt"


def test_another_model_answers_the_same_question(desk, server):
    page = desk.open(server.address("saliency", text=TEXT, word=6))
    assert "wiki-lstm" in page.locator(".meta").inner_text()
    before = page.locator(".st-key-saliency .readout").inner_text()
    strips.choose(page, "model", entries()["reviews-gpt"].TITLE)
    wait_for_address(page, model="reviews-gpt")
    settle(page)
    assert "reviews-gpt" in page.locator(".meta").inner_text()
    assert page.locator(".st-key-saliency .readout").inner_text() != before
    assert strips.typed(page) == TEXT
    assert strips.state(page, "saliency")["pin"] == 6


# Taking it away


def saved(page: Page, view: str, kind: str, folder: Path) -> Path:
    button = strips.strip(page, view).locator(f".tool[data-format={kind}]")
    button.scroll_into_view_if_needed()
    with page.expect_download() as caught:
        button.click()
    path = folder / caught.value.suggested_filename
    caught.value.save_as(path)
    return path


@pytest.mark.parametrize("view", ["saliency", "surprise"])
def test_every_download_can_be_opened(desk, server, view, tmp_path):
    address = server.address("saliency" if view == "saliency" else "", text=f'{TEXT}, <b>"x"</b>')
    page = desk.open(address)
    shown = strips.state(page, view)["words"]

    record = json.loads(saved(page, view, "JSON", tmp_path).read_text(encoding="utf-8"))
    assert "wiki-lstm" in record["caption"]
    assert len(record["words"]) == shown - (view == "saliency")

    rows = list(csv.reader(io.StringIO(saved(page, view, "CSV", tmp_path).read_text("utf-8"))))
    assert rows[0][:2] == ["index", "word"]
    assert {len(row) for row in rows} <= set(range(3, len(rows[0]) + 1))
    assert len(rows) > 10

    picture = saved(page, view, "PNG", tmp_path)
    with Image.open(picture) as opened:
        opened.load()
        assert opened.width > 1000 and opened.height > 200
        assert len(opened.convert("RGB").getcolors(1 << 24) or []) > 20

    root = ElementTree.parse(saved(page, view, "SVG", tmp_path)).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "film" in texts
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    assert re.fullmatch(r"[\w.-]+\.png", picture.name)


def test_arriving_on_a_page_is_at_most_two_steps_back(desk, server):
    page = desk.open(server.address("", text=TEXT, model="wiki-lstm"))
    before = page.evaluate("history.length")
    page.get_by_text("Causes", exact=True).first.click()
    page.get_by_role("menuitem", name="Which words led to this one?").click()
    page.wait_for_url(re.compile("/saliency"))
    settle(page)
    wait_for_address(page, text=TEXT)
    assert page.evaluate("history.length") <= before + 2  # the page, then what is chosen on it
    page.go_back()
    settle(page)
    page.go_back()
    settle(page)
    assert urlsplit(page.url).path == "/"
    assert strips.typed(page) == TEXT
