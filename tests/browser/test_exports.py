"""What a reader takes away: pictures, pages that need no network, numbers, links; and the way back."""

import csv
import io
import json
import re
import time
import zlib
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser import strips
from tests.browser.desk import settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

HOSTILE = '</script><script>window.hacked=1</script> & <img src=x onerror="window.hacked=1"> ]]> مرحبا'
TEXT = "The keys to the old wooden cabinet"
ON_TOP = """(node) => {
  node.scrollIntoView({ block: "center" })
  const { x, y, width, height } = node.getBoundingClientRect()
  return document.elementFromPoint(x + width / 2, y + height / 2) === node
}"""
SLOWEST_S = 3


def saved(page: Page, key: str, kind: str, folder: Path) -> Path:
    """Download a file of a panel."""
    started = time.monotonic()
    with page.expect_download() as caught:
        page.locator(f".st-key-{key} .tool[data-format={kind}]").first.click()
    path = folder / caught.value.suggested_filename
    caught.value.save_as(path)
    assert time.monotonic() - started < SLOWEST_S
    assert path.suffix == f".{kind.lower()}"
    return path


def is_unharmed(page: Page) -> None:
    assert page.evaluate("window.hacked") is None
    assert page.locator("img, [onerror]").count() == 0


def test_a_strip_becomes_a_page_that_answers_the_pointer_without_a_network(desk, server, alone, tmp_path):
    page = desk.open(server.address("saliency", text=HOSTILE, word=5, method="gradient_norm"))
    copy = alone(saved(page, "saliency", "HTML", tmp_path))
    before = copy.locator(".readout").inner_text()
    assert before == strips.strip(page, "saliency").locator(".readout").inner_text()
    copy.locator(".word[data-index='7']").hover()
    strips.word(page, "saliency", 7).hover()
    assert copy.locator(".readout").inner_text() != before
    assert (
        copy.locator(".readout").inner_text()
        == strips.strip(page, "saliency").locator(".readout").inner_text()
    )
    assert "Gradient" in copy.locator("footer").inner_text()
    is_unharmed(copy)
    with copy.expect_download() as caught:  # and it gives its numbers away, with where they came from
        copy.locator(".tool[data-format=JSON]").click()
    caught.value.save_as(tmp_path / "again.json")
    view = json.loads((tmp_path / "again.json").read_text())["view"]
    assert view["page"] == "saliency" and view["choices"]["text"] == HOSTILE


def test_a_chart_becomes_every_kind_of_file(desk, server, alone, tmp_path):
    page = desk.open(server.address(text=TEXT + " <b>of</b>"))
    charts = page.locator("[data-testid=stPlotlyChart]")
    assert page.locator(".chart-tools").count() == charts.count() == 2
    for tool in page.locator(".chart-tools .tool").all():
        assert tool.evaluate(ON_TOP), "nothing lies over it and no box cuts it off"
    files = {
        kind: saved(page, "next", kind, tmp_path) for kind in ("PNG", "SVG", "PDF", "HTML", "CSV", "JSON")
    }
    rows = list(csv.reader(io.StringIO(files["CSV"].read_text())))
    assert rows[0] == ["series", "x", "y", "value", "in words"] and len(rows) == 11
    svg = ElementTree.fromstring(files["SVG"].read_text())
    letters = "".join(svg.itertext())
    for part in ("wiki-lstm", "What comes next?", "Underhood", rows[1][2]):
        assert part in letters
    wide, high = float(svg.attrib["width"]), float(svg.attrib["height"])
    picture = Image.open(files["PNG"])
    assert picture.size == (round(2 * wide), round(2 * high))
    assert len(picture.convert("RGB").getcolors(10**6) or ()) > 20
    check_pdf(files["PDF"].read_bytes(), wide, high)
    copy = alone(files["HTML"])
    copy.locator("figure").focus()
    copy.keyboard.press("ArrowRight")
    assert copy.locator("#said").inner_text() == rows[1][4]
    box = copy.locator("#ring").bounding_box()
    copy.keyboard.press("Escape")
    assert box and not copy.locator("#said").is_visible()
    copy.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert copy.locator("#said").inner_text() == rows[1][4]
    is_unharmed(copy)


def test_a_table_becomes_every_kind_of_file(desk, server, alone, tmp_path):
    page = desk.open(server.address("unit", text="The keys to the cabinet", unit="cell 1.3"))
    table = page.locator("table.snippets").first
    tools = page.locator(".table-tools")
    assert tools.count() == page.locator("[data-testid=stHtml] table").count() >= 2
    files = {}
    for kind in ("PNG", "SVG", "PDF", "HTML", "CSV", "JSON"):
        with page.expect_download() as caught:
            tools.first.locator(f"[data-format={kind}]").click()
        files[kind] = tmp_path / caught.value.suggested_filename
        caught.value.save_as(files[kind])
    shown = [" ".join(line.split()) for line in table.locator("td").all_inner_texts()]
    rows = list(csv.reader(io.StringIO(files["CSV"].read_text())))
    assert rows[0] == ["Activation", "Text"]
    assert [cell.lstrip("'") for row in rows[1:] for cell in row] == shown
    found = json.loads(files["JSON"].read_text())
    assert found["rows"][0] == rows[0] and found["view"]["choices"]["unit"] == "cell 1.3"
    svg = ElementTree.fromstring(files["SVG"].read_text())
    letters = "".join(svg.itertext())
    for part in ("Activation", "cell 1.3", "Underhood", shown[0]):
        assert part in letters
    wide, high = float(svg.attrib["width"]), float(svg.attrib["height"])
    with Image.open(files["PNG"]) as picture:
        assert picture.size == (round(2 * wide), round(2 * high))
    assert files["PDF"].read_bytes().startswith(b"%PDF-1.7")
    copy = alone(files["HTML"])
    assert copy.locator("td").nth(1).inner_text() == shown[1]
    is_unharmed(copy)


@pytest.mark.parametrize(
    ("view", "key", "choices", "head", "pressed"),
    [
        ("anatomy", "merges", {"text": TEXT}, ["merge", "pair", "pieces"], ".word[aria-pressed=true]"),
        (
            "across-texts",
            "taken",
            {"model": "sst-average", "source": "reviews"},
            ["labelled", "taken_for", "texts"],
            ".count",
        ),
    ],
)
def test_a_small_component_becomes_every_kind_of_file(
    desk, server, alone, tmp_path, view, key, choices, head, pressed
):
    page = desk.open(server.address(view, **choices))
    page.locator(f".st-key-{key} .tools").scroll_into_view_if_needed()
    kinds = ("PNG", "SVG", "PDF", "HTML", "CSV", "JSON")
    files = {kind: saved(page, key, kind, tmp_path) for kind in kinds}
    rows = list(csv.reader(io.StringIO(files["CSV"].read_text())))
    assert rows[0] == head == json.loads(files["JSON"].read_text())["head"] and len(rows) > 2
    letters = "".join(ElementTree.fromstring(files["SVG"].read_text()).itertext())
    assert "Underhood" in letters and rows[1][-1].split()[0] in letters
    copy = alone(files["HTML"])
    assert (
        copy.locator(pressed).first.inner_text()
        == page.locator(f".st-key-{key} {pressed}").first.inner_text()
    )
    is_unharmed(copy)


def check_pdf(content: bytes, wide: float, high: float) -> None:
    """The table names where each object is, the page has the picture's size, its text can be searched."""
    assert content.startswith(b"%PDF-1.7") and content.rstrip().endswith(b"%%EOF")
    table = int(content.rsplit(b"startxref", 1)[1].split()[0])
    places = re.findall(rb"(\d{10}) 00000 n", content[table:])
    assert len(places) >= 8
    for number, place in enumerate(places, 1):
        assert content[int(place) :].startswith(b"%d 0 obj" % number)
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert box and [float(side) for side in box.groups()] == pytest.approx([0.75 * wide, 0.75 * high])
    body = re.search(rb"4 0 obj\n<<.*?/Length (\d+) >>\nstream\n", content)
    assert body
    drawn = zlib.decompress(content[body.end() : body.end() + int(body[1])]).decode()
    said = "".join(bytes.fromhex(part).decode("cp1252") for part in re.findall(r"<([0-9a-f]+)> Tj", drawn))
    assert "probability of being the next token" in said
    assert drawn.count("\nf") >= 10, "ten bars"


def chosen(page: Page) -> dict[str, str]:
    """What the address says, whatever its order."""
    return dict(parse_qsl(urlsplit(page.url).query))


def test_the_json_of_a_view_opens_it_again_elsewhere(desk, server, tmp_path):
    page = desk.open(server.address("saliency", text=TEXT, word=4, method="gradient_norm", measure="logit"))
    file = saved(page, "saliency", "JSON", tmp_path)
    other = desk.open(server.address())
    other.get_by_test_id("stPopoverButton").filter(has_text="Open a saved view").click()
    other.locator("[data-testid=stPopoverBody] input[type=file]").set_input_files(file)
    other.wait_for_url("**/saliency?**")
    settle(other)
    assert chosen(other) == chosen(page) and chosen(page)["measure"] == "logit"
    assert strips.state(other, "saliency")["pin"] == 4
    assert strips.colours(other, "saliency") == strips.colours(page, "saliency")


def test_a_copied_link_opens_the_same_view(desk, server):
    page = desk.open(server.address("saliency", text=TEXT, method="gradient_norm"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    strips.word(page, "saliency", 3).click()
    settle(page)
    page.locator(".st-key-saving .copy").click()
    page.locator(".st-key-saving .said", has_text="Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url and "word=3" in link
    assert strips.state(desk.open(link), "saliency")["pin"] == 3
