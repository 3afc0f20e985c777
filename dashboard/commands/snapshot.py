"""`python -m dashboard snapshot VIEW --model NAME --text "..." --out FILE.png`: a picture of a page, without a screen.

For regression tests of what a model shows: the same view, text and weights give the same picture on the same machine.
Further choices are written as in the address: `--method leave_one_out --word 3`.
"""

import argparse
import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from dashboard import headless, shelf
from dashboard.choices.address import PACKED, spelled
from dashboard.headless import NoBrowser
from dashboard.questions import QUESTIONS

TALLEST = 16_000  # pixels of a picture that Chromium still draws
WIDTHS = range(320, 3841)
PAGE_HEIGHT = "Math.max(...[...document.querySelectorAll('[data-testid=stMain]')].map((e) => e.scrollHeight))"


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(
        prog="python -m dashboard snapshot", description=__doc__, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("view", help=", ".join(sorted(views())))
    parser.add_argument("--model", help="a bundled model's name (the first one)")
    parser.add_argument("--text", help="the text to look into (the first example)")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--width", type=int, default=1280, help="of the page, in pixels (1280)")
    parser.add_argument(
        "--panel", help="the key of one part of the page, for instance saliency; else all of it"
    )
    parser.add_argument(
        "--scale", type=int, choices=(1, 2, 3), default=1, help="pixels for each of the page (1)"
    )
    parser.add_argument("--patience", type=int, default=120, help="seconds to wait for the page (120)")
    parser.add_argument("--out", type=Path, required=True, help="FILE.png")
    return parser


def views() -> dict[str, str]:
    """What a view may be called, its file's name or its path, and where it is; the first page is at the root."""
    first = QUESTIONS[0]
    named = {name: page.path for page in QUESTIONS for name in (page.file, page.path)}
    return {**named, first.file: "", first.path: ""}


def answer(argv: list[str]) -> tuple[int, str]:
    """Draw the picture; exit code 2 and one sentence when it cannot be drawn."""
    asked, rest = arguments().parse_known_args(argv)
    try:
        address = where(asked, further(rest))
        said = taken(asked, address)
    except (NoBrowser, ValueError, shelf.Refusal) as fault:
        return 2, str(fault)
    return 0, f"{asked.out}: {said}"


def further(rest: list[str]) -> dict[str, str]:
    """`--method leave_one_out --word 3` as {"method": "leave_one_out", "word": "3"}; ValueError for anything else."""
    found: dict[str, str] = {}
    parts = [piece for part in rest for piece in (part.split("=", 1) if part.startswith("--") else [part])]
    for name, value in zip(parts[::2], [*parts[1::2], None], strict=False):
        if not re.fullmatch("--[a-z_]+", name) or value is None or value.startswith("--"):
            raise ValueError(f"{name}: write further choices as in the address, --NAME VALUE.")
        found[name[2:]] = value
    return found


def where(asked: argparse.Namespace, choices: dict[str, str]) -> str:
    """The path and query of the view; ValueError or Refusal, one sentence, for what is not there."""
    if asked.view not in views():
        raise ValueError(f"There is no view {asked.view!r}: choose one of {', '.join(sorted(views()))}.")
    if asked.out.suffix != ".png":
        raise ValueError(f"--out {asked.out}: name a file that ends in .png.")
    if asked.width not in WIDTHS:
        raise ValueError(f"--width {asked.width}: choose {WIDTHS.start} to {WIDTHS.stop - 1} pixels.")
    if asked.panel is not None and not re.fullmatch(r"[\w-]+", asked.panel):
        raise ValueError(f"--panel {asked.panel}: name a part of the page, for instance saliency.")
    if asked.model is not None:
        shelf.card(asked.model)  # a name that is not there is refused here
    text = spelled(asked.text)
    if asked.text is not None and text["text"] is None and text[PACKED] is None:
        raise ValueError("This text is too long for an address: shorten it.")
    given = {"model": asked.model, **text, **choices}
    return f"/{views()[asked.view]}?" + urlencode({k: v for k, v in given.items() if v is not None})


def taken(asked: argparse.Namespace, address: str) -> str:
    """Open the page in a dashboard and a browser of our own, and keep its picture; what came of it, in words."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise NoBrowser(headless.MISSING) from None
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        try:
            browser = started.chromium.launch(
                executable_path=headless.chromium_path(), args=[*headless.FLAGS, *headless.sandbox_flags()]
            )
        except Error:
            raise NoBrowser(headless.MISSING) from None
        try:
            with headless.dashboard(Path(folder) / "log.txt") as url:
                return drawn(browser, url, address, asked)
        except Error as error:
            first = str(error).splitlines()[0]
            raise NoBrowser(
                f"The page did not come to rest ({first}): give --patience more seconds."
            ) from None
        finally:
            browser.close()


def drawn(browser: Any, url: str, address: str, asked: argparse.Namespace) -> str:
    """The picture, and its size in words."""
    context = browser.new_context(
        viewport={"width": asked.width, "height": 900}, device_scale_factor=asked.scale,
        color_scheme=asked.theme, reduced_motion="reduce", locale="en-US", timezone_id="UTC",
    )  # fmt: skip
    context.set_default_timeout(asked.patience * 1000)
    home = urlsplit(url).netloc
    context.route(
        lambda to: urlsplit(to).scheme in ("http", "https") and urlsplit(to).netloc != home,
        lambda route: route.abort(),
    )
    page = context.new_page()
    page.goto(url + address, wait_until="commit")
    rest(page, asked.patience)
    tall = min(TALLEST, max(900, int(page.evaluate(PAGE_HEIGHT))))
    page.set_viewport_size({"width": asked.width, "height": tall})
    rest(page, asked.patience)
    target = page if asked.panel is None else page.locator(f".st-key-{asked.panel}")
    if asked.panel is not None and target.count() != 1:
        raise ValueError(f"--panel {asked.panel}: this page shows {target.count() or 'no'} such parts.")
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    target.screenshot(path=asked.out, animations="disabled", caret="hide", style=headless.HIDE)
    alert = page.locator(".notice[role=alert]")
    said = f" The page says: {alert.first.inner_text().splitlines()[0]}" if alert.count() else ""
    return f"{asked.width} pixels wide, {asked.theme}.{said}"


def rest(page: Any, patience_s: int) -> None:
    """Wait until the page stays as it is; ValueError when something on it broke."""
    if broken := headless.settle(page, patience_s * 1000):
        raise ValueError(f"The page broke: {broken.splitlines()[0]}")
