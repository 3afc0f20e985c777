"""The desk is shown planted faults: every browser test relies on what it sees."""

import pytest

from tests.browser.desk import POLICY

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_what_goes_wrong_on_a_page_is_seen(desk, server):
    page = desk.open(server.address(), policy=False)  # which would stop the calls before they are one
    seen = desk.seen(page)
    assert seen.faults() == []
    page.evaluate("fetch('http://elsewhere.example/font.woff2').catch(() => null)")
    page.evaluate("new WebSocket('ws://elsewhere.example/stream')")
    page.evaluate("setTimeout(() => { throw new Error('planted') })")
    page.wait_for_timeout(500)
    assert "http://elsewhere.example/font.woff2" in seen.elsewhere
    assert any(url.startswith("ws://elsewhere.example") for url in seen.elsewhere)
    assert seen.errors == ["planted"]
    assert len(desk.close()) >= 3  # and they are forgotten, so that this test passes


def test_what_the_policy_stops_is_seen(desk, server):
    page = desk.open(server.address())
    page.evaluate("fetch('http://elsewhere.example/font.woff2').catch(() => null)")
    page.wait_for_timeout(300)
    errors = desk.seen(page).errors
    assert errors and all("elsewhere.example" in said and POLICY in said for said in errors)
    assert len(desk.close()) == len(errors)


def test_what_goes_over_the_wire_is_counted(desk, server):
    page = desk.open(server.address("saliency"))
    wire = desk.seen(page)
    page.wait_for_timeout(300)
    wire.forget()
    page.locator(".st-key-saliency .word").nth(3).click()
    page.wait_for_timeout(1500)
    assert wire.sent and wire.received and not wire.quiet()
