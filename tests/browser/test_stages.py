"""“What changed while it learned?” in the browser: frames without the server, the address, no markup."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = "gom nef zut bar vol gom nef zut bar"


def test_a_training_is_replayed_without_asking_the_server(desk, server):
    page = desk.open(server.address("stages", model="induction-2l", text=TEXT), height=3000)
    place = page.locator("[class*=st-key-replay]")
    slider, said = place.get_by_role("slider", name="Stage of the training"), place.locator(".said")
    first = place.locator(".bars .row").first
    assert first.locator(".chip").inner_text() == "vol" and said.inner_text().startswith("Now:")
    now = first.locator(".bar").bounding_box()["width"]
    wire = desk.seen(page)
    page.wait_for_timeout(300)
    wire.forget()
    slider.evaluate("(s) => { s.value = '0'; s.dispatchEvent(new Event('input')) }")
    page.wait_for_timeout(400)  # the bar moves there
    assert said.inner_text().startswith("Before the training:")
    assert first.locator(".bar").bounding_box()["width"] < 0.05 * now
    assert wire.quiet()
    place.get_by_role("button", name="later ›").click()
    assert said.inner_text().startswith("After 20 % of the training:")
    page.wait_for_url("**stage=20-percent**")


def test_markup_in_a_text_stays_text(desk, server):
    text = "<img src=x onerror=document.title='evil'> <b>bold</b>"
    page = desk.open(server.address("stages", model="shakespeare-chars", text=text), width=390, touch=True)
    assert page.title() != "evil"
    assert page.locator("main b, main img[src=x]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
