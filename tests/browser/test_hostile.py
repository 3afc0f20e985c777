"""Texts nobody meant to be read, and a broken model: a sentence or a picture, never a traceback."""

import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from models.catalog import entries
from tests.browser import strips
from tests.browser.desk import ROOT, Desk, Server, serve, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SCRIPT = '<script>window.hacked=1</script><img src=x onerror="window.hacked=1"> and so on'
MARKS = "**bold** [x](http://evil.example/) ![y](http://evil.example/z.png) $\\LaTeX$ :material/home:"
TEXTS = {
    "nothing": "",
    "blanks": "  \n ",
    "one word": "the",
    "a family": "My \U0001f468‍\U0001f469‍\U0001f467‍\U0001f466 went home \U0001f3f3️‍\U0001f308",
    "Arabic": "ذهب الولد إلى المدرسة",
    "Hebrew": "הילד הלך לבית הספר today",
    "2,000 words": "the cat sat on a mat " * 333 + "the end",
    "a script": SCRIPT,
    "markdown": MARKS,
    "control characters": "a\x00b\x07 c\x1b[31m d",
    "right-to-left override": "abc \u202egnp.exe\u202c def",
    "lines": "\n\none\n\n\ntwo\tthree\n",
    "long word": "x" * 400,
}
VIEWS = {"": "surprise", "saliency": "saliency"}


@pytest.fixture(scope="module", params=list(VIEWS), ids=["next", "saliency"])
def reader(request, chrome: Browser, server: Server) -> Iterator[tuple[Desk, Page, str]]:
    """One reader in one session, who tries one text after the other."""
    desk = Desk(chrome=chrome, servers=[server.url])
    yield desk, desk.open(server.address(request.param)), VIEWS[request.param]
    desk.close()


def answered(page: Page, view: str) -> str:
    """Whether the page shows "a sentence", "a picture" or neither."""
    notice = page.locator(".notice[role=alert]")
    if notice.count() and len(notice.first.inner_text()) > 20:
        return "a sentence"
    root = strips.strip(page, view)
    return "a picture" if root.count() and strips.state(page, view)["words"] else "nothing"


def letters(text: str) -> str:
    """A text without blanks, without what nobody sees, and without the signs for those."""
    return "".join(c for c in text if unicodedata.category(c)[0] not in "ZC" and c not in "⏎⇥␣")


def shows(page: Page, view: str, text: str) -> bool:
    """Whether the picture is that of this text, or of its beginning."""
    words = strips.strip(page, view).evaluate(
        "(root) => root.__underhood.data.words.map((word) => word.t).join(' ')"
    )
    return bool(words) and letters(text).startswith(letters(words))


def is_unharmed(page: Page) -> None:
    """Nothing the reader typed became part of the page."""
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x], [onerror], [href*='evil.example']").count() == 0
    assert page.locator("[data-testid=stMain] .katex").count() == 0
    assert "Traceback" not in page.locator("body").inner_text()


@pytest.mark.parametrize("name", TEXTS)
def test_any_text_gives_a_sentence_or_a_picture(reader, name):
    desk, page, view = reader
    strips.write(page, TEXTS[name])
    settle(page)
    wanted = {"nothing": ["a sentence"], "blanks": ["a sentence", "a picture"]}
    found = answered(page, view)
    assert found in wanted.get(name, ["a picture"])
    assert found == "a sentence" or name == "blanks" or shows(page, view, TEXTS[name])
    is_unharmed(page)
    assert desk.seen(page).faults() == []


@pytest.mark.parametrize("name", ["a script", "markdown", "right-to-left override", "a family"])
@pytest.mark.parametrize("view", VIEWS, ids=["next", "saliency"])
def test_a_link_is_as_harmless_as_a_typed_text(desk, server, name, view):
    page = desk.open(server.address(view, text=TEXTS[name], word="<b>", method="x", model="y"))
    assert answered(page, VIEWS[view]) == "a picture"
    assert shows(page, VIEWS[view], TEXTS[name])
    assert strips.typed(page) == TEXTS[name]
    is_unharmed(page)


def test_a_long_text_says_how_much_of_it_is_shown(desk, server):
    page = desk.open(server.address("saliency"))
    strips.write(page, TEXTS["2,000 words"])
    settle(page)
    assert "longer than one picture" in page.locator(".notice[role=status]").inner_text()
    assert "text=" not in page.url and len(page.url) < 2000  # compressed


def test_a_text_too_long_for_any_link_says_how_to_keep_the_view(desk, server):
    numbers = " ".join(str((7919 * n) % 99991) for n in range(4000))
    page = desk.open(server.address())
    strips.write(page, numbers)
    settle(page)
    assert "text=" not in page.url and "packed=" not in page.url
    page.locator(".st-key-saving .copy").click()
    assert "too long for a link" in page.locator(".st-key-saving .said").inner_text()


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard in whose folder one model's weights were cut short."""
    root = tmp_path_factory.mktemp("damaged")
    for name in ("dashboard", "interpret", "models", "assets", ".streamlit"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, root / name, symlinks=True, ignore=ignored)
    cut_short(root / "assets" / "models" / "reviews-gpt" / "weights.safetensors")
    yield from serve(root, root / "log.txt")


def cut_short(path: Path) -> None:
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[: len(whole) // 2])


def test_a_broken_model_says_so_and_the_other_goes_on_working(chrome, damaged):
    desk = Desk(chrome=chrome, servers=[damaged.url])
    page = desk.open(damaged.address("saliency", model="reviews-gpt", text="The film was"))
    said = page.locator(".notice[role=alert]").inner_text()
    assert "reviews-gpt" in said and "restore" in said
    assert strips.strip(page, "saliency").count() == 0
    strips.choose(page, "model", entries()["wiki-lstm"].TITLE)
    strips.strip(page, "saliency").wait_for()
    settle(page)
    assert answered(page, "saliency") == "a picture"
    assert strips.typed(page) == "The film was"
    strips.choose(page, "model", entries()["reviews-gpt"].TITLE)
    page.locator(".notice[role=alert]").wait_for()
    assert desk.close() == []
