"""Evidence under the pointer: the slider takes words away, maps are compared, a phrase is chosen.

Where the slider was let go, and the word and the pair that were chosen, are there again when the link is opened."""

import re

import pytest

from tests.browser import strips
from tests.browser.desk import settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = "The old man said that the film was not bad at all"


def state(box) -> dict:
    """What the slider shows: step, struck words, the marker's place, the sentence."""
    return box.evaluate(
        "(root) => ({ step: root.__underhood.step, ms: root.__underhood.lastPaintMs,"
        " gone: [...root.querySelectorAll('.gone')].map((n) => n.textContent),"
        " at: root.querySelector('.cursor').getAttribute('x1'),"
        " said: root.querySelector('.readout').textContent })"
    )


def drag(slider, step: int) -> None:
    """Move the slider without letting it go, as a pointer does."""
    slider.evaluate("(s, v) => { s.value = v; s.dispatchEvent(new Event('input')) }", str(step))


def compared(box) -> dict:
    """What the maps show: the sentence, how many cells are marked, and the pair."""
    return box.evaluate(
        "(root) => ({ said: root.querySelector('.readout').textContent, on: root.querySelectorAll('.on').length,"
        " apart: [...root.querySelectorAll('.apart')].map((node) => node.dataset.word),"
        " pair: root.querySelector('.pair[aria-pressed=true]').textContent })"
    )


def test_the_slider_strikes_words_out_and_sends_nothing_until_it_is_let_go(desk, server):
    page = desk.open(server.address("saliency", model="wiki-lstm", text=TEXT, method="leave_one_out"))
    wire = desk.seen(page)
    box = strips.strip(page, "removal")
    box.scroll_into_view_if_needed()
    first = state(box)
    assert first["step"] == 3 and len(first["gone"]) == 3 and "With 3 of 12 words taken away" in first["said"]
    page.wait_for_timeout(300)
    wire.forget()
    slider = box.locator("input[type=range]")
    drag(slider, 4)
    more = state(box)
    assert more["step"] == 4 and set(first["gone"]) < set(more["gone"]) and more["at"] != first["at"]
    drag(slider, 0)
    assert state(box)["gone"] == [] and "With every word there" in state(box)["said"]
    drag(slider, 12)
    assert len(state(box)["gone"]) == 12 and state(box)["ms"] < 16
    chart = box.locator(".chart svg")
    middle = chart.bounding_box() or {"width": 0, "height": 0}
    chart.hover(position={"x": middle["width"] / 2, "y": middle["height"] / 2})
    pointed = state(box)
    assert pointed["step"] == 12 and 4 <= len(pointed["gone"]) <= 8, "hovering previews and keeps the step"
    page.wait_for_timeout(300)
    assert wire.quiet(), "moving the slider asks Python for nothing"
    assert pointed["ms"] < 16
    box.get_by_role("button", name="put back").click()
    box.locator(".method", has_text="Gradient norm").click()
    slider.focus()
    slider.press("Home")
    slider.press("ArrowRight")
    page.wait_for_url(re.compile("removed=1-back-gradient_norm"))
    settle(page)
    now = state(box)
    assert len(now["gone"]) == 11 and now["said"].startswith("Gradient norm")
    assert slider.evaluate("(node) => node.getRootNode().activeElement === node"), (
        "an answer takes no focus away"
    )
    again = strips.strip(desk.open(page.url), "removal")
    assert {name: value for name, value in state(again).items() if name != "ms"} == {
        name: value for name, value in now.items() if name != "ms"
    }


def test_two_methods_are_compared_and_a_word_is_read(desk, server):
    address = server.address("saliency", model="wiki-lstm", text=TEXT, evidence="agreement")
    page = desk.open(address)
    wire = desk.seen(page)
    box = strips.strip(page, "maps")
    box.scroll_into_view_if_needed()
    rows = box.locator(".line").first.locator(".label")
    assert rows.count() == 4
    page.wait_for_timeout(300)
    wire.forget()
    box.locator("button.cell[data-word='3']").hover()
    page.wait_for_timeout(300)
    assert wire.quiet()
    pairs = box.locator(".pair")
    assert pairs.count() == 6
    pairs.nth(0).click()
    page.mouse.move(1, 1)
    said = box.locator(".readout").inner_text()
    assert "Leave one out and Integrated gradients: rank correlation" in said
    assert box.locator(".apart").count() in (0, 2, 4, 6), "each word that differs, in both rows"
    box.locator("button.cell[data-word='7']").hover()
    assert box.locator(".on").count() == 4
    assert box.locator(".readout").inner_text().startswith("film")
    lefts = box.locator("[data-word='7']").evaluate_all("(nodes) => nodes.map((n) => n.offsetLeft)")
    assert len(set(lefts)) == 1, "the same word stands in one column"
    box.locator("button.cell[data-word='7']").click()
    page.wait_for_url(re.compile("pinned=7"))
    settle(page)
    page.mouse.move(1, 1)
    now = compared(box)
    assert now["said"].startswith("film") and now["on"] == 4
    assert compared(strips.strip(desk.open(page.url), "maps")) == now
    box.locator("button.cell[data-word='7']").press("Escape")
    page.wait_for_url(lambda url: "pinned=7" not in url)
    assert box.locator(".pinned").count() == 0


@pytest.mark.parametrize("way", ["shift", "button"])
def test_a_phrase_is_chosen_by_its_first_and_last_word(desk, server, way):
    page = desk.open(server.address("saliency", model="wiki-lstm", text=TEXT, method="gradient_times_input"))
    if way == "shift":
        strips.word(page, "saliency", 9).click()
        settle(page)
        strips.word(page, "saliency", 7).click(modifiers=["Shift"])
    else:
        strips.strip(page, "saliency").get_by_role("button", name="explain a phrase").click()
        strips.word(page, "saliency", 7).click()
        strips.word(page, "saliency", 9).click()
    page.wait_for_url(lambda url: "word=7" in url and "until=9" in url)
    settle(page)
    page.mouse.move(1, 1)
    box = strips.strip(page, "saliency")
    assert "The phrase “film was not”" in box.locator(".readout").inner_text()
    assert box.locator(".phrase").count() == 3
    page.get_by_role("heading", name="Can I trust this map of “film was not”?").wait_for()
    strips.word(page, "saliency", 5).click()
    page.wait_for_url(lambda url: "word=5" in url and "until" not in url)
    settle(page)
    assert box.locator(".phrase").count() == 0
