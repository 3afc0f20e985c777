"""`python -m tests.dashboard.mirrored PAGE...`: what these pages say that is not from assets/texts/interface, as JSON.

Every page is drawn in a language in which each text stands in brackets: what has none was written in the code. It is a
process of its own because some texts are read when a module is loaded.
"""

import html
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard import interface

APP = Path(interface.__file__).parent / "app.py"
OF_WORDS = re.compile(r"[A-Za-z]{3,}")
# Of HTML these are ours, and not a text's words or a number: titles, headings of tables, what a screen reader is told.
SPOKEN = re.compile(r'<(h[1-4]|th|caption|summary|button)\b[^>]*>(.*?)</\1>|aria-label="([^"]*)"', re.DOTALL)


def mirrored() -> None:
    """Puts the language "xx" in place: every text of the first one in brackets."""
    folder = Path(tempfile.mkdtemp())
    other: dict[str, dict[str, str]] = {}
    for name, text in interface.texts(interface.FIRST).items():
        part, entry = name.split(".", 1)
        other.setdefault(part, {})[entry] = f"⟦{text}⟧"
    (folder / "xx").mkdir()
    (folder / "xx" / "all.json").write_text(json.dumps(other), encoding="utf-8")
    (folder / interface.FIRST).symlink_to(interface.TEXTS / interface.FIRST)
    interface.TEXTS = folder
    interface.texts.cache_clear()
    interface._merged.cache_clear()


def labels(page: AppTest) -> list[str]:
    """What stands on everything that can be pressed, chosen or unfolded, and what helps with it."""
    found: list[str] = []
    for element in page:
        proto: Any = getattr(element, "proto", None)
        for name in ("label", "help", "placeholder"):
            found.append(str(getattr(proto, name, "") or ""))
        if element.type in ("caption", "title", "header", "subheader"):
            found.append(str(getattr(element, "value", "")))
        if element.type == "html":
            body = html.unescape(proto.body)
            found += [re.sub(r"<[^>]+>", " ", inner or label) for _, inner, label in SPOKEN.findall(body)]
    return found


def main(paths: list[str]) -> None:
    """Opens the pages and prints, for each, what is not in brackets."""
    mirrored()
    said: dict[str, list[str]] = {}
    for asked in paths:
        file, *choices = asked.split("?")
        page = AppTest.from_file(str(APP), default_timeout=120)
        for choice in choices[0].split("&") if choices else []:
            name, value = choice.split("=")
            page.query_params[name] = value
        page.run()
        page = page if file == "next_words" else page.switch_page(f"views/{file}.py").run()
        if page.exception:
            said[asked] = [f"ERROR {one.value}" for one in page.exception]
            continue
        said[asked] = sorted({one.strip() for one in labels(page) if OF_WORDS.search(one) and "⟦" not in one})
    sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
