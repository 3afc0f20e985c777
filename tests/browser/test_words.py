"""The map of words under the pointer: a dot is looked up, a lasso lists words, a slider goes from layer to layer."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = "Sofia works behind the mill."
DOT = """() => {
  const plot = document.querySelector('.js-plotly-plot')
  const { xaxis, yaxis } = plot._fullLayout
  const box = plot.getBoundingClientRect()
  const spots = plot._fullData.filter((trace) => trace.type === 'scattergl').flatMap((trace) =>
    Array.from(trace.x, (x, i) => [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(trace.y[i]),
      trace.customdata[i][1]]))
  // the dot that stands freest
  const gap = (a) => Math.min(...spots.map((b) => (b === a ? 1e9 : Math.hypot(a[0] - b[0], a[1] - b[1]))))
  const [x, y, name] = spots.reduce((best, spot) => (gap(spot) > gap(best) ? spot : best))
  return [box.left + x, box.top + y, name]
}"""
FIRST = "() => document.querySelector('.js-plotly-plot')._fullData[0].x[0]"


def opened(desk, server, **choices: str):
    page = desk.open(server.address("words", model="story-lstm", text=TEXT, **choices))
    page.wait_for_selector(".js-plotly-plot .main-svg")
    page.wait_for_timeout(1500)
    return page


def test_a_dot_is_looked_up_and_a_box_lists_its_words(desk, server):
    page = opened(desk, server, how="pca")
    x, y, name = page.evaluate(DOT)
    page.mouse.click(x, y)
    page.wait_for_function(
        "name => document.querySelector('.answer')?.textContent.includes(`“${name}”`)", arg=name
    )
    settle(page)  # the map with the new word's rings takes the place of the first one
    page.locator("[data-val='select']").first.click()
    page.wait_for_function(
        "() => document.querySelector('.js-plotly-plot')._fullLayout.dragmode === 'select'"
    )
    box = page.locator(".js-plotly-plot").first.bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 400, steps=6)
    page.mouse.up()
    page.wait_for_selector("h2.section:has-text('words chosen on the map')")
    page.wait_for_function("() => new URL(location).searchParams.get('picked')")
    page.get_by_role("button", name="Watch them from layer to layer").click()
    page.wait_for_selector("h1.question:has-text('When did it decide?')")
    expect(page.get_by_label("Words to watch, with | between them")).to_have_value(re.compile(r" \| "))


def test_the_slider_goes_to_the_embedding_without_asking_the_server(desk, server):
    page = opened(desk, server, words="contexts", in_sentences="under")
    before, wire = page.evaluate(FIRST), desk.seen(page)
    wire.forget()
    rail = page.locator(".slider-rail-touch-rect").first.bounding_box()
    page.mouse.click(rail["x"] + 4, rail["y"] + rail["height"] / 2)
    page.wait_for_function(f"before => ({FIRST})() !== before", arg=before)
    slider, early = page.get_by_role("slider", name="Page of the picture"), page.evaluate(FIRST)
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_function(f"before => ({FIRST})() !== before", arg=early)
    page.wait_for_function(f"first => ({FIRST})() === first", arg=before)  # the last page, as at first
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"first => ({FIRST})() !== first", arg=before)
    assert (
        int(slider.get_attribute("aria-valuenow") or 0) == int(slider.get_attribute("aria-valuemax") or 0) - 1
    )
    assert not wire.sent
