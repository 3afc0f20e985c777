"""Units under the pointer: dragging over words ranks units anew, pointing at a factor shows it alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import settle
from tests.browser.strips import colours, strip, word

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
TEXT = 'Mia lives near the mill. "I like the lamp," says Mia.'


def test_dragging_over_words_chooses_them(desk, server):
    page = desk.open(server.address("select", model="story-lstm", text=TEXT))
    settle(page)
    first, last = word(page, "brush", 8), word(page, "brush", 11)
    first.hover()
    page.mouse.down()
    last.hover()
    expect(strip(page, "brush").locator(".chosen")).to_have_count(4)
    page.mouse.up()
    expect(page.locator("p.answer").first).to_contain_text("tells “I like the lamp” best from the rest")
    expect(strip(page, "brush").locator(".chosen")).to_have_count(4)
    page.wait_for_url("**places=8-11**")
    word(page, "brush", 2).click()
    expect(page.locator("p.answer").first).to_contain_text("lives … I like the lamp")


def test_a_factor_is_shown_alone(desk, server):
    page = desk.open(server.address("factors", model="story-gpt", text=TEXT, count="4"))
    settle(page)
    rows = strip(page, "factors").locator(".factor")
    expect(rows).to_have_count(4)
    before = colours(page, "factors")
    rows.nth(1).hover()
    expect(rows.nth(0)).to_have_class("factor faint")
    alone = colours(page, "factors")
    assert alone != before
    page.mouse.move(1, 1)
    expect(rows.nth(0)).to_have_class("factor")
    assert colours(page, "factors") == before
    rows.nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**factor=2**")
    settle(page)
    assert rows.nth(1).evaluate("(row) => row.getRootNode().activeElement === row"), (
        "the answer leaves the focus"
    )
    rows.nth(1).blur()
    assert colours(page, "factors") == alone
    again = desk.open(page.url)
    assert colours(again, "factors") == alone
    expect(strip(again, "factors").locator(".factor[aria-pressed=true]")).to_contain_text("Factor 2")
    read = "(all) => all.map((swatch) => getComputedStyle(swatch).backgroundColor)"
    swatches = rows.locator(".swatch").evaluate_all(read)
    assert len(set(swatches)) == 4
