"""Two sides in the browser: one under the other on a phone, a flagship opened, a stage moved, a word on both sides."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = "Sofia works behind the mill."
BOTH = {"model": "story-lstm", "text": TEXT, "with": "story-gpt"}


def test_two_sides_stand_beside_each_other_and_on_a_phone_under_each_other(server, desk):
    page = desk.open(server.address("", model="story-lstm", text=TEXT, with_text="Sofia works."), width=1280)
    heads = [page.locator(".side-of").nth(k).bounding_box() for k in (0, 1)]
    assert heads[1]["x"] > heads[0]["x"] + 200 and abs(heads[1]["y"] - heads[0]["y"]) < 2
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    heads = [page.locator(".side-of").nth(k).bounding_box() for k in (0, 1)]
    assert abs(heads[1]["x"] - heads[0]["x"]) < 2 and heads[1]["y"] > heads[0]["y"] + 200


def test_a_flagship_opens_and_its_word_is_read_for_both(server, desk):
    page = desk.open(server.address("compare", **BOTH), width=1280)
    page.get_by_role("button", name="Watch it learn").click()
    settle(page)
    expect(page.get_by_text("Second side: how far it was trained")).to_be_visible()
    expect(page.locator(".line .label").filter(has_text="difference").first).to_be_visible()
    page.locator(".cell.word", has_text="mill").first.hover()
    expect(page.locator(".readout")).to_contain_text("difference")
    page.locator(".cell.word", has_text="mill").first.click()
    page.wait_for_url("**pinned=*")
    settle(page)
    page.mouse.move(1, 1)
    said = page.locator(".readout").inner_text()
    again = desk.open(page.url, width=1280)
    assert again.locator(".readout").inner_text() == said and "difference" in said
