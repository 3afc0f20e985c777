"""The page of grammar under the pointer: a failing pair goes along to the layers, and to the words that led there."""

import pytest

from tests.browser.desk import settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("button", "question"),
    [("When did it decide?", "When did it decide?"), ("Which words led to", "Which words led to this one?")],
)
def test_a_pair_is_opened_on_another_page(desk, server, button, question):
    page = desk.open(server.address("grammar", model="story-gpt", look="sentences"))
    page.wait_for_selector("h2.section:has-text('Which sentences does it get wrong?')")
    page.get_by_role("button", name=button).last.click()
    page.wait_for_selector(f"h1.question:has-text('{question}')")
    settle(page)
    assert page.locator(".answer").first.text_content()
