"""What the tests know of the strips of words: where they are, what they show."""

from typing import Any

from playwright.sync_api import Locator, Page


def strip(page: Page, key: str) -> Locator:
    """The strip of a view, by its key."""
    return page.locator(f".st-key-{key} .root")


def word(page: Page, key: str, index: int) -> Locator:
    return strip(page, key).locator(f".word[data-index='{index}']")


def state(page: Page, key: str) -> dict[str, Any]:
    """What a strip shows: the pinned word, the word shown, how often it painted, and how long it took."""
    return strip(page, key).evaluate(
        "(root) => { const s = root.__underhood;"
        " return { pin: s.pin, shown: s.shown, paints: s.paints, ms: s.lastPaintMs, words: s.cells.length } }"
    )


def colours(page: Page, key: str) -> list[str]:
    """The background of each word, as the browser computes it."""
    return strip(page, key).evaluate(
        "(root) => [...root.querySelectorAll('.word .chip')].map((c) => getComputedStyle(c).backgroundColor)"
    )


def pills(page: Page) -> Locator:
    """The pieces offered to continue the text with."""
    return page.locator(".st-key-continue button")


def typed(page: Page) -> str:
    """What stands in the text box."""
    return page.locator(".st-key-text textarea").input_value()


def choose(page: Page, key: str, option: str) -> None:
    """Choose an entry of a list in the sidebar, as a reader does."""
    page.locator(f".st-key-{key} [role=combobox]").click()
    page.get_by_role("option", name=option, exact=True).click()


def choice(page: Page, key: str) -> str:
    """What a list in the sidebar shows as chosen."""
    return page.locator(f".st-key-{key} [role=combobox]").input_value()


def write(page: Page, text: str) -> None:
    """Put another text into the box and look at it."""
    box = page.locator(".st-key-text textarea")
    box.fill(text)
    box.press("Control+Enter")
