"""“What would it write?” in the browser: dials without the server, the tree, going on, no markup."""

import json
import re

import pytest
import torch

from interpret import explain, record
from interpret.writing import Dials, dialled
from models import load
from tests.browser.desk import settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = "Sofia works behind the mill. The benches near the shell"


def turn(place, name, value):
    place.get_by_role("slider", name=name).evaluate(
        "(s, v) => { s.value = v; s.dispatchEvent(new Event('input')); s.dispatchEvent(new Event('change')) }",
        str(value),
    )


def test_the_dials_do_in_the_browser_what_python_does(desk, server):
    page = desk.open(server.address("write", model="story-lstm", text=TEXT), height=4200)
    place = page.locator("[class*=st-key-dials]").first
    turn(place, "temperature", 57)
    turn(place, "top-p", 80)
    at = place.locator(".root").evaluate("(root) => root.__underhood.at")
    assert at["p"] == 0.8 and at["temperature"] != 1
    shares = place.locator(".root").evaluate("(root) => [...root.__underhood.now.shares]")
    logits = torch.tensor(explain(record(load("story-lstm"), TEXT), "next_shares").logits.copy())
    wanted = dialled(logits, Dials(temperature=at["temperature"], top_p=at["p"]))
    assert shares == pytest.approx(wanted.tolist(), abs=1e-4)
    page.wait_for_url(re.compile(r"dials="))
    settle(page)
    assert f"temperature {at['temperature']:g}" in page.locator("main").inner_text()
    place.get_by_role("button", name="reset").click()
    page.wait_for_url(lambda url: "dials=" not in url)


def test_a_way_is_kept_compared_and_gone_on_with(desk, server):
    page = desk.open(server.address("write", model="story-lstm", text=TEXT), height=4200)
    place = page.locator("[class*=st-key-tree]").first
    leaves = place.locator(".node")
    leaves.nth(0).click()
    assert "bits of surprise" in place.locator(".said").inner_text()
    page.wait_for_url(re.compile("branch=0"))
    settle(page)
    again = desk.open(page.url).locator("[class*=st-key-tree]").first
    assert again.locator(".node[aria-pressed=true]").all_inner_texts() == [leaves.nth(0).inner_text()]
    page.mouse.move(1, 1)
    assert again.locator(".said").inner_text() == place.locator(".said").inner_text()
    leaves.nth(3).hover()
    assert "times" in place.locator(".said").inner_text()
    place.get_by_role("button", name="Go on from here").click()
    settle(page)
    typed = page.get_by_label("Text", exact=True).input_value()
    assert typed.startswith(TEXT + " ") and len(typed) > len(TEXT) + 1


def test_what_is_saved_opens_again(desk, server, alone, tmp_path):
    page = desk.open(server.address("write", model="story-lstm", text=TEXT, dials="0.5,4,0.9,7"), height=4200)
    files = {}
    for key in ("dials", "tree"):
        for kind in ("JSON", "HTML"):
            with page.expect_download() as caught:
                page.locator(f"[class*=st-key-{key}] .tool[data-format={kind}]").first.click()
            files[key, kind] = tmp_path / f"{key}.{kind.lower()}"
            caught.value.save_as(files[key, kind])
        view = json.loads(files[key, "JSON"].read_text())["view"]
        assert view["page"] == "write" and view["choices"]["text"] == TEXT
    assert alone(files["dials", "HTML"]).get_by_role("slider", name="top-p").input_value() == "90"
    tree = alone(files["tree", "HTML"])
    assert tree.locator(".node").count() > 3
    assert tree.get_by_role("button", name="Go on from here").count() == 0


def test_markup_stays_text_and_nothing_sticks_out_on_a_phone(desk, server):
    text = "<img src=x onerror=document.title='evil'> <b>bold</b>"
    page = desk.open(server.address("write", model="shakespeare-chars", text=text), width=390, touch=True)
    assert page.title() != "evil"
    assert page.locator("main b, main img[src=x]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
