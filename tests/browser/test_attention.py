"""Heads in the browser: pointing asks nobody, keys reach all of it, and the address keeps what was chosen."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.desk import settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# The largest difference between small pictures drawn the quick way and those drawn row by row.
SLOWER = """(root) => {
  const view = root.__underhood
  const all = () => { view.rows.clear(); return view.levelsOf(1, 0) }
  const quick = all()
  view.share = 0.9999999
  const slow = all()
  view.share = 1
  return Math.max(...slow.map((level, at) => Math.abs(level - quick[at])))
}"""
TEXT = "gom nef zut bar vol pes gom nef zut bar"


def test_point_keep_and_walk(desk, server):
    page = desk.open(server.address("attention", model="induction-2l", text=TEXT), height=1600)
    place = page.locator(".st-key-heads .root")
    title, said = place.locator(".title"), place.locator(".said")
    assert place.locator(".thumb").count() == 8
    assert title.inner_text() == "Head 2.0 · induction"
    wire = desk.seen(page)
    page.wait_for_timeout(300)
    wire.forget()
    place.locator(".thumb[aria-label^='Head 1.2']").hover()
    assert title.inner_text() == "Head 1.2 · previous"
    place.locator(".from .token").nth(9).hover()
    assert title.inner_text() == "Head 2.0 · induction"
    assert "zut looks at bar" in said.inner_text()  # what came next where it stood before
    drawn = "(root) => [root.__underhood.focus.kind, ...root.__underhood.focus.at].join()"
    assert place.evaluate(drawn) == "q,9"
    place.locator(".to .token").nth(4).hover()
    assert "bar is looked at by zut" in said.inner_text()
    assert place.evaluate(SLOWER) == 0
    page.wait_for_timeout(300)
    assert wire.quiet()
    assert place.evaluate("(root) => root.__underhood.lastPaintMs") < 200


def test_keys_and_clicks_keep_and_the_address_knows(desk, server):
    page = desk.open(server.address("attention", model="induction-2l", text=TEXT), height=1600)
    place = page.locator(".st-key-heads .root")
    title, said = place.locator(".title"), place.locator(".said")
    # Keys: to the next head, keep it; then a word, and another one with Shift.
    place.locator(".thumb[aria-pressed=true]").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    settle(page)
    assert title.inner_text().startswith("Head 1.0")
    place.locator(".from .token").nth(3).click()
    settle(page)
    place.locator(".from .token").nth(5).click(modifiers=["Shift"])
    settle(page)
    page.mouse.move(1, 1)
    assert "zut, vol look, on average, at" in said.inner_text()
    kept = parse_qs(urlsplit(page.url).query)
    assert kept["heads"] == ["1.0"] and kept["tokens"] == ["q3,5"]
    place.get_by_role("button", name="Matrix").click()
    settle(page)
    assert place.locator(".matrix").count() == 1 and place.locator(".arcs").count() == 0
    again = desk.open(page.url, height=1600)
    other = again.locator(".st-key-heads .root")
    assert other.locator(".title").inner_text().startswith("Head 1.0")
    assert other.locator(".matrix").count() == 1
    assert "zut, vol look, on average, at" in other.locator(".said").inner_text()


def test_markup_stays_text_and_a_phone_is_wide_enough(desk, server):
    text = "<img src=x onerror=document.title='evil'> good"
    page = desk.open(server.address("attention", model="sst-average", text=text), width=390, touch=True)
    assert page.title() != "evil" and page.locator("main img[src=x]").count() == 0
    place = page.locator(".st-key-heads .root")
    assert "<" in place.locator(".to .token").first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with page.expect_download() as got:
        place.get_by_role("button", name="CSV").click()
    assert got.value.suggested_filename == "attention-raw-1.0.csv"
