"""Which texts a model knows: English ones, or those of a small world of its own."""

from dashboard import shelf

WORLDS = {"Storyland": "storyland", "random syllables": "syllables"}  # by how a card begins to say it

LONGEST = 20_000  # characters that are looked through


def world(name: str) -> str:
    """Which texts a model knows: those of "storyland", "syllables", or "english"."""
    try:
        trained_on = shelf.card(name).trained_on
    except shelf.Refusal:
        return "english"
    return next((world for start, world in WORLDS.items() if trained_on.startswith(start)), "english")


def strangers(name: str, text: str) -> list[str]:
    """The words of a text that a model of a world of its own does not know, each once."""
    cutter = None if world(name) == "english" or not text.strip() else shelf.cutter(name)
    if cutter is None:
        return []
    try:
        unknown, tokens = cutter.number("<unk>"), cutter.cut(text[:LONGEST])
    except shelf.Refusal:  # the page says so
        return []
    spans = tokens.spans[tokens.ids == unknown]
    return list(dict.fromkeys(text[start:end] for start, end in spans))
