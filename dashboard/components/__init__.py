"""Views drawn in the browser: components v2 with inline sources, no build and no network.

An inline script becomes one module and cannot import another file. What components share is
therefore put in front of each component's own script and style sheet, and so are the texts they show.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from streamlit.components import v2
from streamlit.components.v2.types import ComponentRenderer

from dashboard import interface

HERE = Path(__file__).parent
BASE = ("texts", "life", "colour", "format", "exports", "files", "paths", "outline", "pdf", "page")


@cache
def load(name: str, *shared: str) -> ComponentRenderer:
    """Register a component, once per process.

    Args:
        name: The stem of its `.js` and `.css` beside this file.
        shared: Stems of further shared parts it needs, in order.

    Returns:
        The function that draws it.
    """
    css, js = sources(name, *shared)
    return v2.component(f"underhood_{name}", html="<div class='root'></div>", css=css, js=js)


def sources(name: str, *shared: str) -> tuple[str, str]:
    """The whole style sheet and the whole script of a component."""
    parts = (*BASE, *shared, name)
    css = "\n".join(_read(part, "css") for part in ("base", *parts))
    return css, "\n".join([_texts(parts), *(_read(part, "js") for part in parts)])


def _texts(parts: Iterable[str]) -> str:
    """What these parts say, for `says`."""
    sections = [f"script-{part}" for part in parts]
    said = {f"{name}.{entry}": text for name in sections for entry, text in interface.section(name).items()}
    return f"const TEXTS = {json.dumps(said, ensure_ascii=False)}"


def _read(stem: str, suffix: str) -> str:
    """Return a source beside this file; a shared part may have no style sheet."""
    path = HERE / f"{stem}.{suffix}"
    return path.read_text(encoding="utf-8") if path.exists() else ""
