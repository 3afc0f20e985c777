"""The page that every address begins with: Streamlit's own, which then loads what our pages need at once.

Streamlit asks for a part of itself (Plotly is 4.7 MB) when the first message that needs it has come; here the
browser reads them while it waits for that message.
"""

from pathlib import Path

import streamlit

STATIC = Path(streamlit.__file__).parent / "static"
# What the first page draws with, by the names that Streamlit gives these parts before their digests.
NEEDED = (
    "PlotlyChart", "BidiComponent", "Html", "TextArea", "Selectbox", "ButtonGroup", "serialization", "recordbatch",
    "withFullScreenWrapper", "WidgetLabel", "WidgetLabelHelpIcon", "Input", "useBasicWidgetState",
)  # fmt: skip


def parts(static: Path = STATIC, needed: tuple[str, ...] = NEEDED) -> list[str]:
    """The files of those parts, as addresses beside the page; a part that is not there is left out."""
    return [
        f"./static/js/{file.name}"
        for name in needed
        for file in sorted(static.glob(f"static/js/{name}.*.js"))
    ]


def first_page(static: Path = STATIC) -> str:
    """The HTML, with our title and the parts to read ahead."""
    page = (static / "index.html").read_text(encoding="utf-8")
    ahead = "".join(f'<link rel="modulepreload" crossorigin href="{part}">' for part in parts(static))
    page = page.replace("<title>Streamlit</title>", "<title>Underhood</title>")
    return page.replace("</head>", f"{ahead}</head>", 1)
