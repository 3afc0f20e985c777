"""“How is it built?” in the browser: merges step by step without the server; nothing wider than a phone."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = "The keys to the old wooden cabinet were unbelievably lost"


def test_a_word_grows_merge_by_merge_without_asking_the_server(desk, server):
    page = desk.open(server.address("anatomy", model="wiki-lstm", text=TEXT), height=4000)
    place = page.locator(".st-key-merges")
    rows, said = place.locator(".row"), place.locator(".said")
    assert place.locator('.word[aria-pressed="true"]').inner_text() == "␣unbelievably"
    whole = rows.count()
    assert "No known pair is left: 3 pieces." in said.inner_text()
    assert place.locator(".numbers tr").count() == 1 + 3
    wire = desk.seen(page)
    page.wait_for_timeout(300)
    wire.forget()
    place.get_by_role("button", name="‹ back").click()
    assert rows.count() == whole - 1 and place.locator(".numbers").is_hidden()
    place.get_by_role("slider", name="Merges done").fill("0")
    assert rows.count() == 1 and "begins as 13 bytes" in said.inner_text()
    assert place.get_by_role("button", name="‹ back").is_disabled()
    place.locator(".word").nth(1).click()
    assert "".join(rows.last.locator(".chip").all_inner_texts()) == "␣keys"
    page.wait_for_timeout(300)
    assert wire.quiet()


@pytest.mark.parametrize("model", ["wiki-lstm", "reviews-gpt"])
def test_on_a_phone_nothing_is_wider_than_the_page(desk, server, model):
    page = desk.open(server.address("anatomy", model=model, text=TEXT), width=390, touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    inside = "[...document.querySelectorAll('.scrolls')].every((t) => t.clientWidth <= 390)"
    assert page.evaluate(inside)


def test_markup_in_a_text_stays_text(desk, server):
    text = "<img src=x onerror=document.title='evil'> <b>bold</b>"
    page = desk.open(server.address("anatomy", model="reviews-gpt", text=text))
    assert page.title() != "evil"
    assert page.locator("main b, main img[src=x]").count() == 0
    assert page.locator(".rules td").last.inner_text().startswith("xxbos <img src")
