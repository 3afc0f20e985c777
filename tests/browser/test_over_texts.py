"""Which words push a class? A clicked bar chooses its word, and its places stand below."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_clicked_bar_shows_where_its_word_stands(desk, server):
    page = desk.open(server.address("over-texts", model="sst-average", method="gradient_times_input"))
    bars = page.locator(".st-key-over-words .bars .point")
    expect(bars.first).to_be_visible(timeout=60_000)
    before = page.locator(".answer").nth(1).inner_text()
    label = page.locator(".st-key-over-words .ytick text").last.text_content() or ""
    bars.last.evaluate("bar => bar.scrollIntoView({ block: 'center' })")  # not behind the bar at the top
    bars.last.click(force=True)  # Plotly's own layer lies over it
    word = label.split(" (")[0]
    said = page.locator(".answer").nth(1)
    expect(said).to_contain_text(f"“{word}” stands in", timeout=30_000)
    assert said.inner_text() != before
    expect(page.locator(".mapped strong").first).to_have_text(word, ignore_case=True)
