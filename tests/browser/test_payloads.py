"""Texts that want to be markup, at every place where text reaches a page: nothing runs, and it is shown as written."""

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests import families
from tests.browser.desk import ROOT, Desk, Server, serve, settle
from tests.fuzz.payloads import ENTITIES, FORMULAS, MARKDOWN, MARKUP, TEMPLATES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

HOSTILE = " ".join((*MARKUP, *MARKDOWN[:4], *ENTITIES, *TEMPLATES))
SHORT = " ".join((MARKUP[2], MARKUP[7], MARKUP[9], MARKDOWN[0], ENTITIES[0], TEMPLATES[0]))
NAMES = (MARKUP[7], MARKUP[9], MARKUP[2], "%{meta} &lt;b&gt; ![p](http://evil.example/m.png)")
# Everything that a payload would leave in a page, in the page itself and inside of components.
HARM = """() => {
  const found = []
  const marks = "img[src=x], [onerror], [onload], iframe[srcdoc], [href*='evil'], [src*='evil'], [style*='evil'], " +
    "a[href^='javascript'], .katex, [xlink\\\\:href*='evil']"
  const look = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.matches(marks)) found.push(node.outerHTML.slice(0, 200))
      if (node.shadowRoot) look(node.shadowRoot)
    }
  }
  look(document)
  return { found, hacked: window.hacked ?? null }
}"""
PAGES = {
    "": {},
    "saliency": {"word": "4", "method": "gradient_norm", "measure": "<i>"},
    "decided": {"watch": f"{MARKUP[2]} | are", "model": "reviews-gpt"},
    "attention": {"model": "reviews-gpt", "unit": MARKUP[2], "of": MARKUP[0]},
    "unit": {"unit": MARKUP[2]},
    "memory": {"unit": MARKUP[0]},
    "anatomy": {"model": "reviews-gpt"},
    "grammar": {"look": "own", "good": MARKUP[2], "bad": MARKUP[7]},
    "across-texts": {
        "model": "sst-average",
        "holds": MARKUP[2],
        "with_words": MARKUP[7],
        "of_label": MARKUP[0],
    },
}


def listen(page: Page) -> list[str]:
    """What a page says in a dialog."""
    said: list[str] = []

    def heard(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", heard)
    return said


def point_at_charts(page: Page) -> None:
    """Hover the middle of each chart's points: labels appear, and must be labels only."""
    for point in page.locator(
        "[data-testid=stPlotlyChart] .points path, [data-testid=stPlotlyChart] .point"
    ).all()[:4]:
        if point.is_visible():
            point.hover(force=True)


def is_unharmed(page: Page, said: list[str]) -> None:
    assert page.evaluate(HARM) == {"found": [], "hacked": None}
    assert said == []
    assert "Traceback" not in page.locator("body").inner_text()
    assert page.title() == "Underhood", "whatever the text"
    assert page.locator("[data-testid=stToast]").count() == 0
    assert page.locator("[data-testid=stException]").count() == 0


@pytest.mark.parametrize("view", PAGES, ids=[view or "first" for view in PAGES])
def test_no_payload_runs_on_any_page(desk: Desk, server: Server, view: str):
    page = desk.open(server.address(view, text=SHORT if view else HOSTILE, **PAGES[view]))
    said = listen(page)
    point_at_charts(page)
    is_unharmed(page, said)
    assert desk.seen(page).elsewhere == []


def test_labels_of_a_readers_file_are_shown_as_written(desk: Desk, server: Server, tmp_path: Path):
    file = tmp_path / "<b>mine.csv"
    held = io.StringIO()
    rows = csv.writer(held)
    rows.writerow(["text", "label"])
    for number in range(8):
        rows.writerow([f"{NAMES[number % 2]} a film of some words {number}", NAMES[number % 2]])
    file.write_text(held.getvalue(), encoding="utf-8")
    page = desk.open(server.address("across-texts", model="reviews-gpt", source="own"))
    said = listen(page)
    page.locator("[data-testid=stMain] input[type=file]").set_input_files(file)
    expect(page.locator(".passage")).to_contain_text("a film of some words", timeout=60_000)
    settle(page)
    point_at_charts(page)
    ticks = " ".join(page.locator("[data-testid=stPlotlyChart] .ytick text").all_text_contents())
    assert "<b style=" in ticks and "<a href=" in ticks
    is_unharmed(page, said)


def test_files_hold_the_text_and_no_markup_of_it(desk: Desk, server: Server, alone, tmp_path: Path):
    page = desk.open(
        server.address(
            "saliency", text=" ".join((MARKUP[0], SHORT, *FORMULAS[:5])), word=5, method="gradient_norm"
        )
    )

    def saved(kind: str) -> Path:
        with page.expect_download() as caught:
            page.locator(f".st-key-saliency .tool[data-format={kind}]").first.click()
        assert re.fullmatch(r"[\w-]+\.\w+", caught.value.suggested_filename)
        caught.value.save_as(tmp_path / caught.value.suggested_filename)
        return tmp_path / caught.value.suggested_filename

    drawn = ElementTree.fromstring(saved("SVG").read_text())
    kinds = {node.tag.rpartition("}")[2] for node in drawn.iter()}
    assert kinds == {"svg", "rect", "text"} and "script" in "".join(drawn.itertext())
    assert b"/JavaScript" not in (held := saved("PDF").read_bytes()) and b"/URI" not in held
    for row in csv.reader(io.StringIO(saved("CSV").read_text())):
        assert not any(cell[:1] in tuple("=+@\t\r\n") for cell in row)
    assert json.loads(saved("JSON").read_text())["view"]["choices"]
    copy = alone(saved("HTML"))
    assert copy.evaluate(HARM) == {"found": [], "hacked": None}


@pytest.fixture(scope="module")
def with_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard that lets readers open a classifier whose folder and classes are payloads."""
    root = tmp_path_factory.mktemp("models")
    families.folder(root / "whole", "bert-classifier")
    folder = Path(shutil.move(root / "whole", root / "<img src=x onerror=hacked=1>"))
    settings = json.loads((folder / "config.json").read_text())
    count = len(settings["id2label"])
    settings["id2label"] = {str(number): NAMES[number] for number in range(count)}
    settings["label2id"] = {NAMES[number]: number for number in range(count)}
    (folder / "config.json").write_text(json.dumps(settings))
    patch = pytest.MonkeyPatch()
    patch.setenv("UNDERHOOD_MODELS", str(root))
    yield from serve(ROOT, tmp_path_factory.mktemp("log") / "log.txt")
    patch.undo()


def test_a_models_own_names_are_shown_as_written(chrome, with_models: Server):
    desk = Desk(chrome=chrome, servers=[with_models.url])
    page = desk.open(with_models.address("own"))
    said = listen(page)
    page.get_by_label("Folder, file or name on the hub").fill("<img src=x onerror=hacked=1>")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Open it").click(timeout=60_000)
    ticks = page.locator("[data-testid=stPlotlyChart] .ytick text")
    expect(ticks.first).to_be_visible(timeout=60_000)
    settle(page)
    shown = ticks.all_text_contents()
    assert sorted(name.strip() for name in shown) == sorted(NAMES[:3])
    point_at_charts(page)
    is_unharmed(page, said)
    assert desk.seen(page).elsewhere == []
    desk.close()
