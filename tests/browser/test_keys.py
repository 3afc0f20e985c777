"""Every component of ours without a pointer: Tab comes to it, and keys do what a click does."""

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = "The keys to the cabinet are here, said Anna."


def comes_to(page: Page, target: Locator) -> None:
    """Tab, from the element before `target` in the order of the page, lands on it."""
    target.scroll_into_view_if_needed()
    target.focus()
    page.keyboard.press("Shift+Tab")
    assert not target.evaluate("(node) => node.getRootNode().activeElement === node")
    page.keyboard.press("Tab")
    assert target.evaluate("(node) => node.getRootNode().activeElement === node")
    ring = target.evaluate("(node) => getComputedStyle(node).outlineStyle + getComputedStyle(node).boxShadow")
    inner = target.evaluate(
        "(node) => [...node.children].map((one) => getComputedStyle(one).outlineStyle).join()"
    )
    assert "solid" in ring or "auto" in ring or "rgb" in ring or "solid" in inner, "focus is seen"


def test_dials_and_tree(desk, server):
    page = desk.open(server.address("write", text=TEXT, model="wiki-lstm"))
    dials = page.locator("[class*=st-key-dials] .root")
    before = dials.locator(".said").inner_text()
    comes_to(page, dials.locator("input[type=range]").first)
    page.keyboard.press("End")
    expect(dials.locator(".said")).not_to_have_text(before)
    node = page.locator("[class*=st-key-tree] .node").first
    comes_to(page, node)
    page.keyboard.press("Enter")
    expect(node).to_have_attribute("aria-pressed", "true")


def test_factors(desk, server):
    page = desk.open(server.address("factors", text=TEXT, model="wiki-lstm"))
    row = page.locator(".st-key-factors .factor").first
    comes_to(page, row)
    page.keyboard.press("Enter")
    expect(row).to_have_attribute("aria-pressed", "true")


def test_merges(desk, server):
    page = desk.open(server.address("anatomy", text=TEXT, model="wiki-lstm"))
    merges = page.locator(".st-key-merges .root")
    before = merges.locator(".said").inner_text()
    slider = merges.locator("input[type=range]")
    comes_to(page, slider)
    page.keyboard.press("Home" if slider.input_value() != "0" else "End")
    expect(merges.locator(".said")).not_to_have_text(before)


def test_stages(desk, server):
    page = desk.open(server.address("stages", text="gom nef zut bar vol gom nef", model="induction-2l"))
    replay = page.locator("[class*=st-key-replay]")
    before = replay.locator(".said").inner_text()
    comes_to(page, replay.get_by_role("slider", name="Stage of the training"))
    page.keyboard.press("Home")
    expect(replay.locator(".said")).not_to_have_text(before)


def test_the_numbers_of_a_chart_are_a_table(desk, server):
    page = desk.open(server.address(text=TEXT + " <b>of</b>", model="wiki-lstm"))
    tool = page.locator(".st-key-next .chart-tools [data-format=Table]")
    tool.wait_for()
    comes_to(page, tool)
    page.keyboard.press("Enter")
    table = page.locator("dialog.chart-table table")
    expect(table).to_be_visible()
    guesses = page.locator(".st-key-next .bars .point").count()
    assert table.locator("tbody tr").count() == guesses > 5
    assert "wiki-lstm" in table.locator("caption").inner_text()
    assert [head.strip() for head in table.locator("th").all_inner_texts()] == ["x", "y", "in words"]
    page.keyboard.press("Escape")
    expect(table).to_have_count(0)
    assert tool.evaluate("(node) => document.activeElement === node")
