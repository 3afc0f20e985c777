"""How does it do on my texts? A pressed cell filters the table, a file is read, a text opens elsewhere."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_pressed_cell_shows_its_texts_and_one_opens_on_another_page(desk, server):
    page = desk.open(server.address("across-texts", model="sst-average", source="reviews"))
    cell = page.locator("[data-cell='1 0']")
    expect(cell).to_be_visible(timeout=60_000)
    count = int(cell.inner_text())
    cell.focus()
    page.keyboard.press("Enter")
    expect(cell).to_have_attribute("aria-pressed", "true", timeout=30_000)
    expect(page.get_by_text(f"{count} of 60 texts are shown.")).to_be_visible(timeout=30_000)
    expect(page).to_have_url(re.compile("of_label=positive.*of_said=negative"))
    text = page.locator(".passage").inner_text()
    page.get_by_role("button", name="Which words led to this?").click()
    expect(page.locator("h1.question")).to_have_text("Which words led to this one?", timeout=30_000)
    expect(page.get_by_label("Text", exact=True)).to_have_value(text, timeout=30_000)


def test_a_hostile_file_is_read_as_text(desk, server, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(
        "text,label\n<img src=x onerror=alert(1)> a good film,positive\nA bad film,negative\n",
        encoding="utf-8",
    )
    page = desk.open(server.address("across-texts", model="sst-average", source="own"))
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.locator("[data-testid=stMain] input[type=file]").set_input_files(file)
    expect(page.locator(".answer").first).to_contain_text("of 2 labelled texts", timeout=60_000)
    expect(page.locator(".passage")).to_be_visible()
    assert not asked and page.locator("[data-testid=stMain] img[src=x]").count() == 0
    assert "onerror" not in page.url
