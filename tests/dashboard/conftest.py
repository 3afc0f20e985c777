"""Pages through `app.py`, as a reader opens them, on the bundled models."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "dashboard" / "app.py"


@pytest.fixture
def opened() -> Callable[..., AppTest]:
    """Opens a view with choices as a link would: opened("saliency", model="reviews-gpt")."""

    def open_view(view: str = "next_words", **choices: str) -> AppTest:
        page = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in choices.items():
            page.query_params[name] = value
        page.run()
        return page if view == "next_words" else page.switch_page(f"views/{view}.py").run()

    return open_view


def strip_data(page: AppTest) -> dict[str, Any]:
    """What a page handed to its strip component."""
    (found,) = [e for e in page.get("bidi_component") if "strip" in e.proto.component_name]
    return json.loads(found.proto.json)


def texts(page: AppTest) -> str:
    """Everything a page wrote as HTML."""
    return "\n".join(element.proto.body for element in page.get("html"))


def lines_to_copy(page: AppTest) -> list[str]:
    """The blocks of code on a page, as they are copied."""
    blocks = re.findall(r'<pre class="code" tabindex="0">(.*?)</pre>', texts(page), re.DOTALL)
    return [html.unescape(block) for block in blocks]
