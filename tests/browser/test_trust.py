"""Evidence under the pointer: the slider takes words away, maps are compared, a phrase is chosen."""

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


def test_the_slider_strikes_words_out_and_sends_nothing(desk, server):
    page = desk.open(server.address("saliency", model="wiki-lstm", text=TEXT, method="leave_one_out"))
    wire = desk.seen(page)
    box = strips.strip(page, "removal")
    box.scroll_into_view_if_needed()
    first = state(box)
    assert first["step"] == 3 and len(first["gone"]) == 3 and "With 3 of 12 words taken away" in first["said"]
    page.wait_for_timeout(300)
    wire.forget()
    slider = box.locator("input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    more = state(box)
    assert more["step"] == 4 and set(first["gone"]) < set(more["gone"]) and more["at"] != first["at"]
    slider.press("Home")
    assert state(box)["gone"] == [] and "With every word there" in state(box)["said"]
    slider.press("End")
    assert len(state(box)["gone"]) == 12
    chart = box.locator(".chart svg")
    middle = chart.bounding_box() or {"width": 0, "height": 0}
    chart.hover(position={"x": middle["width"] / 2, "y": middle["height"] / 2})
    pointed = state(box)
    assert pointed["step"] == 12 and 4 <= len(pointed["gone"]) <= 8, "hovering previews and keeps the step"
    box.get_by_role("button", name="put back").click()
    box.locator(".method", has_text="Gradient norm").click()
    slider.press("Home")
    assert len(state(box)["gone"]) == 12 and state(box)["said"].startswith("Gradient norm")
    page.wait_for_timeout(300)
    assert wire.quiet(), "moving the slider asks Python for nothing"
    assert pointed["ms"] < 16


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
    pairs = box.locator(".pair")
    assert pairs.count() == 6
    pairs.nth(0).click()
    said = box.locator(".readout").inner_text()
    assert "Leave one out and Integrated gradients: rank correlation" in said
    assert box.locator(".apart").count() in (0, 2, 4, 6), "each word that differs, in both rows"
    box.locator("button.cell[data-word='7']").hover()
    assert box.locator(".on").count() == 4
    assert box.locator(".readout").inner_text().startswith("film")
    lefts = box.locator("[data-word='7']").evaluate_all("(nodes) => nodes.map((n) => n.offsetLeft)")
    assert len(set(lefts)) == 1, "the same word stands in one column"
    page.wait_for_timeout(300)
    assert wire.quiet()


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
