"""Others' words on the page, shown as they are written: in labels that are Markdown, and in sentences of ours."""

import re
from html import escape

from interpret.sentences import visible

MARKS = re.compile(r"([!-/:-@\[-`{-~])")  # every ASCII punctuation mark; a backslash before one makes it text
GAPS = re.compile(r"(?<= ) |^ | $")  # spaces that HTML would drop, or that would begin a block of code
# What Streamlit replaces in text even behind a backslash: :emoji:, :material_icons:, arrows, links, an emoji in front.
JOINED = re.compile(
    r"(?<=:)(?=[\w+-]+:|//)|(?<=[-<>=~])(?=[-<>=~])|(?<=@)(?=\w)|(?<=www)(?=\.)"
    r"|^(?=[©®\u203c-\u3299\U0001f000-\U0001ffff]|.\ufe0f)",
    re.IGNORECASE,
)
RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
JOINER = "\u2060"  # nothing to see, and no place to break a line


def literal(text: str) -> str:
    """Markdown that is drawn as this text: no emphasis, link, formula, icon, colour or HTML comes of it.

    New lines, tabs and controls become their signs (`interpret.sentences.visible`): a label is one line.
    """
    seen = "".join(c if c == " " else visible(c) for c in text)
    apart = JOINED.sub(JOINER, seen)
    return MARKS.sub(r"\\\1", GAPS.sub("\u00a0", apart))


def isolated(sentence: str) -> str:
    """A sentence as HTML, escaped: quoted words from right to left leave the numbers behind them in their place."""
    found = escape(sentence)
    return re.sub("“([^”]*)”", r"“<bdi>\1</bdi>”", found) if RIGHT_TO_LEFT.search(found) else found


def marked(token: str, mark: str = "<mark>", empty: str = "") -> str:
    """A token as HTML, escaped and marked; the space before a word stands before its mark."""
    space = " " if token.startswith(" ") else ""
    return f"{space}{mark}{escape(token.lstrip(' ')) or empty}</mark>"
